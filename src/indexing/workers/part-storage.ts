/**
 * The door of part storage: where coordinator and workers put what they hand each other. An object appears whole or not at
 * all. Knows neither parts nor queue.
 */
import { resolve } from 'node:path';

export interface PartStorage {
  /** As people name it: an absolute folder, or s3://bucket/prefix. */
  readonly place: string;
  /** Puts an object in; where two come at once, one of them stays. Names are of letters, digits, `-`, `.` and `/`. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** null if there is none. */
  get(name: string): Promise<Uint8Array | null>;
  has(name: string): Promise<boolean>;
  /** Takes an object out; none is needed to be there. */
  remove(name: string): Promise<void>;
  close(): void;
}

/**
 * @param place a folder, or s3://bucket/prefix
 * @throws XqgError XQG_QUEUE_PACKAGE, XQG_PARTS_PLACE, XQG_NO_PERMISSION
 */
export async function openPartStorage(place: string): Promise<PartStorage> {
  if (/^s3:/i.test(place)) {
    const { S3Storage } = await import('./s3-storage.js');
    return S3Storage.open(place);
  }
  const { FolderStorage } = await import('./folder-storage.js');
  return FolderStorage.open(resolve(place));
}
