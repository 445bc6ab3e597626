/**
 * Whether it is the endpoint that fails, or what it was asked: a request that any endpoint of its
 * kind answers is sent when another one was rejected.
 */

export class Control {
  #asked: { readonly began: number; readonly answer: Promise<unknown> } | null = null;

  /**
   * Asks, unless it was asked since then.
   * @param since when the rejected request began, as `performance.now` says it
   * @param ask sends the request; throws if the endpoint fails
   * @throws what `ask` throws
   */
  async check(since: number, ask: () => Promise<unknown>): Promise<void> {
    if (this.#asked === null || this.#asked.began < since)
      this.#asked = { began: performance.now(), answer: ask() };
    await this.#asked.answer;
  }
}
