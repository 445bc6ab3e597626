/**
 * What a killed server leaves for the next one: each job has a folder within the directory of its
 * index, with the files that were sent and, once it was accepted, `job.json`. The folder of another
 * person's index may hold anything, so that nothing in it chooses which files are read.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder, syncFile, syncFolder, writeAtomically } from '../../base/atomic-write.js';
import { XqgError } from '../../base/errors.js';
import { readSmallFile } from '../../base/small-file.js';
import { requireConfined } from '../../indexing/durability/confined.js';

/** Within the directory of an index. */
const FOLDER = 'incoming';
const FILE = 'job.json';
const FILES = 'files';
/** Of `job.json`, in bytes. */
const LARGEST = 64e6;

const metadataValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const storedJob = z.object({
  what: z.array(z.string()),
  created: z.string(),
  access: z.object({ fingerprint: z.string().nullable(), filters: z.array(z.string()) }),
  task: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('add'),
      lang: z.string().optional(),
      metadata: z.record(z.string(), metadataValue),
    }),
    z.object({ kind: z.literal('remove'), documents: z.array(z.string()) }),
  ]),
});

export type StoredJob = z.output<typeof storedJob>;

/** Folder of a job. */
function jobFolder(directory: string, id: string): string {
  return join(directory, FOLDER, id);
}

/** Folder for the files that a job adds, made by `reserveFolder`. */
export function filesFolder(directory: string, id: string): string {
  return join(jobFolder(directory, id), FILES);
}

export async function reserveFolder(directory: string, id: string): Promise<void> {
  await makeFolder(filesFolder(directory, id));
}

/**
 * Makes a job outlive a power failure, its files before the file that says that it was accepted.
 * @throws XqgError XQG_DISK_FULL, XQG_NO_PERMISSION
 */
export async function storeJob(directory: string, id: string, job: StoredJob): Promise<void> {
  const files = filesFolder(directory, id);
  for (const name of await readdir(files)) await syncFile(join(files, name));
  await syncFolder(files);
  await writeAtomically(join(jobFolder(directory, id), FILE), JSON.stringify(job));
}

export async function discardJob(directory: string, id: string): Promise<void> {
  await rm(jobFolder(directory, id), { recursive: true, force: true });
}

/** The jobs that are left, in the order of their names; those never accepted are discarded. */
export async function* leftJobs(
  directory: string,
): AsyncGenerator<{ readonly id: string; readonly job: StoredJob | XqgError }> {
  const folder = join(directory, FOLDER);
  const facts = await lstat(folder).catch(() => null);
  // A link would have the folders of somebody else discarded.
  if (facts?.isDirectory() !== true) return;
  for (const id of (await readdir(folder)).sort()) {
    const path = join(jobFolder(directory, id), FILE);
    let text: string;
    try {
      await requireConfined(jobFolder(directory, id));
      text = await readSmallFile(path, LARGEST);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') await discardJob(directory, id);
      else yield { id, job: unreadable(path, cause) };
      continue;
    }
    try {
      yield { id, job: storedJob.parse(JSON.parse(text)) };
    } catch (cause) {
      yield { id, job: unreadable(path, cause) };
    }
  }
}

function unreadable(file: string, cause: unknown): XqgError {
  const reason =
    cause instanceof z.ZodError ? z.prettifyError(cause).split('\n')[0] : (cause as Error).message;
  return new XqgError('XQG_JOB_UNREADABLE', { file, reason }, { cause });
}
