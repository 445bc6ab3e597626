/**
 * The products of the rows of two matrices: row r of the one with row r of the other. Lets other
 * work run now and then, since it may read hundreds of megabytes.
 */
import { setImmediate } from 'node:timers/promises';
import type { ByteMatrix } from './byte-matrix.js';
import { type KernelMemory, kernelOf, PAGE } from './kernel.js';
import { MODULE } from './row-products.wasm.js';

/** Rows at a time: they stay in the processor's cache. */
const BLOCK = 256;
/** Blocks between two pauses: a few milliseconds. */
const BLOCKS = 32;

interface Kernel extends KernelMemory {
  readonly products: (a: number, b: number, n: number, dim: number, out: number) => void;
}

const newKernel = kernelOf<Kernel>(MODULE);

/** Rows of floats between two pauses. */
const FLOAT_ROWS = 4096;

/** (n) |a_r|^2, rounded to 32 bits. @param a (n x dim), row-major */
export async function rowSquares(a: Float32Array, dim: number): Promise<Float32Array> {
  const out = new Float32Array(a.length / dim);
  for (let row = 0, at = 0; row < out.length; row++) {
    let sum = 0;
    for (const end = at + dim; at < end; at++) sum += a[at] * a[at];
    out[row] = sum;
    if (row % FLOAT_ROWS === FLOAT_ROWS - 1) await setImmediate();
  }
  return out;
}

/** (n) a_r . b_r, rounded to 32 bits. @param a (n x dim), row-major */
export async function mixedProducts(
  a: Float32Array,
  b: ByteMatrix,
  dim: number,
): Promise<Float32Array> {
  const out = new Float32Array(b.n);
  for (let row = 0, at = 0; row < out.length; row++) {
    const bytes = b.rows(row, 1);
    let sum = 0;
    for (let d = 0; d < dim; d++, at++) sum += a[at] * bytes[d];
    out[row] = sum * b.scales[row];
    if (row % FLOAT_ROWS === FLOAT_ROWS - 1) await setImmediate();
  }
  return out;
}

/** (n) a_r . b_r, rounded to 32 bits. The matrices have as many rows, of the same length. */
export async function rowProducts(a: ByteMatrix, b: ByteMatrix): Promise<Float32Array> {
  const { n, stride } = a;
  const out = new Float32Array(n);
  const { memory, products } = newKernel();
  const second = BLOCK * stride;
  const sums = 2 * second;
  memory.grow(Math.ceil((sums + 4 * BLOCK) / PAGE));
  const bytes = new Int8Array(memory.buffer);
  const integers = new Int32Array(memory.buffer, sums, BLOCK);
  for (let first = 0, block = 1; first < n; first += BLOCK, block++) {
    const rows = Math.min(BLOCK, n - first);
    bytes.set(a.rows(first, rows), 0);
    bytes.set(b.rows(first, rows), second);
    products(0, second, rows, stride, sums);
    for (let r = 0; r < rows; r++)
      out[first + r] = integers[r] * a.scales[first + r] * b.scales[first + r];
    if (block % BLOCKS === 0) await setImmediate();
  }
  return out;
}
