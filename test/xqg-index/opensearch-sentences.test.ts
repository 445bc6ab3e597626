/**
 * Sentences and centering over the real server: scores are those of the embedded index, but for the
 * centroids of passages, which are the shipped ones.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { passageSentences } from '../../src/corpus/sentences.js';
import { openIndex, type XqgIndex } from '../../src/index.js';
import { SEARCH_DEFAULTS } from '../../src/search/defaults.js';
import { describeWithOpenSearch, newStoreSpec } from '../support/opensearch.js';
import { writePack } from '../support/pack-folder.js';
import {
  centroids,
  encode,
  sentenceDocuments,
  sentenceEncoder,
  wordsOf,
} from '../support/random-corpus.js';

const documents = sentenceDocuments(300);
const QUESTION = 'fi3 stem4 fi9';
const OPTIONS = { lang: 'fi', mode: 'dense', feedback: 0, sentenceWeight: 0.6, k: 20 } as const;

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, d) => sum + value * b[d], 0);

describeWithOpenSearch('sentences and centering in OpenSearch', () => {
  let root: string;
  let embedded: XqgIndex;
  let stored: XqgIndex;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'xqg-os-sentences-'));
    const pack = writePack(join(root, 'pack'));
    const options = { create: true, pack, encoder: sentenceEncoder, generator: null };
    embedded = await openIndex(join(root, 'embedded'), { ...options, sentences: true });
    const store = newStoreSpec();
    stored = await openIndex(join(root, 'stored'), { ...options, sentences: true, store });
    for (const index of [embedded, stored]) await index.add(documents);
  });
  afterAll(async () => {
    await embedded.close();
    await stored.close();
    await rm(root, { recursive: true });
  });

  it.each(['dense', 'hybrid'] as const)(
    'give the answers of the embedded index without centering: %s',
    async (mode) => {
      const options = { ...OPTIONS, mode, centering: false };
      const [here, there] = [
        await embedded.search(QUESTION, options),
        await stored.search(QUESTION, options),
      ];
      expect(there.hits).toEqual(here.hits);
      for (const { text, snippet, sentence } of there.hits)
        expect(text.slice(sentence!.start, sentence!.end)).toBe(snippet);
    },
  );

  it('are centered by the shipped centroids, and the best passages are among the candidates', async () => {
    const { query, passage, centrality } = SEARCH_DEFAULTS.centering;
    const own = centroids.queries.get('fi')!;
    const q = Array.from(encode(QUESTION), (value, d) => value - query * own[d]);
    const expected = documents
      .map(({ id, text, lang }) => {
        const c = centroids.passages.get(lang)!;
        const scoreOf = (part: string): number => {
          const x = encode(wordsOf(part));
          return dot(q, x) + centrality * dot(c, x) - passage * dot(q, c);
        };
        const sentences = passageSentences(text, lang).map(({ start, end }) =>
          scoreOf(text.slice(start, end)),
        );
        const best = sentences.length === 0 ? scoreOf(text) : Math.max(...sentences);
        const { sentenceWeight: w } = OPTIONS;
        return { id, score: (1 - w) * scoreOf(text) + w * best };
      })
      .sort((a, b) => b.score - a.score);
    const { hits } = await stored.search(QUESTION, OPTIONS);
    const scores = new Map(expected.map(({ id, score }) => [id, score]));
    // Sentences have 8 bits.
    for (const { id, score } of hits) expect(score).toBeCloseTo(scores.get(id)!, 2);
    const ids = new Set(hits.map(({ id }) => id));
    expect(expected.slice(0, 10).filter(({ id }) => ids.has(id)).length).toBeGreaterThan(8);
  });

  it('are explained in parts that sum to the score', async () => {
    const { hits } = await stored.search(QUESTION, OPTIONS);
    for (const { id, score, sentence } of hits.slice(0, 6)) {
      const { k, ...options } = OPTIONS;
      const { dense } = await stored.explain(QUESTION, id, options);
      expect(dense!.score).toBe(score);
      const share = dense!.sentence?.share ?? 0;
      expect(dense!.passage + share + dense!.centering!).toBeCloseTo(score, 9);
      if (dense!.sentence !== null) {
        const { start, end } = dense!.sentence;
        expect({ start, end }).toEqual(sentence);
      }
    }
  });
});
