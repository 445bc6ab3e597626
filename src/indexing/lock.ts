/**
 * One writer at a time. Every writer puts down a mark under a name of its own and then looks for others: of two that come
 * at once, at least one sees the other and steps back, so no mark is ever taken over and none can be stolen. Knows
 * nothing of what is written.
 */
import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { XqgError } from '../errors/error.js';
import { storageError } from '../store/storage-error.js';
import { livingMarks, ownMark, type ProcessMark, putMark } from './process-mark.js';

const WRITER = /^writer-.*\.lock$/;

/** Marks tell processes apart, not two writers within this one. */
const heldHere = new Set<string>();

export interface WriterLock {
  /** True if a writer before this one was killed. */
  readonly afterCrash: boolean;
  release(): Promise<void>;
}

/**
 * Makes this process the writer of the index in `dir` (created if absent).
 * @throws XqgError XQG_INDEX_LOCKED with the holder's pid, XQG_NO_PERMISSION, XQG_DISK_FULL
 */
export async function lockIndex(dir: string): Promise<WriterLock> {
  try {
    await mkdir(dir, { recursive: true });
    const mark = ownMark();
    // Another process of this pid is dead, so its mark is ours to replace.
    const path = join(
      await realpath(dir),
      `writer-${hostname().replaceAll(/[^\w.-]/g, '_')}-${mark.pid}.lock`,
    );
    if (heldHere.has(path)) throw lockedBy(dir, { path, mark });
    heldHere.add(path);
    const release = async (): Promise<void> => {
      heldHere.delete(path);
      await rm(path, { force: true });
    };
    try {
      const afterCrash = (await readdir(dirname(path))).some((name) => WRITER.test(name));
      await putMark(path, mark);
      const others = (await livingMarks(dirname(path), WRITER)).filter((other) => other.path !== path);
      if (others.length > 0) throw lockedBy(dir, others[0]);
      return { afterCrash, release };
    } catch (cause) {
      await release();
      throw cause;
    }
  } catch (cause) {
    throw storageError(cause, dir);
  }
}

function lockedBy(dir: string, { path, mark }: { path: string; mark: ProcessMark | null }): XqgError {
  return new XqgError('XQG_INDEX_LOCKED', {
    dir,
    pid: mark?.pid ?? 'unknown',
    host: mark?.host ?? 'unknown',
    file: path,
  });
}
