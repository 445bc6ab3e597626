/**
 * Sums of weighted rows of signed bytes, 16 numbers at a time: what JavaScript would do one number at a time takes most of the time of
 * indexing. The rows lie in the memory of a WebAssembly module, which grows as rows are added. Knows not what rows mean.
 */

/** Compiled from weighted-rows.wat. */
const MODULE =
  'AGFzbQEAAAABEAJgBX9/f39/AGADf39/AX0DAwIAAQUDAQABBxsDBm1lbW9yeQIAA2FkZAAACHF1YW50aXplAAEK2wMC+QECAn8H' +
  'ewNAIAP9AAQAIQogA/0ABBAhCyAD/QAEICEMIAP9AAQwIQ1BACEGAkADQCAGIAJPDQEgASAGQQJ0av0JAgAhByAAIAZBAnRqKAIA' +
  'IAVq/QAEACEIIAj9hwEhCSAKIAcgCf2nAf36Af3mAf3kASEKIAsgByAJ/agB/foB/eYB/eQBIQsgCP2IASEJIAwgByAJ/acB/foB' +
  '/eYB/eQBIQwgDSAHIAn9qAH9+gH95gH95AEhDSAGQQFqIQYMAAsLIAMgCv0LBAAgAyAL/QsEECADIAz9CwQgIAMgDf0LBDAgA0HA' +
  'AGohAyAFQRBqIQUgBSAESQ0ACwvdAQMCfwF7AX0gACACQQJ0aiEEIAAhAwNAIAUgA/0ABAD94AH96QEhBSADQRBqIQMgAyAESQ0A' +
  'CyAF/R8AIAX9HwGXIAX9HwIgBf0fA5eXIQZDAAD+QiAGlf0TIQUgBkMAAAAAWwRAQwAAAAD9EyEFCyAAIQMDQCABIAUgA/0ABAD9' +
  '5gH9av34ASAFIAP9AAQQ/eYB/Wr9+AH9hQEgBSAD/QAEIP3mAf1q/fgBIAUgA/0ABDD95gH9av34Af2FAf1l/QsEACABQRBqIQEg' +
  'A0HAAGohAyADIARJDQALIAYL';

/** Rows that are added in one call. */
const TOGETHER = 256;
/** Rows for which memory grows at once. */
const SLAB = 4096;
const PAGE = 65_536;

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
  readonly quantize: (from: number, row: number, dim: number) => number;
  readonly add: (rows: number, factors: number, n: number, out: number, dim: number) => void;
}

/** The part used here; the compiler knows it only together with browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

let compiled: object | undefined;

export class WeightedRows {
  readonly #dim: number;
  /** dim, rounded up to what the kernel takes at a time. */
  readonly #stride: number;
  readonly #kernel: Kernel;
  readonly #addresses: number;
  readonly #factors: number;
  readonly #exact: number;
  /** Address of row 0. */
  readonly #first: number;
  #rowsHeld = 0;
  #waiting = 0;
  #bytes!: Int8Array;
  #floats!: Float32Array;
  #words!: Uint32Array;

  constructor(dim: number) {
    compiled ??= new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
    this.#kernel = new WebAssembly.Instance(compiled).exports as Kernel;
    this.#dim = dim;
    this.#stride = Math.ceil(dim / 16) * 16;
    this.#addresses = 4 * this.#stride;
    this.#factors = this.#addresses + 4 * TOGETHER;
    this.#exact = this.#factors + 4 * TOGETHER;
    this.#first = this.#exact + 4 * this.#stride;
    this.#view();
  }

  /** Bytes that a row takes. */
  get stride(): number {
    return this.#stride;
  }

  /** Keeps a row (dim) under a number; numbers grow by one. */
  set(row: number, bytes: Int8Array): void {
    this.#reserve(row);
    this.#bytes.set(bytes, this.#first + row * this.#stride);
  }

  /**
   * Keeps what `fill` adds to zeros (dim) under a number, in 8 bits: the largest becomes 127.
   * @returns the scale: what a 1 of the row stands for
   */
  quantize(row: number, fill: (exact: Float32Array) => void): number {
    this.#reserve(row);
    const from = this.#exact / 4;
    const exact = this.#floats.subarray(from, from + this.#dim);
    exact.fill(0);
    fill(exact);
    return this.#kernel.quantize(this.#exact, this.#first + row * this.#stride, this.#stride) / 127;
  }

  /** Adds factor x row to the sum, at the latest when it is taken; the row must not be set anew before `flush`. */
  add(row: number, factor: number): void {
    this.#words[this.#addresses / 4 + this.#waiting] = this.#first + row * this.#stride;
    this.#floats[this.#factors / 4 + this.#waiting] = factor;
    if (++this.#waiting === TOGETHER) this.flush();
  }

  flush(): void {
    if (this.#waiting === 0) return;
    this.#kernel.add(this.#addresses, this.#factors, this.#waiting, 0, this.#stride);
    this.#waiting = 0;
  }

  /** Moves the sum to out (dim) and begins a new one. */
  take(out: Float32Array): void {
    this.flush();
    out.set(this.#floats.subarray(0, this.#dim));
    this.#floats.fill(0, 0, this.#stride);
  }

  #reserve(row: number): void {
    if (row < this.#rowsHeld) return;
    this.#rowsHeld += SLAB;
    const needed = this.#first + this.#rowsHeld * this.#stride;
    this.#kernel.memory.grow(Math.max(0, Math.ceil((needed - this.#bytes.length) / PAGE)));
    this.#view();
  }

  /** Growing detaches the views of before. */
  #view(): void {
    const { buffer } = this.#kernel.memory;
    this.#bytes = new Int8Array(buffer);
    this.#floats = new Float32Array(buffer);
    this.#words = new Uint32Array(buffer);
  }
}
