/**
 * Weighted sums of rows of 32-bit floats: in JavaScript they would take most of the time of fusing.
 * Sums are computed in 64 bits, part by part, and rounded once; squares are summed by position
 * modulo 8.
 */
import { MODULE } from './float-rows.wasm.js';
import { type KernelMemory, kernelOf, PAGE } from './kernel.js';

/** Numbers of a row that the kernel takes at once. */
const BLOCK = 8;
/** Bytes of rows in one call, which stay in the processor's cache. */
const TOGETHER = 2 ** 17;

interface Kernel extends KernelMemory {
  readonly sum: (
    first: number,
    part: number,
    weights: number,
    end: number,
    rows: number,
    dim: number,
    unit: number,
    out: number,
  ) => void;
}

const newKernel = kernelOf<Kernel>(MODULE);
let kernel: Kernel | undefined;
/** Views of the whole memory, renewed whenever it grows. */
let floats = new Float32Array(0);
let doubles = new Float64Array(0);

/** A matrix and the weight of its rows. */
export interface WeightedPart {
  /** (n x dim), row-major */
  readonly numbers: Float32Array;
  readonly weight: number;
}

export interface RowShape {
  readonly dim: number;
  /** True: every sum gets unit length, and 0 stays 0. */
  readonly unitLength: boolean;
}

/**
 * SUM over parts of weight x row, for every row, added in the order of the parts. A row's sum
 * depends on that row alone.
 *
 * @param parts 1 or more, of the same shape
 * @param out (n x dim), overwritten; may be one of the parts
 */
export function sumRows(
  parts: readonly WeightedPart[],
  { dim, unitLength }: RowShape,
  out: Float32Array,
): void {
  const stride = Math.ceil(dim / BLOCK) * BLOCK;
  const together = Math.max(1, Math.floor(TOGETHER / (4 * stride * parts.length)));
  // Weights, 64-bit sums of a row, rows of sums, rows of the parts.
  const sums = Math.ceil(parts.length / BLOCK) * BLOCK * 8;
  const weights = sums - 8 * parts.length;
  const into = sums + 8 * stride;
  const first = into + 4 * stride * together;
  const { sum } = reserve(first + 4 * stride * together * parts.length);
  parts.forEach(({ weight }, p) => {
    doubles[weights / 8 + p] = weight;
  });
  const n = out.length / dim;
  for (let row = 0; row < n; row += together) {
    const rows = Math.min(together, n - row);
    const part = stride * rows;
    // The padding of short rows enters the sum of squares, too.
    if (stride > dim) floats.fill(0, first / 4, first / 4 + part * parts.length);
    parts.forEach(({ numbers }, p) => {
      copyRows(rows, dim, numbers, row * dim, dim, floats, first / 4 + p * part, stride);
    });
    sum(first, 4 * part, weights, sums, rows, stride, unitLength ? 1 : 0, into);
    copyRows(rows, dim, floats, into / 4, stride, out, row * dim, dim);
  }
}

/** Copies numbers of rows that begin every `fromStep` and `toStep`. */
function copyRows(
  rows: number,
  dim: number,
  from: Float32Array,
  fromAt: number,
  fromStep: number,
  to: Float32Array,
  toAt: number,
  toStep: number,
): void {
  if (fromStep === toStep) to.set(from.subarray(fromAt, fromAt + rows * dim), toAt);
  else
    for (let r = 0; r < rows; r++) {
      const at = fromAt + r * fromStep;
      to.set(from.subarray(at, at + dim), toAt + r * toStep);
    }
}

function reserve(bytes: number): Kernel {
  kernel ??= newKernel();
  const missing = bytes - doubles.byteLength;
  if (missing > 0) {
    kernel.memory.grow(Math.ceil(missing / PAGE));
    floats = new Float32Array(kernel.memory.buffer);
    doubles = new Float64Array(kernel.memory.buffer);
  }
  return kernel;
}
