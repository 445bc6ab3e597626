import { describe, expect, it } from 'vitest';
import {
  ALL_LANGUAGES,
  pooledId,
  poolOf,
  testCollectionOf,
} from '../../../src/evaluate/data/collection.js';
import { loadMlqar } from '../../../src/evaluate/data/mlqar.js';
import { loadXquad, loadXquadR } from '../../../src/evaluate/data/xquad.js';
import { shared } from '../../support/shared.js';
import { folder, pair } from './small-collections.js';

/** A SQuAD file of one article: each paragraph with its question ids. */
function squad(paragraphs: Record<string, string[]>, title = 'T') {
  const qa = (id: string) => ({ id, question: `question ${id}?`, answers: [] });
  return {
    data: [
      {
        title,
        paragraphs: Object.entries(paragraphs).map(([context, ids]) => ({
          context,
          qas: ids.map(qa),
        })),
      },
    ],
  };
}

describe('loadXquad', () => {
  it('reads all files, English first, with parallel ids', async () => {
    const directory = folder({
      'xquad.de.json': squad({ eins: ['a', 'b'], zwei: ['c'] }),
      'xquad.en.json': squad({ one: ['a', 'b'], two: ['c'] }),
      'notes.json': {},
    });
    const xquad = await loadXquad({ directory });
    expect([...xquad.parts.keys()]).toEqual(['en', 'de']);
    const { queries, passages, qrels } = pair(xquad, 'de', 'en');
    expect(queries.map(({ id, lang }) => [id, lang])).toEqual([
      ['a', 'de'],
      ['b', 'de'],
      ['c', 'de'],
    ]);
    expect(passages.map(({ id, text, lang }) => [id, text, lang])).toEqual([
      ['p0000', 'one', 'en'],
      ['p0001', 'two', 'en'],
    ]);
    expect(qrels.get('c')).toEqual(new Map([['p0001', 1]]));
    expect(xquad.notes[0]).toContain('XQuAD as published has 240 and 1,190');
    expect(xquad.sources[0]).toEqual({
      file: 'xquad.en.json',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('reads a subset of the languages', async () => {
    const directory = folder({
      'xquad.de.json': squad({ x: ['a'] }),
      'xquad.en.json': squad({ x: ['a'] }),
    });
    expect([...(await loadXquad({ directory, langs: ['de'] })).parts.keys()]).toEqual(['de']);
  });

  it.each([
    [
      'a language without a file',
      { 'xquad.en.json': squad({ x: ['a'] }) },
      ['en', 'sw'],
      'no file for sw',
    ],
    ['an empty folder', {}, undefined, 'no file xquad.<lang>.json'],
    [
      'another number of paragraphs',
      { 'xquad.en.json': squad({ x: ['a'], y: [] }), 'xquad.de.json': squad({ x: ['a'] }) },
      undefined,
      '1 paragraphs and 2',
    ],
    [
      'another number of questions',
      { 'xquad.en.json': squad({ x: ['a', 'b'] }), 'xquad.de.json': squad({ x: ['a'] }) },
      undefined,
      '1 questions and 2',
    ],
    [
      'a question about another paragraph',
      {
        'xquad.en.json': squad({ x: ['a'], y: ['b'] }),
        'xquad.de.json': squad({ x: ['b'], y: ['a'] }),
      },
      undefined,
      'question "a"',
    ],
    [
      'a question twice',
      { 'xquad.en.json': squad({ x: ['a'], y: ['a'] }) },
      undefined,
      'id "a" is repeated',
    ],
    [
      'a paragraph twice',
      { 'xquad.en.json': { data: [...squad({ x: ['a'] }).data, ...squad({ x: [] }).data] } },
      undefined,
      'are the same',
    ],
    [
      'a file of another shape',
      { 'xquad.en.json': { data: [{ paragraphs: [{}] }] } },
      undefined,
      'data.0.paragraphs.0.context',
    ],
    ['a broken file', { 'xquad.en.json': '{"data": [' }, undefined, 'not JSON'],
  ])('refuses %s', async (_, files, langs, reason) => {
    await expect(loadXquad({ directory: folder(files), langs })).rejects.toThrow(reason);
  });

  it('names the missing folder', async () => {
    await expect(loadXquad({ directory: '/nowhere/xquad' })).rejects.toMatchObject({
      code: 'XQG_EVALUATION_FILE',
    });
  });

  const directory = shared('data/eval/xquad');
  it.skipIf(!directory)('reads XQuAD as published (needs XQG_SHARED data/eval/xquad)', async () => {
    const xquad = await loadXquad({ directory: directory!, langs: ['en', 'th'] });
    expect(xquad.notes).toEqual([]);
    const { queries, passages } = pair(xquad, 'th', 'en');
    expect([queries.length, passages.length]).toEqual([1190, 240]);
  });
});

describe('loadMlqar', () => {
  const articles = Array.from(
    { length: 6 },
    (_, i) => squad({ [`paragraph ${i}`]: [`q${i}`] }, `Title ${i}`).data[0],
  );
  const german = {
    data: articles.slice(0, 4).map(({ paragraphs }, i) => ({ title: `Titel ${i}`, paragraphs })),
  };
  const directory = folder({ 'en.json': { data: articles }, 'de.json': german });

  it('splits the articles into two halves, always the same', async () => {
    const [tune, again, report, all] = await Promise.all(
      (['tune', 'tune', 'report', 'all'] as const).map((half) =>
        loadMlqar({ directory, half, published: null }),
      ),
    );
    expect(again.parts).toEqual(tune.parts);
    const questions = (half: typeof tune, lang: string) => [
      ...half.parts.get(lang)!.questions.keys(),
    ];
    for (const lang of ['en', 'de']) {
      const both = [...questions(tune, lang), ...questions(report, lang)].sort();
      expect(both).toEqual(questions(all, lang).sort());
    }
    expect(questions(tune, 'en')).toHaveLength(3);
    expect(tune.parts.get('en')!.passages).toHaveLength(3);
    expect(tune.name).toBe('mlqa-r/tune');
  });

  it('matches questions with the English ones by id', async () => {
    const { queries, qrels, passages } = pair(
      await loadMlqar({ directory, half: 'all', published: null }),
      'de',
      'en',
    );
    expect(queries.map(({ id }) => id)).toEqual(['q0', 'q1', 'q2', 'q3']);
    const [relevant] = qrels.get('q3')!.keys();
    expect(passages.find(({ id }) => id === relevant)!.text).toBe('paragraph 3');
  });

  it('requires English', async () => {
    await expect(
      loadMlqar({ directory: folder({ 'de.json': german }), half: 'all' }),
    ).rejects.toThrow('no file for en');
  });

  const real = shared('data/eval/mlqa-r');
  it.skipIf(!real)('reads MLQA-R as published (needs XQG_SHARED data/eval/mlqa-r)', async () => {
    const all = await loadMlqar({ directory: real!, half: 'all' });
    const counts = ['ar', 'de', 'en', 'es', 'hi', 'vi', 'zh'].map(
      (lang) => pair(all, lang, 'en').queries.length,
    );
    expect(counts).toEqual([517, 512, 1148, 500, 507, 511, 504]);
  });
});

describe('sentences', () => {
  /**
   * A paragraph of sentences joined by spaces. The answer of each question is the last word of its
   * sentence.
   */
  const paragraph = (sentences: string[], questions: Record<string, number>) => {
    const context = sentences.join(' ');
    const starts = sentences.map(
      (_, s) => sentences.slice(0, s).join(' ').length + (s > 0 ? 1 : 0),
    );
    return {
      context,
      sentence_breaks: sentences.map((text, s) => [starts[s], starts[s] + text.length]),
      qas: Object.entries(questions).map(([id, s]) => ({
        id,
        question: `question ${id}?`,
        answers: [{ text: sentences[s].slice(2), answer_start: starts[s] + 2 }],
      })),
    };
  };
  const english = paragraph(['One here.', 'Two here.', 'Three.'], { a: 0, b: 1 });
  const german = paragraph(['Eins hier.', 'Zwei hier, drei.'], { a: 0, b: 1 });
  const file = (...paragraphs: object[]) => ({ data: [{ title: 'T', paragraphs }] });
  const published = { en: [3, 2], de: [2, 2] } as const;
  const files = { 'en.json': file(english), 'de.json': file(german) };
  const changed = (change: object) => ({ ...files, 'de.json': file({ ...german, ...change }) });

  it('are split at the sentence breaks, and the sentence with the answer is relevant', async () => {
    const collection = await loadXquadR({ directory: folder(files) }, published);
    const { queries, passages, qrels } = pair(collection, 'de', 'en');
    expect(passages.map(({ id, text }) => [id, text])).toEqual([
      ['p0000s00', 'One here.'],
      ['p0000s01', 'Two here.'],
      ['p0000s02', 'Three.'],
    ]);
    expect(queries.map(({ id, lang, group }) => [id, lang, group])).toEqual([
      ['a', 'de', 'T'],
      ['b', 'de', 'T'],
    ]);
    expect([...qrels.get('b')!.keys()]).toEqual(['p0000s01']);
  });

  it('of all languages form a pool, in which all parallel sentences are relevant', async () => {
    const collection = await loadXquadR({ directory: folder(files) }, published);
    const { passages, qrels } = pair(collection, 'de', ALL_LANGUAGES);
    expect(passages.map(({ id, lang }) => [id, lang])).toEqual([
      ['en:p0000s00', 'en'],
      ['en:p0000s01', 'en'],
      ['en:p0000s02', 'en'],
      ['de:p0000s00', 'de'],
      ['de:p0000s01', 'de'],
    ]);
    expect([...qrels.get('b')!]).toEqual([
      ['en:p0000s01', 1],
      ['de:p0000s01', 1],
    ]);
    expect(pooledId('de:p1', 'de')).toBe('de:p1');
  });

  it.each([
    ['a language that is missing', files, ['en', 'fi'], 'no file for fi'],
    [
      'a truncated list of paragraphs',
      { ...files, 'en.json': file() },
      undefined,
      'en has 0 sentences',
    ],
    [
      'a truncated file',
      { ...files, 'en.json': '{"data": [{"title": "T", "para' },
      undefined,
      'not JSON',
    ],
    [
      'a file without breaks',
      changed({ sentence_breaks: undefined }),
      undefined,
      '"sentence_breaks"',
    ],
    [
      'breaks beyond the text',
      changed({
        sentence_breaks: [
          [0, 10],
          [11, 99],
        ],
      }),
      undefined,
      'from 11 to 99 does not fit its 27',
    ],
    [
      'breaks in disorder',
      changed({
        sentence_breaks: [
          [11, 27],
          [0, 10],
        ],
      }),
      undefined,
      'from 0 to 10',
    ],
    [
      'an answer that stands elsewhere',
      changed({
        qas: german.qas.map((qa) => ({ ...qa, answers: [{ text: 'x', answer_start: 3 }] })),
      }),
      undefined,
      'answer of question "a" is not at character 3',
    ],
    [
      'an answer between sentences',
      changed({
        qas: german.qas.map((qa) => ({ ...qa, answers: [{ text: ' ', answer_start: 10 }] })),
      }),
      undefined,
      'in no sentence',
    ],
    [
      'a question without answer',
      changed({ qas: german.qas.map((qa) => ({ ...qa, answers: [] })) }),
      undefined,
      'has no answer',
    ],
    [
      'another question',
      changed({ qas: german.qas.map((qa, i) => ({ ...qa, id: `x${i}` })) }),
      undefined,
      'question "a" is missing',
    ],
  ])('refuses %s', async (_, data, langs, reason) => {
    const loading = loadXquadR({ directory: folder(data), langs }, published);
    await expect(loading).rejects.toThrow(reason);
  });

  it('are refused in a language that was not published', async () => {
    const loading = loadXquadR({ directory: folder({ 'en.json': file(english) }) }, {});
    await expect(loading).rejects.toThrow('was not published');
  });

  const directory = shared('data/eval/xquad-r');
  it.skipIf(!directory)(
    'has the candidates of XQuAD-R (needs XQG_SHARED data/eval/xquad-r)',
    async () => {
      const collection = await loadXquadR({ directory: directory! });
      expect([...poolOf(collection, ALL_LANGUAGES)]).toHaveLength(13_014);
      const { queries, qrels } = testCollectionOf(collection, 'th', ALL_LANGUAGES);
      expect([queries.length, new Set(queries.map(({ group }) => group)).size]).toEqual([1190, 48]);
      expect(new Set([...qrels.values()].map((judgments) => judgments.size))).toEqual(
        new Set([11]),
      );
    },
  );

  const mlqar = shared('data/eval/mlqa-r');
  it.skipIf(!mlqar)(
    'has the candidates of MLQA-R (needs XQG_SHARED data/eval/mlqa-r)',
    async () => {
      const collection = await loadMlqar({ directory: mlqar!, half: 'all', unit: 'sentence' });
      const counts = [...collection.parts].map(([lang, { passages }]) => [lang, passages.length]);
      expect(Object.fromEntries(counts)).toEqual({
        ar: 2545,
        de: 2362,
        en: 6264,
        es: 1787,
        hi: 2426,
        vi: 2828,
        zh: 2322,
      });
      expect(testCollectionOf(collection, 'en', ALL_LANGUAGES).queries).toHaveLength(1148);
    },
  );
});
