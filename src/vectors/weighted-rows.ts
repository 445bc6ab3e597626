/** Sums of weighted rows of signed bytes, which grow in number. */
import { ByteKernel, strideOf } from './byte-kernel.js';

/** Rows that are added in one call. */
const TOGETHER = 256;
/** Rows for which there is memory at first. */
const FIRST_ROWS = 4096;

export class WeightedRows {
  /** Bytes that a row takes. */
  readonly stride: number;
  readonly #dim: number;
  readonly #kernel = new ByteKernel();
  readonly #addresses: number;
  readonly #factors: number;
  readonly #exact: number;
  /** Address of row 0. */
  readonly #first: number;
  #rowsHeld = 0;
  #waiting = 0;

  constructor(dim: number) {
    this.#dim = dim;
    this.stride = strideOf(dim);
    this.#addresses = 4 * this.stride;
    this.#factors = this.#addresses + 4 * TOGETHER;
    this.#exact = this.#factors + 4 * TOGETHER;
    this.#first = this.#exact + 4 * this.stride;
    this.#kernel.reserve(this.#first);
  }

  /** Keeps a row (dim) under a number; numbers grow by one. */
  set(row: number, bytes: Int8Array): void {
    this.#reserve(row);
    this.#kernel.bytes.set(bytes, this.#first + row * this.stride);
  }

  /**
   * Keeps what `fill` adds to zeros (dim) under a number, in 8 bits: the largest becomes 127.
   * @returns the scale: what a 1 of the row stands for
   */
  quantize(row: number, fill: (exact: Float32Array) => void): number {
    this.#reserve(row);
    const from = this.#exact / 4;
    const exact = this.#kernel.floats.subarray(from, from + this.#dim);
    exact.fill(0);
    fill(exact);
    return (
      this.#kernel.call.quantize(this.#exact, this.#first + row * this.stride, this.stride) / 127
    );
  }

  /**
   * Adds factor x row to the sum, at the latest when it is taken; the row must not be set anew
   * before `flush`.
   */
  add(row: number, factor: number): void {
    const { integers, floats } = this.#kernel;
    integers[this.#addresses / 4 + this.#waiting] = this.#first + row * this.stride;
    floats[this.#factors / 4 + this.#waiting] = factor;
    if (++this.#waiting === TOGETHER) this.flush();
  }

  flush(): void {
    if (this.#waiting === 0) return;
    this.#kernel.call.add(this.#addresses, this.#factors, this.#waiting, 0, this.stride);
    this.#waiting = 0;
  }

  /** Moves the sum to out (dim) and begins a new one. */
  take(out: Float32Array): void {
    this.flush();
    const { floats } = this.#kernel;
    out.set(floats.subarray(0, this.#dim));
    floats.fill(0, 0, this.stride);
  }

  #reserve(row: number): void {
    if (row < this.#rowsHeld) return;
    // Twice as much each time: after every growth the garbage collector takes all of it for new.
    // What no row fills takes no memory.
    this.#rowsHeld = Math.max(FIRST_ROWS, 2 * this.#rowsHeld);
    this.#kernel.reserve(this.#first + this.#rowsHeld * this.stride);
  }
}
