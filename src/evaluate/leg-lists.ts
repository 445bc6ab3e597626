/**
 * Legs as the hybrid sees them: which passages are among the best N of a query, and what every score counts on the leg's
 * scale. Kept for the last list length and normalization, so that weights can be swept. Knows no measure.
 */
import { type Normalization, scaleOf } from '../search/fusion.js';
import { topK } from '../search/top-k.js';

/** One leg of one query. */
export interface LegList {
  /** (n) The leg's score of every passage on the scale of its list. */
  readonly normalized: Float64Array;
  /** (n) 1: among the leg's best N. */
  readonly listed: Uint8Array;
}

export class LegLists {
  readonly #rank: Uint32Array;
  /** True where a score of 0 means none: BM25. */
  readonly #zeroIsNone: boolean;
  #scores: readonly (Float32Array | Float64Array)[] | null = null;
  #key = '';
  #lists: LegList[] = [];

  constructor(rank: Uint32Array, zeroIsNone: boolean) {
    this.#rank = rank;
    this.#zeroIsNone = zeroIsNone;
  }

  /** @param scores (n) a query */
  of(
    scores: readonly (Float32Array | Float64Array)[],
    topN: number,
    normalization: Normalization,
  ): readonly LegList[] {
    const key = `${topN} ${normalization}`;
    if (scores === this.#scores && key === this.#key) return this.#lists;
    this.#lists = scores.map((ofQuery) => this.#list(ofQuery, topN, normalization));
    this.#scores = scores;
    this.#key = key;
    return this.#lists;
  }

  #list(scores: Float32Array | Float64Array, topN: number, normalization: Normalization): LegList {
    const missing = this.#zeroIsNone ? 0 : null;
    const list = topK(scores, topN, this.#rank, null, missing ?? Number.NEGATIVE_INFINITY);
    // The dense list is always full, so that the lexical one is filled up to its length.
    const { origin, unit } = scaleOf({ list, missing }, Math.min(topN, scores.length), normalization);
    const listed = new Uint8Array(scores.length);
    for (const row of list.rows) listed[row] = 1;
    return { normalized: Float64Array.from(scores, (score) => (score - origin) / unit), listed };
  }
}
