/** Seeded numbers for tests: a 32-bit xorshift generator. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761) >>> 0 || 1;
  }

  /** In [0, 1). */
  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** `length` numbers in [-1, 1). */
  floats(length: number): Float32Array {
    return Float32Array.from({ length }, () => this.next() * 2 - 1);
  }
}
