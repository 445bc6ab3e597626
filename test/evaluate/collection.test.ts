import { describe, expect, it } from 'vitest';
import { measureBeir } from '../../src/evaluate/beir.js';
import {
  type CollectionOptions,
  measureCollection,
  pairsOf,
} from '../../src/evaluate/collection.js';
import type {
  Collection,
  LanguagePart,
  TestCollection,
} from '../../src/evaluate/data/collection.js';
import { parseMeasures } from '../../src/evaluate/measures/metrics.js';
import { engineSearchers } from '../../src/evaluate/ranking/engine-searcher.js';
import type { OpenSearcher, Searcher } from '../../src/evaluate/ranking/searcher.js';
import type { ResultRow } from '../../src/evaluate/report/results.js';
import { SYSTEMS, systemsNamed } from '../../src/evaluate/systems.js';
import { JavaScriptScanner } from '../../src/search/dense/javascript-scanner.js';
import { ToyEncoder, ToyGenerator, toyText } from './toy.js';

const TEXTS = [
  'mountain river bridge stone water',
  'planet moon orbit telescope star',
  'bread flour oven baker yeast',
  'engine wheel brake road driver',
];
const QUESTIONS = ['river stone', 'telescope orbit', 'flour baker', 'brake wheel'];

function part(lang: string): LanguagePart {
  return {
    passages: TEXTS.map((text, i) => ({ id: `p${i}`, title: '', text: toyText(text, lang), lang })),
    questions: new Map(QUESTIONS.map((text, i) => [`q${i}`, toyText(text, lang)])),
    qrels: new Map(QUESTIONS.map((_, i) => [`q${i}`, new Map([[`p${i}`, 1]])])),
  };
}

const collection: Collection = {
  name: 'toy',
  parts: new Map(['en', 'de', 'th'].map((lang) => [lang, part(lang)])),
  groups: new Map(),
  sources: [],
  notes: [],
};

const encoder = new ToyEncoder();
const generator = new ToyGenerator();
const open = engineSearchers({ encoder, generator, scanner: new JavaScriptScanner() });

const options: CollectionOptions = {
  collection,
  settings: ['mono', 'to-english', 'from-english'],
  systems: SYSTEMS,
  languages: ['given', 'detected'],
  measures: parseMeasures('MRR accuracy@1'),
  open,
  detect: async (text) => [
    { lang: text.startsWith('th') ? 'th' : text.startsWith('de') ? 'de' : 'en', weight: 1 },
  ],
  generator: 'toy',
  perQuery: true,
};

const value = (rows: readonly ResultRow[], wanted: Partial<ResultRow>) => {
  const found = rows.filter((row) =>
    Object.entries(wanted).every(([key, expected]) => row[key as keyof ResultRow] === expected),
  );
  expect(found, JSON.stringify(wanted)).toHaveLength(1);
  return found[0].value;
};

describe('pairsOf', () => {
  it('pairs languages by setting', () => {
    const pairs = pairsOf(['en', 'de', 'th'], ['to-english', 'mono', 'from-english']);
    expect(pairs.map(({ queryLang, passageLang }) => `${queryLang}>${passageLang}`)).toEqual([
      'de>en',
      'th>en',
      'en>en',
      'de>de',
      'th>th',
      'en>de',
      'en>th',
    ]);
    expect(pairsOf(['de', 'th'], ['to-english', 'from-english'])).toEqual([]);
  });

  it('pairs every language with each other one, or with the pool of all', () => {
    const pairs = pairsOf(['en', 'de', 'th'], ['cross', 'multi']);
    expect(pairs.map(({ queryLang, passageLang }) => `${queryLang}>${passageLang}`)).toEqual([
      'en>de',
      'en>th',
      'de>en',
      'de>th',
      'th>en',
      'th>de',
      'en>all',
      'de>all',
      'th>all',
    ]);
  });
});

describe('measureCollection over the search engine', async () => {
  const steps: number[] = [];
  const { results, perQuery } = await measureCollection(options, (_, done, total) => {
    expect(total).toBe(7 * 2);
    steps.push(done);
  });

  it('has one row for each pair, system, knowledge of the language and measure', () => {
    expect(results).toHaveLength(7 * SYSTEMS.length * 2 * 2);
    expect(new Set(results.map((row) => JSON.stringify({ ...row, value: 0 }))).size).toBe(
      results.length,
    );
    expect(perQuery).toHaveLength(results.length * QUESTIONS.length);
    expect(steps).toEqual(steps.map((_, i) => i + 1));
  });

  it('encodes the passages of a language once, and once more for drawn queries', () => {
    expect(encoder.encodedPassages).toBe(3 * 2 * TEXTS.length);
  });

  it('encodes a question once, not once a system', () => {
    const drawn = generator.drawnFor.length * TEXTS.length * 5;
    expect(encoder.encodedQueries).toBe(7 * QUESTIONS.length + drawn);
  });

  it('draws queries in the languages of the askers only, never in the passages own', () => {
    expect(generator.drawnFor).toEqual(['de', 'th', 'en', 'en']);
  });

  const cross = { queryLang: 'th', passageLang: 'en', metric: 'MRR', language: 'given' } as const;

  it('finds nothing across languages with BM25 alone, and everything with generated queries or translation', () => {
    expect(value(results, { ...cross, system: 'bm25' })).toBe(0);
    for (const system of [
      'bm25+xqg',
      'bm25+xqg-all',
      'bm25+qt',
      'hybrid+xqg',
      'hybrid+qt',
      'hybrid+qt+xqg',
    ]) {
      expect(value(results, { ...cross, system }), system).toBe(1);
    }
  });

  it('drawn queries find what they name', () => {
    const drawn = value(results, { ...cross, system: 'bm25+xqg(n=5)' });
    expect(drawn).toBe(1);
  });

  it('a passage in the language of the question has no generated queries', () => {
    const mono = { ...cross, queryLang: 'th', passageLang: 'th' } as const;
    const plain = value(results, { ...mono, system: 'bm25' });
    expect(value(results, { ...mono, system: 'bm25+xqg' })).toBe(plain);
    expect(plain).toBe(1);
  });

  it('detection that is always right changes nothing', () => {
    const of = (knowledge: string) => results.filter(({ language }) => language === knowledge);
    expect(of('detected').map((row) => ({ ...row, language: 'given' }))).toEqual(of('given'));
  });
});

describe('measureCollection in one pool of all languages', async () => {
  const asked = {
    ...options,
    open: engineSearchers({
      encoder: new ToyEncoder(),
      generator: new ToyGenerator(),
      scanner: new JavaScriptScanner(),
    }),
    settings: ['mono', 'multi'] as const,
    languages: ['given'] as const,
    measures: parseMeasures('mAP R@1 rank-distance'),
  };
  const { results } = await measureCollection(asked, () => {});
  const multi = { queryLang: 'th', passageLang: 'all' } as const;

  it('finds the parallel passages of a question in every language', () => {
    expect(value(results, { ...multi, system: 'bm25+xqg', metric: 'mAP' })).toBe(1);
    expect(value(results, { ...multi, system: 'bm25+xqg', metric: 'R@1' })).toBeCloseTo(1 / 3, 12);
    expect(value(results, { ...multi, system: 'bm25', metric: 'mAP' })).toBeLessThan(1);
  });

  it('measures how far apart they stand, only there', () => {
    expect(value(results, { ...multi, system: 'bm25+xqg', metric: 'rank-distance' })).toBe(2);
    // A passage without a matching term counts as the last of the 12.
    expect(value(results, { ...multi, system: 'bm25', metric: 'rank-distance' })).toBe(11);
    expect(
      results.filter(({ setting, metric }) => setting === 'mono' && metric === 'rank-distance'),
    ).toEqual([]);
  });

  it('gives dense systems the same ranks whether scanned or scored row by row', async () => {
    const alone = await measureCollection(
      { ...asked, systems: systemsNamed(['dense', 'dense+xqg']) },
      () => {},
    );
    const together = results.filter(({ system }) => system === 'dense' || system === 'dense+xqg');
    expect(alone.results).toEqual(together);
  });
});

describe('measureCollection', () => {
  it('closes every searcher, also after an error', async () => {
    let opened = 0;
    const failing: OpenSearcher = async () => {
      opened++;
      const searcher: Searcher = {
        size: 4,
        passageLanguages: new Set(['en']),
        has: () => true,
        rank: async () => {
          throw new Error('no engine');
        },
        close: async () => {
          opened--;
        },
      };
      return searcher;
    };
    await expect(measureCollection({ ...options, open: failing }, () => {})).rejects.toThrow(
      'no engine',
    );
    expect(opened).toBe(0);
  });
});

describe('systemsNamed', () => {
  it('keeps the order of tables and refuses others', () => {
    expect(systemsNamed(['hybrid+xqg', 'dense']).map(({ name }) => name)).toEqual([
      'dense',
      'hybrid+xqg',
    ]);
    expect(() => systemsNamed(['bert'])).toThrow(
      expect.objectContaining({ code: 'XQG_UNKNOWN_SYSTEM' }),
    );
  });

  it('knows every system by one name', () => {
    expect(SYSTEMS.map(({ name }) => name)).toEqual([
      'dense',
      'dense+xqg',
      'dense+xqg-all',
      'dense+xqg(n=5)',
      'bm25',
      'bm25+xqg',
      'bm25+xqg-all',
      'bm25+xqg(n=5)',
      'bm25+qt',
      'hybrid',
      'hybrid+xqg',
      'hybrid+xqg-all',
      'hybrid+xqg(n=5)',
      'hybrid+qt',
      'hybrid+qt+xqg',
    ]);
  });
});

describe('measureBeir', () => {
  const data: TestCollection = {
    name: 'toy-beir',
    queries: [
      { id: 'q0', text: toyText(QUESTIONS[0], 'th'), lang: 'th', langGiven: true, group: 'q0' },
      { id: 'q1', text: toyText(QUESTIONS[1], 'de'), lang: 'de', langGiven: true, group: 'q1' },
    ],
    qrels: new Map([
      ['q0', new Map([['p0', 1]])],
      [
        'q1',
        new Map([
          ['p1', 2],
          ['gone', 1],
        ]),
      ],
    ]),
    async *passages() {
      yield* part('en').passages;
    },
    sources: [],
    notes: [],
  };
  const systems = systemsNamed(['bm25+xqg']);
  const detect = async () => [{ lang: 'de', weight: 1 }];

  it('has rows for each language of the queries and for all', async () => {
    const { results, notes } = await measureBeir(
      data,
      open,
      detect,
      { systems, measures: 'MRR R@10', languages: ['given'] },
      () => {},
    );
    expect(
      results.map(({ queryLang, passageLang, metric, value }) => [
        queryLang,
        passageLang,
        metric,
        value,
      ]),
    ).toEqual([
      ['de', 'en', 'MRR', 1],
      ['de', 'en', 'R@10', 0.5],
      ['th', 'en', 'MRR', 1],
      ['th', 'en', 'R@10', 1],
      ['mixed', 'en', 'MRR', 1],
      ['mixed', 'en', 'R@10', 0.75],
    ]);
    expect(notes).toEqual([
      '1 relevant passages of the qrels are not in the corpus and count as not found',
    ]);
  });

  it('makes no rows of guessed languages', async () => {
    const queries = data.queries.map((query) => ({ ...query, langGiven: false }));
    const guessed = { ...data, queries };
    const options = { systems, measures: 'R@10', perQuery: true };
    const { results, perQuery, notes } = await measureBeir(
      guessed,
      open,
      detect,
      options,
      () => {},
    );
    expect(
      results.map(({ queryLang, language, queries }) => [queryLang, language, queries]),
    ).toEqual([['mixed', 'detected', 2]]);
    expect(perQuery.map(({ query }) => query)).toEqual(['q0', 'q1']);
    expect(notes).toContain('the language of 2 of 2 queries was detected, not given');
  });

  it('says where rankings are cut', async () => {
    const { notes } = await measureBeir(
      data,
      open,
      detect,
      { systems, depth: 2, languages: ['given'] },
      () => {},
    );
    expect(notes.at(-1)).toContain('cut at 2 of 4 passages');
  });
});
