/** `queue.json` in the directory of an index: which queue works for it. Holds no credentials. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../indexing/atomic-write.js';

export interface RunFile {
  /** Address without credentials. */
  readonly queue: string;
  readonly run: string;
  /** Where the parts lie. */
  readonly parts: string;
}

const pathIn = (dir: string): string => join(dir, 'queue.json');

export async function writeRunFile(dir: string, file: RunFile): Promise<void> {
  await writeAtomically(pathIn(dir), `${JSON.stringify(file, null, 2)}\n`);
}

/** null where no queue works for the index. */
export async function readRunFile(dir: string): Promise<RunFile | null> {
  try {
    return JSON.parse(await readFile(pathIn(dir), 'utf8')) as RunFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export async function removeRunFile(dir: string): Promise<void> {
  await rm(pathIn(dir), { force: true });
}
