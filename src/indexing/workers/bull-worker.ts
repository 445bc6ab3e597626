/**
 * Parts from BullMQ, one at a time: a part is locked while it is worked on, and given to another
 * worker when the lock is not renewed in time, because this one died or hangs.
 */
import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'bullmq';
import { connectionOf, firstAnswer, loadBull, PREFIX, QUEUE, RUNS } from './bull-package.js';
import { queueAddress } from './queue-address.js';
import {
  HopelessPart,
  type PartJob,
  type PartWork,
  ReleasedPart,
  type RunRecord,
} from './work-queue.js';

/** A part that so many workers died with or hung at is set aside. */
const LOST_AT_MOST = 5;
/** Pause before an answer that did not arrive is sent again (ms). */
const AGAIN = 1000;
/** A worker that ends waits so long for a server that is away (ms). */
const AWAY_AT_END = 5000;

export interface TakingOptions {
  /** Shown by `xqg status`. */
  readonly name: string;
  /** ms after which a part is given to another worker, if this one gives no sign of life. */
  readonly lock: number;
  /** Called with what goes wrong with the queue itself; the worker goes on. */
  readonly onTrouble?: (problem: string) => void;
}

/** A worker whose server is away, so that it cannot end as it should. */
interface Abandoned {
  abandon(): Promise<void>;
}

export class PartTaking {
  #inHand = 0;
  #away = false;
  #idleSince = performance.now();

  private constructor(
    /** Address without credentials. */
    readonly shown: string,
    private readonly worker: Worker<PartJob> & Abandoned,
  ) {}

  /**
   * Begins to take parts.
   * @throws XqgError XQG_QUEUE_ADDRESS, XQG_PACKAGE_MISSING, XQG_QUEUE_UNREACHABLE
   */
  static async begin(url: string, work: PartWork, options: TakingOptions): Promise<PartTaking> {
    const address = queueAddress(url);
    const { Worker, UnrecoverableError, WaitingError, DelayedError } = await loadBull();
    const patience = { ended: false };
    class PartsWorker extends Worker<PartJob> implements Abandoned {
      async abandon(): Promise<void> {
        patience.ended = true;
        this.disconnect().catch(() => undefined);
        // It would go on renewing the lock of a part that can be neither ended nor given back.
        await this.lockManager.close();
      }
    }
    const worker: PartsWorker = new PartsWorker(
      QUEUE,
      async (job, token) => {
        taking.#inHand++;
        try {
          const record = await (await worker.getBackend().client).hget(RUNS, job.data.run);
          // Nobody waits for it any longer.
          if (record === null) return;
          await work(job.data, JSON.parse(record) as RunRecord);
        } catch (error) {
          if (error instanceof ReleasedPart) {
            if (error.delay > 0) {
              await job.moveToDelayed(Date.now() + error.delay, token);
              throw new DelayedError();
            }
            await job.moveToWait(token);
            throw new WaitingError();
          }
          if (error instanceof HopelessPart) throw new UnrecoverableError(error.message);
          throw error;
        } finally {
          taking.#inHand--;
          taking.#idleSince = performance.now();
        }
      },
      {
        connection: connectionOf(address, patience),
        prefix: PREFIX,
        name: options.name,
        autorun: false,
        lockDuration: options.lock,
        stalledInterval: Math.max(500, options.lock / 2),
        maxStalledCount: LOST_AT_MOST,
        runRetryDelay: AGAIN,
      },
    );
    const taking = new PartTaking(address.shown, worker);
    await firstAnswer(worker, address, patience);
    worker.on('error', (error) => {
      // One line for a server that is away, not one for every attempt to reach it.
      if (!taking.#away)
        options.onTrouble?.(error.message || String((error as NodeJS.ErrnoException).code));
      taking.#away = true;
    });
    worker.getBackend().on('ready', () => {
      taking.#away = false;
    });
    worker.run().catch((error: Error) => options.onTrouble?.(error.message));
    return taking;
  }

  /** ms since a part was last in hand; 0 while one is. */
  get idle(): number {
    return this.#inHand > 0 ? 0 : performance.now() - this.#idleSince;
  }

  /** Takes no more parts; the one in hand goes on. */
  async pause(): Promise<void> {
    await this.worker.pause(true);
  }

  /**
   * Ends when the part in hand is done or given back; where the server is away, its lock will run
   * out.
   */
  async end(): Promise<void> {
    const closed = this.worker.close().catch(() => undefined);
    for (;;) {
      const first = await Promise.race([closed, setTimeout(AWAY_AT_END, 'late')]);
      if (first !== 'late') return;
      if (!this.#away) continue;
      return this.worker.abandon();
    }
  }
}
