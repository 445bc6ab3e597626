/**
 * The scores of all passages, to which postings are added two at a time in WebAssembly: JavaScript, one at a time, would take twice as
 * long. Sums are those of one posting after the other, to the bit. Knows no term.
 */
import { type KernelMemory, kernelOf, PAGE } from '../../vectors/kernel.js';
import type { Norm } from './own-terms.js';
import { RowSums } from './row-sums.js';

/** Compiled from scores.wat. */
const MODULE =
  'AGFzbQEAAAABEAFgC39/f39/f39/fHx8AX8DAgEABQMBAAEHEAIGbWVtb3J5AgADYWRkAAAK7gIB6wIDBX8DewF8IAEhCyACIQwgAyENIAEgAEEBdGohDgNA' +
  'IAz9XQMA/akBQQ39qwH9DAAAgHcAAIB3AACAdwAAgHf95gEhECAEIAsvAQBBAnRq/VwCACERIAQgCy8BAkECdGogEf1WAgABIREgEP1fIRIgDSAI/RQgEv3y' +
  'ASASIAn9FP3wASAK/RQgEf1f/fIB/fAB/fMB/QsEACAEIAsvAQRBAnRq/VwCACERIAQgCy8BBkECdGogEf1WAgABIREgEP0dAf0S/V8hEiANIAj9FCAS/fIB' +
  'IBIgCf0U/fABIAr9FCAR/V/98gH98AH98wH9CwQQIA1BIGohDSAMQQhqIQwgC0EIaiELIAsgDkkNAAsDQCAFIAEvAQBBA3RqIQ8gDysDACETIA8gEyADKwMA' +
  'oDkDACAHIAYgAS8BAGo2AgAgByATRAAAAAAAAAAAYUECdGohByADQQhqIQMgAUECaiEBIAEgDkkNAAsgBws=';

/** Postings that are copied and added in one call: they stay in the processor's nearest cache. */
const TOGETHER = 1024;
const FREQUENCIES = 2 * TOGETHER;
const PARTS = 4 * TOGETHER;
const LENGTHS = 12 * TOGETHER;
/** Lengths of passages that are held, 4 bytes a passage each: those of a question's languages. */
const HELD_LENGTHS = 4;

interface Kernel extends KernelMemory {
  readonly add: (
    n: number,
    rows: number,
    frequencies: number,
    parts: number,
    lengths: number,
    scores: number,
    firstRow: number,
    added: number,
    factor: number,
    base: number,
    slope: number,
  ) => number;
}

const newKernel = kernelOf<Kernel>(MODULE);

/** Postings of one term in one segment. */
export interface PostingRange {
  /** Rows within the segment and half-precision frequencies. */
  readonly rows: Uint16Array;
  readonly frequencies: Uint16Array;
  readonly start: number;
  readonly end: number;
  /** Number of the segment's first row in the index. */
  readonly firstRow: number;
}

export class Scores extends RowSums {
  readonly #add: Kernel['add'];
  readonly #rows: Uint16Array;
  readonly #frequencies: Uint16Array;
  readonly #lengths: Float32Array;
  /** What `#lengths` holds, n numbers each. */
  readonly #held: Float32Array[] = [];
  #replaced = 0;

  /** @param n passages */
  static of(n: number): Scores {
    const { memory, add } = newKernel();
    memory.grow(Math.ceil((scoresAt(n) + 8 * n) / PAGE));
    return new Scores(n, memory.buffer, add);
  }

  private constructor(n: number, buffer: ArrayBuffer, add: Kernel['add']) {
    super(new Float64Array(buffer, scoresAt(n), n), new Uint32Array(buffer, addedAt(n), n + 1));
    this.#add = add;
    this.#rows = new Uint16Array(buffer, 0, TOGETHER);
    this.#frequencies = new Uint16Array(buffer, FREQUENCIES, TOGETHER);
    this.#lengths = new Float32Array(buffer, LENGTHS, HELD_LENGTHS * n);
  }

  /** Adds factor f / (f + base + slope length) to the row of every posting. */
  add({ rows, frequencies, start, end, firstRow }: PostingRange, factor: number, norm: Norm): void {
    const lengths = LENGTHS + 4 * (this.#placeOf(norm.lengths) + firstRow);
    const scores = this.byRow.byteOffset + 8 * firstRow;
    const first = this.rows.byteOffset;
    let added = first + 4 * this.count;
    for (let from = start; from < end; from += TOGETHER) {
      const to = Math.min(from + TOGETHER, end);
      this.#rows.set(rows.subarray(from, to));
      this.#frequencies.set(frequencies.subarray(from, to));
      added = this.#add(
        to - from,
        0,
        FREQUENCIES,
        PARTS,
        lengths,
        scores,
        firstRow,
        added,
        factor,
        norm.base,
        norm.slope,
      );
    }
    this.count = (added - first) / 4;
  }

  /** Where lengths lie in `#lengths`; copies those that are not there over others. */
  #placeOf(lengths: Float32Array): number {
    const n = lengths.length;
    let place = this.#held.indexOf(lengths);
    if (place < 0) {
      place = this.#replaced++ % HELD_LENGTHS;
      this.#held[place] = lengths;
      this.#lengths.set(lengths, place * n);
    }
    return place * n;
  }
}

/** Addresses; behind the lengths lies as much, since the kernel may read lengths behind their end. */
function addedAt(n: number): number {
  return LENGTHS + 4 * HELD_LENGTHS * n;
}

function scoresAt(n: number): number {
  return Math.ceil((addedAt(n) + 4 * (n + 1)) / 8) * 8;
}
