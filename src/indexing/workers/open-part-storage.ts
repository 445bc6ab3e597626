/** Opens the part storage that an address names. */
import { resolve } from 'node:path';
import type { PartStorage } from './part-storage.js';

/**
 * @param place a folder, or s3://bucket/prefix
 * @throws XqgError XQG_PACKAGE_MISSING, XQG_PARTS_PLACE, XQG_NO_PERMISSION
 */
export async function openPartStorage(place: string): Promise<PartStorage> {
  if (/^s3:/i.test(place)) {
    const { S3Storage } = await import('./s3-storage.js');
    return S3Storage.open(place);
  }
  const { FolderStorage } = await import('./folder-storage.js');
  return FolderStorage.open(resolve(place));
}
