/**
 * Lets so many searches run at once and so many wait; who comes after those is sent away at once
 * with the time after which to ask again, so that a queue never grows and no answer comes too late.
 */
import PQueue from 'p-queue';
import { untilAborted } from '../base/abort.js';
import { XqgError } from '../base/errors.js';

export interface GateOptions {
  readonly running: number;
  readonly waiting: number;
  /** An answer that takes longer, waiting included, is given up. */
  readonly timeoutMs: number;
}

export class Gate {
  readonly #queue: PQueue;
  readonly #options: GateOptions;
  /** Mean duration of the last ones, in milliseconds. */
  #meanMs = 20;
  /** Sent away so far. */
  shed = 0;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#queue = new PQueue({ concurrency: options.running });
  }

  /** Milliseconds for one answer. */
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
   * For requests that have not been read yet: who will be sent away anyway costs little then.
   * @throws XqgError XQG_SERVER_BUSY
   */
  requirePlace(): void {
    const { running, waiting } = this.#options;
    if (this.waiting < waiting) return;
    this.shed++;
    const seconds = Math.max(1, Math.ceil((this.waiting * this.#meanMs) / running / 1000));
    throw new XqgError('XQG_SERVER_BUSY', { what: 'searches', seconds });
  }

  /**
   * @param gone aborted when nobody waits for the answer any more
   * @param since when the asker began to wait, of `performance.now()`; default: now
   * @throws XqgError XQG_SERVER_BUSY, XQG_REQUEST_TOO_SLOW; an AbortError if `gone` is aborted
   */
  async pass<T>(
    gone: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
    since = performance.now(),
  ): Promise<T> {
    const { timeoutMs } = this.#options;
    gone.throwIfAborted();
    this.requirePlace();
    const late = AbortSignal.timeout(
      Math.max(0, Math.round(timeoutMs - (performance.now() - since))),
    );
    const signal = AbortSignal.any([gone, late]);
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
      if (gone.aborted || !late.aborted) throw error;
      throw new XqgError('XQG_REQUEST_TOO_SLOW', { seconds: timeoutMs / 1000 }, { cause: error });
    }
  }

  /** Resolves when nothing runs and nothing waits. */
  onIdle(): Promise<void> {
    return this.#queue.onIdle();
  }
}
