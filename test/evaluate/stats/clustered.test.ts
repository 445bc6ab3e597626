import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  clusterBootstrap,
  clusterRandomization,
  clustersOf,
  meanDifference,
} from '../../../src/evaluate/stats/clustered.js';
import { pairedTTest } from '../../../src/evaluate/stats/paired.js';
import { shared } from '../../support/shared.js';

const path = shared('golden/stats/stats.json');
const differences = Array.from({ length: 60 }, (_, i) => (((i * 37) % 41) - 17) / 100);
const single = (values: readonly number[]) => values.map((_, i) => `q${i}`);
/** The clusters of independent questions in one language. */
const independent = (a: readonly number[], b: readonly number[]) =>
  clustersOf([{ differences: a.map((value, i) => value - b[i]), groups: single(a) }]);

describe('tests over clusters', () => {
  it('of the same questions in two languages equal those of one language', () => {
    const groups = differences.map((_, i) => `a${i % 12}`);
    const once = clustersOf([{ differences, groups }]);
    const twice = clustersOf([
      { differences, groups },
      { differences, groups },
    ]);
    expect(clusterBootstrap(twice)).toEqual(clusterBootstrap(once));
    expect(clusterRandomization(twice).p).toBe(clusterRandomization(once).p);
  });

  it('are less certain if the differences within a cluster are alike', () => {
    const alike = differences.map((_, i) => (Math.floor(i / 10) % 2 === 0 ? 0.1 : -0.05));
    const groups = alike.map((_, i) => `a${Math.floor(i / 10)}`);
    const unclustered = clustersOf([{ differences: alike, groups: single(alike) }]);
    const clustered = clustersOf([{ differences: alike, groups }]);
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    expect(width(clusterBootstrap(clustered))).toBeGreaterThan(
      2 * width(clusterBootstrap(unclustered)),
    );
    expect(clusterRandomization(clustered).p).toBeGreaterThan(clusterRandomization(unclustered).p);
    expect(clusterRandomization(clustered).exact).toBe(true);
  });

  it('weight languages of different sizes equally', () => {
    const clusters = clustersOf([
      { differences: [1, 0, 0, 0], groups: ['a', 'a', 'b', 'b'] },
      { differences: [0.5], groups: ['b'] },
    ]);
    expect(meanDifference(clusters)).toBeCloseTo((0.25 + 0.5) / 2, 12);
    expect(clusterRandomization(clusters).meanDifference).toBeCloseTo(0.375, 12);
    const { low, high } = clusterBootstrap(clusters, { samples: 500 });
    // A sample of cluster a only has no question in the second language.
    expect([low, high].every(Number.isFinite)).toBe(true);
  });

  it('refuse languages without questions and lists of different lengths', () => {
    for (const column of [
      { differences: [], groups: [] },
      { differences: [1, 2], groups: ['a'] },
    ])
      expect(() => clustersOf([column])).toThrow(expect.objectContaining({ code: 'XQG_UNPAIRED' }));
  });

  it('have a p of 1 if there are no differences', () => {
    expect(clusterRandomization(independent([1, 1], [1, 1])).p).toBe(1);
  });
});

describe('the bootstrap interval', () => {
  const a = Array.from({ length: 200 }, (_, i) => ((i * 37) % 100) / 100);
  const b = a.map((value, i) => value - 0.1 + (((i * 53) % 41) - 20) / 200);

  it('is close to the interval of the t-test if the mean is nearly normal', () => {
    const { interval } = pairedTTest(a, b);
    const bootstrap = clusterBootstrap(independent(a, b));
    expect(bootstrap.low).toBeCloseTo(interval.low, 3);
    expect(bootstrap.high).toBeCloseTo(interval.high, 3);
  });

  it('depends on the seed only', () => {
    const options = { samples: 500, seed: 3 };
    const interval = clusterBootstrap(independent(a, b), options);
    expect(clusterBootstrap(independent(a, b), options)).toEqual(interval);
    expect(clusterBootstrap(independent(a, b), { ...options, seed: 4 })).not.toEqual(interval);
  });
});

describe.skipIf(!path)('randomization (needs XQG_SHARED golden/stats)', () => {
  const golden = path && JSON.parse(readFileSync(path, 'utf8'));

  it('equals the reference if every cluster has one question', () => {
    for (const { a, b, p_exact, name } of golden.paired_randomisation_exact) {
      const { p, exact } = clusterRandomization(independent(a, b));
      expect(exact, name).toBe(true);
      expect(Math.abs(p - p_exact), name).toBeLessThanOrEqual(1e-12);
    }
  });

  it('with 10,000 samples is within .02 of the exact p-value', () => {
    const { a, b } = golden.paired_t_test.find(
      (test: { name: string }) => test.name === 'metric_n12',
    );
    const exact = clusterRandomization(independent(a, b), { samples: 4096 });
    // Two more pairs with tiny differences make the sign patterns outnumber the samples.
    const extended = independent([...a, 1e-9, 1e-9], [...b, 0, 0]);
    const sampled = clusterRandomization(extended, { samples: 10_000, seed: 7 });
    expect(exact.exact).toBe(true);
    expect(sampled.exact).toBe(false);
    expect(Math.abs(sampled.p - exact.p)).toBeLessThan(0.02);
  });
});
