import { describe, expect, it } from 'vitest';
import { rankRelevant } from '../../../src/evaluate/measures/metrics.js';
import { PassageIndex } from '../../../src/evaluate/ranking/passage-index.js';
import type { SumSource } from '../../../src/evaluate/ranking/pool.js';
import { Ranker } from '../../../src/evaluate/ranking/ranker.js';
import { canBeStreamed, StreamedPool } from '../../../src/evaluate/ranking/streamed-pool.js';
import type { SystemSettings } from '../../../src/evaluate/ranking/system-settings.js';
import { DRAWN_QUERIES, SYSTEMS } from '../../../src/evaluate/systems.js';
import { SEARCH_DEFAULTS } from '../../../src/search/defaults.js';
import { JavaScriptScanner } from '../../../src/search/dense/javascript-scanner.js';
import { SearchEngine } from '../../../src/search/engine.js';
import { MIXED_QUESTIONS, MIXED_TEXTS, ToyEncoder, ToyGenerator, toyText } from '../toy.js';

const encoder = new ToyEncoder();
const generator = new ToyGenerator();
const scanner = new JavaScriptScanner();
const languages = ['en', 'de', 'th'];
const passages = MIXED_TEXTS.map((text, i) => {
  const lang = languages[i % 3];
  return { id: `p${i}`, title: '', text: toyText(text, lang), lang };
});
async function* stream() {
  yield* passages;
}

/** Questions in a language that is known or guessed, and one of words that nobody knows. */
const queries = [...MIXED_QUESTIONS, '?!'].map((text, i) => {
  const lang = languages[(i + 1) % 3];
  return { id: `q${i}`, text: toyText(text, lang), lang, langGiven: i % 2 === 0, group: `q${i}` };
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
const drawnSource: SumSource = { ...source, queries: DRAWN_QUERIES, terms: 'drawn' };
const settings = (system: (typeof SYSTEMS)[number], topN: number | null): SystemSettings => ({
  system,
  profile: 'unit',
  alpha: SEARCH_DEFAULTS.alpha,
  languages: system.augment === 'all' ? 'all' : 'asker',
  source: system.drawn ? drawnSource : source,
  defaults: SEARCH_DEFAULTS,
  feedback: null,
  topN,
});

/** Half of the passages are relevant, so that many ranks are compared. */
const judgments = new Map(passages.filter((_, i) => i % 2 === 0).map(({ id }) => [id, 1]));

describe('a streamed pool', () => {
  it.each([30, 7])('is ranked as the search engine ranks an index, to depth %i', async (depth) => {
    const pool = await StreamedPool.build(stream(), {
      ...{ encoder, generator, seed: 0 },
      sources: [source, drawnSource].map((each) => ({
        source: each,
        languages: generator.languages,
      })),
    });
    const ranker = new Ranker(pool, {
      ...{ encoder: encoder.identity, generator, scanner },
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
    const common = { encoder, generator, queries: DRAWN_QUERIES, seed: 0 };
    const [index] = await PassageIndex.build(passages, [
      { ...common, queryLanguages: generator.languages },
    ]);
    const engine = new SearchEngine({
      snapshot: index.snapshot,
      lexical: index.lexical(SEARCH_DEFAULTS.bm25),
      ...{ encoder, scanner, factors: generator.factors },
    });
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
    await index.close();
    await pool.close();
  });

  it('has only the sources that it was built with', async () => {
    const pool = await StreamedPool.build(stream(), {
      ...{ encoder, generator, seed: 0 },
      sources: [{ source, languages: ['de'] }],
    });
    expect([pool.ids.length, pool.langs[1], pool.dim]).toEqual([30, 'de', 64]);
    expect((await pool.snapshot(source)).queryLanguages).toEqual(['de']);
    await expect(pool.snapshot(drawnSource)).rejects.toThrow('was built without');
    await pool.close();
  });

  it('is not for variants that need single queries or other vectors', () => {
    expect([source, drawnSource].map(canBeStreamed)).toEqual([true, true]);
    const others = [{ dropBelow: 25 }, { means: 'pool' }, { queries: 0 }] as const;
    expect(others.map((each) => canBeStreamed({ ...drawnSource, ...each }))).toEqual([
      false,
      false,
      false,
    ]);
  });
});
