import { describe, expect, it } from 'vitest';
import { SearchMatrix } from '../../../src/search/dense/exact-top-k.js';
import { SentenceMatrix } from '../../../src/search/dense/sentence-matrix.js';
import { ByteMatrix } from '../../../src/vectors/byte-matrix.js';
import { sentenceVectors } from '../../support/memory-index.js';
import { Random } from '../../support/random.js';
import { corpus, DIM, withSentences } from '../../support/random-corpus.js';

const passages = new SearchMatrix(Float32Array.of(1, 0, 0.5, 0.5, 0, 1), 2);
const matrix = ByteMatrix.exactly(5, 2);
// Of the first passage three sentences, of the second none, of the last two.
matrix.fill(0, Int8Array.of(2, 0), 0.25);
matrix.fill(1, Int8Array.of(4, 4), 0.25);
matrix.fill(2, Int8Array.of(8, 8), 0.125);
matrix.fill(3, Int8Array.of(-4, 0), 0.25);
matrix.fill(4, Int8Array.of(0, -4), 0.5);
const sentences = { starts: Uint32Array.of(0, 3, 3, 5), matrix };
const query = Float32Array.of(0.5, 0.25);

describe('the best sentence', () => {
  it('is the first of those with the largest product, or the passage where it has none', () => {
    const best = new SentenceMatrix(passages, sentences, null);
    expect([0, 1, 2].map((row) => best.best(query, row))).toEqual([
      { number: 1, score: 0.75 },
      { number: null, score: 0.375 },
      // Both are below zero.
      { number: 0, score: -0.5 },
    ]);
    expect(best.vector(0, 1)).toEqual(Float32Array.of(1, 1));
    expect(best.vector(2, 1)).toEqual(Float32Array.of(0, -2));
    expect(best.vector(1, null)).toEqual(Float32Array.of(0.5, 0.5));
  });

  it('counts the centrality of each sentence with its weight', () => {
    const centralities = {
      passages: Float32Array.of(9, 0.5, 9),
      sentences: Float32Array.of(2, 0, 0.5, 0, 0.25),
      weight: 0.5,
    };
    const best = new SentenceMatrix(passages, sentences, centralities);
    expect([0, 1, 2].map((row) => best.best(query, row))).toEqual([
      { number: 0, score: 0.25 + 1 },
      { number: null, score: 0.375 + 0.25 },
      { number: 1, score: -0.5 + 0.125 },
    ]);
    const { scores, error } = best.approximate(query);
    expect(Math.abs(scores[0] - 1.25)).toBeLessThanOrEqual(error);
  });

  it.each([60, 5000])('is approximated within the error that is named: %i passages', (n) => {
    const rows = withSentences(corpus(n));
    const all = new SearchMatrix(Float32Array.from(rows.flatMap(({ vector }) => [...vector])), DIM);
    const vectors = sentenceVectors(rows, DIM);
    const random = new Random(n);
    const centralities = {
      passages: random.floats(n),
      sentences: random.floats(vectors.matrix.n),
      weight: 0.25,
    };
    for (const central of [null, centralities]) {
      const best = new SentenceMatrix(all, vectors, central);
      const question = random.floats(DIM);
      const { scores, error } = best.approximate(question);
      expect(error).toBeLessThan(0.05);
      let largest = 0;
      for (let row = 0; row < n; row++)
        largest = Math.max(largest, Math.abs(scores[row] - best.score(question, row)));
      expect(largest).toBeGreaterThan(0);
      expect(largest).toBeLessThanOrEqual(error);
    }
  });
});
