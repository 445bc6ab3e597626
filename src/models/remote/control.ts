/**
 * Whether it is the endpoint that fails, or what it was asked: a request that any endpoint of its
 * kind answers is sent when another one was rejected.
 */

/** How long a good answer counts (ms). */
const FRESH = 10_000;

export class Control {
  #good = -Infinity;
  #asking: Promise<void> | null = null;

  /**
   * @param ask sends the request; throws if the endpoint fails
   * @throws what `ask` throws
   */
  async check(ask: () => Promise<unknown>): Promise<void> {
    if (performance.now() - this.#good < FRESH) return;
    this.#asking ??= ask()
      .then(() => {
        this.#good = performance.now();
      })
      .finally(() => {
        this.#asking = null;
      });
    await this.#asking;
  }
}
