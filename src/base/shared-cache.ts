/** Results that several wait for: what nobody waits for any longer ends, what is ready is kept. */
import { LRUCache } from 'lru-cache';
import { untilAborted } from './abort.js';

interface Entry<T> {
  readonly result: Promise<T>;
  /** Aborted when the last one who waited for the result has gone. */
  readonly stop: AbortController;
  waiting: number;
  isReady: boolean;
}

export class SharedCache<T> {
  readonly #entries: LRUCache<string, Entry<T>>;

  /** @param most results that are kept */
  constructor(most: number) {
    this.#entries = new LRUCache({ max: most });
  }

  /**
   * The result of a key, computed where it is not there. A failure is not kept.
   * @param compute gets a signal that is aborted once nobody waits for the result
   * @param signal of the one who waits
   * @throws what `compute` throws; the signal's reason
   */
  async get(
    key: string,
    compute: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    const entry = this.#entries.get(key) ?? this.#start(key, compute);
    if (entry.isReady) return entry.result;
    entry.waiting++;
    try {
      return await (signal === undefined ? entry.result : untilAborted(entry.result, signal));
    } finally {
      entry.waiting--;
      if (entry.waiting === 0 && !entry.isReady) {
        this.#forget(key, entry);
        entry.stop.abort();
      }
    }
  }

  #start(key: string, compute: (signal: AbortSignal) => Promise<T>): Entry<T> {
    const stop = new AbortController();
    const entry: Entry<T> = { result: compute(stop.signal), stop, waiting: 0, isReady: false };
    entry.result.then(
      () => {
        entry.isReady = true;
      },
      () => this.#forget(key, entry),
    );
    this.#entries.set(key, entry);
    return entry;
  }

  #forget(key: string, entry: Entry<T>): void {
    if (this.#entries.peek(key) === entry) this.#entries.delete(key);
  }
}
