/**
 * Files by which processes say that they are at work in an index: `NAME` holds a pid, the time that process started and its
 * host. A mark outlives a killed process; others see that it is stale, because the pid is free or belongs to a process
 * that started at another time. Knows neither writers nor readers.
 */
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

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
export function isAlive(mark: ProcessMark): boolean {
  if (mark.host !== hostname()) return true;
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const started = startOf(mark.pid);
  return started === null || mark.started === null || started === mark.started;
}

/** Puts a mark down, in place of an older one of that name. The file appears with its content or not at all. */
export async function putMark(path: string, mark: ProcessMark): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.tmp`, `${JSON.stringify(mark)}\n`);
  await rename(`${path}.tmp`, path);
}

/** The marks in a folder whose names match, after removing those of dead processes. */
export async function livingMarks<T extends ProcessMark>(
  folder: string,
  name: RegExp,
): Promise<{ path: string; mark: T | null }[]> {
  const living: { path: string; mark: T | null }[] = [];
  for (const entry of await readdir(folder).catch(noFolder)) {
    if (!name.test(entry)) continue;
    const path = join(folder, entry);
    const mark = await readMark<T>(path);
    if (mark === 'gone') continue;
    if (mark !== null && !isAlive(mark)) await rm(path, { force: true });
    else living.push({ path, mark });
  }
  return living;
}

/** null if it cannot be read as a mark. */
async function readMark<T extends ProcessMark>(path: string): Promise<T | null | 'gone'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    throw error;
  }
  try {
    return JSON.parse(text) as T;
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
