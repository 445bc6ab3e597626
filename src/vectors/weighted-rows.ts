/** Sums of weighted rows of signed bytes, to which rows can be added. */
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

  /** Stores a row (dim) under a number; numbers grow by one. */
  set(row: number, bytes: Int8Array): void {
    this.#reserve(row);
    this.#kernel.bytes.set(bytes, this.#first + row * this.stride);
  }

  /**
   * Stores what `fill` adds to zeros (dim) under a number, in 8 bits: the largest becomes 127.
   * @returns the scale: the value of a step
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
   * Adds factor x row to the sum, which may be delayed until the sum is read; the row must not be
   * overwritten before `flush`.
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
    // Doubles each time: after every growth the garbage collector counts all of it as new. Memory
    // that no row fills is not backed by the machine.
    this.#rowsHeld = Math.max(FIRST_ROWS, 2 * this.#rowsHeld);
    this.#kernel.reserve(this.#first + this.#rowsHeld * this.stride);
  }
}
