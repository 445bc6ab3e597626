import { describe, expect, it } from 'vitest';
import { SearchEngine } from '../../src/search/engine.js';
import { openScanner } from '../../src/search/exact/scanner.js';
import { explain } from '../../src/search/explain.js';
import { memoryIndex } from '../../src/search/memory-snapshot.js';
import type { SearchRequest } from '../../src/search/request.js';
import { analyze, corpus, encoder, factors } from './fake-corpus.js';

const rows = corpus(60);
const { scanner } = await openScanner();
const engine = new SearchEngine({ ...memoryIndex(rows), encoder, scanner, factors, analyze });
const BASE: SearchRequest = {
  question: 'fi3 fi4 fi9',
  languages: [{ lang: 'fi', weight: 1 }],
  mode: 'hybrid',
  augment: true,
  k: 5,
};

const variants: Partial<SearchRequest>[] = [
  {},
  { augment: false },
  { profile: 'paper', alpha: 0.1 },
  { languagePolicy: { th: 2, fi: 0.5 } },
  { translate: true },
  { alpha: 0 },
  {
    languages: [
      { lang: 'th', weight: 0.6 },
      { lang: 'fi', weight: 0.4 },
    ],
  },
];

describe('explain', () => {
  it.each(variants)('takes the scores of a hit apart: %o', async (change) => {
    const request = { ...BASE, ...change };
    for (const hit of await engine.rank({ ...request, k: 100 })) {
      const { id, dense, lexical } = await explain(engine, request, hit.row);
      expect(id).toBe(hit.id);
      expect(dense!.score).toBe(hit.dense);
      const sum = dense!.languages.reduce((total, { share }) => total + share, dense!.passage);
      expect(sum).toBeCloseTo(hit.dense!, 6);
      if (hit.lexical === null) expect(lexical.score).toBeNull();
      else expect(lexical.score).toBeCloseTo(hit.lexical, 9);
    }
  });

  it('names the share of every language whose queries count', async () => {
    const english = rows.findIndex(({ lang }) => lang === 'en');
    const langs = async (change: Partial<SearchRequest>): Promise<string[]> =>
      (await explain(engine, { ...BASE, ...change }, english))
        .dense!.languages.map(({ lang }) => lang)
        .sort();
    expect(await langs({})).toEqual(['fi']);
    expect(await langs({ languagePolicy: 'all' })).toEqual(['fi', 'th']);
    expect(await langs({ augment: false })).toEqual([]);
  });

  it('sorts generated queries by their similarity to the question', async () => {
    const { nearest } = await explain(engine, BASE, 0, [
      { lang: 'th', text: 'th20 th21' },
      { lang: 'th', text: 'th3 th4 th9' },
      { lang: 'fi', text: 'fi3 fi20' },
    ]);
    expect(nearest.map(({ text }) => text)).toEqual(['th3 th4 th9', 'fi3 fi20', 'th20 th21']);
    expect(nearest[0].similarity).toBeCloseTo(1, 5);
  });

  it('has no dense part for a question without a vector', async () => {
    const { dense, nearest, lexical } = await explain(engine, { ...BASE, question: 'fi-any' }, 0, [
      { lang: 'fi', text: 'fi3' },
    ]);
    expect(dense).toBeNull();
    expect(nearest).toEqual([]);
    expect(lexical.languages[0].terms[0]).toMatchObject({ term: 'fi-any', tfOwn: 0 });
    expect(lexical.languages[0].terms[0].via.length).toBeGreaterThan(0);
  });
});
