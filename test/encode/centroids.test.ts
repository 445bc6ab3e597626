import { describe, expect, it } from 'vitest';
import { centroidOf, LanguageSums } from '../../src/encode/centroids.js';
import { Random } from '../support/random.js';

const shipped = new Map([
  ['en', Float32Array.of(1, 0)],
  ['fi', Float32Array.of(0, 1)],
]);

describe('the centroid of a language', () => {
  it('is the mean of all for a language without one, and null where there are none', () => {
    expect(centroidOf(shipped, 'fi')).toEqual(Float32Array.of(0, 1));
    expect(centroidOf(shipped, 'th')).toEqual(Float32Array.of(0.5, 0.5));
    expect(centroidOf(new Map(), 'en')).toBeNull();
  });
});

describe('the centroids of a corpus', () => {
  it('lie between the shipped ones, which count as 100 passages, and the means of its passages', () => {
    const vectors = Float32Array.of(0, 1, 0, -1, 0.5, 0.5, 0, 1);
    const sums = LanguageSums.of(vectors, ['en', 'th', 'en', 'en'], 2);
    const centroids = sums.centroids(shipped);
    expect([...centroids.keys()]).toEqual(['en', 'th']);
    expect(centroids.get('en')).toEqual(Float32Array.of(100.5 / 103, 2.5 / 103));
    // 100 times the mean of the shipped ones.
    expect(centroids.get('th')).toEqual(Float32Array.of(50 / 101, 49 / 101));
  });

  it('are the same to the bit in any order of the rows', () => {
    const dim = 16;
    const n = 500;
    const random = new Random(3);
    const rows = Array.from({ length: n }, (_, i) => ({
      lang: i % 3 === 0 ? 'fi' : 'en',
      vector: random.floats(dim),
    }));
    const of = (some: typeof rows) =>
      LanguageSums.of(
        Float32Array.from(some.flatMap(({ vector }) => [...vector])),
        some.map(({ lang }) => lang),
        dim,
      );
    const general = new Map([['en', new Float32Array(dim).fill(0.25)]]);
    const sums = of(rows);
    const other = of([...rows].reverse());
    expect([...other.centroids(general)]).toEqual([...sums.centroids(general)]);
    expect(other.numbers()).toEqual(sums.numbers());
  });

  it('are the same after writing and reading, which refuses another number of languages', () => {
    const langs = ['fi', 'en', 'fi'];
    const sums = LanguageSums.of(Float32Array.of(0.1, 0.9, 0.7, 0.3, -0.2, 0.4), langs, 2);
    const read = LanguageSums.read(sums.numbers(), langs, 2)!;
    expect([...read.centroids(shipped)]).toEqual([...sums.centroids(shipped)]);
    expect(LanguageSums.read(sums.numbers(), ['fi', 'fi', 'fi'], 2)).toBeNull();
  });
});
