/**
 * The scores of all passages, in the memory of a WebAssembly kernel that adds postings and selects
 * large scores several times faster than JavaScript. Sums equal those of adding one posting after
 * the other, bit for bit.
 */
import { type KernelMemory, kernelOf, PAGE } from '../../vectors/kernel.js';
import { kthScore } from '../top-k.js';
import type { Norm } from './bm25.js';
import { RowSums } from './row-sums.js';
import { MODULE } from './scores.wasm.js';

/** Postings to copy and add in one call, so few that they stay in the L1 cache. */
const BATCH = 1024;
// Addresses of the kernel's buffers; postings' rows are at 0.
const FREQUENCIES = 2 * BATCH;
const PARTS = 4 * BATCH;
const LENGTHS = 12 * BATCH;
/** Number of cached arrays of passage lengths, one per view, with 4 bytes per passage each. */
const CACHED_LENGTHS = 4;
/** Groups of rows per result; the maxima of the groups give an estimate of the k-th score. */
const GROUPS_PER_RESULT = 4;

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
  /** Rows within the segment, and frequencies in half precision. */
  readonly rows: Uint16Array;
  readonly frequencies: Uint16Array;
  readonly start: number;
  readonly end: number;
  /** Row of the index at which the segment starts. */
  readonly firstRow: number;
}

export class Scores extends RowSums {
  readonly #kernel: Kernel;
  readonly #rows: Uint16Array;
  readonly #frequencies: Uint16Array;
  readonly #lengths: Float32Array;
  /** The arrays that `#lengths` has copies of, n numbers each. */
  readonly #cached: Float32Array[] = [];
  /** Number of copies so far; the oldest is overwritten. */
  #copies = 0;
  /** (n + 1) rows before and after selection */
  readonly #selected: Uint32Array;
  /** (n + 2) */
  readonly #maxima: Float64Array;

  /** @param n number of passages */
  static of(n: number): Scores {
    const kernel = newKernel();
    kernel.memory.grow(Math.ceil((maximaAt(n) + 8 * (n + 2)) / PAGE));
    return new Scores(n, kernel);
  }

  private constructor(n: number, kernel: Kernel) {
    const { buffer } = kernel.memory;
    super(new Float64Array(buffer, scoresAt(n), n), new Uint32Array(buffer, addedAt(n), n + 1));
    this.#kernel = kernel;
    this.#selected = new Uint32Array(buffer, selectedAt(n), n + 1);
    this.#maxima = new Float64Array(buffer, maximaAt(n), n + 2);
    this.#rows = new Uint16Array(buffer, 0, BATCH);
    this.#frequencies = new Uint16Array(buffer, FREQUENCIES, BATCH);
    this.#lengths = new Float32Array(buffer, LENGTHS, CACHED_LENGTHS * n);
  }

  /** Adds factor f / (f + base + slope * length) to the row of every posting. */
  add({ rows, frequencies, start, end, firstRow }: PostingRange, factor: number, norm: Norm): void {
    const lengths = LENGTHS + 4 * (this.#offsetOf(norm.lengths) + firstRow);
    const scores = this.byRow.byteOffset + 8 * firstRow;
    const first = this.rows.byteOffset;
    let added = first + 4 * this.count;
    for (let from = start; from < end; from += BATCH) {
      const to = Math.min(from + BATCH, end);
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
   * The rows, in no particular order, whose score is at most `margin` below the k-th largest score
   * of the rows that pass the mask; also some rows with slightly lower scores.
   * @param mask (n), 0 excludes a row; null excludes none
   * @returns a lower bound of the k-th score, and the rows, valid until the next call; rows are
   * null if the bound does not exceed `margin`
   */
  contending(
    k: number,
    margin: number,
    mask: Uint8Array | null,
  ): { threshold: number; rows: Uint32Array | null } {
    const { maxima, atLeast } = this.#kernel;
    const scores = this.byRow.byteOffset;
    const out = this.#selected.byteOffset;
    let from = this.rows.byteOffset;
    let { count } = this;
    if (mask !== null) {
      const passing = this.rows.subarray(0, count).filter((row) => mask[row] !== 0);
      this.#selected.set(passing);
      from = out;
      count = passing.length;
    }
    // The k-th largest maximum of the groups is a lower bound of the k-th score: a little less if
    // two of the best rows happen to share a group.
    const groups = 2 * Math.ceil(Math.min(GROUPS_PER_RESULT * k, this.byRow.length) / 2);
    const groupMaxima = this.#maxima.subarray(0, groups).fill(0);
    if (count >= 2)
      maxima(
        from,
        from + 8 * (count >>> 1),
        scores,
        groupMaxima.byteOffset,
        groupMaxima.byteOffset + 8 * groups,
      );
    const threshold = kthScore(groupMaxima, k, null) ?? 0;
    if (threshold <= margin) return { threshold, rows: null };
    const end = atLeast(from, from + 4 * count, scores, lowest(threshold, margin), out);
    return { threshold, rows: this.#selected.subarray(0, (end - out) / 4) };
  }

  /** The offset of lengths in `#lengths`, where they are copied if necessary. */
  #offsetOf(lengths: Float32Array): number {
    const n = lengths.length;
    let slot = this.#cached.indexOf(lengths);
    if (slot < 0) {
      slot = this.#copies++ % CACHED_LENGTHS;
      this.#cached[slot] = lengths;
      this.#lengths.set(lengths, slot * n);
    }
    return slot * n;
  }
}

// Addresses of the arrays that depend on n. The kernel may read beyond the end of the lengths, so
// something must follow them.
function addedAt(n: number): number {
  return LENGTHS + 4 * CACHED_LENGTHS * n;
}

function scoresAt(n: number): number {
  return Math.ceil((addedAt(n) + 4 * (n + 1)) / 8) * 8;
}

function selectedAt(n: number): number {
  return scoresAt(n) + 8 * n;
}

function maximaAt(n: number): number {
  return Math.ceil((selectedAt(n) + 4 * (n + 1)) / 16) * 16;
}

/** The lowest score to which adding `rest` may give `threshold`, less a margin for rounding. */
export function lowest(threshold: number, rest: number): number {
  return threshold - rest - 1e-9 * threshold;
}
