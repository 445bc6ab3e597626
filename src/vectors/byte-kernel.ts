/**
 * The WebAssembly kernel over rows of signed bytes, each instance with a memory of its own:
 * JavaScript, one number at a time, would take most of the time of indexing and of searching.
 */
import { MODULE } from './byte-kernel.wasm.js';
import { type KernelMemory, kernelOf, PAGE } from './kernel.js';

/** Addresses are in bytes; rows take a multiple of 16 of them. */
interface Kernel extends KernelMemory {
  readonly add: (rows: number, factors: number, n: number, out: number, dim: number) => void;
  readonly quantize: (from: number, row: number, dim: number) => number;
  readonly squares: (from: number, dim: number) => number;
  readonly products: (question: number, row: number, n: number, dim: number, out: number) => void;
}

const newKernel = kernelOf<Kernel>(MODULE);

export class ByteKernel {
  readonly call: Kernel;
  /** Views of the whole memory, new after every growth. */
  bytes!: Int8Array;
  halves!: Int16Array;
  integers!: Int32Array;
  floats!: Float32Array;

  constructor() {
    this.call = newKernel();
    this.#view();
  }

  /** Room for so many bytes. */
  reserve(bytes: number): void {
    const missing = bytes - this.bytes.length;
    if (missing <= 0) return;
    this.call.memory.grow(Math.ceil(missing / PAGE));
    this.#view();
  }

  /** Growing detaches the views of before. */
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
