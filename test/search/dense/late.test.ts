import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/indexing/snapshot.js';
import { SearchMatrix } from '../../../src/search/dense/exact-top-k.js';
import { FusedMatrices } from '../../../src/search/dense/fused-matrices.js';
import { JavaScriptScanner } from '../../../src/search/dense/javascript-scanner.js';
import { LateMatrix } from '../../../src/search/dense/late-matrix.js';
import { SearchEngine } from '../../../src/search/engine.js';
import type { SearchRequest } from '../../../src/search/request.js';
import { dequantize, quantize, stepsOfBytes } from '../../../src/store/quantize.js';
import { ByteMatrix } from '../../../src/vectors/byte-matrix.js';
import { rowProducts } from '../../../src/vectors/row-products.js';
import { Random } from '../../support/random.js';

const DIM = 40;
const N = 5000;
const LANGUAGES = ['ar', 'de', 'th'];
const random = new Random(7);

/** Unit vectors in a few clusters, so that scores are close to each other. */
function rows(n: number, length: number): Float32Array {
  const heaps = Array.from({ length: 8 }, () => random.floats(DIM));
  const matrix = new Float32Array(n * DIM);
  for (let row = 0; row < n; row++) {
    const heap = heaps[random.below(heaps.length)];
    const vector = Float64Array.from(heap, (value) => value + 0.7 * (2 * random.next() - 1));
    const norm = Math.hypot(...vector) / length;
    for (let d = 0; d < DIM; d++) matrix[row * DIM + d] = vector[d] / norm;
  }
  return matrix;
}

/**
 * Language sums in 8 bits, as in a store. Every seventh passage has none, and some sums point away
 * from their passage.
 */
function storedSums(passages: Float32Array, bits: 8 | 16): Float32Array {
  const sums = rows(N, 4);
  for (let row = 0; row < N; row++) {
    const sum = sums.subarray(row * DIM, (row + 1) * DIM);
    if (row % 7 === 0) sum.fill(0);
    if (row % 500 === 1) for (let d = 0; d < DIM; d++) sum[d] = -5 * passages[row * DIM + d];
    sum.set(dequantize(quantize(sum, bits), DIM, bits));
  }
  return sums;
}

function bytesOf(sums: Float32Array): ByteMatrix {
  const matrix = ByteMatrix.exactly(N, DIM);
  for (let row = 0; row < N; row++) {
    const cell = quantize(sums.subarray(row * DIM, (row + 1) * DIM), 8);
    const { steps, scale } = stepsOfBytes(cell, DIM);
    matrix.fill(row, steps, scale);
  }
  return matrix;
}

const passages = rows(N, 1);
function snapshotOf(bits: 8 | 16): Snapshot {
  const sums = new Map(LANGUAGES.map((lang) => [lang, storedSums(passages, bits)]));
  return {
    ids: Array.from({ length: N }, (_, i) => `p${i}`),
    langs: new Array<string>(N).fill('en'),
    dim: DIM,
    queryLanguages: LANGUAGES,
    queriesPerLanguage: 5,
    passageVectors: async () => passages,
    languageSum: async (lang) => sums.get(lang)!,
    languageBytes: async (lang) => (bits === 8 ? bytesOf(sums.get(lang)!) : null),
  };
}
const snapshot = snapshotOf(8);

const bytesIn = ({ vectors: { buffer } }: SearchMatrix): Buffer => Buffer.from(buffer);

const BUDGET = 2 ** 30;
const FORMULAS = [0.05, 0.4, 0.5, 0.95, 1].flatMap((alpha) => [
  { variant: 'mean' as const, alpha, renormalize: true },
  { variant: 'sum' as const, alpha: alpha / 10, renormalize: false },
]);
const POLICIES = [
  [{ lang: 'de', weight: 1 }],
  [{ lang: 'th', weight: 0.3 }],
  [
    { lang: 'th', weight: 2 },
    { lang: 'ar', weight: 0.1 },
  ],
  LANGUAGES.map((lang) => ({ lang, weight: 1 })),
];
/**
 * Combinations that remove, replace and add a language, and one that removes a language whose large
 * weight would leave large rounding errors behind.
 */
const SWITCHES = [
  { ar: 1, th: 1 },
  { ar: 1, de: 1 },
  { ar: 1, de: 1, th: 1 },
  { ar: 1, de: 1e-7, th: 1e-7 },
  { de: 1e-7, th: 1e-7 },
].map((weights) => Object.entries(weights).map(([lang, weight]) => ({ lang, weight })));

describe('late fusion', () => {
  it('scores every row like the fused matrix, bit for bit, and bounds the error of approximate scores', async () => {
    const matrices = new FusedMatrices(snapshot, BUDGET);
    // Data that was read in advance is used.
    await matrices.prepare(new AbortController().signal);
    const questions = rows(2, 1);
    for (const formula of FORMULAS) {
      for (const languages of [...POLICIES, ...SWITCHES]) {
        const late = await matrices.quick(formula, languages);
        expect(late).toBeInstanceOf(LateMatrix);
        const fused = await new FusedMatrices(snapshot, BUDGET).fused(formula, languages);
        for (let q = 0; q < 2; q++) {
          const question = questions.subarray(q * DIM, (q + 1) * DIM);
          const { scores, error } = late.approximate(question)!;
          const refined = late.refine!(question);
          expect(refined.error).toBeLessThan(0.002);
          // The bound is small enough; otherwise every row would have to be scored exactly.
          expect(error).toBeLessThan(0.15);
          for (let row = 0; row < N; row++) {
            const exact = fused.score(question, row);
            if (Math.abs(refined.score(row) - exact) > refined.error) {
              expect([formula, languages, row, refined.score(row)]).toEqual(exact);
            }
            if (Math.abs(scores[row] - exact) > error || late.score(question, row) !== exact) {
              expect([formula, languages, row, scores[row], late.score(question, row)]).toEqual(
                exact,
              );
            }
          }
        }
      }
    }
  });

  it('builds a matrix in the background for frequent formulas, within the budget', async () => {
    const formula = FORMULAS[0];
    for (const languages of POLICIES) {
      const kindOf = async (matrices: FusedMatrices): Promise<string> =>
        (await matrices.quick(formula, languages)).constructor.name;
      const roomy = new FusedMatrices(snapshot, BUDGET);
      for (let i = 0; i < 8; i++) expect(await kindOf(roomy)).toBe('LateMatrix');
      await expect.poll(() => kindOf(roomy)).toBe('SearchMatrix');
      const [grown, built] = await Promise.all([
        roomy.quick(formula, languages),
        new FusedMatrices(snapshot, BUDGET).fused(formula, languages),
      ]);
      expect(Buffer.compare(bytesIn(grown as SearchMatrix), bytesIn(built))).toBe(0);
      const narrow = new FusedMatrices(snapshot, LANGUAGES.length * N * DIM);
      for (let i = 0; i < 20; i++) expect(await kindOf(narrow)).toBe('LateMatrix');
    }
    // No budget for the sums of a language, but one fused matrix is always cached.
    const none = new FusedMatrices(snapshot, 1);
    for (let i = 0; i < 10; i++)
      expect(await none.quick(formula, POLICIES[0])).toBeInstanceOf(SearchMatrix);
  });

  it('builds the matrix even if questions follow each other without a pause', async () => {
    const matrices = new FusedMatrices(snapshot, BUDGET);
    let asked = 0;
    while (
      !((await matrices.quick(FORMULAS[0], POLICIES[0])) instanceof SearchMatrix) &&
      asked < 200
    )
      asked++;
    expect(asked).toBeLessThan(200);
  });

  it('drops the sums of languages that exceed the budget', async () => {
    let read = 0;
    const counted = {
      ...snapshot,
      languageBytes: async (lang: string) => {
        read++;
        return bytesOf(await snapshot.languageSum(lang));
      },
    };
    const matrices = new FusedMatrices(counted, 2 * N * DIM);
    for (const lang of ['ar', 'de', 'ar', 'th', 'ar', 'de']) {
      await matrices.quick(FORMULAS[0], [{ lang, weight: 1 }]);
    }
    // German was the least recently used language when Thai was added.
    expect(read).toBe(4);
  });

  it('is prepared in advance for every language, until aborted', async () => {
    const read: string[] = [];
    const watched = {
      ...snapshot,
      languageBytes: async (lang: string) => {
        read.push(lang);
        return bytesOf(await snapshot.languageSum(lang));
      },
    };
    const matrices = new FusedMatrices(watched, BUDGET);
    await matrices.prepare(AbortSignal.abort());
    expect(read).toEqual([]);
    await matrices.prepare(new AbortController().signal);
    expect(read).toEqual(LANGUAGES);
    await matrices.quick(FORMULAS[0], POLICIES[3]);
    expect(read).toEqual(LANGUAGES);
    await new FusedMatrices(watched, 2 * N * DIM).prepare(new AbortController().signal);
    expect(read).toEqual([...LANGUAGES, 'ar', 'de']);
  });

  it('is not used for sums in 16 bits', async () => {
    const matrix = await new FusedMatrices(snapshotOf(16), BUDGET).quick(FORMULAS[0], POLICIES[0]);
    expect(matrix.constructor.name).toBe('SearchMatrix');
  });

  it('gives the ranking of batches, which are scored against whole matrices', async () => {
    const { vector } = { vector: rows(1, 1) };
    const engine = new SearchEngine({
      snapshot,
      lexical: { rows: N } as never,
      encoder: {
        identity: { name: 'one', dim: DIM, weights: '', unitLength: true, settings: {} },
        encodePassages: async () => vector,
        encodeQueries: async (asked) => {
          const vectors = new Float32Array(asked.length * DIM);
          asked.forEach((_, i) => {
            vectors.set(vector, i * DIM);
          });
          return vectors;
        },
      },
      scanner: new JavaScriptScanner(),
    });
    for (const alpha of [0.2, 0.9]) {
      const request: SearchRequest = {
        question: 'x',
        languages: [
          { lang: 'de', weight: 0.7 },
          { lang: 'th', weight: 0.3 },
        ],
        mode: 'dense',
        augment: true,
        alpha,
        k: 100,
      };
      const [together] = await engine.rankBatch([request, request, request]);
      expect(await engine.rank(request)).toEqual(together);
    }
  });
});

describe('rows in 8 bits', () => {
  it('are read exactly as they were written', async () => {
    const sums = await snapshot.languageSum('de');
    const matrix = bytesOf(sums);
    const row = new Float32Array(DIM);
    for (let r = 0; r < N; r++) {
      matrix.row(r, row);
      expect(row).toEqual(sums.slice(r * DIM, (r + 1) * DIM));
    }
  });

  it('are multiplied row by row', async () => {
    const [a, b] = await Promise.all(['de', 'th'].map((lang) => snapshot.languageSum(lang)));
    const products = await rowProducts(bytesOf(a), bytesOf(b));
    for (let r = 0; r < N; r++) {
      let expected = 0;
      for (let d = r * DIM; d < (r + 1) * DIM; d++) expected += a[d] * b[d];
      expect(Math.abs(products[r] - expected)).toBeLessThan(1e-5);
    }
  });
});
