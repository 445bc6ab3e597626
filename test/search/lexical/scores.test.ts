import { describe, expect, it } from 'vitest';
import { halfValues } from '../../../src/base/half.js';
import type { Norm } from '../../../src/search/lexical/bm25.js';
import { Scores } from '../../../src/search/lexical/scores.js';
import { Random } from '../../support/random.js';

const N = 5000;
const random = new Random(3);

function norm(): Norm {
  const lengths = Float32Array.from({ length: N }, () => random.next() * 200);
  return { lengths, base: 0.54, slope: random.next() / 100, least: 0 };
}

/** Postings of some rows from `firstRow` on, with frequencies of all sizes down to the smallest. */
function postings(firstRow: number, share: number) {
  const all = Array.from({ length: N - firstRow }, (_, row) => row);
  const rows = Uint16Array.from(all.filter(() => random.next() < share));
  const frequencies = Uint16Array.from(rows, () => 1 + random.below(halfValues.length - 1));
  return { rows, frequencies, start: Math.min(3, rows.length), end: rows.length, firstRow };
}

describe('the kernel of lexical scores', () => {
  it('gives the sums of adding one posting after the other, bit for bit, and lists every row once', () => {
    const scores = Scores.of(N);
    // More arrays of lengths than are cached.
    const norms = Array.from({ length: 6 }, norm);
    for (let round = 0; round < 3; round++) {
      const expected = new Float64Array(N);
      const touched: number[] = [];
      for (const [i, share] of [0.001, 0.3, 1, 0.05, 0.7, 0.2, 0].entries()) {
        const used = norms[(i + round) % norms.length];
        const range = postings(random.below(N - 10), share);
        const factor = random.next() * 9;
        scores.add(range, factor, used);
        for (let p = range.start; p < range.end; p++) {
          const row = range.firstRow + range.rows[p];
          if (expected[row] === 0) touched.push(row);
          const frequency = halfValues[range.frequencies[p]];
          expected[row] +=
            (factor * frequency) / (frequency + used.base + used.slope * used.lengths[row]);
        }
      }
      expect(Array.from(scores.rows.subarray(0, scores.count))).toEqual(touched);
      expect(scores.byRow).toEqual(expected);
      scores.clear();
      expect(scores.byRow.every((score) => score === 0)).toBe(true);
    }
  });

  it('selects every row that may be among the best', () => {
    const scores = Scores.of(N);
    for (const share of [0.002, 0.1, 0.9]) {
      scores.add(postings(0, share), 3, norm());
      for (const mask of [null, Uint8Array.from({ length: N }, () => random.below(2))]) {
        const passing = [...scores.rows.subarray(0, scores.count)].filter(
          (row) => mask?.[row] !== 0,
        );
        const values = passing.map((row) => scores.byRow[row]).sort((a, b) => b - a);
        for (const k of [1, 10, 700, N - 1]) {
          const kth = values[k - 1] ?? 0;
          const { threshold, rows } = scores.contending(k, kth / 2, mask);
          expect(threshold).toBeLessThanOrEqual(kth);
          const wanted = passing.filter((row) => scores.byRow[row] >= threshold - kth / 2);
          if (rows !== null) expect([...rows]).toEqual(wanted);
          // The threshold is close to the k-th score, if there are many rows.
          if (k === 10 && passing.length > 300) {
            expect(threshold).toBeGreaterThanOrEqual(values[20]);
            expect(rows).not.toBeNull();
          }
        }
      }
      scores.clear();
    }
  });
});
