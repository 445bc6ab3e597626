/**
 * One leg of one question as the hybrid sees it, over all rows: which are among its best N, and
 * what every score counts on the leg's scale. So that many hybrids can be made of the same legs.
 */
import { type Normalization, scaleOf } from '../../search/fusion.js';
import { type RankedRows, topK } from '../../search/top-k.js';

export interface LegList {
  /**
   * (n) The leg's score of every row on the scale of its list; 0 throughout for a leg that says
   * nothing.
   */
  readonly normalized: Float64Array;
  /** (n) 1: among the leg's best N. */
  readonly listed: Uint8Array;
}

export interface LegShape {
  /** N. */
  readonly topN: number;
  readonly normalization: Normalization;
  /** (n) of `rankOfIds`. */
  readonly rank: Uint32Array;
}

/**
 * @param scores (n); null: the question has no vector, and the leg says nothing
 * @param missing the score that stands for having none, of which rows are no part of the list: 0
 * for BM25; null where every row has a score
 * @param depth length of the longer leg's list
 */
export function legList(
  scores: Float32Array | Float64Array | null,
  missing: 0 | null,
  depth: number,
  { topN, normalization, rank }: LegShape,
): LegList {
  if (scores === null) {
    return { normalized: new Float64Array(rank.length), listed: new Uint8Array(rank.length) };
  }
  const floor = missing ?? -Infinity;
  const list =
    topN >= scores.length ? allRows(scores, floor) : topK(scores, topN, rank, null, floor);
  const { origin, unit } = scaleOf({ list, missing }, depth, normalization);
  const normalized = new Float64Array(scores.length);
  for (let row = 0; row < scores.length; row++) normalized[row] = (scores[row] - origin) / unit;
  const listed = new Uint8Array(scores.length);
  for (const row of list.rows) listed[row] = 1;
  return { normalized, listed };
}

/** All rows above the floor. Their order does not matter to a scale. */
function allRows(scores: Float32Array | Float64Array, floor: number): RankedRows {
  const rows = new Uint32Array(scores.length);
  const kept = new Float64Array(scores.length);
  let count = 0;
  for (let row = 0; row < scores.length; row++) {
    if (!(scores[row] > floor)) continue;
    rows[count] = row;
    kept[count++] = scores[row];
  }
  return { rows: rows.subarray(0, count), scores: kept.subarray(0, count) };
}

/**
 * Writes the hybrid's scores to `out` (n); NaN: in neither list. The weight of the lexical leg is
 * 1.
 */
export function fuseLegs(
  dense: LegList,
  lexical: LegList,
  denseWeight: number,
  out: Float64Array,
): void {
  for (let row = 0; row < out.length; row++) {
    const candidate = dense.listed[row] === 1 || lexical.listed[row] === 1;
    out[row] = candidate
      ? denseWeight * dense.normalized[row] + lexical.normalized[row]
      : Number.NaN;
  }
}
