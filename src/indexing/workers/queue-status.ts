/** How far the runs of a queue are, seen from anywhere. Changes nothing. */
import { XqgError } from '../../base/errors.js';
import { requireTrust } from '../../base/trust.js';
import { BullQueue } from './bull-queue.js';
import { readRunFile } from './queued-run.js';
import type { NamedPart, QueueCounts, RunRecord } from './work-queue.js';

export interface QueueStatus {
  /** Address without credentials. */
  readonly queue: string;
  readonly runs: readonly RunRecord[];
  /** Of all runs. */
  readonly counts: QueueCounts;
  readonly workers: readonly string[];
  /** At most 100. */
  readonly inHand: readonly NamedPart[];
  /** At most 100. */
  readonly setAside: readonly NamedPart[];
}

const NAMED = 100;

/**
 * @param url redis://user:password@host:port/db
 * @throws XqgError XQG_QUEUE_ADDRESS, XQG_PACKAGE_MISSING, XQG_QUEUE_UNREACHABLE
 */
export async function queueStatus(url: string): Promise<QueueStatus> {
  const queue = await BullQueue.open(url);
  try {
    return {
      queue: queue.shown,
      runs: await queue.runs(),
      counts: await queue.counts(),
      workers: await queue.workers(),
      inHand: await queue.inHand(NAMED),
      setAside: await queue.setAside(NAMED),
    };
  } finally {
    await queue.close();
  }
}

/**
 * The queue that works for an index; null where none does. Read where the index says, with the
 * password of XQG_QUEUE_PASSWORD.
 *
 * @returns with `problem` where the queue does not answer
 */
export async function queueStatusOf(
  dir: string,
): Promise<QueueStatus | { readonly queue: string; readonly problem: string } | null> {
  const file = await readRunFile(dir);
  if (file === null) return null;
  try {
    await requireTrust({
      entries: [file.queue],
      who: `The index in ${dir}`,
      what: 'the queue that works for it',
      option: `--queue ${file.queue}`,
    });
    const status = await queueStatus(file.queue);
    return { ...status, runs: status.runs.filter(({ run }) => run === file.run) };
  } catch (error) {
    if (!(error instanceof XqgError)) throw error;
    return { queue: file.queue, problem: error.message };
  }
}
