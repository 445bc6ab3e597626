import { describe, expect, it } from 'vitest';
import type { RowScores } from '../../src/search/dense/exact-search.js';
import { JavaScriptScanner } from '../../src/search/dense/javascript-scanner.js';
import { SearchEngine } from '../../src/search/engine.js';
import type { SearchRequest } from '../../src/search/request.js';
import { memoryIndex } from '../support/memory-index.js';
import { analyze, corpus, encoder, factors } from '../support/random-corpus.js';

const rows = corpus(120);
const scanner = new JavaScriptScanner();

function engineOf(changes: Partial<ConstructorParameters<typeof SearchEngine>[0]> = {}) {
  const options = { ...memoryIndex(rows), encoder, scanner, factors, analyze };
  return new SearchEngine({ ...options, ...changes });
}

const BASE: SearchRequest = {
  question: 'fi3 fi4 fi9',
  languages: [{ lang: 'fi', weight: 1 }],
  mode: 'hybrid',
  augment: true,
  k: rows.length,
};
const mask = Uint8Array.from(rows, (_, row) => +(row % 3 > 0));

const requests: SearchRequest[] = [
  { question: 'fi3 fi4 fi9' },
  { question: 'fi1 fi1 stem2', translate: true },
  {
    question: 'th8 fi8 stem8',
    languages: [
      { lang: 'th', weight: 0.6 },
      { lang: 'fi', weight: 0.4 },
    ],
  },
  { question: 'fi3', languagePolicy: 'all' as const, alpha: 0.2 },
  { question: 'fi3', expansion: expansionOf('stem6 fi7') },
  { question: 'fi-any' },
  { question: 'unknown words' },
].flatMap((change) =>
  (['dense', 'lexical', 'hybrid'] as const).flatMap((mode) =>
    [true, false].flatMap((augment) =>
      [{}, { feedback: 0.4 }, { mask }, { topN: 30 }, { topN: 30, mask, denseWeight: 3 }].map(
        (more): SearchRequest => ({ ...BASE, ...change, mode, augment, ...more }),
      ),
    ),
  ),
);

function expansionOf(text: string) {
  return { text, languages: [{ lang: 'fi', weight: 1 }], dense: 0.3, lexicalWeight: 0.5 };
}

/** By row, of those that are retrieved. */
function retrieved({ scores, exact }: RowScores): Map<number, number> {
  const all = new Map<number, number>();
  scores.forEach((score, row) => {
    if (!Number.isNaN(score)) all.set(row, exact(row));
  });
  return all;
}

async function allScores(engine: SearchEngine, some: readonly SearchRequest[]) {
  const all: Map<number, number>[] = [];
  for await (const scores of engine.rankAll(some)) all.push(retrieved(scores));
  return all;
}

describe('rankAll', () => {
  it('scores to the bit every row that rank finds, and no other', async () => {
    const engine = engineOf();
    const all = await allScores(engine, requests);
    const lists = await engine.rankBatch(requests);
    expect(all).toHaveLength(requests.length);
    let compared = 0;
    for (const [i, request] of requests.entries()) {
      const about = `${i} ${JSON.stringify({ ...request, mask: request.mask !== undefined })}`;
      expect(
        [...all[i].keys()].sort((a, b) => a - b),
        about,
      ).toEqual(lists[i].map(({ row }) => row).sort((a, b) => a - b));
      for (const { row, score } of lists[i]) {
        // The scale of whole lists is summed by row, that of the best rows by rank.
        const isWhole = request.mode === 'hybrid' && request.topN === undefined;
        if (isWhole) expect(all[i].get(row), about).toBeCloseTo(score, 9);
        else expect(all[i].get(row), about).toBe(score);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(5000);
  });

  it('bounds the error of scores that are not exact', async () => {
    let scanned = 0;
    for await (const { scores, error, exact } of engineOf().rankAll(requests)) {
      scores.forEach((score, row) => {
        if (Number.isNaN(score)) return;
        expect(Math.abs(score - exact(row))).toBeLessThanOrEqual(error);
      });
      if (error > 0) scanned++;
    }
    expect(scanned).toBeGreaterThan(0);
  });

  it('gives each request the scores that it has alone, whatever it shares legs with', async () => {
    const together = await allScores(engineOf(), requests);
    const engine = engineOf();
    for (const [i, request] of requests.entries())
      expect((await allScores(engine, [request]))[0]).toEqual(together[i]);
  });

  it('scores legs once that requests of a question share', async () => {
    const counts = { questions: 0, products: 0, lexical: 0 };
    const { snapshot, lexical } = memoryIndex(rows);
    const scores = lexical.scores.bind(lexical);
    lexical.scores = (...words) => {
      counts.lexical++;
      return scores(...words);
    };
    const engine = engineOf({
      snapshot,
      lexical,
      encoder: {
        ...encoder,
        encodeQueries: async (texts) => {
          counts.questions += texts.length;
          return encoder.encodeQueries(texts);
        },
      },
      scanner: {
        scan: async (queries, vectors, dim) => {
          counts.products += queries.length / dim;
          return scanner.scan(queries, vectors, dim);
        },
      },
    });
    const plain = { ...BASE, augment: false, feedback: 0 };
    const shared: SearchRequest[] = ['fi3 fi4', 'fi5 fi6'].flatMap((question) => [
      { ...plain, question, mode: 'dense' },
      { ...plain, question, mode: 'dense', profile: 'paper' },
      { ...plain, question, mode: 'lexical' },
      { ...plain, question, alpha: 0.9 },
      { ...plain, question, denseWeight: 0.1 },
      { ...plain, question, topN: 10 },
    ]);
    await allScores(engine, shared);
    // Hybrids need exact scores, which serve the dense requests too.
    expect(counts).toEqual({ questions: 2, products: 0, lexical: 2 });
    await allScores(
      engine,
      shared.filter(({ mode }) => mode === 'dense'),
    );
    expect(counts).toEqual({ questions: 4, products: 2, lexical: 2 });
  });

  it('ends with the reason of a signal, and refuses what rank refuses', async () => {
    const aborted = AbortSignal.abort(new Error('gone'));
    await expect(engineOf().rankAll([BASE], aborted).next()).rejects.toThrow('gone');
    await expect(
      engineOf()
        .rankAll([{ ...BASE, k: 0 }])
        .next(),
    ).rejects.toMatchObject({ code: 'XQG_NUMBER_OUT_OF_RANGE' });
    expect(await allScores(engineOf({ ...memoryIndex([]) }), [BASE])).toEqual([new Map()]);
  });
});
