import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bonferroni, holm, pairedTTest } from '../../../src/evaluate/stats/paired.js';
import {
  incompleteBeta,
  studentCdf,
  studentQuantile,
  twoSidedP,
} from '../../../src/evaluate/stats/student-t.js';
import { shared } from '../../support/shared.js';

const path = shared('golden/stats/stats.json');

/** Within 1e-10 absolutely, and within 1e-6 relatively if the golden value is a normal number. */
function expectProbability(got: number, golden: number, what: string) {
  expect(Math.abs(got - golden), what).toBeLessThanOrEqual(1e-10);
  if (golden > 1e-300) expect(Math.abs(got / golden - 1), what).toBeLessThanOrEqual(1e-6);
}

describe.skipIf(!path)(
  'statistics equal SciPy and statsmodels (needs XQG_SHARED golden/stats)',
  () => {
    const golden = path && JSON.parse(readFileSync(path, 'utf8'));

    it('Student t: cdf and two-sided p', () => {
      for (const [t, df, cdf, cdfOfMinus, p] of golden.student_t.rows) {
        expectProbability(studentCdf(t, df), cdf, `cdf ${t} ${df}`);
        expectProbability(studentCdf(-t, df), cdfOfMinus, `cdf -${t} ${df}`);
        expectProbability(twoSidedP(t, df), p, `p ${t} ${df}`);
      }
    });

    it('Student t: quantiles', () => {
      for (const [p, df, t] of golden.student_t_quantiles.rows) {
        expect(Math.abs(studentQuantile(p, df) / t - 1), `${p} ${df}`).toBeLessThanOrEqual(1e-8);
      }
    });

    it('regularized incomplete beta', () => {
      for (const [a, b, x, value] of golden.regularised_incomplete_beta.rows) {
        expectProbability(incompleteBeta(a, b, x, 1 - x), value, `${a} ${b} ${x}`);
      }
    });

    it('paired t-test', () => {
      for (const test of golden.paired_t_test) {
        const got = pairedTTest(test.a, test.b);
        expect(got.df).toBe(test.df);
        expect(got.meanDifference).toBeCloseTo(test.mean_diff, 12);
        if (test.t === null) continue;
        expect(Math.abs(got.t! / test.t - 1), test.name).toBeLessThanOrEqual(1e-8);
        expectProbability(got.pTwoSided, test.p_two_sided, test.name);
        expectProbability(got.pGreater, test.p_greater, test.name);
        expect(got.interval.low).toBeCloseTo(test.ci95[0], 8);
        expect(got.interval.high).toBeCloseTo(test.ci95[1], 8);
      }
    });

    it('Holm and Bonferroni', () => {
      for (const { p, holm: byHolm, bonferroni: byBonferroni } of golden.corrections) {
        for (const [i, value] of holm(p).entries())
          expect(value).toBeCloseTo(byHolm.adjusted[i], 12);
        for (const [i, value] of bonferroni(p).entries())
          expect(value).toBeCloseTo(byBonferroni.adjusted[i], 12);
      }
    });
  },
);

describe('the t-test of degenerate differences', () => {
  it('has a p of 1 and no NaN if all are 0', () => {
    const test = pairedTTest([0.3, 0.4, 0.5], [0.3, 0.4, 0.5]);
    expect(test).toMatchObject({
      t: null,
      pTwoSided: 1,
      pGreater: 1,
      interval: { low: 0, high: 0 },
    });
  });

  it('has an infinite t and a p of 0 if all are equal', () => {
    expect(pairedTTest([1, 2, 3], [0, 1, 2])).toMatchObject({
      t: Number.POSITIVE_INFINITY,
      pTwoSided: 0,
      pGreater: 0,
      interval: { low: 1, high: 1 },
    });
    expect(pairedTTest([0, 1], [1, 2])).toMatchObject({
      t: Number.NEGATIVE_INFINITY,
      pTwoSided: 0,
      pGreater: 1,
    });
  });

  it('refuses lists of different lengths and single pairs', () => {
    for (const [a, b] of [
      [[1, 2], [1]],
      [[1], [2]],
    ])
      expect(() => pairedTTest(a, b)).toThrow(expect.objectContaining({ code: 'XQG_UNPAIRED' }));
  });
});
