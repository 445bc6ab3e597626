import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonElements } from '../../../src/evaluate/data/json-elements.js';
import { XOR_DEV } from '../../../src/evaluate/data/xor.js';
import { answersWithin, isCounted } from '../../../src/evaluate/measures/xor/answer-recall.js';
import { FEW_ABBREVIATIONS, sentencesOf } from '../../../src/evaluate/measures/xor/punkt.js';
import { loadPunkt } from '../../../src/evaluate/measures/xor/punkt-files.js';
import { treebankTokens } from '../../../src/evaluate/measures/xor/treebank.js';
import { type EvaluateXorOptions, evaluateXor } from '../../../src/evaluate/predictions.js';
import { shared } from '../../support/shared.js';

const golden = shared('golden/word_tokenize');

function folder(files: Record<string, string | Buffer>): string {
  const directory = mkdtempSync(join(tmpdir(), 'xqg-xor-'));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(directory, name), content);
  return directory;
}

interface Expected {
  counted: Record<string, number>;
  hits: Record<string, number>;
  per_language: Record<string, number>;
  macro: number;
  per_question: Record<string, number>;
}
type ExpectedByMode = Record<'official' | 'strict', Record<string, Expected>>;

describe.skipIf(!golden)(
  'R@kt equals the golden values (needs XQG_SHARED golden/word_tokenize)',
  () => {
    const read = (name: string) =>
      golden ? JSON.parse(readFileSync(join(golden, name), 'utf8')) : null;
    const { abbreviations } = read('tokens.json') ?? { abbreviations: [] };
    const parameters = { ...FEW_ABBREVIATIONS, abbreviations: new Set<string>(abbreviations) };
    const tokenizers = {
      split: (text: string) => sentencesOf(text, parameters).flatMap(treebankTokens),
      treebank: treebankTokens,
    };

    it.each(['split', 'treebank'] as const)('with %s tokens', (tokenizer) => {
      const { contexts, questions, predictions, expected } = read('rkt.json');
      const limits = [50, 200, 2000, 5000];
      const found = new Map<string, boolean[]>();
      for (const { id, ctx_ids } of predictions as { id: string; ctx_ids: number[] }[]) {
        const question = questions.find((each: { id: string }) => each.id === id);
        const texts = ctx_ids.map((i) => contexts[i]);
        if (question) found.set(id, answersWithin(question, texts, limits, tokenizers[tokenizer]));
      }
      const counted = questions.filter(isCounted);
      limits.forEach((limit, l) => {
        const { official, strict } = expected[tokenizer] as ExpectedByMode;
        const name = `R@${limit}t`;
        const hits = (ids: string[]) =>
          Object.fromEntries(ids.map((id) => [id, Number(found.get(id)?.[l] ?? false)]));
        expect(hits(counted.map(({ id }: { id: string }) => id))).toEqual(
          strict[name].per_question,
        );
        expect(hits(Object.keys(official[name].per_question))).toEqual(official[name].per_question);
      });
    });

    it.each(['strict', 'official'] as const)('from files, %s', async (mode) => {
      const expected = read('rkt_small_expected.json').split as ExpectedByMode;
      const { results, perQuery, notes } = await evaluateXor({
        data: join(golden!, 'rkt_small_questions.jsonl'),
        predictions: join(golden!, 'rkt_small_predictions.json'),
        official: mode === 'official',
        limits: [20, 40, 2000],
        perQuery: true,
        command: 'test',
      });
      for (const [limit, metric] of [
        [20, 'R@20t'],
        [40, 'R@40t'],
        [2000, 'R@2kt'],
      ] as const) {
        const { counted, hits, per_language, macro, per_question } = expected[mode][`R@${limit}t`];
        const rows = results.filter((row) => row.metric === metric);
        expect(Object.fromEntries(rows.map(({ queryLang, value }) => [queryLang, value]))).toEqual(
          per_language,
        );
        expect(
          Object.fromEntries(rows.map(({ queryLang, queries }) => [queryLang, queries])),
        ).toEqual(counted);
        expect(rows.reduce((sum, { value, queries }) => sum + value * queries, 0)).toBeCloseTo(
          Object.values(hits).reduce((sum, n) => sum + n, 0),
          12,
        );
        expect(rows.reduce((sum, { value }) => sum + value, 0) / rows.length).toBeCloseTo(
          macro,
          12,
        );
        const values = perQuery!.filter((row) => row.metric === metric);
        expect(Object.fromEntries(values.map(({ query, value }) => [query, value]))).toEqual(
          per_question,
        );
      }
      expect(notes.join('\n')).toContain(mode === 'official' ? 'are left out' : 'count as misses');
    });
  },
);

const QUESTIONS = [
  { id: '1', question: 'kuka?', answers: ['Ada'], lang: 'fi' },
  { id: '2', question: 'missä?', answers: ['yes', 'Oulu'], lang: 'fi' },
  { id: '3', question: 'だれ?', answers: ['yes'], lang: 'ja' },
];
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const predictions = [
  { id: '1', lang: 'fi', ctxs: ['It was Ada.'] },
  { id: '9', lang: 'fi', ctxs: [] },
];

describe('evaluateXor', () => {
  const evaluate = (
    files: Record<string, string | Buffer>,
    more: Partial<EvaluateXorOptions> = {},
  ) => {
    const data = folder({
      [XOR_DEV]: lines(QUESTIONS),
      'p.json': JSON.stringify(predictions),
      ...files,
    });
    return evaluateXor({ data, predictions: join(data, 'p.json'), command: 'test', ...more });
  };

  it('accepts a folder, ignores unknown questions, and reports what it did', async () => {
    const { results, notes, madeBy } = await evaluate({});
    expect(
      results.map(({ queryLang, metric, value, queries }) => [queryLang, metric, value, queries]),
    ).toEqual([
      ['fi', 'R@2kt', 0.5, 2],
      ['fi', 'R@5kt', 0.5, 2],
    ]);
    expect(notes).toEqual([
      '1 of 2 questions have no prediction and count as misses (--official leaves them out)',
      '1 predictions are for unknown questions and are ignored',
      expect.stringContaining('--punkt'),
    ]);
    expect(madeBy.data.map(({ file }) => file)).toEqual([XOR_DEV, 'p.json']);
    expect((await evaluate({}, { official: true })).results[0]).toMatchObject({
      value: 1,
      queries: 1,
    });
  });

  it('uses trained parameters of the sentence splitter', async () => {
    const punkt = folder({
      'abbrev_types.txt': 'approx\n',
      'collocations.tab': 'no\t##number##\n',
      'sent_starters.txt': 'however\n',
      'ortho_context.tab': 'they\t48\n',
    });
    const parameters = await loadPunkt(punkt);
    const text = 'It is approx. Ten. See No. 5 of them.';
    expect(sentencesOf(text, parameters)).toEqual(['It is approx. Ten.', 'See No. 5 of them.']);
    expect(sentencesOf('It is approx. However, no.', parameters)).toHaveLength(2);
    expect(sentencesOf('Made by approx. They went.', parameters)).toHaveLength(2);
    expect((await evaluate({}, { punkt })).notes).toHaveLength(2);
    await expect(evaluate({}, { punkt: folder({}) })).rejects.toThrow('ortho_context.tab');
  });

  it.each<[string, Record<string, string | Buffer>, string]>([
    [
      'two predictions of a question',
      { 'p.json': JSON.stringify([predictions[0], predictions[0]]) },
      'elements 1 and 2 are both for question "1"',
    ],
    [
      'predictions without contexts',
      { 'p.json': '[{"id": "1"}]' },
      'element 1 is not a prediction',
    ],
    [
      'truncated predictions',
      { 'p.json': JSON.stringify(predictions).slice(0, 30) },
      'it is truncated: it ends within element 1',
    ],
    ['no predictions', { 'p.json': '[]' }, 'it has no predictions'],
    ['predictions by id', { 'p.json': '{"1": []}' }, 'it is not an array'],
    [
      'a question twice',
      { [XOR_DEV]: lines([QUESTIONS[0], QUESTIONS[0]]) },
      'line 2: id "1" is repeated',
    ],
    [
      'a question without answers',
      { [XOR_DEV]: lines([{ ...QUESTIONS[0], answers: [] }]) },
      'line 1: no question',
    ],
    ['no questions', { [XOR_DEV]: '\n' }, 'it has no questions'],
  ])('refuses %s', async (_, files, reason) => {
    await expect(evaluate(files)).rejects.toThrow(reason);
  });

  it('names the missing file', async () => {
    await expect(evaluate({}, { predictions: '/nowhere/p.json' })).rejects.toThrow('no such file');
    await expect(evaluateXor({ data: '/nowhere', predictions: '', command: '' })).rejects.toThrow(
      'Data is missing: xor-tydi in /nowhere',
    );
  });
});

describe('jsonElements', () => {
  const elementsOf = async (content: string | Buffer, name = 'x.json') => {
    const values: unknown[] = [];
    for await (const { value } of jsonElements(join(folder({ [name]: content }), name)))
      values.push(value);
    return values;
  };

  it('equal those of JSON.parse', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        fc.constantFrom(undefined, 1, '\t'),
        async (values, indent) => {
          const text = JSON.stringify(values, null, indent);
          expect(await elementsOf(text)).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('may span chunks and be gzipped', async () => {
    const values = Array.from({ length: 30 }, (_, i) => ({ text: 'å"\\]}'.repeat(30_000 + i) }));
    expect(await elementsOf(gzipSync(JSON.stringify(values)), 'x.json.gz')).toEqual(values);
  });

  it.each(['', '{}', '[1', '[1,]', '[1] 2', '1', ']', '[1}]', '[[1]'])(
    'refuses %s',
    async (text) => {
      await expect(elementsOf(text)).rejects.toMatchObject({ code: 'XQG_EVALUATION_FILE' });
    },
  );
});
