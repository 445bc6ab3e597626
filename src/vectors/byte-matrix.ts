/**
 * A matrix in 8 bits per number with a scale per row. Its products approximate those of the
 * original matrix within a known bound, so that a caller can tell which rows need an exact product.
 * A scan reads a quarter of the memory. Rows that are already bytes times a scale, such as stored
 * sums, are represented exactly.
 */
import { setImmediate } from 'node:timers/promises';
import { ByteKernel, strideOf } from './byte-kernel.js';

/** WebAssembly addresses 4 GiB; the rest is for the question and its products. */
const MOST_BYTES = 3.5 * 2 ** 30;
/** Rows between two pauses: a few milliseconds. */
const ROWS_TOGETHER = 4096;
const LARGEST_STEP = 32_767;
/** Covers the rounding of what bounds are computed from. */
const SLACK = 1.001;

export interface ByteProducts {
  /** (n) */
  readonly scores: Float32Array;
  /** Largest difference between a score and the true product. */
  readonly error: number;
}

export class ByteMatrix {
  readonly n: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** (n) the value of a step by row. */
  readonly scales: Float32Array;
  readonly #dim: number;
  readonly #kernel = new ByteKernel();
  readonly #products: number;
  /** Address of row 0. */
  readonly #first: number;
  /** Largest length of the difference between a row and the original. */
  #rowError = 0;
  /** The length of the longest row. */
  #longest = 0;

  private constructor(n: number, dim: number) {
    this.n = n;
    this.stride = strideOf(dim);
    this.scales = new Float32Array(n);
    this.#dim = dim;
    this.#products = 4 * this.stride;
    this.#first = Math.ceil((this.#products + 4 * n) / 16) * 16;
    this.#kernel.reserve(this.#first + n * this.stride);
  }

  /** @param vectors (n x dim), row-major, finite; copied */
  static of(vectors: Float32Array, dim: number): ByteMatrix {
    const matrix = new ByteMatrix(vectors.length / dim, dim);
    matrix.#setRows(0, matrix.n, vectors);
    return matrix;
  }

  /** Like `of`, but lets other work run now and then. */
  static async slowly(vectors: Float32Array, dim: number): Promise<ByteMatrix> {
    const matrix = new ByteMatrix(vectors.length / dim, dim);
    for (let first = 0; first < matrix.n; first += ROWS_TOGETHER) {
      matrix.#setRows(first, Math.min(first + ROWS_TOGETHER, matrix.n), vectors);
      await setImmediate();
    }
    return matrix;
  }

  /**
   * A matrix of zeros, whose rows `fill` sets to bytes times a scale.
   * @param n rows
   */
  static exactly(n: number, dim: number): ByteMatrix {
    return new ByteMatrix(n, dim);
  }

  /** @param steps (dim) between -127 and 127 */
  fill(row: number, steps: Int8Array, scale: number): void {
    this.rows(row, 1).set(steps);
    this.scales[row] = scale;
    let squares = 0;
    for (const step of steps) squares += step * step;
    this.#longest = Math.max(this.#longest, Math.sqrt(squares) * scale * SLACK);
    // The error of rounding step times scale to 32 bits.
    this.#rowError = this.#longest * 2 ** -24;
  }

  /**
   * The same for several rows.
   * @param rows their scales, and their steps (n x dim), row-major
   * @returns the row after them
   */
  fillRows(
    first: number,
    { scales, steps }: { readonly scales: Float32Array; readonly steps: Int8Array },
  ): number {
    scales.forEach((scale, i) => {
      this.fill(first + i, steps.subarray(i * this.#dim, (i + 1) * this.#dim), scale);
    });
    return first + scales.length;
  }

  /** True if a matrix fits the kernel. */
  static fits(n: number, dim: number): boolean {
    return n * (strideOf(dim) + 4) < MOST_BYTES && questionStep(dim) >= 127;
  }

  /** The length of the longest row, or a little more. */
  get longest(): number {
    return this.#longest;
  }

  /** A read-only view of the bytes of some rows, `stride` each. */
  rows(first: number, n: number): Int8Array {
    const from = this.#first + first * this.stride;
    return this.#kernel.bytes.subarray(from, from + n * this.stride);
  }

  /** @param into (dim) gets the row */
  row(row: number, into: Float32Array): void {
    const bytes = this.rows(row, 1);
    const scale = this.scales[row];
    for (let d = 0; d < into.length; d++) into[d] = bytes[d] * scale;
  }

  /**
   * Adds a row times a weight.
   * @param into (dim)
   */
  addRow(row: number, weight: number, into: Float32Array): void {
    const bytes = this.rows(row, 1);
    const scale = this.scales[row];
    for (let d = 0; d < into.length; d++) into[d] += weight * Math.fround(bytes[d] * scale);
  }

  /** Approximately question . row for every row. */
  products(question: Float32Array): ByteProducts {
    const { halves, integers, call } = this.#kernel;
    let largest = 0;
    let squares = 0;
    for (const value of question) {
      largest = Math.max(largest, Math.abs(value));
      squares += value * value;
    }
    const scores = new Float32Array(this.n);
    if (largest === 0 || this.n === 0) return { scores, error: 0 };
    const scale = largest / questionStep(this.#dim);
    let offSquares = 0;
    halves.fill(0, 0, this.stride);
    for (let d = 0; d < this.#dim; d++) {
      const steps = Math.round(question[d] / scale);
      halves[d] = steps;
      offSquares += (question[d] - steps * scale) ** 2;
    }
    call.products(0, this.#first, this.n, this.stride, this.#products);
    const from = this.#products / 4;
    for (let row = 0; row < this.n; row++)
      scores[row] = integers[from + row] * scale * this.scales[row];
    const length = Math.sqrt(squares);
    // q.v - (q + dq).(v + dv), by Cauchy and Schwarz; and scores are rounded to 32 bits.
    const error =
      length * (this.#rowError + 2 ** -23 * this.#longest) +
      Math.sqrt(offSquares) * (this.#longest + this.#rowError);
    return { scores, error: error * SLACK };
  }

  #setRows(first: number, end: number, vectors: Float32Array): void {
    for (let row = first; row < end; row++)
      this.#rowError = Math.max(this.#rowError, this.#set(row, vectors));
  }

  /** Returns the length of the difference between the row and the original. */
  #set(row: number, vectors: Float32Array): number {
    const { floats, bytes, call } = this.#kernel;
    const dim = this.#dim;
    floats.set(vectors.subarray(row * dim, (row + 1) * dim), 0);
    const at = this.#first + row * this.stride;
    const scale = Math.fround(call.quantize(0, at, this.stride) / 127);
    this.scales[row] = scale;
    this.#longest = Math.max(this.#longest, Math.sqrt(call.squares(0, this.stride)) * SLACK);
    for (let d = 0; d < dim; d++) floats[d] -= bytes[at + d] * scale;
    return Math.sqrt(call.squares(0, this.stride)) * SLACK;
  }
}

/** The largest step of a question with which no sum of products leaves 32 bits. */
function questionStep(dim: number): number {
  return Math.min(LARGEST_STEP, Math.floor((2 ** 31 - 1) / (127 * strideOf(dim))));
}
