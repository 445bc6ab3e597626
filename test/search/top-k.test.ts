import { describe, expect, it } from 'vitest';
import { kthScore, rankOfIds, rowsFrom, topK } from '../../src/search/top-k.js';
import { Random } from '../support/random.js';

const random = new Random(5);
const n = 40_000;
/** Many equal scores, some zero: long enough that a sample guides the selection. */
const shapes: Record<string, Float64Array> = {
  ties: Float64Array.from({ length: n }, () => random.below(50) / 50),
  continuous: Float64Array.from({ length: n }, () => random.next() ** 4),
  sparse: Float64Array.from({ length: n }, () => (random.below(300) === 0 ? random.next() : 0)),
  'best first': Float64Array.from({ length: n }, (_, row) => (row < 300 ? 1 - row / 1000 : 0.1)),
  flat: new Float64Array(n).fill(0.5),
};
const rank = Uint32Array.from({ length: n }, (_, row) => (row * 7919) % n);
const mask = Uint8Array.from({ length: n }, () => random.below(40) && 1);
const few = Uint8Array.from({ length: n }, (_, row) => (row % 997 === 0 ? 1 : 0));

describe.each(Object.entries(shapes))('the best of %s scores', (_, scores) => {
  it.each([
    [null, -Infinity],
    [mask, 0],
    [few, 0],
  ])('are those of a full sort', (allowed, floor) => {
    const sorted = [...scores.keys()]
      .filter((row) => scores[row] > floor && (allowed === null || allowed[row] !== 0))
      .sort((a, b) => scores[b] - scores[a] || rank[a] - rank[b]);
    for (const k of [1, 10, 200, 5000, n + 1]) {
      const top = topK(scores, k, rank, allowed, floor);
      expect([...top.rows]).toEqual(sorted.slice(0, k));
      expect([...top.scores]).toEqual(sorted.slice(0, k).map((row) => scores[row]));
      if (k < sorted.length)
        expect(kthScore(scores, k, allowed, floor)).toBe(scores[sorted[k - 1]]);
    }
  });
});

it('rows of a threshold come in ascending order, and pass the mask', () => {
  const scores = Float64Array.of(3, 1, 2, 3);
  expect([...rowsFrom(scores, 2, null)]).toEqual([0, 2, 3]);
  expect([...rowsFrom(scores, 2, Uint8Array.of(0, 1, 1, 1))]).toEqual([2, 3]);
});

it('ranks order ids as strings, whatever the rows', () => {
  expect([...rankOfIds(['b', 'a10', 'a9', 'a'])]).toEqual([3, 1, 2, 0]);
});
