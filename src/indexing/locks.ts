/**
 * Files by which processes say that they are at work in an index: `NAME` holds a pid, the time that
 * process started and its host. A mark outlives a killed process; others see that it is stale,
 * because the pid is free or belongs to a process that started at another time.
 */
import { readFileSync } from 'node:fs';
import { readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder, replaceAtomically } from '../base/atomic-write.js';
import { storageError, XqgError } from '../base/errors.js';
import { readSmallFile, UnfitFile } from '../base/small-file.js';

/** In bytes. */
const LARGEST_MARK = 10_000;

export interface ProcessMark {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as its system counts; null where the system does not say. */
  readonly started: string | null;
}

export function ownMark(): ProcessMark {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) };
}

/** False only if the process is known to be gone; processes of other hosts count as alive. */
function isAlive(mark: ProcessMark): boolean {
  if (mark.host !== hostname()) return true;
  if (!isRunning(mark.pid)) return false;
  const started = startOf(mark.pid);
  return started === null || mark.started === null || started === mark.started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** This host as it stands in the names of files. */
function hostInName(): string {
  return hostname().replaceAll(/[^\w.-]/g, '_');
}

/**
 * Puts a mark down, in place of an older one of that name. The file appears with its content or not
 * at all.
 */
async function putMark(path: string, mark: ProcessMark): Promise<void> {
  await makeFolder(dirname(path));
  // Not synced to disk: the process that it marks does not outlive the machine.
  await replaceAtomically(path, (temporary) => writeFile(temporary, `${JSON.stringify(mark)}\n`));
}

/** The marks in a folder whose names match, after removing those of dead processes. */
async function livingMarks<T extends ProcessMark>(
  folder: string,
  name: RegExp,
): Promise<{ path: string; mark: T }[]> {
  const living: { path: string; mark: T }[] = [];
  for (const entry of await readdir(folder).catch(noFolder)) {
    if (!name.test(entry)) continue;
    const path = join(folder, entry);
    const mark = await readMark<T>(path);
    if (mark === 'gone') continue;
    if (mark !== null && isAlive(mark)) living.push({ path, mark });
    else await rm(path, { force: true });
  }
  return living;
}

/**
 * null if it cannot be read as a mark: marks appear with their content, so that only a power
 * failure leaves one without.
 */
async function readMark<T extends ProcessMark>(path: string): Promise<T | null | 'gone'> {
  let text: string;
  try {
    text = await readSmallFile(path, LARGEST_MARK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    if (error instanceof UnfitFile) return null;
    throw error;
  }
  try {
    const mark = JSON.parse(text) as Partial<T> | null;
    const isMark = typeof mark?.pid === 'number' && typeof mark.host === 'string';
    return isMark ? (mark as T) : null;
  } catch {
    return null;
  }
}

function noFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** Start time in clock ticks since boot (proc(5), field 22); null on systems without /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return null;
  }
}

/**
 * One writer at a time. Every writer puts down a mark under a name of its own and then looks for
 * others: of two that come at once, at least one sees the other and steps back, so no mark is ever
 * taken over and none can be stolen.
 */
const WRITER = /^writer-.*\.lock$/;
/** A mark that a killed writer never put in place. */
const UNFINISHED = /^\.writer-(.*)-(\d+)\.lock\.[0-9a-f]+\.tmp$/;

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
    await makeFolder(dir);
    const mark = ownMark();
    // Another process of this pid is dead, so its mark is ours to replace.
    const path = join(await realpath(dir), `writer-${hostInName()}-${mark.pid}.lock`);
    if (heldHere.has(path)) throw lockedBy(dir, { path, mark });
    heldHere.add(path);
    const release = async (): Promise<void> => {
      heldHere.delete(path);
      await rm(path, { force: true });
    };
    try {
      const names = await readdir(dirname(path));
      const afterCrash = names.some((name) => WRITER.test(name));
      for (const name of names) {
        const [, host, pid] = UNFINISHED.exec(name) ?? [];
        const isDead = host === hostInName() && !isRunning(Number(pid));
        if (isDead) await rm(join(dirname(path), name), { force: true });
      }
      await putMark(path, mark);
      const others = (await livingMarks(dirname(path), WRITER)).filter(
        (other) => other.path !== path,
      );
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

function lockedBy(dir: string, { path, mark }: { path: string; mark: ProcessMark }): XqgError {
  return new XqgError('XQG_INDEX_LOCKED', { dir, pid: mark.pid, host: mark.host, file: path });
}

/**
 * A reader's claim to a version of the store: as long as its process lives, a writer keeps that
 * version.
 */
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

const WITHOUT_LEASE = ['XQG_NO_PERMISSION', 'XQG_DISK_FULL'];

/**
 * In a folder that only may be read, or on a full disk, no lease can be had; then a writer may free
 * the version while it is read.
 */
export async function leaseVersion(dir: string, version: string): Promise<Lease> {
  const path = join(dir, FOLDER, `${process.pid}-${Date.now()}-${++leases}.lease`);
  const mark: LeaseMark = { ...ownMark(), version };
  try {
    await putMark(path, mark);
  } catch (error) {
    if (!(error instanceof XqgError) || !WITHOUT_LEASE.includes(error.code)) throw error;
    return { release: async () => undefined };
  }
  return { release: () => rm(path, { force: true }) };
}

/** The versions that living readers hold. */
export async function leasedVersions(dir: string): Promise<string[]> {
  const marks = await livingMarks<LeaseMark>(join(dir, FOLDER), LEASE);
  return marks.map(({ mark }) => mark.version);
}
