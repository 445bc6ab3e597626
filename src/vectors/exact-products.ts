/**
 * Exact products of a question with every row of a matrix, two 64-bit numbers at a time: in
 * JavaScript they would take most of the time of evaluating hybrids. The sums equal those of
 * `product` in search/dense to the bit.
 */
import { MODULE } from './exact-products.wasm.js';
import { type KernelMemory, kernelOf, PAGE } from './kernel.js';

/** Largest matrix, in bytes. */
const ROWS_BYTES = 64 * 2 ** 20;
/** Numbers of a row that the kernel takes at once. */
const BLOCK = 8;

interface Kernel extends KernelMemory {
  readonly products: (question: number, row: number, n: number, dim: number, out: number) => void;
}

const newKernel = kernelOf<Kernel>(MODULE);

/** Holds one matrix, so that many questions can be multiplied with it. */
export class ExactProducts {
  readonly #kernel = newKernel();
  readonly #dim: number;
  readonly #rows: number;
  /** Addresses of sums and rows; the question lies at 0. */
  readonly #sums: number;
  readonly #first: number;

  /** True if the kernel takes such a matrix: (n x dim), row-major, of at most 64 MiB. */
  static fits(vectors: Float32Array, dim: number): boolean {
    return dim > 0 && dim % BLOCK === 0 && vectors.length > 0 && vectors.byteLength <= ROWS_BYTES;
  }

  /** @param vectors (n x dim), row-major, for which `fits` is true; copied */
  constructor(vectors: Float32Array, dim: number) {
    this.#dim = dim;
    this.#rows = vectors.length / dim;
    this.#sums = 8 * dim;
    this.#first = this.#sums + 8 * this.#rows;
    const { memory } = this.#kernel;
    memory.grow(Math.ceil((this.#first + vectors.byteLength) / PAGE));
    new Float32Array(memory.buffer, this.#first, vectors.length).set(vectors);
  }

  /** Adds weight times each product to `into` (n). */
  addTo(into: Float64Array, question: Float32Array, weight: number): void {
    const { memory, products } = this.#kernel;
    new Float64Array(memory.buffer, 0, this.#dim).set(question);
    products(0, this.#first, this.#rows, this.#dim, this.#sums);
    const sums = new Float64Array(memory.buffer, this.#sums, this.#rows);
    for (let row = 0; row < sums.length; row++) into[row] += weight * sums[row];
  }
}
