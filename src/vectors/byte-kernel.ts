/**
 * The WebAssembly kernel over rows of signed bytes, each instance with a memory of its own:
 * JavaScript, one number at a time, would take most of the time of indexing and of searching.
 */
import { type KernelMemory, kernelOf, PAGE } from './kernel.js';

/** Compiled from byte-rows.wat. */
const MODULE =
  'AGFzbQEAAAABFgNgBX9/f39/AGADf39/AX1gAn9/AX0DBQQAAQIABQMBAAEHMAUGbWVtb3J5AgADYWRkAAAIcXVhbnRpemUAAQdzcXVhcmVzAAII' +
  'cHJvZHVjdHMAAwrvBQT5AQICfwd7A0AgA/0ABAAhCiAD/QAEECELIAP9AAQgIQwgA/0ABDAhDUEAIQYCQANAIAYgAk8NASABIAZBAnRq/QkCACEH' +
  'IAAgBkECdGooAgAgBWr9AAQAIQggCP2HASEJIAogByAJ/acB/foB/eYB/eQBIQogCyAHIAn9qAH9+gH95gH95AEhCyAI/YgBIQkgDCAHIAn9pwH9' +
  '+gH95gH95AEhDCANIAcgCf2oAf36Af3mAf3kASENIAZBAWohBgwACwsgAyAK/QsEACADIAv9CwQQIAMgDP0LBCAgAyAN/QsEMCADQcAAaiEDIAVB' +
  'EGohBSAFIARJDQALC90BAwJ/AXsBfSAAIAJBAnRqIQQgACEDA0AgBSAD/QAEAP3gAf3pASEFIANBEGohAyADIARJDQALIAX9HwAgBf0fAZcgBf0f' +
  'AiAF/R8Dl5chBkMAAP5CIAaV/RMhBSAGQwAAAABbBEBDAAAAAP0TIQULIAAhAwNAIAEgBSAD/QAEAP3mAf1q/fgBIAUgA/0ABBD95gH9av34Af2F' +
  'ASAFIAP9AAQg/eYB/Wr9+AEgBSAD/QAEMP3mAf1q/fgB/YUB/WX9CwQAIAFBEGohASADQcAAaiEDIAMgBEkNAAsgBgtOAgF/AnsgACABQQJ0aiEC' +
  'A0AgAP0ABAAhAyAEIAMgA/3mAf3kASEEIABBEGohACAAIAJJDQALIAT9HwAgBP0fAZIgBP0fAiAE/R8DkpILwwECA38DeyAEIAJBAnRqIQUDQCAB' +
  'IANqIQYgACEH/QwAAAAAAAAAAAAAAAAAAAAAIQj9DAAAAAAAAAAAAAAAAAAAAAAhCQNAIAH9AAQAIQogCCAK/YcBIAf9AAQA/boB/a4BIQggCSAK' +
  '/YgBIAf9AAQQ/boB/a4BIQkgB0EgaiEHIAFBEGohASABIAZJDQALIAggCf2uASEIIAQgCP0bACAI/RsBaiAI/RsCIAj9GwNqajYCACAEQQRqIQQg' +
  'BCAFSQ0ACws=';

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
