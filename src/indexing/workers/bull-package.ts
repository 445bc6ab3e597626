/**
 * Loads BullMQ and says how it connects: patiently, since workers and runs outlive a restart of the
 * server.
 */
import type { RedisOptions } from 'bullmq';
import { XqgError } from '../../base/errors.js';
import { loadPackage } from '../../base/optional-package.js';
import type { QueueAddress } from './queue-address.js';

export type Bull = typeof import('bullmq');

/** Name of the queue, and what its keys begin with. */
export const QUEUE = 'parts';
export const PREFIX = 'xqg';
/** Key of the records of runs, by id. */
export const RUNS = `${PREFIX}:runs`;

/**
 * When a queue is opened, its answer is waited for so long; if nobody is there, or says no, not so
 * long (ms).
 */
const FIRST_ANSWER = 20_000;
const REFUSED = 5000;
const LONGEST_PAUSE = 2000;

/** @throws XqgError XQG_PACKAGE_MISSING */
export async function loadBull(): Promise<Bull> {
  return loadPackage('A queue', 'bullmq ioredis', async () => {
    await import('ioredis');
    return import('bullmq');
  });
}

/** A connection is tried again and again until `ended` is set. */
export interface Patience {
  ended: boolean;
}

export function connectionOf(
  { host, port, db, username, password, tls }: QueueAddress,
  patience: Patience,
): RedisOptions {
  return {
    host,
    port,
    db,
    username,
    password,
    ...(tls ? { tls: {} } : {}),
    // Null: calls made while the server is away are repeated when it is back.
    maxRetriesPerRequest: null,
    connectTimeout: FIRST_ANSWER,
    retryStrategy: (times) => (patience.ended ? null : Math.min(100 * times, LONGEST_PAUSE)),
  };
}

interface Connected {
  waitUntilReady(): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Waits for the first answer of the server. Without one the connection is given up.
 * @throws XqgError XQG_QUEUE_UNREACHABLE
 */
export async function firstAnswer(
  connected: Connected,
  { shown }: QueueAddress,
  patience: Patience,
): Promise<void> {
  let problem: string | null = null;
  connected.on('error', (error) => {
    problem = error.message || String((error as NodeJS.ErrnoException).code);
  });
  const timers: NodeJS.Timeout[] = [];
  const late = new Promise<never>((_, fail) => {
    const giveUp = (): void => {
      const details = { queue: shown, problem: problem ?? `no answer in ${FIRST_ANSWER / 1000} s` };
      fail(new XqgError('XQG_QUEUE_UNREACHABLE', details));
    };
    timers.push(
      setTimeout(() => problem !== null && giveUp(), REFUSED),
      setTimeout(giveUp, FIRST_ANSWER),
    );
  });
  const ready = connected.waitUntilReady().catch((cause: Error) => {
    throw new XqgError(
      'XQG_QUEUE_UNREACHABLE',
      { queue: shown, problem: cause.message },
      { cause },
    );
  });
  try {
    await Promise.race([ready, late]);
  } catch (error) {
    patience.ended = true;
    throw error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    ready.catch(() => undefined);
  }
}
