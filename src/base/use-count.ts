/** Something open that stays open for its users, also after it was closed. */

export abstract class UseCounted {
  #users = 0;
  #closed = false;

  /** Releases files and memory. */
  protected abstract free(): Promise<void>;

  /** Keeps it open until the returned function is called, also if `close` is called meanwhile. */
  hold(): () => Promise<void> {
    this.#users++;
    return async () => {
      if (--this.#users === 0 && this.#closed) await this.free();
    };
  }

  /** Releases files and memory: now, or when the last user is done. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#users === 0) await this.free();
  }
}
