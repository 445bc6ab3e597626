/**
 * The scores of all passages in the memory of a WebAssembly kernel, which adds postings and looks
 * for large scores: JavaScript, one number at a time, would take several times as long. Sums are
 * those of one posting after the other, to the bit.
 */
import { type KernelMemory, kernelOf, PAGE } from '../../vectors/kernel.js';
import { kthScore } from '../top-k.js';
import type { Norm } from './bm25.js';
import { RowSums } from './row-sums.js';
import { MODULE } from './scores.wasm.js';

/** Postings that are copied and added in one call: they stay in the processor's nearest cache. */
const TOGETHER = 1024;
const FREQUENCIES = 2 * TOGETHER;
const PARTS = 4 * TOGETHER;
const LENGTHS = 12 * TOGETHER;
/** Lengths of passages that are held, 4 bytes a passage each: those of a question's languages. */
const HELD_LENGTHS = 4;
/** Groups of rows for each of the best k, whose maxima tell about where the k-th score lies. */
const GROUPS = 4;

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
  readonly maxima: (row: number, end: number, scores: number, first: number, last: number) => void;
  readonly atLeast: (
    row: number,
    end: number,
    scores: number,
    threshold: number,
    out: number,
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
  readonly #kernel: Kernel;
  readonly #rows: Uint16Array;
  readonly #frequencies: Uint16Array;
  readonly #lengths: Float32Array;
  /** What `#lengths` holds, n numbers each. */
  readonly #held: Float32Array[] = [];
  #replaced = 0;
  /** (n + 1) rows to choose from, or chosen. */
  readonly #chosen: Uint32Array;
  /** (n + 2) */
  readonly #maxima: Float64Array;

  /** @param n passages */
  static of(n: number): Scores {
    const kernel = newKernel();
    kernel.memory.grow(Math.ceil((maximaAt(n) + 8 * (n + 2)) / PAGE));
    return new Scores(n, kernel);
  }

  private constructor(n: number, kernel: Kernel) {
    const { buffer } = kernel.memory;
    super(new Float64Array(buffer, scoresAt(n), n), new Uint32Array(buffer, addedAt(n), n + 1));
    this.#kernel = kernel;
    this.#chosen = new Uint32Array(buffer, chosenAt(n), n + 1);
    this.#maxima = new Float64Array(buffer, maximaAt(n), n + 2);
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
      added = this.#kernel.add(
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

  /**
   * The rows whose score is at most `margin` below the k-th largest of those that pass the mask, or
   * a little further, in no order.
   * @param mask (n), 0 leaves a row out; null leaves none out
   * @returns null if there is no k-th, or it is not above `margin`; rows until the next call
   */
  contending(
    k: number,
    margin: number,
    mask: Uint8Array | null,
  ): { threshold: number; rows: Uint32Array | null } {
    const { maxima, atLeast } = this.#kernel;
    const scores = this.byRow.byteOffset;
    const out = this.#chosen.byteOffset;
    let from = this.rows.byteOffset;
    let { count } = this;
    if (mask !== null) {
      const passing = this.rows.subarray(0, count).filter((row) => mask[row] !== 0);
      this.#chosen.set(passing);
      from = out;
      count = passing.length;
    }
    // Two of the best seldom meet in a group; where they do, the k-th largest of the maxima is a
    // little less than the k-th score.
    const groups = 2 * Math.ceil(Math.min(GROUPS * k, this.byRow.length) / 2);
    const ofGroups = this.#maxima.subarray(0, groups).fill(0);
    if (count >= 2)
      maxima(
        from,
        from + 8 * (count >>> 1),
        scores,
        ofGroups.byteOffset,
        ofGroups.byteOffset + 8 * groups,
      );
    const threshold = kthScore(ofGroups, k, null) ?? 0;
    if (threshold <= margin) return { threshold, rows: null };
    const end = atLeast(from, from + 4 * count, scores, lowest(threshold, margin), out);
    return { threshold, rows: this.#chosen.subarray(0, (end - out) / 4) };
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

/**
 * Addresses; behind the lengths lies as much, since the kernel may read lengths behind their end.
 */
function addedAt(n: number): number {
  return LENGTHS + 4 * HELD_LENGTHS * n;
}

function scoresAt(n: number): number {
  return Math.ceil((addedAt(n) + 4 * (n + 1)) / 8) * 8;
}

function chosenAt(n: number): number {
  return scoresAt(n) + 8 * n;
}

function maximaAt(n: number): number {
  return Math.ceil((chosenAt(n) + 4 * (n + 1)) / 16) * 16;
}

/**
 * The lowest score from which `rest` may lead to `threshold`, with a margin for the rounding of
 * sums.
 */
export function lowest(threshold: number, rest: number): number {
  return threshold - rest - 1e-9 * threshold;
}
