/**
 * The WebAssembly kernel over rows of signed bytes, with its own memory. In JavaScript, one number
 * at a time, the same work would dominate the time of indexing and searching.
 */
import { MODULE } from './byte-kernel.wasm.js';
import { type KernelMemory, kernelOf, PAGE } from './kernel.js';

/** Addresses are in bytes; the size of a row is a multiple of 16. */
interface Kernel extends KernelMemory {
  readonly add: (rows: number, factors: number, n: number, out: number, dim: number) => void;
  readonly quantize: (from: number, row: number, dim: number) => number;
  readonly squares: (from: number, dim: number) => number;
  readonly products: (question: number, row: number, n: number, dim: number, out: number) => void;
}

const newKernel = kernelOf<Kernel>(MODULE);

export class ByteKernel {
  readonly call: Kernel;
  /** Views of the whole memory, renewed whenever it grows. */
  bytes!: Int8Array;
  halves!: Int16Array;
  integers!: Int32Array;
  floats!: Float32Array;

  constructor() {
    this.call = newKernel();
    this.#view();
  }

  /** Makes room for this many bytes. */
  reserve(bytes: number): void {
    const missing = bytes - this.bytes.length;
    if (missing <= 0) return;
    this.call.memory.grow(Math.ceil(missing / PAGE));
    this.#view();
  }

  /** Growing detaches the earlier views. */
  #view(): void {
    const { buffer } = this.call.memory;
    this.bytes = new Int8Array(buffer);
    this.halves = new Int16Array(buffer);
    this.integers = new Int32Array(buffer);
    this.floats = new Float32Array(buffer);
  }
}

/** Bytes that a row of `dim` numbers takes. */
export function strideOf(dim: number): number {
  return Math.ceil(dim / 16) * 16;
}
