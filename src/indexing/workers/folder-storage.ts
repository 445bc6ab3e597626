/**
 * Part storage in a folder, of one machine or on a file system that several share. A file is
 * written under a name of its own and renamed, so that no reader sees half of it.
 */
import { access, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../../base/atomic-write.js';
import { storageError } from '../../base/errors.js';
import type { PartStorage } from './part-storage.js';

/** Where files lie while they are written. */
const UNFINISHED = 'unfinished';
/** What a killed writer left is removed after this long (ms). */
const LEFT_BEHIND = 24 * 3600 * 1000;

export class FolderStorage implements PartStorage {
  private constructor(readonly place: string) {}

  /** @throws XqgError XQG_NO_PERMISSION, XQG_DISK_FULL */
  static async open(place: string): Promise<FolderStorage> {
    const unfinished = join(place, UNFINISHED);
    try {
      await mkdir(unfinished, { recursive: true });
      for (const name of await readdir(unfinished)) {
        const path = join(unfinished, name);
        const written = await stat(path).catch(() => null);
        if (written !== null && Date.now() - written.mtimeMs > LEFT_BEHIND)
          await rm(path, { force: true });
      }
    } catch (cause) {
      throw storageError(cause, place);
    }
    return new FolderStorage(place);
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.place, name);
    try {
      await mkdir(dirname(path), { recursive: true });
    } catch (cause) {
      throw storageError(cause, path);
    }
    await writeAtomically(path, bytes, { temporaryFolder: join(this.place, UNFINISHED) });
  }

  async get(name: string): Promise<Uint8Array | null> {
    const path = join(this.place, name);
    try {
      return await readFile(path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw storageError(cause, path);
    }
  }

  async has(name: string): Promise<boolean> {
    return access(join(this.place, name)).then(
      () => true,
      () => false,
    );
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.place, name), { force: true });
  }

  close(): void {}
}
