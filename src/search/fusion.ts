/**
 * The hybrid ranking: a pure function of the two legs' top-N lists and of exact scores for the candidates that one list
 * misses. So every store and every engine that delivers the lists gives the same hybrid. Knows no leg from within.
 */
import { type RankedRows, sortRows } from './top-k.js';

/** How scores of different scales become comparable; the scale of a leg comes from its own list alone. */
export type Normalization = 'z-score' | 'min-max';

/** One leg's contribution. */
export interface Leg {
  /** Its best rows, best first. */
  readonly list: RankedRows;
  /** Its exact score of any row; null if the leg has none (no term matched): then the row counts like `missing`. */
  readonly score: (row: number) => number | null;
  /** > 0 to take part. */
  readonly weight: number;
  /**
   * The score that stands for having none, where the leg may leave rows out: 0 for BM25. Lists shorter than the longest one
   * are filled up with it before the scale is taken, so that two matches among 200 passages stand out. Null if every row
   * has a score.
   */
  readonly missing: number | null;
}

/** A row of the hybrid with the legs' own scores, in the order of the legs; null: no score in that leg. */
export interface HybridHit {
  readonly row: number;
  readonly score: number;
  readonly legs: readonly (number | null)[];
}

/**
 * Ranks the rows of all lists by SUM_leg weight * normalized score; ties by rank ascending.
 *
 * @param rank (n) of `rankOfIds`
 * @param k at most so many
 */
export function hybrid(
  legs: readonly Leg[],
  normalization: Normalization,
  k: number,
  rank: Uint32Array,
): HybridHit[] {
  const used = legs.map(({ list, score }) => ({ known: scoresOf(list), score }));
  const depth = Math.max(0, ...legs.map(({ list }) => list.rows.length));
  const scales = legs.map((leg) => scaleOf(leg, depth, normalization));
  const candidates = [...new Set(legs.flatMap(({ list }) => [...list.rows]))].sort((a, b) => a - b);
  const scores = new Float64Array(candidates.length);
  const hits = new Map<number, HybridHit>();
  candidates.forEach((row, i) => {
    const own = used.map((leg) => leg.known.get(row) ?? leg.score(row));
    own.forEach((value, l) => {
      const counted = value ?? legs[l].missing;
      if (counted !== null) scores[i] += legs[l].weight * ((counted - scales[l].origin) / scales[l].unit);
    });
    hits.set(row, { row, score: scores[i], legs: own });
  });
  return Array.from(sortRows(Uint32Array.from(candidates), scores, k, rank).rows, (row) => hits.get(row)!);
}

/** What makes a leg's scores comparable: (score - origin) / unit. */
export interface Scale {
  readonly origin: number;
  readonly unit: number;
}

/**
 * z-score: mean and standard deviation of the list; min-max: its smallest score and its range. A list whose scores are all
 * equal has no unit of its own; then it is their size, or 1.
 *
 * @param depth length of the longest list
 */
export function scaleOf(
  { list, missing }: Pick<Leg, 'list' | 'missing'>,
  depth: number,
  normalization: Normalization,
): Scale {
  const scores = [...list.scores];
  if (missing !== null) while (scores.length < depth) scores.push(missing);
  if (scores.length === 0) return { origin: 0, unit: 1 };
  const smallest = scores.reduce((a, b) => Math.min(a, b));
  const largest = scores.reduce((a, b) => Math.max(a, b));
  const flat = { origin: smallest, unit: Math.abs(smallest) || 1 };
  if (largest === smallest) return flat;
  if (normalization === 'min-max') return { origin: smallest, unit: largest - smallest };
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  return variance > 0 ? { origin: mean, unit: Math.sqrt(variance) } : flat;
}

function scoresOf({ rows, scores }: RankedRows): Map<number, number> {
  const known = new Map<number, number>();
  rows.forEach((row, i) => {
    known.set(row, scores[i]);
  });
  return known;
}
