/** The ranks of relevant rows among the scores of all rows, in trec_eval's order. */
import type { RowScores } from '../../search/dense/exact-search.js';
import { comparePassageIds, type Judgments, type RelevantRanks } from '../measures/metrics.js';

export interface RelevantRow {
  /** -1 for a relevant passage that is not among the rows. */
  readonly row: number;
  /** Relevance, > 0. */
  readonly gain: number;
}

/** The relevant passages of a query as rows. */
export function relevantRows(
  judgments: Judgments,
  rowOf: ReadonlyMap<string, number>,
): RelevantRow[] {
  return [...judgments]
    .filter(([, gain]) => gain > 0)
    .map(([id, gain]) => ({ row: rowOf.get(id) ?? -1, gain }));
}

/** (n) The position of every row's id among all ids by their UTF-8 bytes. */
export function byteOrder(ids: readonly string[]): Uint32Array {
  const order = new Uint32Array(ids.length);
  const rows = [...ids.keys()].sort((a, b) => comparePassageIds(ids[a], ids[b]));
  rows.forEach((row, position) => {
    order[row] = position;
  });
  return order;
}

/**
 * The ranks of relevant rows: by score descending, then id descending. Exact scores are taken only
 * where the scanned ones leave the order open.
 *
 * @param order (n) of `byteOrder`
 * @param depth rows beyond this rank count as not retrieved
 * @param without a row that has no rank; -1: all have one
 */
export function ranksOf(
  relevant: readonly RelevantRow[],
  all: RowScores,
  order: Uint32Array,
  depth: number,
  without = -1,
): RelevantRanks {
  const { scores, error } = all;
  const found = relevant
    .filter(({ row }) => row >= 0 && row !== without && !Number.isNaN(scores[row]))
    .map(({ row, gain }) => ({ row, gain, score: all.exact(row), rank: 1 }))
    .sort((a, b) => b.score - a.score || order[b.row] - order[a.row]);
  const least = found.length > 0 ? found[found.length - 1].score - error : Infinity;
  for (let other = 0; other < scores.length; other++) {
    const score = scores[other];
    // Most rows stand behind all relevant ones; so do those without a score.
    if (!(score >= least) || other === without) continue;
    let exact = Number.NaN;
    for (let i = found.length - 1; i >= 0; i--) {
      const each = found[i];
      if (score < each.score - error) break;
      if (score <= each.score + error) {
        if (Number.isNaN(exact)) exact = all.exact(other);
        if (exact < each.score || (exact === each.score && order[other] <= order[each.row])) break;
      }
      each.rank++;
    }
  }
  const within = found.filter(({ rank }) => rank <= depth);
  return {
    ranks: within.map(({ rank }) => rank),
    gains: within.map(({ gain }) => gain),
    ideal: relevant.map(({ gain }) => gain).sort((a, b) => b - a),
    size: scores.length,
  };
}
