/** Controls of augmentation on pools that are small enough to say what every sum has to be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Encoder } from '../../../src/encode/encoder.js';
import { openConditions } from '../../../src/evaluate/experiment/conditions/index.js';
import { type ExperimentSpec, experimentSchema } from '../../../src/evaluate/experiment/spec.js';
import { variantsOf } from '../../../src/evaluate/experiment/variants.js';
import { ArtifactStore, type Identity } from '../../../src/evaluate/ranking/artifact-store.js';
import { Block, passagesInMemory } from '../../../src/evaluate/ranking/block.js';
import { Pool, type SumSource } from '../../../src/evaluate/ranking/pool.js';
import {
  centeredSums,
  GeneralText,
  meanSums,
  type QueryControl,
  shuffledRows,
} from '../../../src/evaluate/ranking/query-control.js';
import { tune } from '../../../src/evaluate/tune.js';
import type { Generator } from '../../../src/generate/generator.js';
import { JavaScriptScanner } from '../../../src/search/dense/javascript-scanner.js';
import {
  MIXED_QUESTIONS,
  MIXED_TEXTS,
  ReversingEncoder,
  ReversingGenerator,
  reversedText,
} from '../../support/reversed-languages.js';

const folder = mkdtempSync(join(tmpdir(), 'xqg-controls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = new ArtifactStore(folder);

/** Vectors of two numbers, which texts are. */
const numbers: Encoder = {
  identity: { name: 'numbers', dim: 2, weights: 'none', unitLength: false, settings: {} },
  encodePassages: async (passages) => vectorsOf(passages),
  encodeQueries: async (queries) => vectorsOf(queries),
};
const vectorsOf = (texts: readonly { readonly text: string }[]): Float32Array =>
  Float32Array.from(texts.flatMap(({ text }) => text.split(' ').map(Number)));

/** Two German queries of each passage; of `none` none. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  a: ['8 0', '0 8'],
  b: ['16 0', '16 0'],
  c: ['0 24', '0 24'],
  none: [],
};
const generator: Generator = {
  identity: { name: 'two', weights: 'none', settings: {} },
  languages: ['de', 'en'],
  drawsFewer: true,
  draw: async (passages, lang, n) =>
    passages.map(({ id }) => (lang === 'de' ? QUERIES[id].slice(0, n) : [])),
};
const passage = (id: string, lang = 'en') => ({ id, title: '', text: '1 1', lang });

function poolOf(parts: readonly (readonly ReturnType<typeof passage>[])[]): Pool {
  const blocks = parts.map((part) => ({
    block: new Block(passagesInMemory(part), { encoder: numbers, generator, store, seed: 0 }),
    idOf: (id: string) => id,
  }));
  return new Pool(blocks, {
    queryLanguages: ['de', 'en'],
    trainingMeans: new Map(),
    roundTrip: () => Promise.reject(new RangeError('nothing is filtered')),
  });
}

const DRAWN: SumSource = { queries: 2, terms: 'drawn', dropBelow: 0, means: 'none', drawn: 2 };

/** The German sum of every passage. */
async function sumsIn(pool: Pool, control?: QueryControl): Promise<Record<string, number[]>> {
  const snapshot = await pool.snapshot({ ...DRAWN, control });
  const sums = await snapshot.languageSum('de');
  return Object.fromEntries(pool.ids.map((id, row) => [id, [...sums.slice(2 * row, 2 * row + 2)]]));
}

describe('the sums of a pool', () => {
  const pool = poolOf([
    [passage('a'), passage('b')],
    [passage('c'), passage('none')],
  ]);

  it('are those of the passages’ own queries without a control', async () => {
    expect(await sumsIn(pool)).toEqual({ a: [8, 8], b: [32, 0], c: [0, 48], none: [0, 0] });
  });

  it('are the mean of all that have queries, also for a passage without, as `mean`', async () => {
    const mean = [expect.closeTo(40 / 3, 5), expect.closeTo(56 / 3, 5)];
    expect(await sumsIn(pool, 'mean')).toEqual({ a: mean, b: mean, c: mean, none: mean });
  });

  it('are own queries less the mean as `centered`, none without queries', async () => {
    const own = await sumsIn(pool);
    const centered = await sumsIn(pool, 'centered');
    for (const id of ['a', 'b', 'c']) {
      expect(centered[id][0]).toBeCloseTo(own[id][0] - 40 / 3, 5);
      expect(centered[id][1]).toBeCloseTo(own[id][1] - 56 / 3, 5);
    }
    expect(centered.none).toEqual([0, 0]);
  });

  it('are those of other passages, each once, as `shuffled`', async () => {
    const own = await sumsIn(pool);
    const shuffled = await sumsIn(pool, 'shuffled');
    for (const [id, sum] of Object.entries(shuffled)) expect(sum, id).not.toEqual(own[id]);
    const inOrder = (sums: Record<string, number[]>) => Object.values(sums).map(String).sort();
    expect(inOrder(shuffled)).toEqual(inOrder(own));
  });

  it('do not depend on how the pool is cut into blocks', async () => {
    const other = poolOf([[passage('a')], [passage('b'), passage('c'), passage('none')]]);
    for (const control of [undefined, 'shuffled', 'mean', 'centered'] as const)
      expect(await sumsIn(other, control)).toEqual(await sumsIn(pool, control));
  });

  it('are the mean of general text for passages in other languages, without a generator', async () => {
    const silent: Generator = {
      ...generator,
      draw: () => Promise.reject(new RangeError('a query was drawn')),
    };
    const passages = passagesInMemory([passage('a'), passage('x', 'de')]);
    const block = new Block(passages, { encoder: numbers, generator: silent, store, seed: 0 });
    const mixed = new Pool([{ block, idOf: (id) => id }], {
      queryLanguages: ['de'],
      trainingMeans: new Map(),
      roundTrip: () => Promise.reject(new RangeError('nothing is filtered')),
    });
    const text = new GeneralText(new Map([['de', ['2 0', '4 6', '0 3']]]));
    expect(await sumsIn(mixed, text)).toEqual({ a: [4, 6], x: [0, 0] });
    const other = new GeneralText(new Map([['de', ['2 2']]]));
    expect(await sumsIn(mixed, other)).toEqual({ a: [4, 4], x: [0, 0] });
    expect(await sumsIn(mixed, new GeneralText(new Map()))).toEqual({ a: [0, 0], x: [0, 0] });
  });
});

describe('shuffledRows', () => {
  const ids = Array.from({ length: 40 }, (_, i) => `p${i}`);
  const langs = ids.map((_, i) => (i % 3 === 0 ? 'en' : 'th'));

  it('moves every row, within its language, and none twice', () => {
    const from = shuffledRows(ids, langs, 0);
    expect(new Set(from).size).toBe(40);
    for (const [row, source] of from.entries()) {
      expect(source).not.toBe(row);
      expect(langs[source]).toBe(langs[row]);
    }
    expect(shuffledRows(ids, langs, 1)).not.toEqual(from);
  });

  it('pairs the same passages in any order', () => {
    const pairs = (order: readonly number[]) => {
      const [some, of] = [order.map((i) => ids[i]), order.map((i) => langs[i])];
      return [...shuffledRows(some, of, 0)].map((from, row) => `${some[row]} ${some[from]}`).sort();
    };
    const order = [...ids.keys()];
    expect(pairs([...order].reverse())).toEqual(pairs(order));
  });

  it('has nothing for the only passage of a language', () => {
    expect([...shuffledRows(['a', 'b', 'c'], ['en', 'th', 'en'], 0)]).toEqual([2, -1, 0]);
  });
});

describe('means of sums', () => {
  it('go to languages of passages that have queries only', () => {
    const sums = Float32Array.of(2, 0, 4);
    expect([...meanSums(sums, ['en', 'de', 'th'], 1)]).toEqual([3, 0, 3]);
    expect([...meanSums(sums, ['en', 'en', 'th'], 1)]).toEqual([3, 3, 3]);
  });

  it('of no queries are zero', () => {
    expect([...meanSums(new Float32Array(4), ['en', 'en'], 2)]).toEqual([0, 0, 0, 0]);
    expect([...centeredSums(new Float32Array(4), 2)]).toEqual([0, 0, 0, 0]);
  });
});

describe('the condition', () => {
  const toys = { encoder: new ReversingEncoder(), generator: new ReversingGenerator() };
  const spec = (conditions: Record<string, unknown>): ExperimentSpec =>
    experimentSchema.parse({
      name: 'toy',
      data: [{ set: 'xquad', path: '.', settings: ['to-english'] }],
      primary: {
        ...{ data: 'xquad', setting: 'to-english', metric: 'MRR', baseline: 'dense' },
        system: 'dense+xqg (tuned)',
      },
      legs: ['dense', 'lexical', 'hybrid'],
      translation: true,
      tune: { on: 'mlqa-r', path: '.' },
      conditions,
    });

  it('has points of what each leg can have, and none with query translation', async () => {
    const file = join(folder, 'texts.jsonl');
    writeFileSync(file, '{"lang":"th","text":"thno"}\n{"lang":"th","text":"thfo"}\n');
    const { conditions } = spec({
      of: ['dense+xqg', 'bm25+xqg', 'hybrid+xqg', 'hybrid+qt+xqg', 'hybrid'],
      controls: ['own', 'shuffled', 'mean', 'centered', { general: 'texts.jsonl' }],
    });
    const opened = await openConditions(conditions, { file: join(folder, 'x.yaml') });
    const context = {
      ...{ encoderName: 'toy', generatorName: 'toy', ...toys, means: new Map(), drawn: 5 },
    };
    const variants = variantsOf(spec(conditions), opened, context);
    const names = variants.filter(({ condition }) => condition === 'controls').map((v) => v.name);
    const all = ['own', 'shuffled', 'mean', 'centered', 'general'];
    expect(names).toEqual([
      ...all.map((point) => `dense+xqg, ${point}`),
      ...['own', 'shuffled'].map((point) => `bm25+xqg, ${point}`),
      ...all.map((point) => `hybrid+xqg, ${point}`),
    ]);
    const [system] = variants.filter(({ name }) => name === 'dense+xqg');
    const [own] = variants.filter(({ name }) => name === 'dense+xqg, own');
    expect(own.source).toEqual(system.source);
    expect(opened[0].notes(context)).toEqual([
      'the general text has none in de, en: passages stay as they are there',
    ]);
    // Texts stand for their content in what a ranking is stored under.
    const [general] = variants.filter(({ point }) => point === 'general');
    const stored = JSON.parse(JSON.stringify(general.source)) as Identity;
    expect(stored.control).toEqual({ general: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('takes for each control of a tuned system what was chosen for that control', async () => {
    const { conditions } = spec({ controls: ['own', 'shuffled', 'mean'] });
    const opened = await openConditions(conditions, { file: 'x.yaml' });
    const dense = { name: 'dense+xqg', mode: 'dense', augment: 'asker' } as const;
    const system = { ...dense, drawn: false, translate: false };
    const systems = [system, ...opened[0].tunedWith(system)];
    expect(systems.map(({ name }) => name)).toEqual([
      ...['dense+xqg', 'dense+xqg, shuffled', 'dense+xqg, mean'],
    ]);
    const part = (lang: string) => ({
      passages: MIXED_TEXTS.map((text, i) => ({
        ...{ id: `p${i}`, title: '', text: reversedText(text, lang), lang },
      })),
      questions: new Map(MIXED_QUESTIONS.map((text, i) => [`q${i}`, reversedText(text, lang)])),
      qrels: new Map(MIXED_TEXTS.map((_, i) => [`q${i}`, new Map([[`p${i}`, 1]])])),
    });
    const collection = {
      ...{ name: 'toy', groups: new Map(), sources: [], notes: [] },
      parts: new Map([
        ['en', part('en')],
        ['th', part('th')],
      ]),
    };
    const tuned = await tune({
      ...{ collection, setting: 'to-english', systems, grid: { alpha: [0, 0.5, 0.9] } },
      ...{ ...toys, scanner: new JavaScriptScanner(), store },
    });
    const best = (name: string) => tuned.find((each) => each.system === name)!;
    // What another passage would be asked leads away from a passage.
    expect(best('dense+xqg').settings.alpha).toBeGreaterThan(0);
    expect(best('dense+xqg, shuffled').settings.alpha).toBe(0);
    expect(best('dense+xqg').mean).toBeGreaterThan(best('dense+xqg, shuffled').mean);
    const settings = new Map(systems.map(({ name }) => [name, best(name).settings]));
    const context = { encoderName: 'toy', generatorName: 'toy', ...toys, means: new Map() };
    const variants = variantsOf(spec(conditions), opened, {
      ...context,
      drawn: 5,
      tuned: settings,
    });
    for (const point of ['shuffled', 'mean'])
      expect(variants.find((each) => each.point === point)!.alpha).toBe(
        best(`dense+xqg, ${point}`).settings.alpha,
      );
    expect(variants.find((each) => each.point === 'own')!.alpha).toBe(
      best('dense+xqg').settings.alpha,
    );
  });

  it('refuses a control that is none, and a file that is not of texts', async () => {
    expect(() => spec({ controls: ['random'] })).toThrow(/is not one of own/);
    writeFileSync(join(folder, 'bad.jsonl'), '{"lang":"th"}\n');
    await expect(
      openConditions({ controls: [{ general: 'bad.jsonl' }] }, { file: join(folder, 'x.yaml') }),
    ).rejects.toMatchObject({ code: 'XQG_EVALUATION_LINE' });
  });
});

describe('the words of a pool', () => {
  it.each(['expected', 'drawn'] as const)('are shuffled with its vectors, %s', async (terms) => {
    const toys = { encoder: new ReversingEncoder(), generator: new ReversingGenerator() };
    const texts = ['cat dog', 'sun moon', 'tree leaf', 'rain wind', 'salt milk', 'iron gold'];
    const passages = texts.map((text, i) => ({ id: `p${i}`, title: '', text, lang: 'en' }));
    const blocks = [passages.slice(0, 2), passages.slice(2)].map((part) => ({
      block: new Block(passagesInMemory(part), { ...toys, store, seed: 0 }),
      idOf: (id: string) => id,
    }));
    const pool = new Pool(blocks, {
      queryLanguages: ['th'],
      trainingMeans: new Map(),
      roundTrip: () => Promise.reject(new RangeError('nothing is filtered')),
    });
    const bm25 = { k1: 0.6, b: 0.7 };
    const source: SumSource = { ...DRAWN, queries: terms === 'drawn' ? 5 : 'expected', terms };
    const languages = terms === 'drawn' ? ['th'] : [];
    const scoresOf = async (control?: QueryControl) => {
      const index = await pool.lexical({ ...source, control }, languages, bm25);
      const factors = terms === 'expected' ? toys.generator : null;
      const view = index.view('th', {
        ...{ generatedWeight: 1, translationWeight: 0, expectedDf: false, relatedWeight: 0 },
        factors,
      });
      return texts.map((text) => {
        const words = reversedText(text, 'th').split(' ');
        const bag = { terms: words, weights: new Float32Array(words.length).fill(1) };
        return index.scores([{ bag, view, weight: 1 }], 'generated');
      });
    };
    const [own, shuffled] = [await scoresOf(), await scoresOf('shuffled')];
    const from = shuffledRows(pool.ids, pool.langs, 0);
    for (const q of texts.keys()) {
      // Only the passage that has the words scores.
      const hits = (scores: Float64Array) => [...scores.keys()].filter((row) => scores[row] > 0);
      expect(hits(own[q])).toEqual([q]);
      expect(hits(shuffled[q])).toEqual([from.indexOf(q)]);
    }
    for (const control of ['mean', 'centered'] as const)
      expect(await scoresOf(control)).toEqual(own);
  });
});
