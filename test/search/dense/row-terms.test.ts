import { describe, expect, it } from 'vitest';
import { LanguageSums } from '../../../src/encode/centroids.js';
import { SEARCH_DEFAULTS } from '../../../src/search/defaults.js';
import { exactScores } from '../../../src/search/dense/exact-scores.js';
import { exactScore, SearchMatrix } from '../../../src/search/dense/exact-top-k.js';
import { JavaScriptScanner, product } from '../../../src/search/dense/javascript-scanner.js';
import { RowTerms } from '../../../src/search/dense/row-terms.js';
import { SearchEngine } from '../../../src/search/engine.js';
import type { SearchRequest } from '../../../src/search/request.js';
import { rowsOfBytes } from '../../../src/store/quantize.js';
import { type MemoryRow, memoryIndex } from '../../support/memory-index.js';
import {
  analyze,
  centeredEncoder,
  centroids,
  corpus,
  DIM,
  encode,
  encoder,
  factors,
  withSentences,
} from '../../support/random-corpus.js';

const N = 90;
const plainRows = corpus(N);
const rows = withSentences(plainRows);
const scanner = new JavaScriptScanner();
const engineOf = (of: readonly MemoryRow[], by = centeredEncoder) =>
  new SearchEngine({ ...memoryIndex(of), encoder: by, scanner, factors, analyze });
const engine = engineOf(rows);

const BASE: SearchRequest = {
  question: 'fi3 fi4 fi9',
  languages: [{ lang: 'fi', weight: 1 }],
  mode: 'dense',
  augment: false,
  feedback: 0,
  k: N,
};
const REQUESTS: SearchRequest[] = [
  {},
  { augment: true },
  { augment: true, alpha: 0.9, profile: 'paper' as const },
  { sentenceWeight: 1, augment: true },
  { sentenceWeight: 0 },
  { centering: false },
  { centering: false, sentenceWeight: 0.3, augment: true },
  { feedback: 0.3 },
  {
    augment: true,
    languages: [
      { lang: 'th', weight: 0.6 },
      { lang: 'fi', weight: 0.4 },
    ],
  },
].map((change) => ({ ...BASE, ...change }));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, d) => sum + value * b[d], 0);

/** (1 - w) q.p + w max q.s, each centered by the formula of centering.ts, in plain arithmetic. */
function expected(row: MemoryRow, weight: number): number {
  const sums = LanguageSums.of(
    Float32Array.from(rows.flatMap(({ vector }) => [...vector])),
    rows.map(({ lang }) => lang),
    DIM,
  );
  const { query, passage, centrality } = SEARCH_DEFAULTS.centering;
  const own = centroids.queries.get('fi')!;
  const q = Array.from(encode(BASE.question), (value, d) => value - query * own[d]);
  const c = sums.centroids(centroids.passages).get(row.lang)!;
  const centered = (x: ArrayLike<number>): number =>
    dot(
      q,
      Array.from(x, (value, d) => value - passage * c[d]),
    ) +
    centrality * dot(c, x);
  const { scales, steps } = rowsOfBytes(row.sentences ?? null, DIM);
  const sentences = [...scales].map((scale, i) =>
    centered(Array.from(steps.subarray(i * DIM, (i + 1) * DIM), (step) => step * scale)),
  );
  const best = sentences.length === 0 ? centered(row.vector) : Math.max(...sentences);
  return (1 - weight) * centered(row.vector) + weight * best;
}

describe('dense scores with sentences and centering', () => {
  it.each([0, 0.3, 1])('follow the formula, at sentence weight %f', async (sentenceWeight) => {
    const hits = await engine.rank({ ...BASE, sentenceWeight });
    expect(hits).toHaveLength(N);
    for (const { row, score } of hits)
      expect(score).toBeCloseTo(expected(rows[row], sentenceWeight), 6);
  });

  it('change the ranking', async () => {
    const idsOf = async (change: Partial<SearchRequest>) =>
      (await engine.rank({ ...BASE, ...change })).map(({ id }) => id);
    const plain = await idsOf({ centering: false, sentenceWeight: 0 });
    expect(await idsOf({ centering: false })).not.toEqual(plain);
    expect(await idsOf({ sentenceWeight: 0 })).not.toEqual(plain);
  });

  it('are the plain products, to the bit, with neither, at alpha 0', async () => {
    const without = { ...BASE, augment: true, alpha: 0, centering: false, sentenceWeight: 0 };
    const hits = await engine.rank(without);
    const question = encode(BASE.question);
    for (const { row, score } of hits) expect(score).toBe(product(question, rows[row].vector, 0));
    const usual = { ...BASE, augment: true, alpha: 0 };
    expect(await engineOf(plainRows, encoder).rank(usual)).toEqual(hits);
  });

  it('are the same alone and in a batch, and in rankAll', async () => {
    const together = await engine.rankBatch(REQUESTS);
    const many = await engine.rankBatch([...REQUESTS, ...REQUESTS, ...REQUESTS]);
    expect(many.slice(REQUESTS.length, 2 * REQUESTS.length)).toEqual(together);
    let i = 0;
    for await (const { exact, scores } of engine.rankAll(REQUESTS)) {
      expect(await engine.rank(REQUESTS[i])).toEqual(together[i]);
      for (const { row, score } of together[i]) {
        expect(exact(row)).toBe(score);
        expect(scores[row]).toBeCloseTo(score, 3);
      }
      i++;
    }
    expect(i).toBe(REQUESTS.length);
  });

  it('are those of a hybrid too', async () => {
    const requests = REQUESTS.map((request) => ({ ...request, mode: 'hybrid' as const, topN: N }));
    const dense = await engine.rankBatch(REQUESTS.map((request) => ({ ...request })));
    for (const [i, hits] of (await engine.rankBatch(requests)).entries()) {
      const scores = new Map(dense[i].map(({ row, score }) => [row, score]));
      for (const hit of hits) expect(hit.dense).toBe(scores.get(hit.row));
    }
  });

  it('do not depend on the order of the rows', async () => {
    const reversed = engineOf([...rows].reverse());
    const scoresOf = async (of: SearchEngine, request: SearchRequest) =>
      (await of.rank(request)).map(({ id, score }) => [id, score]);
    for (const request of REQUESTS.filter(({ feedback }) => feedback === 0))
      expect(await scoresOf(reversed, request)).toEqual(await scoresOf(engine, request));
  });
});

describe('the terms of rows', () => {
  const { snapshot } = memoryIndex(rows);
  const passages = new SearchMatrix(
    Float32Array.from(rows.flatMap(({ vector }) => [...vector])),
    DIM,
  );
  const terms = new RowTerms({
    snapshot,
    passages: async () => passages,
    shipped: centroids,
    sums: async () => LanguageSums.of(passages.vectors, snapshot.langs, DIM),
  });
  const settings = { sentenceWeight: 0.5, centering: SEARCH_DEFAULTS.centering };

  it('are scored together to the bit as one by one', async () => {
    const { fusedShare, parts } = await terms.parts(settings);
    expect(fusedShare).toBe(0.5);
    const all = [{ matrix: passages, weight: fusedShare }, ...parts];
    const question = encode('stem1 stem2 stem3');
    const scores = exactScores(question, all, N);
    for (let row = 0; row < N; row++) expect(scores[row]).toBe(exactScore(question, all, row));
  });

  it('leave all to the fused vectors where nothing else counts', async () => {
    expect(await terms.parts({ sentenceWeight: 0, centering: null })).toEqual({
      fusedShare: 1,
      parts: [],
    });
  });

  it('are centered by the shipped centroids where the rows are not those of the corpus', async () => {
    const centered = async (sums: (() => Promise<LanguageSums>) | null) => {
      const options = { passages: async () => passages, shipped: centroids, sums };
      const centering = (await new RowTerms({ ...options, snapshot }).centering())!;
      return centering.offsets(encode('stem1'), SEARCH_DEFAULTS.centering);
    };
    const shipped = await centered(null);
    expect([...shipped]).toEqual(
      ['en', 'fi'].map((lang) => [
        lang,
        product(encode('stem1'), centroids.passages.get(lang)!, 0),
      ]),
    );
    const own = await centered(async () => LanguageSums.of(passages.vectors, snapshot.langs, DIM));
    expect(own).not.toEqual(shipped);
  });

  it('need centroids of the encoder', async () => {
    const options = { passages: async () => passages, sums: null, snapshot };
    const without = new RowTerms({ ...options, shipped: undefined });
    expect(await without.centering()).toBeNull();
    const question = encode('stem1');
    expect(await without.question(question, BASE.languages, settings)).toBe(question);
  });
});
