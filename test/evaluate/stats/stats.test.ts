import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  bonferroni,
  bootstrapInterval,
  holm,
  pairedRandomization,
  pairedTTest,
} from '../../../src/evaluate/stats/paired.js';
import {
  incompleteBeta,
  studentCdf,
  studentQuantile,
  twoSidedP,
} from '../../../src/evaluate/stats/student-t.js';
import { shared } from '../../support/shared.js';

const path = shared('golden/stats/stats.json');

/** Absolute within 1e-10, and relative within 1e-6 where the golden value is a normal number. */
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

    it('exact paired randomization', () => {
      for (const { a, b, p_exact, name } of golden.paired_randomisation_exact) {
        const exact = pairedRandomization(a, b);
        expect(exact.exact, name).toBe(true);
        expect(Math.abs(exact.p - p_exact), name).toBeLessThanOrEqual(1e-12);
      }
    });

    it('a sample of 10,000 is within .02 of the exact answer', () => {
      const { a, b } = golden.paired_t_test.find(
        (test: { name: string }) => test.name === 'metric_n12',
      );
      const exact = pairedRandomization(a, b, { samples: 4096 });
      // A thirteenth and fourteenth pair with tiny differences make the patterns outnumber the
      // samples.
      const tiny = (values: number[], extra: number) => [...values, extra, extra];
      const sampled = pairedRandomization(tiny(a, 1e-9), tiny(b, 0), { samples: 10_000, seed: 7 });
      expect(exact.exact).toBe(true);
      expect(sampled.exact).toBe(false);
      expect(Math.abs(sampled.p - exact.p)).toBeLessThan(0.02);
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

describe('degenerate differences', () => {
  it('none at all: p is 1, nothing is NaN', () => {
    const test = pairedTTest([0.3, 0.4, 0.5], [0.3, 0.4, 0.5]);
    expect(test).toMatchObject({
      t: null,
      pTwoSided: 1,
      pGreater: 1,
      interval: { low: 0, high: 0 },
    });
    expect(pairedRandomization([1, 1], [1, 1]).p).toBe(1);
  });

  it('all the same: t is infinite, p is 0', () => {
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

  it('refuses lists of different length', () => {
    for (const test of [pairedTTest, pairedRandomization, bootstrapInterval]) {
      expect(() => test([1, 2], [1])).toThrow(expect.objectContaining({ code: 'XQG_UNPAIRED' }));
    }
    expect(() => pairedTTest([1], [2])).toThrow(expect.objectContaining({ code: 'XQG_UNPAIRED' }));
  });
});

describe('bootstrapInterval', () => {
  const a = Array.from({ length: 200 }, (_, i) => ((i * 37) % 100) / 100);
  const b = a.map((value, i) => value - 0.1 + (((i * 53) % 41) - 20) / 200);

  it('is near the interval of the t-test where the mean is near normal', () => {
    const { interval } = pairedTTest(a, b);
    const bootstrap = bootstrapInterval(a, b);
    expect(bootstrap.low).toBeCloseTo(interval.low, 3);
    expect(bootstrap.high).toBeCloseTo(interval.high, 3);
  });

  it('is the same for the same seed only', () => {
    const options = { samples: 500, seed: 3 };
    expect(bootstrapInterval(a, b, options)).toEqual(bootstrapInterval(a, b, options));
    expect(bootstrapInterval(a, b, options)).not.toEqual(
      bootstrapInterval(a, b, { ...options, seed: 4 }),
    );
  });
});
