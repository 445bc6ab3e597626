/**
 * What a killed server leaves for the next one: each job has a folder within the directory of its
 * index, with the files that were sent and, once it was accepted, `job.json`. The folder of another
 * person's index may hold anything, so that nothing in it chooses which files are read.
 */
import { lstat, readdir, rm, stat } from 'node:fs/promises';
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
const failure = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});
const storedJob = z.object({
  /** Jobs of an index run in the order of these numbers. */
  accepted: z.number(),
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
  /** Why it is kept without being run; absent: it is to be run. */
  failure: failure.optional(),
});

export type StoredJob = z.output<typeof storedJob>;

/** A job that was left, or why it cannot be read. */
export interface LeftJob {
  readonly id: string;
  readonly job: StoredJob | XqgError;
  /** Of its files. */
  readonly bytes: number;
}

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

/** What says that the job was accepted goes first: a later job must not run before it again. */
export async function discardJob(directory: string, id: string): Promise<void> {
  const folder = jobFolder(directory, id);
  try {
    await rm(join(folder, FILE));
    await syncFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rm(folder, { recursive: true, force: true });
}

/** The jobs that are left, in the order in which they were accepted; others are discarded. */
export async function leftJobs(directory: string): Promise<LeftJob[]> {
  const left: LeftJob[] = [];
  const folder = join(directory, FOLDER);
  const facts = await lstat(folder).catch(() => null);
  // A link would have the folders of somebody else discarded.
  if (facts?.isDirectory() !== true) return left;
  for (const id of await readdir(folder)) {
    const path = join(jobFolder(directory, id), FILE);
    let text: string;
    try {
      await requireConfined(jobFolder(directory, id));
      text = await readSmallFile(path, LARGEST);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
        await discardJob(directory, id).catch(() => undefined);
      else left.push({ id, job: unreadable(path, cause), bytes: 0 });
      continue;
    }
    const bytes = await bytesIn(filesFolder(directory, id));
    try {
      left.push({ id, job: storedJob.parse(JSON.parse(text)), bytes });
    } catch (cause) {
      left.push({ id, job: unreadable(path, cause), bytes });
    }
  }
  const order = ({ job }: LeftJob): number => (job instanceof XqgError ? 0 : job.accepted);
  return left.sort((a, b) => order(a) - order(b));
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder).catch(() => []))
    bytes += (await stat(join(folder, name)).catch(() => null))?.size ?? 0;
  return bytes;
}

function unreadable(file: string, cause: unknown): XqgError {
  const reason =
    cause instanceof z.ZodError ? z.prettifyError(cause).split('\n')[0] : (cause as Error).message;
  return new XqgError('XQG_JOB_UNREADABLE', { file, reason }, { cause });
}
