import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scanQuestions, sumParts } from '../../../src/search/dense/exact-search.js';
import {
  exactScore,
  exactTopK,
  roundingError,
  SearchMatrix,
} from '../../../src/search/dense/exact-top-k.js';
import { product } from '../../../src/search/dense/javascript-scanner.js';
import { openScanner } from '../../../src/search/dense/open-scanner.js';
import type { Scanner } from '../../../src/search/dense/scanner.js';
import type { RankedRows } from '../../../src/search/top-k.js';
import { ByteMatrix } from '../../../src/vectors/byte-matrix.js';
import { readFloat32 } from '../../support/npy.js';
import { Random } from '../../support/random.js';
import { shared } from '../../support/shared.js';

const golden = shared('golden/exact_search');

/** The conformance suite of scanners. */
describe.each(['onnxruntime', 'javascript'] as const)('exact search by %s', (implementation) => {
  let scanner: Scanner;
  beforeAll(async () => {
    ({ scanner } = await openScanner({ implementation }));
  });
  afterAll(async () => scanner.close());

  async function search(
    matrix: SearchMatrix,
    queries: Float32Array,
    k: number,
    mask: Uint8Array | null = null,
  ): Promise<RankedRows[]> {
    const n = matrix.vectors.length / matrix.dim;
    const rank = Uint32Array.from({ length: n }, (_, row) => row);
    const scores = await scanner.scan(queries, matrix.vectors, matrix.dim);
    return Array.from({ length: queries.length / matrix.dim }, (_, q) => {
      const query = queries.subarray(q * matrix.dim, (q + 1) * matrix.dim);
      return exactTopK(
        Float64Array.from(scores.subarray(q * n, (q + 1) * n)),
        roundingError(query, matrix),
        query,
        [{ matrix, weight: 1 }],
        k,
        rank,
        mask,
      );
    });
  }

  it('uses the requested implementation', () => {
    expect(scanner.name).toBe(implementation);
  });

  it.skipIf(golden === null)('equals golden/exact_search (skipped: no XQG_SHARED)', async () => {
    const matrix = new SearchMatrix(readFloat32(join(golden!, 'vectors.npy')), 64);
    const queries = readFloat32(join(golden!, 'queries.npy'));
    const { float64, k } = JSON.parse(readFileSync(join(golden!, 'expected.json'), 'utf8'));
    const hits = await search(matrix, queries, k);
    expect(hits.map(({ rows }) => [...rows])).toEqual(float64.ids);
    hits.forEach(({ scores }, q) => {
      scores.forEach((score, i) => {
        expect(Math.abs(score - float64.scores[q][i])).toBeLessThanOrEqual(1e-6);
      });
    });
  });

  it.each([
    [1, 7],
    [67, 32],
    [333, 100],
    [1025, 512],
  ])(
    'gives equal vectors equal scores at any position and in any batch (%i x %i)',
    async (n, dim) => {
      const random = new Random(n);
      const vectors = random.floats(n * dim);
      const copied = vectors.slice(0, dim);
      for (let row = 0; row < n; row += 3) vectors.set(copied, row * dim);
      const matrix = new SearchMatrix(vectors, dim);
      const queries = random.floats(9 * dim);
      const together = await search(matrix, queries, n);
      const alone = await Promise.all(
        Array.from({ length: 9 }, async (_, q) => {
          return (await search(matrix, queries.slice(q * dim, (q + 1) * dim), n))[0];
        }),
      );
      expect(alone).toEqual(together);
      for (const { rows, scores } of together) {
        const scoresOfCopies = new Set(scores.filter((_, i) => rows[i] % 3 === 0));
        expect(scoresOfCopies.size).toBe(1);
        const copies = [...rows].filter((row) => row % 3 === 0);
        expect(copies).toEqual([...copies].sort((a, b) => a - b));
      }
    },
  );

  it('lists the same first rows for every k, also with a mask, and no more rows than there are', async () => {
    const [n, dim] = [200, 16];
    const random = new Random(7);
    // Few distinct values give many ties, for every k.
    const vectors = Float32Array.from({ length: n * dim }, () => random.below(2));
    const matrix = new SearchMatrix(vectors, dim);
    const queries = Float32Array.from({ length: 3 * dim }, () => random.below(2));
    const mask = Uint8Array.from({ length: n }, () => random.below(2));
    const parts = [{ matrix, weight: 1 }];
    for (const allowed of [null, mask]) {
      const naive = Array.from({ length: 3 }, (_, q) =>
        [...Array(n).keys()]
          .filter((row) => allowed === null || allowed[row] === 1)
          .map((row) => ({
            row,
            score: exactScore(queries.subarray(q * dim, (q + 1) * dim), parts, row),
          }))
          .sort((a, b) => b.score - a.score || a.row - b.row),
      );
      for (const k of [0, 1, 2, 19, n, 5 * n]) {
        const hits = await search(matrix, queries, k, allowed);
        hits.forEach(({ rows, scores }, q) => {
          expect([...rows]).toEqual(naive[q].slice(0, k).map(({ row }) => row));
          expect([...scores]).toEqual(naive[q].slice(0, k).map(({ score }) => score));
        });
      }
    }
  });

  it('accepts an empty matrix and a question that is zero', async () => {
    const empty = new SearchMatrix(new Float32Array(0), 4);
    expect((await search(empty, Float32Array.of(1, 0, 0, 0), 5))[0].rows).toHaveLength(0);
    const matrix = new SearchMatrix(Float32Array.of(1, 2, 3, 4, 5, 6), 2);
    const [{ rows, scores }] = await search(matrix, Float32Array.of(0, 0), 2);
    expect([...rows]).toEqual([0, 1]);
    expect([...scores]).toEqual([0, 0]);
  });
});

describe('an 8-bit scan', () => {
  it.each([
    [1, 1],
    [5, 37],
    [700, 512],
  ])('has errors within its bound (%i x %i)', (n, dim) => {
    const random = new Random(dim);
    const vectors = random.floats(n * dim);
    // Rows of very different lengths, a row of zeros, and a row with one dominant number.
    for (let row = 0; row < n; row++)
      for (let d = 0; d < dim; d++)
        vectors[row * dim + d] *= row % 5 === 4 ? 0 : 10 ** ((row % 7) - 3);
    vectors[0] = 50;
    const matrix = ByteMatrix.of(vectors, dim);
    for (const question of [
      random.floats(dim),
      new Float32Array(dim).fill(1e-3),
      new Float32Array(dim),
    ]) {
      const { scores, error } = matrix.products(question);
      expect(scores).toHaveLength(n);
      for (let row = 0; row < n; row++)
        expect(Math.abs(scores[row] - product(question, vectors, row * dim))).toBeLessThanOrEqual(
          error,
        );
    }
  });

  it('leads to the same list as a 32-bit scan', async () => {
    const [n, dim, k] = [5000, 48, 25];
    const random = new Random(3);
    const vectors = random.floats(n * dim);
    for (let row = 0; row < n; row += 10) vectors.set(vectors.subarray(0, dim), row * dim);
    const matrix = new SearchMatrix(vectors, dim);
    const rank = Uint32Array.from({ length: n }, (_, row) => n - row);
    const mask = Uint8Array.from({ length: n }, (_, row) => row % 3);
    const { scanner } = await openScanner();
    // More questions than are multiplied in one batch.
    const questions = Array.from({ length: 37 }, () => ({
      vector: random.floats(dim),
      parts: [{ matrix, weight: 0.7 }],
    }));
    const together = await scanQuestions(scanner, questions);
    for (const [q, question] of questions.entries()) {
      const [alone] = await scanQuestions(scanner, [question]);
      expect(alone![0].error).toBeGreaterThan(together[q]![0].error);
      const [few, many] = [alone!, together[q]!].map((parts) => {
        const { scores, error } = sumParts(parts, new Float64Array(n));
        return exactTopK(scores, error, question.vector, question.parts, k, rank, mask);
      });
      expect(few).toEqual(many);
      expect(few.rows).toHaveLength(k);
    }
    await scanner.close();
  });
});
