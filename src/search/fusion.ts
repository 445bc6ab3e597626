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

/** The scores of a leg's best rows, and how the leg counts. */
interface LegScale {
  /** Its best rows. */
  readonly list: RankedRows;
  /** > 0 to take part. */
  readonly weight: number;
  /**
   * The score that stands for having none, where the leg may leave rows out: 0 for BM25. Lists
   * shorter than the longest one are filled up with it before the scale is taken, so that two
   * matches among 200 passages stand out. Null if every row has a score.
   */
  readonly missing: number | null;
}

/** One leg's contribution to a list of hits. */
export interface Leg extends LegScale {
  /**
   * Its exact score of any row; null if the leg has none (no term matched): then the row counts
   * like `missing`.
   */
  readonly score: (row: number) => number | null;
}

/** One leg's contribution to the scores of all rows. */
export interface WholeLeg extends LegScale {
  /** (n) Its score of every row, `missing` where there is none; null: the leg has no scores. */
  readonly scores: Float64Array | null;
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
  const candidates = candidatesOf(legs);
  const values = legs.map((leg) => scoresOf(leg, candidates));
  const totals = new Float64Array(candidates.length);
  addLegs(totals, legs, values, normalization);
  const { rows, scores } = sortRows(candidates, totals, k, rank);
  const indexOf = new Map(Array.from(candidates, (row, i) => [row, i]));
  return Array.from(rows, (row, i) => ({
    row,
    score: scores[i],
    legs: values.map((own) => {
      const value = own[indexOf.get(row)!];
      return Number.isNaN(value) ? null : value;
    }),
  }));
}

/**
 * The same scores for all rows: written to `out` (n); NaN for a row in no list.
 */
export function hybridScores(
  legs: readonly WholeLeg[],
  normalization: Normalization,
  out: Float64Array,
): void {
  const values = legs.map(({ scores }) => scores);
  if (legs.some(({ list }) => list.rows.length === out.length)) {
    addLegs(out.fill(0), legs, values, normalization);
    return;
  }
  const candidates = candidatesOf(legs);
  const totals = new Float64Array(candidates.length);
  const ofCandidates = values.map(
    (scores) => scores && Float64Array.from(candidates, (row) => scores[row]),
  );
  addLegs(totals, legs, ofCandidates, normalization);
  out.fill(Number.NaN);
  for (let i = 0; i < candidates.length; i++) out[candidates[i]] = totals[i];
}

/**
 * Adds weight * (score - origin) / unit of each leg, in the order of the legs.
 *
 * @param values by leg, each aligned with `totals`; NaN: no score; null: the leg has no scores
 */
function addLegs(
  totals: Float64Array,
  legs: readonly LegScale[],
  values: readonly (Float64Array | null)[],
  normalization: Normalization,
): void {
  const depth = Math.max(0, ...legs.map(({ list }) => list.rows.length));
  legs.forEach((leg, l) => {
    const own = values[l];
    if (own === null) return;
    const { weight, missing } = leg;
    const { origin, unit } = scaleOf(leg, depth, normalization);
    for (let i = 0; i < totals.length; i++) {
      const value = Number.isNaN(own[i]) ? missing : own[i];
      if (value !== null) totals[i] += weight * ((value - origin) / unit);
    }
  });
}

/** The distinct rows of all lists, ascending. */
function candidatesOf(legs: readonly LegScale[]): Uint32Array {
  const rows = new Set<number>();
  for (const { list } of legs) for (const row of list.rows) rows.add(row);
  return Uint32Array.from(rows).sort();
}

/** The leg's score of every candidate; NaN where it has none. */
function scoresOf({ list, score }: Leg, candidates: Uint32Array): Float64Array {
  const listed = new Map<number, number>();
  for (let i = 0; i < list.rows.length; i++) listed.set(list.rows[i], list.scores[i]);
  const scores = new Float64Array(candidates.length);
  for (let i = 0; i < candidates.length; i++) {
    scores[i] = listed.get(candidates[i]) ?? score(candidates[i]) ?? Number.NaN;
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
function scaleOf({ list, missing }: LegScale, depth: number, normalization: Normalization): Scale {
  const { scores } = list;
  const added = missing === null ? 0 : Math.max(0, depth - scores.length);
  const count = scores.length + added;
  if (count === 0) return { origin: 0, unit: 1 };
  const fill = added > 0 ? missing! : scores[0];
  let [smallest, largest, sum] = [fill, fill, 0];
  for (const score of scores) {
    if (score < smallest) smallest = score;
    if (score > largest) largest = score;
    sum += score;
  }
  const flat = { origin: smallest, unit: Math.abs(smallest) || 1 };
  if (largest === smallest) return flat;
  if (normalization === 'min-max') return { origin: smallest, unit: largest - smallest };
  for (let i = 0; i < added; i++) sum += fill;
  const mean = sum / count;
  let squares = 0;
  for (const score of scores) squares += (score - mean) ** 2;
  for (let i = 0; i < added; i++) squares += (fill - mean) ** 2;
  const variance = squares / count;
  return variance > 0 ? { origin: mean, unit: Math.sqrt(variance) } : flat;
}
