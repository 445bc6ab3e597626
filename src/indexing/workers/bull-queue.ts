/** The job queue on BullMQ, as a run and `xqg status` see it. */
import type { Job, Queue } from 'bullmq';
import { XqgError } from '../../base/errors.js';
import {
  connectionOf,
  firstAnswer,
  loadBull,
  type Patience,
  PREFIX,
  QUEUE,
  RUNS,
} from './bull-package.js';
import { type QueueAddress, queueAddress } from './queue-address.js';
import type {
  NamedPart,
  PartJob,
  PartStanding,
  QueueCounts,
  RunRecord,
  WorkQueue,
} from './work-queue.js';

/**
 * Attempts at a part before it is set aside, and the pause after the first one (ms), which doubles
 * with each.
 */
const ATTEMPTS = 5;
const PAUSE = 1000;
const SWEPT_TOGETHER = 500;
/** Calls end so long after the signal at the latest (ms). */
const AFTER_ABORT = 5000;

export class BullQueue implements WorkQueue {
  readonly shown: string;
  readonly #db: number;
  readonly #queue: Queue<PartJob>;
  readonly #patience: Patience;
  readonly #attempts: number;
  readonly #stop: Promise<never>;
  #away = false;

  private constructor(
    address: QueueAddress,
    queue: Queue<PartJob>,
    patience: Patience,
    options: BullQueueOptions,
  ) {
    this.#patience = patience;
    this.shown = address.shown;
    this.#db = address.db;
    this.#queue = queue;
    this.#attempts = options.attempts ?? ATTEMPTS;
    queue.on('error', (error) => {
      if (!this.#away)
        options.onAway?.(error.message || String((error as NodeJS.ErrnoException).code));
      this.#away = true;
    });
    this.#stop = new Promise((_, stop) => {
      const { signal } = options;
      // What waits for a server that is away must not keep a person waiting.
      const end = (): void => {
        if (this.#away) stop(signal?.reason);
        else setTimeout(() => stop(signal?.reason), AFTER_ABORT).unref();
      };
      signal?.addEventListener('abort', end, { once: true });
    });
    this.#stop.catch(() => undefined);
  }

  /**
   * @param url redis://user:password@host:port/db
   * @throws XqgError XQG_QUEUE_ADDRESS, XQG_PACKAGE_MISSING, XQG_QUEUE_UNREACHABLE
   */
  static async open(url: string, options: BullQueueOptions = {}): Promise<BullQueue> {
    const address = queueAddress(url);
    const { Queue } = await loadBull();
    const patience = { ended: false };
    const connection = connectionOf(address, patience);
    const queue = new Queue<PartJob>(QUEUE, { connection, prefix: PREFIX });
    await firstAnswer(queue, address, patience);
    return new BullQueue(address, queue, patience, options);
  }

  async add(job: PartJob): Promise<void> {
    const opts = {
      jobId: idOf(job),
      attempts: this.#attempts,
      backoff: { type: 'exponential', delay: PAUSE },
    };
    await this.#call((queue) => queue.add('part', job, opts));
  }

  async standing(job: PartJob): Promise<PartStanding> {
    const found = await this.#call((queue) => queue.getJob(idOf(job)));
    const state = found === undefined ? 'unknown' : await this.#call(() => found.getState());
    const reason = found?.failedReason ?? null;
    switch (state) {
      case 'completed':
        return { state: 'done', reason };
      case 'failed':
        return { state: 'set aside', reason };
      case 'active':
      case 'unknown':
        return { state, reason };
      default:
        return { state: 'waiting', reason };
    }
  }

  async forget(job: PartJob): Promise<void> {
    await this.#call(async (queue) => {
      const found = await queue.getJob(idOf(job));
      if (found !== undefined) await removed(found);
    });
  }

  async counts(): Promise<QueueCounts> {
    const { waiting, active, delayed, completed, failed } = await this.#call((queue) =>
      queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed'),
    );
    return { waiting, active, delayed, done: completed, setAside: failed };
  }

  async workers(): Promise<readonly string[]> {
    const workers = await this.#call((queue) => queue.getWorkers());
    // The server lists the clients of all of its databases, whatever queue of the same name they
    // work for.
    const own = workers.filter(({ db }) => Number(db) === this.#db);
    return own.map(({ rawname = '' }) => rawname.replace(/^.*:w:/, '')).sort();
  }

  async inHand(limit: number): Promise<readonly NamedPart[]> {
    return (await this.#call((queue) => queue.getActive(0, limit - 1))).map(named);
  }

  async setAside(limit: number): Promise<readonly NamedPart[]> {
    return (await this.#call((queue) => queue.getFailed(0, limit - 1))).map(named);
  }

  async runs(): Promise<readonly RunRecord[]> {
    const records = await this.#call(async (queue) =>
      (await queue.getBackend().client).hgetall(RUNS),
    );
    return Object.values(records).map((json) => JSON.parse(json) as RunRecord);
  }

  async saveRun(record: RunRecord): Promise<void> {
    await this.#call(async (queue) =>
      (await queue.getBackend().client).hset(RUNS, { [record.run]: JSON.stringify(record) }),
    );
  }

  async removeRun(run: string): Promise<void> {
    await this.#call(async (queue) => (await queue.getBackend().client).hdel(RUNS, run));
  }

  async sweep(): Promise<void> {
    const known = new Set((await this.runs()).map(({ run }) => run));
    for (const state of ['waiting', 'delayed', 'active', 'completed', 'failed'] as const) {
      for (let from = 0; ; ) {
        const jobs = await this.#call((queue) =>
          queue.getJobs([state], from, from + SWEPT_TOGETHER - 1),
        );
        let remaining = 0;
        for (const job of jobs) {
          // A worker that has it in hand keeps it locked.
          if (known.has(job.data.run) || !(await this.#call(() => removed(job)))) remaining++;
        }
        if (jobs.length < SWEPT_TOGETHER) break;
        from += remaining;
      }
    }
  }

  async close(): Promise<void> {
    if (!this.#away) return this.#queue.close();
    this.#patience.ended = true;
    // It waits for answers that do not come.
    this.#queue.disconnect().catch(() => undefined);
  }

  /** @throws XqgError XQG_QUEUE_FAILED; the reason of the signal where the server is away */
  async #call<T>(work: (queue: Queue<PartJob>) => Promise<T>): Promise<T> {
    try {
      const answer = await Promise.race([work(this.#queue), this.#stop]);
      this.#away = false;
      return answer;
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'AbortError') throw cause;
      const problem = (cause as Error).message;
      throw new XqgError('XQG_QUEUE_FAILED', { queue: this.shown, problem }, { cause });
    }
  }
}

export interface BullQueueOptions {
  /** Attempts at a part before it is set aside. Default 5. */
  readonly attempts?: number;
  /** When aborted, calls end soon, also where the server is away. */
  readonly signal?: AbortSignal;
  /** Called once when the server goes away, with the reason; calls wait until it is back. */
  readonly onAway?: (problem: string) => void;
}

/** False for a part that a worker has in hand: it is locked. */
function removed(job: Job<PartJob>): Promise<boolean> {
  return job.remove().then(
    () => true,
    () => false,
  );
}

function idOf({ run, part }: PartJob): string {
  return `${run}-${part}`;
}

function named({ data, processedBy, failedReason, attemptsMade }: Job<PartJob>): NamedPart {
  return {
    run: data.run,
    part: data.part,
    worker: processedBy ?? null,
    reason: failedReason ?? null,
    attempts: attemptsMade,
  };
}
