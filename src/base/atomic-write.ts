/**
 * Writes a file whole or not at all.
 *
 * Our own since write-file-atomic (7.0) writes once and takes a short write, as on a disk that is
 * nearly full, for a whole one: it then puts a truncated file in place without an error. It also
 * does not make the renaming durable.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { storageError } from './errors.js';

export interface AtomicWriteOptions {
  /** Permissions of a new file, less the umask. */
  readonly mode?: number;
  /** Folder of the unfinished file, on the same file system; default: that of the file. */
  readonly temporaryFolder?: string;
}

/**
 * Replaces a file such that it has its old or its new content, also after a power failure.
 * @throws XqgError XQG_DISK_FULL, XQG_NO_PERMISSION
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  { mode = 0o666, temporaryFolder }: AtomicWriteOptions = {},
): Promise<void> {
  await replaceAtomically(
    path,
    async (temporary) => {
      const file = await open(temporary, 'wx', mode);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    temporaryFolder,
  );
  await syncFolder(dirname(path)).catch((cause) => {
    throw storageError(cause, path);
  });
}

/**
 * Puts a file or a folder in place once `write` has filled it under a name of its own, which ends
 * in `.tmp`: for streams, and for what need not outlive a crash of the machine.
 *
 * @param write fills the path that it gets; where it throws, nothing is replaced
 * @throws XqgError XQG_DISK_FULL, XQG_NO_PERMISSION, and what `write` throws
 */
export async function replaceAtomically<T>(
  path: string,
  write: (temporary: string) => Promise<T>,
  temporaryFolder = dirname(path),
): Promise<T> {
  // Process ids repeat on other machines, which may share the folder.
  const name = `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`;
  const temporary = join(temporaryFolder, name);
  try {
    const result = await write(temporary);
    await rename(temporary, path);
    return result;
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw storageError(cause, path);
  }
}

/**
 * Makes a folder and those above it, such that none is missing after a power failure.
 * @throws XqgError XQG_DISK_FULL, XQG_NO_PERMISSION
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    const top = dirname(resolve(first));
    for (let folder = resolve(path); folder !== top; ) {
      folder = dirname(folder);
      await syncFolder(folder);
    }
  } catch (cause) {
    throw storageError(cause, path);
  }
}

/** Writes the content of a file to the disk; its name is on the disk once its folder is synced. */
export async function syncFile(path: string): Promise<void> {
  // Windows syncs only what may be written.
  const file = await open(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder durable. Windows cannot open folders and does not need it. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
