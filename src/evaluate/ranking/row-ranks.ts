/** Where relevant rows stand in an array of scores, in trec_eval's order. */
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
  return rankScannedRows(
    relevant,
    { scanned: scores, error: 0, exact: (row) => scores[row] },
    order,
    depth,
  );
}

/** Scores that are nearly right, and the right ones where they are needed. */
export interface ScannedScores {
  /** (n); NaN: the row has none and is not retrieved */
  readonly scanned: ArrayLike<number>;
  /** No scanned score is further than this from the exact one. */
  readonly error: number;
  exact(row: number): number;
}

/**
 * The same ranks as those of the exact scores, which are asked for only where the scanned ones
 * leave the order open.
 */
export function rankScannedRows(
  relevant: readonly RelevantRow[],
  { scanned, error, exact }: ScannedScores,
  order: Uint32Array,
  depth: number,
): RelevantRanks {
  const found = relevant
    .filter(({ row }) => row >= 0 && !Number.isNaN(scanned[row]))
    .map(({ row, gain }) => ({ row, gain, score: exact(row), rank: 1 }))
    .sort((a, b) => b.score - a.score || order[b.row] - order[a.row]);
  const least = found.length > 0 ? found[found.length - 1].score - error : Infinity;
  for (let other = 0; other < scanned.length; other++) {
    const score = scanned[other];
    // Most rows stand behind all relevant ones; so do those without a score.
    if (!(score >= least)) continue;
    let known = Number.NaN;
    for (let i = found.length - 1; i >= 0; i--) {
      const each = found[i];
      if (score < each.score - error) break;
      if (score <= each.score + error) {
        if (Number.isNaN(known)) known = exact(other);
        if (known < each.score || (known === each.score && order[other] <= order[each.row])) break;
      }
      each.rank++;
    }
  }
  const within = found.filter(({ rank }) => rank <= depth);
  return {
    ranks: within.map(({ rank }) => rank),
    gains: within.map(({ gain }) => gain),
    ideal: relevant.map(({ gain }) => gain).sort((a, b) => b - a),
    size: scanned.length,
  };
}
