import { describe, expect, it } from 'vitest';
import { fuse } from '../../src/augment/fuse.js';
import { SEARCH_DEFAULTS } from '../../src/search/defaults.js';
import { openScanner } from '../../src/search/dense/open-scanner.js';
import type { Scanner } from '../../src/search/dense/scanner.js';
import { SearchEngine } from '../../src/search/engine.js';
import type { SearchRequest } from '../../src/search/request.js';
import { memoryIndex } from '../support/memory-index.js';
import { analyze, corpus, DIM, encode, encoder, factors } from '../support/random-corpus.js';

const rows = corpus(120);
const scanners: Scanner[] = await Promise.all(
  (['onnxruntime', 'javascript'] as const).map(
    async (implementation) => (await openScanner({ implementation })).scanner,
  ),
);

function engineOf(scanner = scanners[0], some = rows, matrixBudgetBytes?: number): SearchEngine {
  return new SearchEngine({
    ...memoryIndex(some),
    encoder,
    scanner,
    factors,
    analyze,
    matrixBudgetBytes,
  });
}

const BASE: SearchRequest = {
  question: 'fi3 fi4 fi9',
  languages: [{ lang: 'fi', weight: 1 }],
  mode: 'hybrid',
  augment: true,
  k: 10,
};

const requests: SearchRequest[] = (['dense', 'lexical', 'hybrid'] as const).flatMap((mode) =>
  [true, false].flatMap((augment) =>
    [
      { question: 'fi3 fi4 fi9' },
      { question: 'fi1 fi1 stem2', translate: true },
      { question: 'stem5 stem5 stem7', languages: [{ lang: 'en', weight: 1 }] },
      {
        question: 'th8 fi8 stem8',
        languages: [
          { lang: 'th', weight: 0.6 },
          { lang: 'fi', weight: 0.4 },
        ],
      },
      { question: 'fi3', languagePolicy: 'all' as const, alpha: 0.2 },
      { question: 'fi3', profile: 'paper' as const },
      { question: 'fi3', languagePolicy: { th: 2, fi: 0.5 }, k: 500 },
      { question: 'unknown words' },
    ].map((change) => ({ ...BASE, mode, augment, ...change })),
  ),
);

describe('search engine', () => {
  it('weighs the legs of a hybrid as the request says', async () => {
    const engine = engineOf(scanners[0]);
    const ranked = (denseWeight?: number) => engine.rank({ ...BASE, k: 60, denseWeight });
    const { generated } = SEARCH_DEFAULTS.hybrid.denseWeight;
    expect(await ranked(generated)).toEqual(await ranked());
    const ordered = async (leg: 'dense' | 'lexical', weight: number) => {
      const scores = (await ranked(weight)).map(
        (hit) => hit[leg] ?? (leg === 'lexical' ? 0 : -Infinity),
      );
      return scores.every((score, i) => i === 0 || score <= scores[i - 1]);
    };
    expect(await ordered('lexical', 0)).toBe(true);
    expect(await ordered('dense', 1e9)).toBe(true);
    expect(await ordered('lexical', 1e9)).toBe(false);
    expect(await ordered('dense', 0)).toBe(false);
  });

  it('answers a batch as it answers each question, with every scanner', async () => {
    const [native, plain] = scanners.map((scanner) => engineOf(scanner));
    const together = await native.rankBatch(requests);
    for (let i = 0; i < requests.length; i++) {
      expect(await native.rank(requests[i])).toEqual(together[i]);
      expect(await plain.rank(requests[i])).toEqual(together[i]);
    }
    expect(together.filter((hits) => hits.length > 0).length).toBeGreaterThan(40);
  });

  it('does not depend on the order of the rows', async () => {
    const shuffled = [...rows].reverse();
    const answer = async (engine: SearchEngine): Promise<unknown[]> =>
      (await engine.rankBatch(requests)).map((hits) =>
        hits.map(({ id, score }) => [id, score.toFixed(9)]),
      );
    expect(await answer(engineOf(scanners[0], shuffled))).toEqual(await answer(engineOf()));
  });

  it('gives the first k of the full order: score descending, then id ascending', async () => {
    for (const request of requests) {
      const engine = engineOf();
      const all = await engine.rank({ ...request, k: 1000, topN: 50 });
      expect(all.length).toBeLessThanOrEqual(rows.length);
      for (let i = 1; i < all.length; i++) {
        const [a, b] = [all[i - 1], all[i]];
        expect(a.score > b.score || (a.score === b.score && a.id < b.id)).toBe(true);
      }
      for (const k of [1, 7]) {
        expect(await engine.rank({ ...request, k, topN: 50 })).toEqual(all.slice(0, k));
      }
    }
  });

  it('dense scores are those of fused vectors', async () => {
    const engine = engineOf();
    const hits = await engine.rank({ ...BASE, mode: 'dense', feedback: 0, alpha: 0.3, k: 1000 });
    expect(hits).toHaveLength(rows.length);
    const query = encode(BASE.question);
    for (const { row, score } of hits) {
      const sums = rows[row].sums.get('fi') ?? new Float32Array(DIM);
      const fused = fuse(rows[row].vector, [{ lang: 'fi', sums, weight: 1, queries: 1 }], {
        variant: 'mean',
        alpha: 0.3,
        renormalize: true,
        dim: DIM,
      });
      expect(score).toBeCloseTo(
        fused.reduce((sum, value, i) => sum + value * query[i], 0),
        6,
      );
    }
  });

  it('with alpha 0 equals the baseline, score by score', async () => {
    const engine = engineOf();
    for (const profile of ['unit', 'paper'] as const) {
      const request = { ...BASE, mode: 'dense' as const, profile };
      expect(await engine.rank({ ...request, alpha: 0 })).toEqual(
        await engine.rank({ ...request, augment: false }),
      );
    }
  });

  it('keeps to a mask and finds nothing where everything is left out', async () => {
    const mask = Uint8Array.from(rows, ({ lang }) => (lang === 'fi' ? 1 : 0));
    const engine = engineOf();
    for (const request of requests) {
      const hits = await engine.rank({ ...request, k: 200, mask });
      expect(hits.every(({ row }) => rows[row].lang === 'fi')).toBe(true);
      expect(await engine.rank({ ...request, mask: new Uint8Array(rows.length) })).toEqual([]);
    }
  });

  it('lexical hits have a matching term; generated terms add hits in other languages', async () => {
    const engine = engineOf();
    const request = { ...BASE, mode: 'lexical' as const, k: 200 };
    const plain = await engine.rank({ ...request, augment: false });
    const generated = await engine.rank(request);
    expect(plain.every(({ row }) => rows[row].lang === 'fi')).toBe(true);
    expect(generated.some(({ row }) => rows[row].lang === 'en')).toBe(true);
    expect(generated.length).toBeGreaterThan(plain.length);
    expect(await engine.rank({ ...request, question: 'unknown words' })).toEqual([]);
  });

  it('a question without a vector has no dense leg', async () => {
    const engine = engineOf();
    expect(await engine.rank({ ...BASE, mode: 'dense', question: 'fi-any' })).toEqual([]);
    const hits = await engine.rank({ ...BASE, question: 'fi-any' });
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.every(({ dense, lexical }) => dense === null && lexical !== null)).toBe(true);
  });

  it('gives the same answers with room for a single matrix', async () => {
    const small = engineOf(scanners[0], rows, 1);
    expect(await small.rankBatch(requests)).toEqual(await engineOf().rankBatch(requests));
  });

  it('stops between the legs when nobody wants the answer any more', async () => {
    const asked = new AbortController();
    const lexical = { ...memoryIndex(rows).lexical, rows: rows.length };
    const engine = new SearchEngine({
      ...memoryIndex(rows),
      lexical: lexical as never,
      encoder,
      factors,
      analyze,
      // Whoever asked hangs up while the matrix is scanned; the lexical leg, which has no method
      // here, must not begin.
      scanner: {
        scan: async (...words) => {
          setImmediate(() => asked.abort(new Error('gone')));
          return scanners[1].scan(...words);
        },
      },
    });
    await expect(engine.rank(BASE, asked.signal)).rejects.toThrow('gone');
    let encoded = 0;
    const counting = {
      ...encoder,
      encodeQueries: async () => {
        encoded++;
        return new Float32Array(DIM);
      },
    };
    const idle = new SearchEngine({
      ...memoryIndex(rows),
      encoder: counting,
      scanner: scanners[1],
      analyze,
    });
    await expect(idle.rank(BASE, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(encoded).toBe(0);
  });

  it('names the effective alpha', () => {
    const engine = engineOf();
    expect(engine.augmentation(BASE)).toMatchObject({
      name: 'unit',
      alpha: 0.4,
      alphaEffective: 0.4,
    });
    const paper = engine.augmentation({ ...BASE, profile: 'paper', alpha: 0.1 });
    expect(paper.alphaEffective).toBeCloseTo((0.1 * 2) / (0.9 + 0.1 * 2), 12);
    const none = engine.augmentation({ ...BASE, languages: [{ lang: 'en', weight: 1 }] });
    expect(none.alphaEffective).toBe(0);
  });

  it('answers nothing over an empty index and refuses what is out of range', async () => {
    expect(await engineOf(scanners[0], []).rank(BASE)).toEqual([]);
    const engine = engineOf();
    await expect(engine.rank({ ...BASE, k: 0 })).rejects.toThrow(
      'k is 0, but must be a whole number',
    );
    await expect(engine.rank({ ...BASE, k: 2.5 })).rejects.toThrow('k is 2.5');
    await expect(engine.rank({ ...BASE, topN: -1 })).rejects.toThrow('topN is -1');
    await expect(engine.rank({ ...BASE, alpha: 2 })).rejects.toThrow('alpha is 2');
    await expect(engine.rank({ ...BASE, languages: [] })).rejects.toThrow('language weights is 0');
    const other = { ...encoder, identity: { ...encoder.identity, dim: 8 } };
    const options = { ...memoryIndex(rows), scanner: scanners[0] };
    expect(() => new SearchEngine({ ...options, encoder: other })).toThrow(
      'a vector of the encoder fake has 8 numbers, but 24 are needed',
    );
  });
});

describe('an expanded question', () => {
  const written = { text: 'fi5 fi6 fi6', languages: [{ lang: 'fi', weight: 1 }] };

  it('is the same question where the text has no weight', async () => {
    const engine = engineOf();
    for (const mode of ['dense', 'lexical', 'hybrid'] as const) {
      const request = { ...BASE, mode };
      const expansion = { ...written, dense: 0, lexicalWeight: 0 };
      expect(await engine.rank({ ...request, expansion })).toEqual(await engine.rank(request));
    }
  });

  it('scores the sum of both in the lexical leg', async () => {
    const engine = engineOf();
    const request = { ...BASE, mode: 'lexical' as const, k: 1000 };
    const scores = async (change: Partial<SearchRequest>) =>
      new Map((await engine.rank({ ...request, ...change })).map(({ id, score }) => [id, score]));
    const [own, text] = [await scores({}), await scores({ question: written.text })];
    const both = await scores({ expansion: { ...written, dense: 0, lexicalWeight: 0.25 } });
    expect(both.size).toBeGreaterThan(own.size);
    for (const [id, score] of both)
      expect(score).toBeCloseTo((own.get(id) ?? 0) + 0.25 * (text.get(id) ?? 0), 9);
  });

  it('is encoded with the appended text, or with a share of its vector', async () => {
    const engine = engineOf();
    const request = { ...BASE, mode: 'dense' as const, feedback: 0 };
    const vectorOf = async (change: Partial<SearchRequest>) =>
      (await engine.rankingVector({ ...request, ...change })).question;
    expect(
      await vectorOf({ expansion: { ...written, dense: 'appended', lexicalWeight: 0 } }),
    ).toEqual(encode(`${BASE.question} ${written.text}`));
    const mixed = await vectorOf({ expansion: { ...written, dense: 0.3, lexicalWeight: 0 } });
    const [a, b] = [encode(BASE.question), encode(written.text)];
    const sum = a.map((value, d) => 0.7 * value + 0.3 * b[d]);
    const length = Math.hypot(...sum);
    mixed.forEach((value, d) => {
      expect(value).toBeCloseTo(sum[d] / length, 6);
    });
  });
});
