/**
 * The hybrid ranking: a pure function of the two legs' top-N lists and of exact scores for the
 * candidates that one list misses. So every store and every engine that delivers the lists gives
 * the same hybrid.
 */
import { type RankedRows, sortRows } from './top-k.js';

/**
 * How scores of different scales become comparable; the scale of a leg comes from its own list
 * alone.
 */
export type Normalization = 'z-score' | 'min-max';

/** One leg's contribution. */
export interface Leg {
  /** Its best rows, best first. */
  readonly list: RankedRows;
  /**
   * Its exact score of any row; null if the leg has none (no term matched): then the row counts
   * like `missing`.
   */
  readonly score: (row: number) => number | null;
  /** > 0 to take part. */
  readonly weight: number;
  /**
   * The score that stands for having none, where the leg may leave rows out: 0 for BM25. Lists
   * shorter than the longest one are filled up with it before the scale is taken, so that two
   * matches among 200 passages stand out. Null if every row has a score.
   */
  readonly missing: number | null;
}

/**
 * A row of the hybrid with the legs' own scores, in the order of the legs; null: no score in that
 * leg.
 */
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
  const depth = Math.max(0, ...legs.map(({ list }) => list.rows.length));
  const candidates = candidatesOf(legs);
  const totals = new Float64Array(candidates.length);
  const values = legs.map((leg) => {
    const own = scoresOf(leg, candidates);
    const { origin, unit } = scaleOf(leg, depth, normalization);
    for (let i = 0; i < candidates.length; i++) {
      const counted = Number.isNaN(own[i]) ? leg.missing : own[i];
      if (counted !== null) totals[i] += leg.weight * ((counted - origin) / unit);
    }
    return own;
  });
  const { rows, scores } = sortRows(candidates, totals, k, rank);
  const placeOf = new Map(Array.from(candidates, (row, i) => [row, i]));
  return Array.from(rows, (row, i) => ({
    row,
    score: scores[i],
    legs: values.map((own) => {
      const value = own[placeOf.get(row)!];
      return Number.isNaN(value) ? null : value;
    }),
  }));
}

/** The distinct rows of all lists, ascending. */
function candidatesOf(legs: readonly Leg[]): Uint32Array {
  const rows = new Set<number>();
  for (const { list } of legs) for (const row of list.rows) rows.add(row);
  return Uint32Array.from(rows).sort();
}

/** The leg's score of every candidate; NaN where it has none. */
function scoresOf({ list, score }: Leg, candidates: Uint32Array): Float64Array {
  const known = new Map<number, number>();
  for (let i = 0; i < list.rows.length; i++) known.set(list.rows[i], list.scores[i]);
  const scores = new Float64Array(candidates.length);
  for (let i = 0; i < candidates.length; i++) {
    scores[i] = known.get(candidates[i]) ?? score(candidates[i]) ?? Number.NaN;
  }
  return scores;
}

interface Scale {
  readonly origin: number;
  readonly unit: number;
}

/**
 * z-score: mean and standard deviation of the list; min-max: its smallest score and its range. A
 * list whose scores are all equal has no unit of its own; then it is their size, or 1.
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
