/**
 * Tests whether two systems differ, from their values on the same queries: paired t-test, paired
 * randomization and a bootstrap interval.
 */

import { XqgError } from '../../base/errors.js';
import { meanOf } from '../../base/numbers.js';
import { seededRandom } from '../../base/random.js';
import { studentCdf, studentQuantile, twoSidedP } from './student-t.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface PairedTTest {
  readonly n: number;
  /** Mean of a - b. */
  readonly meanDifference: number;
  /** null where all differences are 0; infinite where they are all the same but not 0. */
  readonly t: number | null;
  readonly df: number;
  readonly pTwoSided: number;
  /** For the alternative that a is greater. */
  readonly pGreater: number;
  /**
   * Interval of the mean difference at `confidence`; of no width where all differences are the
   * same.
   */
  readonly interval: Interval;
}

/** @throws XqgError XQG_UNPAIRED unless there are two or more pairs */
export function pairedTTest(
  a: readonly number[],
  b: readonly number[],
  confidence = 0.95,
): PairedTTest {
  const differences = pairedDifferences(a, b, 2);
  const n = differences.length;
  const df = n - 1;
  const meanDifference = meanOf(differences);
  let squares = 0;
  for (const difference of differences) squares += (difference - meanDifference) ** 2;
  const standardError = Math.sqrt(squares / df / n);
  if (standardError === 0) {
    const t = meanDifference === 0 ? null : Math.sign(meanDifference) * Number.POSITIVE_INFINITY;
    const pGreater = t !== null && t > 0 ? 0 : 1;
    const interval = { low: meanDifference, high: meanDifference };
    return { n, meanDifference, t, df, pTwoSided: t === null ? 1 : 0, pGreater, interval };
  }
  const t = meanDifference / standardError;
  const half = studentQuantile((1 + confidence) / 2, df) * standardError;
  return {
    n,
    meanDifference,
    t,
    df,
    pTwoSided: twoSidedP(t, df),
    pGreater: studentCdf(-t, df),
    interval: { low: meanDifference - half, high: meanDifference + half },
  };
}

export interface PairedRandomization {
  readonly n: number;
  readonly meanDifference: number;
  /**
   * Two-sided: the share of sign patterns whose mean difference is at least as far from 0 as the
   * observed one.
   */
  readonly p: number;
  /**
   * True: every sign pattern was counted. False: p was estimated as (1 + extreme) / (1 +
   * permutations).
   */
  readonly exact: boolean;
}

export interface ResampleOptions {
  /** Number of random sign patterns or of bootstrap samples; default 10,000. */
  readonly samples?: number;
  /** Default 1. */
  readonly seed?: number;
}

/**
 * Sums closer than this count as equal; they come from the same differences added in another order.
 */
const SUM_TOLERANCE = 1e-12;

/**
 * Fisher's paired randomization test. Exact where all sign patterns of the differences other than 0
 * are no more than `samples` (flipping a 0 changes nothing), else sampled with the seed.
 * @throws XqgError XQG_UNPAIRED unless there are pairs
 */
export function pairedRandomization(
  a: readonly number[],
  b: readonly number[],
  options: ResampleOptions = {},
): PairedRandomization {
  const all = pairedDifferences(a, b, 1);
  return {
    n: all.length,
    meanDifference: meanOf(all),
    ...flipSigns(Float64Array.from(all), options),
  };
}

/** The randomization test on any sums of differences that change their sign as a whole. */
export function flipSigns(
  sums: Float64Array,
  { samples = 10_000, seed = 1 }: ResampleOptions = {},
): Pick<PairedRandomization, 'p' | 'exact'> {
  const nonZero = sums.filter((sum) => sum !== 0);
  const observed = Math.abs(sumOf(nonZero)) - SUM_TOLERANCE;
  const patterns = 2 ** nonZero.length;
  let extreme = 0;
  if (patterns <= samples) {
    for (let pattern = 0; pattern < patterns; pattern++) {
      let sum = 0;
      for (let i = 0; i < nonZero.length; i++)
        sum += (pattern >>> i) & 1 ? -nonZero[i] : nonZero[i];
      if (Math.abs(sum) >= observed) extreme++;
    }
    return { p: extreme / patterns, exact: true };
  }
  const random = seededRandom(String(seed));
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let i = 0; i < nonZero.length; i++) sum += random() < 0.5 ? -nonZero[i] : nonZero[i];
    if (Math.abs(sum) >= observed) extreme++;
  }
  return { p: (extreme + 1) / (samples + 1), exact: false };
}

/**
 * The percentile bootstrap interval of the mean of a - b.
 * @throws XqgError XQG_UNPAIRED unless there are pairs
 */
export function bootstrapInterval(
  a: readonly number[],
  b: readonly number[],
  {
    samples = 10_000,
    seed = 1,
    confidence = 0.95,
  }: ResampleOptions & { readonly confidence?: number } = {},
): Interval {
  const differences = pairedDifferences(a, b, 1);
  const n = differences.length;
  const random = seededRandom(String(seed));
  const means = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += differences[Math.floor(random() * n)];
    means[sample] = sum / n;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  return { low: percentile(means, tail), high: percentile(means, 1 - tail) };
}

/** The value at share `p` of ascending values, interpolated between neighbors. */
export function percentile(ascending: Float64Array, p: number): number {
  const position = p * (ascending.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
}

function pairedDifferences(a: readonly number[], b: readonly number[], least: number): number[] {
  if (a.length !== b.length || a.length < least) {
    throw new XqgError('XQG_UNPAIRED', { first: a.length, second: b.length, least });
  }
  return a.map((value, i) => value - b[i]);
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/**
 * Holm's step-down adjusted p-values, in the order of the input; reject where one is at most the
 * level.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j]);
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  order.forEach((index, step) => {
    running = Math.max(running, Math.min(1, pValues[index] * (pValues.length - step)));
    adjusted[index] = running;
  });
  return adjusted;
}

/** Bonferroni's adjusted p-values, in the order of the input. */
export function bonferroni(pValues: readonly number[]): number[] {
  return pValues.map((p) => Math.min(1, p * pValues.length));
}
