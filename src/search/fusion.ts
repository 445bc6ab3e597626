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
  const isWhole = legs.some(({ list }) => list.rows.length === out.length);
  if (isWhole) out.fill(0);
  const rows = isWhole ? null : markListed(legs, out);
  addLegs(out, legs, values, normalization, rows);
}

/** Sets `out` to 0 at the rows of all lists, to NaN elsewhere. Returns these rows, each once. */
function markListed(legs: readonly LegScale[], out: Float64Array): Uint32Array {
  out.fill(Number.NaN);
  const rows = new Uint32Array(legs.reduce((sum, { list }) => sum + list.rows.length, 0));
  let count = 0;
  for (const { list } of legs) {
    for (const row of list.rows) {
      if (out[row] === 0) continue;
      out[row] = 0;
      rows[count++] = row;
    }
  }
  return rows.subarray(0, count);
}

/**
 * Adds weight * (score - origin) / unit of each leg, in the order of the legs.
 *
 * @param values by leg, each aligned with `totals`; NaN: no score; null: the leg has no scores
 * @param rows where to add; null: everywhere
 */
function addLegs(
  totals: Float64Array,
  legs: readonly LegScale[],
  values: readonly (Float64Array | null)[],
  normalization: Normalization,
  rows: Uint32Array | null = null,
): void {
  const depth = Math.max(0, ...legs.map(({ list }) => list.rows.length));
  const count = rows === null ? totals.length : rows.length;
  for (const [l, leg] of legs.entries()) {
    const own = values[l];
    if (own === null) continue;
    const { weight, missing } = leg;
    const { origin, unit } = scaleOf(leg, depth, normalization);
    const absent = missing === null ? 0 : weight * ((missing - origin) / unit);
    for (let i = 0; i < count; i++) {
      const at = rows === null ? i : rows[i];
      const value = own[at];
      totals[at] += Number.isNaN(value) ? absent : weight * ((value - origin) / unit);
    }
  }
}

/** The distinct rows of all lists, ascending. */
function candidatesOf(legs: readonly Leg[]): Uint32Array {
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
