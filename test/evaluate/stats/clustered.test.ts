import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  clusterBootstrap,
  clusterRandomization,
  clustersOf,
  meanDifference,
} from '../../../src/evaluate/stats/clustered.js';
import { bootstrapInterval, pairedRandomization } from '../../../src/evaluate/stats/paired.js';
import { shared } from '../../support/shared.js';

const path = shared('golden/stats/stats.json');
const differences = Array.from({ length: 60 }, (_, i) => (((i * 37) % 41) - 17) / 100);
const zeros = differences.map(() => 0);
const alone = differences.map((_, i) => `q${i}`);

describe('tests over clusters', () => {
  it('with one question a cluster are the paired tests', () => {
    const clusters = clustersOf([{ differences, groups: alone }]);
    expect(clusterRandomization(clusters)).toEqual(pairedRandomization(differences, zeros));
    const interval = bootstrapInterval(differences, zeros);
    expect(clusterBootstrap(clusters).low).toBeCloseTo(interval.low, 12);
    expect(clusterBootstrap(clusters).high).toBeCloseTo(interval.high, 12);
  });

  it('of the same questions in two languages are those of one language: nothing is known twice', () => {
    const groups = differences.map((_, i) => `a${i % 12}`);
    const once = clustersOf([{ differences, groups }]);
    const twice = clustersOf([
      { differences, groups },
      { differences, groups },
    ]);
    expect(clusterBootstrap(twice)).toEqual(clusterBootstrap(once));
    expect(clusterRandomization(twice).p).toBe(clusterRandomization(once).p);
  });

  it('are less sure where the questions of a cluster move together', () => {
    const sticky = differences.map((_, i) => (Math.floor(i / 10) % 2 === 0 ? 0.1 : -0.05));
    const groups = sticky.map((_, i) => `a${Math.floor(i / 10)}`);
    const single = clustersOf([{ differences: sticky, groups: alone }]);
    const clustered = clustersOf([{ differences: sticky, groups }]);
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    expect(width(clusterBootstrap(clustered))).toBeGreaterThan(2 * width(clusterBootstrap(single)));
    expect(clusterRandomization(clustered).p).toBeGreaterThan(clusterRandomization(single).p);
    expect(clusterRandomization(clustered).exact).toBe(true);
  });

  it('take the mean over languages of different size unweighted', () => {
    const clusters = clustersOf([
      { differences: [1, 0, 0, 0], groups: ['a', 'a', 'b', 'b'] },
      { differences: [0.5], groups: ['b'] },
    ]);
    expect(meanDifference(clusters)).toBeCloseTo((0.25 + 0.5) / 2, 12);
    expect(clusterRandomization(clusters).meanDifference).toBeCloseTo(0.375, 12);
    const { low, high } = clusterBootstrap(clusters, { samples: 500 });
    // Drawing a alone leaves the second language without a question.
    expect([low, high].every(Number.isFinite)).toBe(true);
  });

  it('refuse languages without questions', () => {
    expect(() => clustersOf([{ differences: [], groups: [] }])).toThrow(
      expect.objectContaining({ code: 'XQG_UNPAIRED' }),
    );
  });
});

describe.skipIf(!path)(
  'randomization over clusters equals the reference (needs XQG_SHARED golden/stats)',
  () => {
    it('exactly, with one question a cluster', () => {
      const golden = JSON.parse(readFileSync(path!, 'utf8'));
      for (const { a, b, p_exact, name } of golden.paired_randomisation_exact) {
        const each = a.map((value: number, i: number) => value - b[i]);
        const groups = a.map((_: number, i: number) => String(i));
        const { p, exact } = clusterRandomization(clustersOf([{ differences: each, groups }]));
        expect(exact, name).toBe(true);
        expect(Math.abs(p - p_exact), name).toBeLessThanOrEqual(1e-12);
      }
    });
  },
);
