import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rankRelevant } from '../../../src/evaluate/measures/metrics.js';
import { ArtifactStore } from '../../../src/evaluate/ranking/artifact-store.js';
import { Block, streamedPassages } from '../../../src/evaluate/ranking/block.js';
import { Pool, type SumSource } from '../../../src/evaluate/ranking/pool.js';
import { Ranker } from '../../../src/evaluate/ranking/ranker.js';
import type { SystemSettings } from '../../../src/evaluate/ranking/system-settings.js';
import { DRAWN_QUERIES, SYSTEMS } from '../../../src/evaluate/systems.js';
import { SEARCH_DEFAULTS } from '../../../src/search/defaults.js';
import { JavaScriptScanner } from '../../../src/search/dense/javascript-scanner.js';
import { SearchEngine } from '../../../src/search/engine.js';
import { computedIndex } from '../../support/computed-index.js';
import {
  MIXED_QUESTIONS,
  MIXED_TEXTS,
  ReversingEncoder,
  ReversingGenerator,
  reversedText,
} from '../../support/reversed-languages.js';

const folder = mkdtempSync(join(tmpdir(), 'xqg-ranker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = new ArtifactStore(folder);
const encoder = new ReversingEncoder();
const generator = new ReversingGenerator();
const scanner = new JavaScriptScanner();
const languages = ['en', 'de', 'th'];
const passages = MIXED_TEXTS.map((text, i) => {
  const lang = languages[i % 3];
  return { id: `p${i}`, title: '', text: reversedText(text, lang), lang };
});
async function* stream() {
  yield* passages;
}

/** Questions in a language that is known or guessed, and one of words that nobody knows. */
const queries = [...MIXED_QUESTIONS, '?!'].map((text, i) => {
  const lang = languages[(i + 1) % 3];
  return {
    id: `q${i}`,
    text: reversedText(text, lang),
    lang,
    langGiven: i % 2 === 0,
    group: `q${i}`,
  };
});
const weights = queries.map(({ lang, langGiven }) =>
  langGiven
    ? [{ lang, weight: 1 }]
    : [
        { lang, weight: 0.7 },
        { lang: 'de', weight: 0.3 },
      ],
);
const source: SumSource = {
  queries: 'expected',
  terms: 'expected',
  means: 'none',
  dropBelow: 0,
  drawn: DRAWN_QUERIES,
};
const settings = (system: (typeof SYSTEMS)[number], topN: number | null): SystemSettings => ({
  system,
  profile: 'unit',
  alpha: SEARCH_DEFAULTS.alpha,
  languages: system.augment === 'all' ? 'all' : 'asker',
  source,
  defaults: SEARCH_DEFAULTS,
  feedback: null,
  sentenceWeight: 0,
  centering: true,
  topN,
});

/** Half of the passages are relevant, so that many ranks are compared. */
const judgments = new Map(passages.filter((_, i) => i % 2 === 0).map(({ id }) => [id, 1]));

describe('a ranker', () => {
  it.each([30, 7])('ranks as the search engine ranks an index, to depth %i', async (depth) => {
    const block = new Block(await streamedPassages(stream), { encoder, generator, store, seed: 0 });
    const pool = new Pool([{ block, idOf: (id) => id }], {
      queryLanguages: generator.languages,
      trainingMeans: new Map(),
      roundTrip: () => Promise.reject(new RangeError('no queries are dropped')),
    });
    const ranker = new Ranker(pool, {
      ...{ encoder, generator, scanner },
      queryLanguages: generator.languages,
    });
    const systems = SYSTEMS.filter(({ drawn }) => !drawn);
    const vectors = await encoder.encodeQueries(
      queries.map(({ text }, q) => ({ text, languages: weights[q] })),
    );
    const questions = {
      ...{ lang: 'en', queries, vectors, languages: weights, expansions: null },
      qrels: new Map(queries.map(({ id }) => [id, judgments])),
    };
    const topN = Math.max(SEARCH_DEFAULTS.hybrid.topN, depth);
    const ranks = await ranker.ranks(
      systems.map((system) => settings(system, topN)),
      questions,
      depth,
    );
    const index = await computedIndex(passages, { encoder, generator, queries: DRAWN_QUERIES });
    const { factors } = generator;
    const engine = new SearchEngine({ ...index, encoder, scanner, factors });
    let compared = 0;
    for (const [s, system] of systems.entries()) {
      for (const [q, { id, text, lang }] of queries.entries()) {
        const request = {
          ...{ question: text, questionId: id, questionLang: lang, languages: weights[q] },
          ...{ mode: system.mode, augment: system.augment !== 'off', translate: system.translate },
          languagePolicy: system.augment === 'all' ? ('all' as const) : ('asker' as const),
        };
        const more = await engine.rank({ ...request, k: depth + 1 });
        // Among scores that are equal at the cut, the engine keeps the smaller ids and trec_eval's
        // order the greater.
        if (more.length > depth && more[depth].score === more[depth - 1].score) continue;
        const hits = await engine.rank({ ...request, k: depth });
        const expected = rankRelevant(judgments, new Map(hits.map((hit) => [hit.id, hit.score])));
        expect(ranks[s][q], `${system.name} ${id}`).toEqual({ ...expected, size: 30 });
        compared += expected.ranks.length;
      }
    }
    expect(compared).toBeGreaterThan(200);
  });
});
