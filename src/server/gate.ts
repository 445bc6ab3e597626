/**
 * Limits how many searches run at once and how many wait. Others are refused at once, with the time
 * after which to try again: the queue never grows and no response comes too late.
 */
import PQueue from 'p-queue';
import { untilAborted } from '../base/abort.js';
import { XqgError } from '../base/errors.js';

export interface GateOptions {
  readonly running: number;
  readonly waiting: number;
  /** A search that takes longer, waiting included, is aborted. */
  readonly timeoutMs: number;
}

export class Gate {
  readonly #queue: PQueue;
  readonly #options: GateOptions;
  /** Moving average of the duration of a search, in milliseconds. */
  #meanMs = 20;
  /** Searches that were refused so far. */
  shed = 0;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#queue = new PQueue({ concurrency: options.running });
  }

  /** For one search, waiting included. */
  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  get running(): number {
    return this.#queue.pending;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Before the body of a request is read: a refusal costs little then.
   * @throws XqgError XQG_SERVER_BUSY
   */
  requireRoom(): void {
    const { running, waiting } = this.#options;
    if (this.waiting < waiting) return;
    this.shed++;
    const seconds = Math.max(1, Math.ceil((this.waiting * this.#meanMs) / running / 1000));
    throw new XqgError('XQG_SERVER_BUSY', { what: 'searches', seconds });
  }

  /**
   * Runs work in its turn.
   * @param clientSignal aborted when the client has hung up
   * @param since when the client began to wait, by `performance.now()`; default: now
   * @throws XqgError XQG_SERVER_BUSY, XQG_REQUEST_TOO_SLOW; an AbortError if the client hung up
   */
  async run<T>(
    clientSignal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
    since = performance.now(),
  ): Promise<T> {
    const { timeoutMs } = this.#options;
    clientSignal.throwIfAborted();
    this.requireRoom();
    const late = AbortSignal.timeout(
      Math.max(0, Math.round(timeoutMs - (performance.now() - since))),
    );
    const signal = AbortSignal.any([clientSignal, late]);
    try {
      return await this.#queue.add(
        async () => {
          const started = performance.now();
          try {
            return await untilAborted(work(signal), signal);
          } finally {
            this.#meanMs += (performance.now() - started - this.#meanMs) / 20;
          }
        },
        { signal },
      );
    } catch (error) {
      if (clientSignal.aborted || !late.aborted) throw error;
      throw new XqgError('XQG_REQUEST_TOO_SLOW', { seconds: timeoutMs / 1000 }, { cause: error });
    }
  }

  /** Resolves when nothing runs and nothing waits. */
  onIdle(): Promise<void> {
    return this.#queue.onIdle();
  }
}
