import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.js';
import { exactScores } from '../../../src/search/dense/exact-scores.js';
import { exactScore, SearchMatrix } from '../../../src/search/dense/exact-top-k.js';
import { ExactProducts } from '../../../src/vectors/exact-products.js';

const random = seededRandom('exact scores');
const numbers = (n: number, scale = 1) =>
  Float32Array.from({ length: n }, () => scale * (random() - 0.5));

describe('exactScores', () => {
  it.each([8, 16, 72, 512, 5, 100])(
    'are those of exactScore to the bit, with %i dimensions',
    (dim) => {
      const n = 61;
      const parts = [
        { matrix: new SearchMatrix(numbers(n * dim), dim), weight: 1 },
        { matrix: new SearchMatrix(numbers(n * dim, 1e-6), dim), weight: 0.3 },
      ];
      for (const used of [parts.slice(0, 1), parts, parts]) {
        const question = numbers(dim, 3);
        const expected = Float64Array.from({ length: n }, (_, row) =>
          exactScore(question, used, row),
        );
        expect(exactScores(question, used, n)).toEqual(expected);
      }
      expect(ExactProducts.fits(parts[0].matrix.vectors, dim)).toBe(dim % 8 === 0);
    },
  );

  it('takes no rows', () => {
    expect(
      exactScores(numbers(8), [{ matrix: new SearchMatrix(new Float32Array(0), 8), weight: 1 }], 0),
    ).toHaveLength(0);
  });
});
