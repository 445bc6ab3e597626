/**
 * A matrix in 8 bits a number, with a scale for each row, for products that are nearly those of the matrix itself: with a bound of the
 * error, so that a caller can tell which rows need an exact look. A quarter of the memory is a quarter of what a scan has to read. Knows
 * no question and no ranking.
 */
import { ByteKernel, strideOf } from './byte-kernel.js';

/** WebAssembly addresses 4 GiB; the rest is for the question and its products. */
const MOST_BYTES = 3.5 * 2 ** 30;
const LARGEST_STEP = 32_767;
/** Covers the rounding of what bounds are computed from. */
const SLACK = 1.001;

export interface ByteProducts {
  /** (n) */
  readonly scores: Float64Array;
  /** No score is off the true product by more. */
  readonly error: number;
}

export class ByteMatrix {
  readonly #dim: number;
  readonly #stride: number;
  readonly #n: number;
  readonly #kernel = new ByteKernel();
  readonly #products: number;
  /** Address of row 0. */
  readonly #first: number;
  /** By row: what a 1 stands for. */
  readonly #scales: Float32Array;
  /** No row is off by more, in length. */
  #rowError = 0;
  /** The length of the longest row. */
  #longest = 0;

  /** @param vectors (n x dim), row-major, finite; not kept */
  constructor(vectors: Float32Array, dim: number) {
    this.#dim = dim;
    this.#stride = strideOf(dim);
    this.#n = vectors.length / dim;
    this.#products = 4 * this.#stride;
    this.#first = Math.ceil((this.#products + 4 * this.#n) / 16) * 16;
    this.#kernel.reserve(this.#first + this.#n * this.#stride);
    this.#scales = new Float32Array(this.#n);
    for (let row = 0; row < this.#n; row++) this.#set(row, vectors);
  }

  /** True if a matrix fits the kernel. */
  static fits(n: number, dim: number): boolean {
    return n * (strideOf(dim) + 4) < MOST_BYTES && questionStep(dim) >= 127;
  }

  /** Nearly question . row for every row. */
  products(question: Float32Array): ByteProducts {
    const { halves, integers, call } = this.#kernel;
    let largest = 0;
    let squares = 0;
    for (const value of question) {
      largest = Math.max(largest, Math.abs(value));
      squares += value * value;
    }
    const scores = new Float64Array(this.#n);
    if (largest === 0 || this.#n === 0) return { scores, error: 0 };
    const scale = largest / questionStep(this.#dim);
    let offSquares = 0;
    halves.fill(0, 0, this.#stride);
    for (let d = 0; d < this.#dim; d++) {
      const steps = Math.round(question[d] / scale);
      halves[d] = steps;
      offSquares += (question[d] - steps * scale) ** 2;
    }
    call.products(0, this.#first, this.#n, this.#stride, this.#products);
    const from = this.#products / 4;
    for (let row = 0; row < this.#n; row++) scores[row] = integers[from + row] * scale * this.#scales[row];
    // q.v - (q + dq).(v + dv), by Cauchy and Schwarz.
    const error =
      Math.sqrt(squares) * this.#rowError + Math.sqrt(offSquares) * (this.#longest + this.#rowError);
    return { scores, error: error * SLACK };
  }

  #set(row: number, vectors: Float32Array): void {
    const { floats, bytes, call } = this.#kernel;
    const dim = this.#dim;
    floats.set(vectors.subarray(row * dim, (row + 1) * dim), 0);
    const at = this.#first + row * this.#stride;
    const scale = Math.fround(call.quantize(0, at, this.#stride) / 127);
    this.#scales[row] = scale;
    this.#longest = Math.max(this.#longest, Math.sqrt(call.squares(0, this.#stride)) * SLACK);
    for (let d = 0; d < dim; d++) floats[d] -= bytes[at + d] * scale;
    this.#rowError = Math.max(this.#rowError, Math.sqrt(call.squares(0, this.#stride)) * SLACK);
  }
}

/** The largest step of a question with which no sum of products leaves 32 bits. */
function questionStep(dim: number): number {
  return Math.min(LARGEST_STEP, Math.floor((2 ** 31 - 1) / (127 * strideOf(dim))));
}
