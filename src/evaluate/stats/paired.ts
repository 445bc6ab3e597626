/**
 * The paired t-test of two systems on the same queries, and corrections of p-values for multiple
 * comparisons.
 */

import { XqgError } from '../../base/errors.js';
import { meanOf } from '../../base/numbers.js';
import { studentCdf, studentQuantile, twoSidedP } from './student-t.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface PairedTTest {
  readonly n: number;
  /** Mean of a - b. */
  readonly meanDifference: number;
  /** Null if all differences are 0; infinite if they are all equal but not 0. */
  readonly t: number | null;
  readonly df: number;
  readonly pTwoSided: number;
  /** One-sided p-value of the alternative that a is greater. */
  readonly pGreater: number;
  /** Confidence interval of the mean difference; of width 0 if all differences are equal. */
  readonly interval: Interval;
}

/**
 * @param confidence level of the interval
 * @throws XqgError XQG_UNPAIRED when the lists differ in length or have fewer than two values
 */
export function pairedTTest(
  a: readonly number[],
  b: readonly number[],
  confidence = 0.95,
): PairedTTest {
  if (a.length !== b.length || a.length < 2)
    throw new XqgError('XQG_UNPAIRED', { first: a.length, second: b.length, least: 2 });
  const differences = a.map((value, i) => value - b[i]);
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

/** Holm's step-down adjusted p-values, in the order of the input. */
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

/** Bonferroni-adjusted p-values, in the order of the input. */
export function bonferroni(pValues: readonly number[]): number[] {
  return pValues.map((p) => Math.min(1, p * pValues.length));
}
