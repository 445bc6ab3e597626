/** An opened version that stays open as long as somebody uses it, also after it was closed. */

export abstract class UseCounted {
  #users = 0;
  #closed = false;

  /** Lets go of files and memory. */
  protected abstract free(): Promise<void>;

  /**
   * Does work on this version: it stays open until the work is done, also if `close` is called
   * meanwhile.
   */
  async use<T>(work: (opened: this) => Promise<T>): Promise<T> {
    const release = this.hold();
    try {
      return await work(this);
    } finally {
      await release();
    }
  }

  /** Keeps this version open until the returned function is called. */
  hold(): () => Promise<void> {
    this.#users++;
    return async () => {
      if (--this.#users === 0 && this.#closed) await this.free();
    };
  }

  /** Lets go of files and memory: now, or when the last user is done. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#users === 0) await this.free();
  }
}
