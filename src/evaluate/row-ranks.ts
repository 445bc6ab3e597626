/** Where relevant rows stand in an array of scores, in trec_eval's order. Knows no engine and no text. */
import type { Judgments, RelevantRanks } from './metrics.js';
import { comparePassageIds } from './passage-order.js';

export interface RelevantRow {
  /** -1 for a relevant passage that is not among the rows. */
  readonly row: number;
  /** Relevance, > 0. */
  readonly gain: number;
}

/** The relevant passages of a query as rows. */
export function relevantRows(judgments: Judgments, rowOf: ReadonlyMap<string, number>): RelevantRow[] {
  return [...judgments]
    .filter(([, gain]) => gain > 0)
    .map(([id, gain]) => ({ row: rowOf.get(id) ?? -1, gain }));
}

/** (n) The place of every row's id among all ids by their UTF-8 bytes. */
export function byteOrder(ids: readonly string[]): Uint32Array {
  const order = new Uint32Array(ids.length);
  const rows = [...ids.keys()].sort((a, b) => comparePassageIds(ids[a], ids[b]));
  rows.forEach((row, place) => {
    order[row] = place;
  });
  return order;
}

/**
 * Ranks by score descending, then id descending.
 *
 * @param scores (n); NaN: the row has none and is not retrieved
 * @param order (n) of `byteOrder`
 * @param depth rows beyond this rank count as not retrieved
 */
export function rankRows(
  relevant: readonly RelevantRow[],
  scores: ArrayLike<number>,
  order: Uint32Array,
  depth: number,
): RelevantRanks {
  const found: { rank: number; gain: number }[] = [];
  for (const { row, gain } of relevant) {
    if (row < 0 || Number.isNaN(scores[row])) continue;
    const score = scores[row];
    let rank = 1;
    for (let other = 0; other < scores.length; other++) {
      if (scores[other] > score || (scores[other] === score && order[other] > order[row])) rank++;
    }
    if (rank <= depth) found.push({ rank, gain });
  }
  found.sort((a, b) => a.rank - b.rank);
  return {
    ranks: found.map(({ rank }) => rank),
    gains: found.map(({ gain }) => gain),
    ideal: relevant.map(({ gain }) => gain).sort((a, b) => b - a),
  };
}
