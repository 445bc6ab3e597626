import { describe, expect, it } from 'vitest';
import { type InductionOptions, induce } from '../../src/train/induction.js';
import { findRelatives, meanOfNearest, nearest } from '../../src/train/nearest.js';

const DIM = 16;

/** (n x DIM) rows of unit length in the directions that `of` gives. */
function rows(n: number, of: (row: number, d: number) => number): Float32Array {
  const out = Float32Array.from({ length: n * DIM }, (_, i) => of(Math.floor(i / DIM), i % DIM));
  for (let from = 0; from < out.length; from += DIM) {
    const length = Math.hypot(...out.subarray(from, from + DIM));
    for (let d = 0; d < DIM; d++) out[from + d] /= length;
  }
  return out;
}

const wave = (row: number, d: number) => Math.sin((row + 1) * (d + 1) * 1.7 + row);

const OPTIONS: InductionOptions = {
  neighbors: 3,
  candidates: 8,
  most: 2,
  leastMargin: 0,
  sureMargin: 0.3,
  temperature: 0.1,
  weight: 4,
};

describe('nearest rows', () => {
  it('are the rows with the largest inner products, nearest first', async () => {
    const vectors = rows(30, wave);
    const queries = rows(7, (row, d) => wave(row + 100, d));
    const result = await nearest(queries, vectors, DIM, 5);
    for (let q = 0; q < 7; q++) {
      const products = Array.from({ length: 30 }, (_, r) => {
        let sum = 0;
        for (let d = 0; d < DIM; d++) sum += queries[q * DIM + d] * vectors[r * DIM + d];
        return { r, sum };
      }).sort((a, b) => b.sum - a.sum);
      expect([...result.rows.subarray(q * 5, q * 5 + 5)]).toEqual(
        products.slice(0, 5).map(({ r }) => r),
      );
    }
    const means = meanOfNearest(result, 2);
    expect(means[3]).toBeCloseTo((result.values[15] + result.values[16]) / 2, 6);
    expect((await nearest(queries, vectors, DIM, 99)).k).toBe(30);
  });
});

describe('induced entries', () => {
  it('pair words of equal meaning, even if all words of one language are shifted alike', async () => {
    const pivot = rows(20, wave);
    // The same meanings in another order, all shifted alike.
    const foreign = rows(20, (row, d) => pivot[(19 - row) * DIM + d] + (d === 0 ? 2 : 0));
    const pairs = await induce(foreign, pivot, DIM, () => true, OPTIONS);
    for (let f = 0; f < 20; f++) {
      const own = pairs.filter((pair) => pair.foreign === f).sort((a, b) => b.weight - a.weight);
      expect(own[0]?.pivot).toBe(19 - f);
      expect(own.length).toBeLessThanOrEqual(2);
      expect(own.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(4 + 1e-9);
    }
  });

  it('exclude pivot words that are not allowed, and pairs with too small a margin', async () => {
    const pivot = rows(20, wave);
    const pairs = await induce(pivot, pivot, DIM, (row) => row !== 5, OPTIONS);
    expect(pairs.some((pair) => pair.pivot === 5)).toBe(false);
    expect(await induce(pivot, pivot, DIM, () => true, { ...OPTIONS, leastMargin: 2 })).toEqual([]);
  });
});

describe('near-synonyms', () => {
  it('are similar stems of sufficient weight, never the stem itself', async () => {
    const vectors = Int8Array.from([100, 0, 90, 20, 0, 100, 100, 5]);
    const pivot = {
      stems: ['begin', 'start', 'bread', 'the'],
      surfaces: ['begin', 'start', 'bread', 'the'],
      counts: Float32Array.of(1, 1, 1, 90_000),
      total: 100_000,
      vectors,
      scales: new Float32Array(4).fill(0.01),
      dim: 2,
    };
    const options = { stems: 4, most: 2, leastAlike: 0.5, leastWeight: 0.25 };
    const { starts, stems, nearness } = await findRelatives(pivot, options);
    expect([...starts.subarray(0, 4)]).toEqual([0, 1, 2, 2]);
    expect([...stems.subarray(0, 2)]).toEqual([1, 0]);
    expect([...stems]).not.toContain(3);
    expect(nearness[0]).toBeCloseTo((90 / Math.hypot(90, 20) - 0.5) / 0.5, 5);
  });
});
