/**
 * An index may come from a stranger: what is opened must lie within its folder, and what it says of
 * its size must fit the bytes that are there before memory is taken for it.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../../base/errors.js';

/** What numbers may take in memory for each byte on the disk, and beyond that in all. */
const EXPANSION = 64;
const ALLOWANCE = 64 * 2 ** 20;
/** Bytes that a row takes at least: half of the hash in it, which cannot be compressed. */
const ROW_BYTES = 16;

/**
 * Refuses links and everything but files and folders below the folder of an index. The folder
 * itself may be a link: a person named it.
 * @throws XqgError XQG_INDEX_DAMAGED
 */
export async function requireConfined(dir: string): Promise<void> {
  const folders = [dir];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    // A writer may have removed it meanwhile.
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(none)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (!entry.isFile())
        throw new XqgError('XQG_INDEX_DAMAGED', { path, reason: 'an index holds no links' });
    }
  }
}

/** Bytes of all files below a folder. */
export async function bytesUnder(dir: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true }).catch(none)) {
    if (!entry.isFile()) continue;
    // A writer may have deleted it meanwhile.
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}

/** What an index says of its rows. */
interface StatedSize {
  readonly rows: number;
  /** Bytes that vectors of this many rows take in memory. */
  readonly memory: number;
}

/**
 * @param path of the store
 * @param bytes on the disk
 * @throws XqgError XQG_INDEX_DAMAGED
 */
export function requirePlausible(path: string, bytes: number, { rows, memory }: StatedSize): void {
  if (rows * ROW_BYTES <= bytes && memory <= EXPANSION * bytes + ALLOWANCE) return;
  const reason = `it states ${rows} rows, of ${memory} bytes in memory, but has ${bytes} bytes`;
  throw new XqgError('XQG_INDEX_DAMAGED', { path, reason });
}

function none(cause: NodeJS.ErrnoException): [] {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return [];
  throw cause;
}
