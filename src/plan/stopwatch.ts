/**
 * Measures work on a machine that may be busy with other things: no more than the processor time that this process used is
 * counted, so that waiting for a turn is not. Knows not what is measured.
 */
export class Stopwatch {
  readonly #began = performance.now();
  readonly #used = process.cpuUsage();

  /** The time that passed. */
  get wallSeconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** The time that it would have taken alone, at most; not for work that waits for disks or networks. */
  get seconds(): number {
    return Math.min(this.wallSeconds, this.#processorSeconds);
  }

  /** Processor time by time: far below 1 on a machine that is busy with other things. */
  get processorShare(): number {
    return this.#processorSeconds / this.wallSeconds;
  }

  get #processorSeconds(): number {
    const { user, system } = process.cpuUsage(this.#used);
    return (user + system) / 1e6;
  }
}
