import { describe, expect, it } from 'vitest';
import { halfValues, toHalf } from '../../src/base/half.js';
import { Random } from '../support/random.js';

describe('half precision', () => {
  it('gives every half back', () => {
    expect(Array.from(halfValues, toHalf)).toEqual([...halfValues.keys()]);
  });

  it('takes the nearest half', () => {
    const random = new Random(1);
    for (let i = 0; i < 2_000; i++) {
      const value = 2 ** (random.next() * 40 - 24);
      const h = toHalf(value);
      const error = Math.abs(halfValues[h] - Math.fround(value));
      for (const other of [h - 1, h + 1]) {
        if (other > 0 && other < halfValues.length) {
          expect(error).toBeLessThanOrEqual(Math.abs(halfValues[other] - Math.fround(value)));
        }
      }
    }
  });

  it('is exact for what counts are, never loses a term and stays finite', () => {
    for (let count = 0.25; count <= 512; count += 0.25)
      expect(halfValues[toHalf(count)]).toBe(count);
    expect(halfValues[toHalf(1e-12)]).toBeGreaterThan(0);
    expect(halfValues[toHalf(1e9)]).toBe(65504);
  });
});
