/**
 * The documents of a request, checked and written as rows for the reader of JSONL. A large body is
 * checked in a thread with limits of its own, which ends with its request.
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import PQueue from 'p-queue';
import type { z } from 'zod';
import type { ErrorCode } from '../../base/error-catalogue.js';
import { describeFailure, type FailureReport, XqgError } from '../../base/errors.js';
import { JSON_EXPECTED, problemsOf } from '../failures.js';
import { documentsBody, MOST_DOCUMENTS } from '../requests.js';

/** Larger bodies would keep other requests waiting while they are checked. */
const INLINE_BYTES = 256_000;
/** Of the thread: a body of the largest size, as text and as values. */
const THREAD_MEGABYTES = 1024;
/** Ids of documents that a job names. */
const NAMED = 100;

const THREAD = new URL('./documents-thread.js', import.meta.url);
/** One at a time, since each may take that memory. */
const turns = new PQueue({ concurrency: 1 });

export interface DocumentFiles {
  /** The body of the request. */
  readonly body: string;
  /** Where the rows are written. */
  readonly rows: string;
}

export type ThreadMessage =
  | { readonly ids: readonly string[] }
  | { readonly failure: FailureReport['error'] };

/**
 * @param signal aborted when the client has hung up, or it takes too long
 * @returns the first ids
 * @throws XqgError XQG_REQUEST_MALFORMED, XQG_REQUEST_INVALID, XQG_REQUEST_TOO_LARGE
 */
export async function receiveDocuments(
  files: DocumentFiles,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { size } = await stat(files.body);
  if (size <= INLINE_BYTES) return writeRows(files);
  const ids = await turns.add(() => inThread(files, signal), { signal });
  return ids;
}

/** What the thread does. */
async function writeRows({ body, rows }: DocumentFiles): Promise<readonly string[]> {
  const documents = documentsOf(await readFile(body));
  await writeFile(rows, documents.map((document) => JSON.stringify(document)).join('\n'));
  return documents.slice(0, NAMED).map(({ id }) => id);
}

/** What the thread says. */
export async function threadMessage(files: DocumentFiles): Promise<ThreadMessage> {
  try {
    return { ids: await writeRows(files) };
  } catch (thrown) {
    return { failure: describeFailure(thrown).error };
  }
}

function documentsOf(bytes: Uint8Array): z.output<typeof documentsBody>['documents'] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const reason = `its body is not JSON in UTF-8 (${(cause as Error).message})`;
    throw new XqgError('XQG_REQUEST_MALFORMED', { reason, expected: JSON_EXPECTED }, { cause });
  }
  // The schema would describe what is wrong with each of millions.
  const given = (value as { documents?: unknown } | null)?.documents;
  if (Array.isArray(given) && given.length > MOST_DOCUMENTS) {
    const problems = `documents has more than ${MOST_DOCUMENTS} items`;
    throw new XqgError('XQG_REQUEST_INVALID', { problems });
  }
  const { data, error } = documentsBody.safeParse(value);
  if (error) throw new XqgError('XQG_REQUEST_INVALID', { problems: problemsOf(error.issues) });
  return data.documents;
}

function inThread(files: DocumentFiles, signal: AbortSignal): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, {
      workerData: files,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES },
    });
    const stop = (): void => {
      reject(signal.reason);
      void worker.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', (message: ThreadMessage) => {
      if ('ids' in message) resolve(message.ids);
      else reject(XqgError.restore(message.failure.code as ErrorCode, message.failure.details));
    });
    worker.once('error', (error: NodeJS.ErrnoException) => {
      const problems = `it takes more than ${THREAD_MEGABYTES} MB of memory; send fewer documents at once`;
      const isTooLarge = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      reject(isTooLarge ? new XqgError('XQG_REQUEST_INVALID', { problems }) : error);
    });
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new XqgError('XQG_JOB_DIED', { reason: 'its thread ended' }));
    });
  });
}
