/**
 * A reader's claim to a version of the store: as long as its process lives, a writer keeps that version. Knows nothing of
 * what is read.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { livingMarks, ownMark, type ProcessMark, putMark } from './process-mark.js';

const FOLDER = 'readers';
const LEASE = /\.lease$/;

interface LeaseMark extends ProcessMark {
  /** Version of the store. */
  readonly version: string;
}

export interface Lease {
  release(): Promise<void>;
}

let leases = 0;

/** In a folder that only may be read no lease can be had; then a writer may free the version while it is read. */
export async function leaseVersion(dir: string, version: string): Promise<Lease> {
  const path = join(dir, FOLDER, `${process.pid}-${Date.now()}-${++leases}.lease`);
  const mark: LeaseMark = { ...ownMark(), version };
  try {
    await putMark(path, mark);
  } catch (error) {
    if (!/^(EACCES|EPERM|EROFS)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return { release: async () => undefined };
  }
  return { release: () => rm(path, { force: true }) };
}

/** The versions that living readers hold. */
export async function leasedVersions(dir: string): Promise<string[]> {
  const marks = await livingMarks<LeaseMark>(join(dir, FOLDER), LEASE);
  return marks.flatMap(({ mark }) => (mark === null ? [] : [mark.version]));
}
