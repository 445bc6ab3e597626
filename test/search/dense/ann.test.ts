import { describe, expect, it } from 'vitest';
import { LanguageSums } from '../../../src/encode/centroids.js';
import type { Encoder } from '../../../src/encode/encoder.js';
import { Graph } from '../../../src/indexing/ann/graph.js';
import type { RowSource } from '../../../src/indexing/ann/rows.js';
import type { Snapshot } from '../../../src/indexing/snapshot.js';
import { BestRows, NearRows } from '../../../src/search/dense/near-rows.js';
import { openScanner } from '../../../src/search/dense/open-scanner.js';
import { SearchEngine } from '../../../src/search/engine.js';
import { explainScores } from '../../../src/search/explain-scores.js';
import type { SearchRequest } from '../../../src/search/request.js';
import { rowsOfBytes } from '../../../src/store/quantize.js';
import { memoryIndex } from '../../support/memory-index.js';
import { Random } from '../../support/random.js';
import {
  analyze,
  centeredEncoder,
  corpus,
  DIM,
  factors,
  encoder as fakeEncoder,
  withSentences,
} from '../../support/random-corpus.js';

const N = 12_000;
const rows = corpus(N);
const { scanner } = await openScanner();
const { snapshot, lexical } = memoryIndex(rows);
const readRows: number[] = [];
const source: RowSource = {
  passage(row, into) {
    readRows.push(row);
    into.set(rows[row].vector);
  },
  sum: (lang, row, into) => into.set(rows[row].sums.get(lang) ?? new Float32Array(DIM)),
  languageSums: () => Promise.reject(new Error('not needed')),
};
const graph = await Graph.create({ dim: DIM, unitLength: true });
for (const [row, { vector }] of rows.entries()) graph.add(row, vector);

const exactEngine = new SearchEngine({
  snapshot,
  lexical,
  encoder: fakeEncoder,
  scanner,
  factors,
  analyze,
});
/** A snapshot with the same rows, whose matrices cannot be read. */
const unread = Object.assign(Object.create(snapshot) as Snapshot, {
  passageVectors: () => Promise.reject(new Error('read')),
  languageSumsOf: async (row: number) => rows[row].sums,
});

function engineOf(
  candidates: number,
  encoder: Encoder = fakeEncoder,
  of: Snapshot = snapshot,
): SearchEngine {
  const near = new NearRows(snapshot, { graph, source, candidates, expansion: candidates });
  return new SearchEngine({ snapshot: of, lexical, encoder, scanner, factors, analyze, near });
}

const BASE: SearchRequest = {
  question: 'fi3 fi4 fi9',
  languages: [{ lang: 'fi', weight: 1 }],
  mode: 'dense',
  augment: true,
  k: 10,
};
const CHANGES: Partial<SearchRequest>[] = [
  {},
  { augment: false },
  { alpha: 0.9 },
  { profile: 'paper' },
  { languagePolicy: 'all', alpha: 0.2 },
  {
    question: 'th8 fi8 stem8',
    languages: [
      { lang: 'th', weight: 0.6 },
      { lang: 'fi', weight: 0.4 },
    ],
  },
  // Both languages see the same vectors, so there is one part instead of a sum of two.
  {
    question: 'th8 fi8 stem8',
    languages: [
      { lang: 'th', weight: 0.7 },
      { lang: 'fi', weight: 0.3 },
    ],
    languagePolicy: 'all',
  },
];

describe('search with a graph', () => {
  it('gives its hits the scores of exact search, bit for bit, for any alpha, profile and languages', async () => {
    const engine = engineOf(512);
    for (const mode of ['dense', 'hybrid'] as const) {
      for (const change of CHANGES) {
        // The best rows of the first pass may not be among the graph's candidates.
        const request = { ...BASE, mode, feedback: 0, ...change };
        const [exact, near] = [
          await engine.rank({ ...request, exact: true }),
          await engine.rank(request),
        ];
        const scores = new Map(exact.map(({ id, dense }) => [id, dense]));
        const both = near.filter(({ id }) => scores.has(id));
        expect(both.length).toBeGreaterThan(4);
        for (const { id, dense } of both) expect(dense).toBe(scores.get(id));
      }
    }
  });

  it('finds the hits of exact search if there are enough candidates, alone and in a batch', async () => {
    const engine = engineOf(9000);
    const requests = CHANGES.map((change) => ({ ...BASE, mode: 'hybrid' as const, ...change }));
    const exact = await engine.rankBatch(requests.map((request) => ({ ...request, exact: true })));
    expect(await engine.rankBatch(requests)).toEqual(exact);
    expect(await engine.rank(requests[1])).toEqual(exact[1]);
  });

  it('reads only candidates, and no matrix', async () => {
    const engine = engineOf(64);
    readRows.length = 0;
    await engine.rank({ ...BASE, feedback: 0 });
    expect(new Set(readRows).size).toBe(64);
    expect(readRows).toHaveLength(64);
  });

  it('explains a hit without reading a matrix, with the score of the ranking', async () => {
    const engine = engineOf(100, fakeEncoder, unread);
    const [{ row, dense }] = await engine.rank(BASE);
    const explained = await explainScores(engine, BASE, row);
    expect(explained.dense!.score).toBe(dense);
    expect(explained).toEqual(await explainScores(exactEngine, BASE, row));
  });

  it('encodes a question once, even if the graph cannot be used', async () => {
    let encoded = 0;
    const counting = {
      ...fakeEncoder,
      encodeQueries: (texts: Parameters<Encoder['encodeQueries']>[0]) => {
        encoded += texts.length;
        return fakeEncoder.encodeQueries(texts);
      },
    };
    const engine = engineOf(100, counting);
    const mask = Uint8Array.from({ length: N }, (_, row) => (row % 10 < 8 ? 1 : 0));
    const requests = [
      BASE,
      { ...BASE, k: 2000, mask },
      { ...BASE, exact: true },
      { ...BASE, mode: 'lexical' as const },
    ];
    await engine.rankBatch(requests);
    expect(encoded).toBe(1);
  });

  it('scores all rows of a narrow filter, requests more candidates for a wide one, and scans for one in between', async () => {
    const near = new NearRows(snapshot, { graph, source, candidates: 100, expansion: 200 });
    const maskOf = (share: number): Uint8Array => {
      const random = new Random(5);
      return Uint8Array.from({ length: N }, () => (random.below(1000) < share * 1000 ? 1 : 0));
    };
    expect(near.way(10, maskOf(0.01))).toBe('all');
    expect(near.way(10, maskOf(0.9))).toBe('candidates');
    expect(near.way(2000, maskOf(0.9))).toBe('scan');
    expect(near.way(N, null)).toBe('scan');
    const engine = engineOf(100);
    for (const share of [0.001, 0.01, 0.9]) {
      const mask = maskOf(share);
      const hits = await engine.rank({ ...BASE, mask });
      expect(hits).toHaveLength(10);
      expect(hits.every(({ row }) => mask[row] === 1)).toBe(true);
      if (share < 0.1) expect(hits).toEqual(await engine.rank({ ...BASE, mask, exact: true }));
    }
  });

  it('has no dense hits for a question whose vector is zero, like exact search, and reads no matrix', async () => {
    const request = { ...BASE, mode: 'hybrid' as const, question: 'unknown words' };
    const engine = engineOf(100, fakeEncoder, unread);
    expect(await engine.rank(request)).toEqual(
      await engineOf(100).rank({ ...request, exact: true }),
    );
    await expect(engine.rank({ ...BASE, exact: true })).rejects.toThrow('read');
  });
});

describe('search with a graph, by sentences and centered by language', () => {
  const withAll = withSentences(rows);
  const index = memoryIndex(withAll);
  const sums = LanguageSums.of(
    Float32Array.from(rows.flatMap(({ vector }) => [...vector])),
    snapshot.langs,
    DIM,
  );
  const readSums = { count: 0 };
  const sourceOfAll: RowSource = {
    ...source,
    sentences: (row) => rowsOfBytes(withAll[row].sentences ?? null, DIM),
    languageSums: async () => {
      readSums.count++;
      return sums;
    },
  };
  const options = { lexical, scanner, factors, analyze, encoder: centeredEncoder };
  const exactOfAll = new SearchEngine({ ...options, snapshot: index.snapshot });
  const nearOf = (candidates: number, of: Snapshot = index.snapshot): SearchEngine => {
    const near = new NearRows(snapshot, {
      ...{ graph, source: sourceOfAll, candidates, expansion: candidates },
    });
    return new SearchEngine({ ...options, snapshot: of, near });
  };
  const TERMS: Partial<SearchRequest>[] = [
    ...CHANGES,
    { sentenceWeight: 1 },
    { sentenceWeight: 0, augment: false },
    { centering: false, sentenceWeight: 0.3 },
    { centering: false, sentenceWeight: 0, augment: false },
  ];
  /** Whose vectors and sentences cannot be read. */
  const unreadOfAll = Object.assign(Object.create(unread) as Snapshot, {
    sentences: () => Promise.reject(new Error('read')),
  });

  it('gives its hits the scores of exact search, bit for bit', async () => {
    const engine = nearOf(512, unreadOfAll);
    for (const mode of ['dense', 'hybrid'] as const) {
      for (const change of TERMS) {
        const request = { ...BASE, mode, feedback: 0, ...change };
        const exact = await exactOfAll.rank({ ...request, k: 200 });
        const near = await engine.rank(request);
        const scores = new Map(exact.map(({ id, dense }) => [id, dense]));
        const both = near.filter(({ id }) => scores.has(id));
        expect(both.length).toBeGreaterThan(4);
        for (const { id, dense } of both) expect(dense).toBe(scores.get(id));
      }
    }
    expect(readSums.count).toBe(1);
    // Nothing more is read ahead of the first question.
    await engine.prepare(new AbortController().signal);
  });

  it('finds the hits of exact search if there are enough candidates, and scores all rows alike', async () => {
    const engine = nearOf(9000);
    const requests = TERMS.map((change) => ({ ...BASE, feedback: 0, ...change }));
    const exact = await exactOfAll.rankBatch(requests);
    expect(await engine.rankBatch(requests)).toEqual(exact);
    let i = 0;
    for await (const { exact: scoreOf } of engine.rankAll(requests)) {
      for (const { row, score } of exact[i]) expect(scoreOf(row)).toBe(score);
      i++;
    }
  });

  it('proposes the best passages of languages that the question is far from', async () => {
    // Content, and what every vector says about its language.
    const random = new Random(77);
    const languages = ['en', 'fi', 'th'].map((lang) => ({ lang, own: random.floats(DIM) }));
    const unit = (vector: Float32Array): Float32Array => {
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    };
    const mixed = (own: Float32Array): Float32Array => {
      const content = random.floats(DIM);
      return unit(content.map((value, d) => value + own[d]));
    };
    const mixedRows = rows.slice(0, 3000).map((row, r) => {
      const { lang, own } = languages[r % 3];
      return { ...row, lang, vector: mixed(own) };
    });
    const mixedGraph = await Graph.create({ dim: DIM, unitLength: true });
    for (const [row, { vector }] of mixedRows.entries()) mixedGraph.add(row, vector);
    const questions = new Map(
      Array.from({ length: 30 }, (_, i) => [`question ${i}`, mixed(languages[i % 3].own)]),
    );
    const of = memoryIndex(mixedRows);
    const vectors = Float32Array.from(mixedRows.flatMap(({ vector }) => [...vector]));
    const means = LanguageSums.of(vectors, of.snapshot.langs, DIM).centroids(
      new Map([['en', new Float32Array(DIM)]]),
    );
    const encoder: Encoder = {
      ...fakeEncoder,
      centroids: { queries: means, passages: means, sha256: '' },
      encodeQueries: async (texts) =>
        Float32Array.from(texts.flatMap(({ text }) => [...questions.get(text)!])),
    };
    const near = new NearRows(of.snapshot, {
      ...{ graph: mixedGraph, candidates: 64, expansion: 64 },
      source: {
        ...source,
        passage: (row, into) => into.set(mixedRows[row].vector),
        languageSums: async () => LanguageSums.of(vectors, of.snapshot.langs, DIM),
      },
    });
    const engine = new SearchEngine({ ...of, scanner, factors, analyze, encoder, near });
    let found = 0;
    let foundByRanking = 0;
    for (const [i, question] of [...questions.keys()].entries()) {
      const { lang } = languages[i % 3];
      const request = {
        ...BASE,
        question,
        augment: false,
        feedback: 0,
        languages: [{ lang, weight: 1 }],
      };
      const exact = await engine.rank({ ...request, exact: true });
      const proposed = new Set((await engine.rank({ ...request, k: 30 })).map(({ row }) => row));
      const { vector } = await engine.rankingVector(request);
      const byRanking = new Set(mixedGraph.search(vector, 64, 64));
      found += exact.filter(({ row }) => proposed.has(row)).length / 300;
      foundByRanking += exact.filter(({ row }) => byRanking.has(row)).length / 300;
    }
    expect(found).toBeGreaterThan(0.8);
    expect(foundByRanking).toBeLessThan(0.5);
  });

  it('explains a hit without reading a matrix, with the score of the ranking', async () => {
    const engine = nearOf(256, unreadOfAll);
    for (const change of [{}, { sentenceWeight: 1 }, { feedback: 0.3 }]) {
      const request = { ...BASE, feedback: 0, ...change };
      const [{ row, dense }] = await engine.rank(request);
      const explained = await explainScores(engine, request, row);
      expect(explained.dense!.score).toBe(dense);
      if (!('feedback' in change))
        expect(explained).toEqual(await explainScores(exactOfAll, request, row));
    }
  });
});

describe('the best rows of several blocks', () => {
  it('are those of the whole matrix', () => {
    const random = new Random(1);
    const scores = random.floats(5000);
    const best = new BestRows(50);
    for (let from = 0; from < 5000; from += 700) best.add(from, scores.subarray(from, from + 700));
    const expected = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b).slice(0, 50);
    expect([...best.rows()]).toEqual(expected);
  });
});
