import { describe, expect, it } from 'vitest';
import { hybrid, type Leg } from '../../src/search/fusion.js';

const rank = Uint32Array.of(5, 4, 3, 2, 1, 0);

function leg(scores: Record<number, number>, change: Partial<Leg> = {}): Leg {
  const rows = Object.keys(scores)
    .map(Number)
    .sort((a, b) => scores[b] - scores[a]);
  return {
    list: { rows: Uint32Array.from(rows), scores: Float64Array.from(rows, (row) => scores[row]) },
    score: () => null,
    weight: 1,
    missing: null,
    ...change,
  };
}

describe('hybrid', () => {
  it('adds weighted z-scores; a candidate of one list is scored exactly in the other leg', () => {
    const dense = leg({ 0: 3, 1: 1 }, { score: (row) => (row === 2 ? 0 : null), weight: 2 });
    const lexical = leg({ 2: 6, 1: 2 }, { missing: 0 });
    // dense: mean 2, deviation 1; lexical: mean 4, deviation 2
    const hits = hybrid([dense, lexical], 'z-score', 10, rank);
    expect(hits).toEqual(
      [
        { row: 0, score: 2 * 1 + (0 - 4) / 2, legs: [3, null] },
        { row: 1, score: 2 * -1 + (2 - 4) / 2, legs: [1, 2] },
        { row: 2, score: 2 * -2 + (6 - 4) / 2, legs: [0, 6] },
      ].sort((a, b) => b.score - a.score || rank[a.row] - rank[b.row]),
    );
  });

  it('fills a short lexical list with its missing score, so that rare matches stand out', () => {
    const dense = leg({ 0: 4, 1: 3, 2: 2, 3: 1 }, { weight: 0 });
    const one = hybrid([dense, leg({ 3: 5 }, { missing: 0 })], 'z-score', 10, rank);
    // scores 5 0 0 0: mean 1.25, deviation 2.165
    expect(one[0].row).toBe(3);
    expect(one[0].score).toBeCloseTo((5 - 1.25) / Math.sqrt(4.6875), 12);
    expect(one[1].score).toBeCloseTo(-1.25 / Math.sqrt(4.6875), 12);
  });

  it('min-max spans from the smallest to the largest score', () => {
    const hits = hybrid(
      [leg({ 0: 3, 1: 1, 2: 2 }), leg({ 1: 8 }, { missing: 0 })],
      'min-max',
      10,
      rank,
    );
    expect(hits.map(({ row, score }) => [row, score])).toEqual([
      [1, 1],
      [0, 1],
      [2, 0.5],
    ]);
  });

  it('breaks ties by rank, cuts at k and stays finite for flat, single and empty lists', () => {
    const flat = leg({ 0: 1, 1: 1, 2: 1 });
    for (const normalization of ['z-score', 'min-max'] as const) {
      const hits = hybrid([flat, leg({}, { missing: 0 })], normalization, 2, rank);
      expect(hits.map(({ row }) => row)).toEqual([2, 1]);
      expect(hits.every(({ score }) => Number.isFinite(score))).toBe(true);
      const single = hybrid([leg({}), leg({ 4: 7 }, { missing: 0 })], normalization, 2, rank);
      expect(single).toEqual([{ row: 4, score: 0, legs: [null, 7] }]);
    }
    expect(hybrid([leg({}), leg({})], 'z-score', 5, rank)).toEqual([]);
  });

  it('does not depend on the order in which equal scores were listed', () => {
    const list = (rows: number[]): Leg['list'] => ({
      rows: Uint32Array.from(rows),
      scores: Float64Array.from(rows, (row) => (row < 3 ? 0.1 : 0.7)),
    });
    const a = hybrid([{ ...leg({}), list: list([3, 4, 0, 1, 2]) }], 'z-score', 5, rank);
    const b = hybrid([{ ...leg({}), list: list([4, 3, 2, 1, 0]) }], 'z-score', 5, rank);
    expect(a).toEqual(b);
  });
});
