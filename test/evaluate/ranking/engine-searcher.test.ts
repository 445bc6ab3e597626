import { describe, expect, it } from 'vitest';
import { rankRelevant } from '../../../src/evaluate/measures/metrics.js';
import { engineSearchers, requestOf } from '../../../src/evaluate/ranking/engine-searcher.js';
import { PassageIndex } from '../../../src/evaluate/ranking/passage-index.js';
import type { AskedQuery } from '../../../src/evaluate/ranking/searcher.js';
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

/**
 * Questions in a language that is known, guessed, or unknown, and one of words that nobody knows.
 */
const queries: AskedQuery[] = MIXED_QUESTIONS.map((text, i) => {
  const lang = languages[(i + 1) % 3];
  const weights = [
    [{ lang, weight: 1 }],
    [
      { lang, weight: 0.7 },
      { lang: 'de', weight: 0.3 },
    ],
  ];
  return { id: `q${i}`, text: toyText(text, lang), lang, languages: weights[i % 2] };
});
queries.push({ id: 'unknown', text: '?!', lang: 'th', languages: [{ lang: 'th', weight: 1 }] });

describe('engineSearchers', () => {
  it.each([30, 7])('ranks as the search engine does, to depth %i', async (depth) => {
    const open = engineSearchers({ encoder, generator, scanner });
    const searcher = await open(passages, {
      systems: SYSTEMS,
      askerLanguages: ['de', 'th'],
      detected: true,
    });
    const systems = SYSTEMS.filter(({ drawn }) => !drawn);
    const common = {
      encoder,
      generator,
      queries: DRAWN_QUERIES,
      seed: 0,
      queryLanguages: generator.languages,
    };
    const [index] = await PassageIndex.build(passages, [common]);
    const { snapshot } = index;
    const lexical = index.lexical(SEARCH_DEFAULTS.bm25);
    const engine = new SearchEngine({ snapshot, lexical, encoder, scanner, factors: generator });
    // Half of the passages are relevant, so that many ranks are compared.
    const judgments = new Map(passages.filter((_, i) => i % 2 === 0).map(({ id }) => [id, 1]));
    let compared = 0;
    const qrels = new Map(queries.map(({ id }) => [id, judgments]));
    const allRanks = await searcher.rank(queries, qrels, systems, depth);
    for (const [q, query] of queries.entries()) {
      const ranks = allRanks[q];
      for (const [s, system] of systems.entries()) {
        const more = await engine.rank(requestOf(system, query, depth + 1));
        // Among scores that are equal at the cut, the engine keeps the smaller ids and trec_eval's
        // order the greater.
        if (more.length > depth && more[depth].score === more[depth - 1].score) continue;
        const hits = await engine.rank(requestOf(system, query, depth));
        const expected = rankRelevant(judgments, new Map(hits.map(({ id, score }) => [id, score])));
        expect(ranks[s], `${system.name} ${query.id}`).toEqual({ ...expected, size: 30 });
        compared += expected.ranks.length;
      }
    }
    expect(compared).toBeGreaterThan(200);
    await index.close();
    await searcher.close();
  });

  it('knows its passages', async () => {
    const searcher = await engineSearchers({ encoder, generator, scanner })(passages, {
      systems: [],
      askerLanguages: [],
      detected: false,
    });
    expect([searcher.size, searcher.has('p3'), searcher.has('p99')]).toEqual([30, true, false]);
    expect([...searcher.passageLanguages].sort()).toEqual(['de', 'en', 'th']);
    await searcher.close();
  });
});
