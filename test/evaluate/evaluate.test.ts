/** `xqg evaluate NAME` over data that is written here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EvaluateOptions, evaluate } from '../../src/evaluate/evaluate.js';
import { parseExperiment } from '../../src/evaluate/experiment/read-spec.js';
import { runExperiment } from '../../src/evaluate/experiment/run.js';
import { PRESETS } from '../../src/evaluate/presets.js';
import { ArtifactStore } from '../../src/evaluate/ranking/artifact-store.js';
import { resultRows } from '../../src/evaluate/report/folder.js';
import type { ResultRow } from '../../src/evaluate/report/results.js';
import { SYSTEMS } from '../../src/evaluate/systems.js';
import { writePack } from '../support/pack-folder.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-evaluate-test-'));
const pack = join(home, 'pack');
const xquad = join(home, 'xquad');
const beir = join(home, 'toy-beir');

const WORDS = {
  en: 'bee honey flower train station morning bread oven water river moon night'.split(' '),
  de: 'Biene Honig Blume Zug Bahnhof Morgen Brot Ofen Wasser Fluss Mond Nacht'.split(' '),
  ru: 'пчела мёд цветок поезд вокзал утро хлеб печь вода река луна ночь'.split(' '),
};
type Lang = keyof typeof WORDS;
const LANGS: readonly Lang[] = ['en', 'de', 'ru'];
const places = [...Array(12).keys()];
const text = (lang: Lang, p: number) => [0, 1, 4].map((i) => WORDS[lang][(p + i) % 12]).join(' ');
const question = (lang: Lang, p: number) => [0, 4].map((i) => WORDS[lang][(p + i) % 12]).join(' ');

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** @param named false: queries without their language */
function writeBeir(folder: string, named: boolean, judged: readonly string[] = []): void {
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const corpus = places.map((p) => ({ _id: `d${p}`, text: text('en', p), lang: 'en' }));
  const queries = (['de', 'ru'] as const).flatMap((lang) =>
    places.map((p) => ({
      _id: `${lang}${p}`,
      text: question(lang, p),
      ...(named ? { lang } : {}),
    })),
  );
  write(join(folder, 'corpus.jsonl'), lines(corpus));
  write(join(folder, 'queries.jsonl'), lines(queries));
  const rows = [...queries.map(({ _id }) => `${_id}\td${_id.slice(2)}\t1`), ...judged];
  write(join(folder, 'qrels/test.tsv'), `query-id\tcorpus-id\tscore\n${rows.join('\n')}\n`);
}

beforeAll(() => {
  writePack(pack);
  for (const lang of LANGS) {
    const paragraphs = places.map((p) => ({
      context: text(lang, p),
      qas: [
        {
          id: `q${p}`,
          question: question(lang, p),
          answers: [{ text: WORDS[lang][p], answer_start: 0 }],
        },
      ],
    }));
    write(
      join(xquad, `xquad.${lang}.json`),
      JSON.stringify({ data: [{ title: 't', paragraphs }] }),
    );
  }
  writeBeir(beir, true, ['de0\tgone\t1']);
});
afterAll(() => rmSync(home, { recursive: true }));

const ofXquad = (more: Partial<EvaluateOptions> = {}) =>
  evaluate('xquad', { data: xquad, pack, command: 'xqg evaluate xquad', ...more });
const ofBeir = (more: Partial<EvaluateOptions> = {}) =>
  evaluate('beir', { data: beir, pack, command: 'xqg evaluate beir', ...more });

const value = (rows: readonly ResultRow[], where: Partial<ResultRow>) => {
  const found = rows.filter((row) =>
    Object.entries(where).every(([key, expected]) => row[key as keyof ResultRow] === expected),
  );
  expect(found, JSON.stringify(where)).toHaveLength(1);
  return found[0].value;
};

describe('presets', () => {
  it.each(Object.entries(PRESETS))('%s is an experiment file', (name, yaml) => {
    expect(parseExperiment(yaml, name)).toMatchObject({ name, runs: { depth: 0 } });
    expect(yaml).not.toMatch(/tune|alpha/);
  });
});

describe('xqg evaluate xquad', () => {
  it('has a row for each setting, pair, system, knowledge of the language and measure', async () => {
    const steps: number[] = [];
    const { results, perQuery, madeBy } = await evaluate(
      'xquad',
      { data: xquad, pack, command: 'x', measures: 'MRR accuracy@1', perQuery: true },
      (_, done) => steps.push(done),
    );
    expect(results).toHaveLength(7 * SYSTEMS.length * 2 * 2);
    expect(new Set(results.map((row) => JSON.stringify({ ...row, value: 0 }))).size).toBe(
      results.length,
    );
    expect(perQuery).toHaveLength(results.length * places.length);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(madeBy.identities).toMatchObject({ pack: { name: 'tiny' }, search: { feedback: 0.2 } });
    const pairs = new Set(
      results.map(
        ({ setting, queryLang, passageLang }) => `${setting} ${queryLang} ${passageLang}`,
      ),
    );
    expect([...pairs]).toEqual([
      'mono de de',
      'mono en en',
      'mono ru ru',
      'to-english de en',
      'to-english ru en',
      'from-english en de',
      'from-english en ru',
    ]);
    const cross = {
      setting: 'to-english',
      queryLang: 'ru',
      metric: 'MRR',
      language: 'given',
    } as const;
    expect(value(results, { ...cross, system: 'bm25' })).toBe(0);
    for (const system of ['bm25+xqg', 'bm25+qt', 'bm25+xqg(n=5)', 'hybrid+qt+xqg'])
      expect(value(results, { ...cross, system }), system).toBeGreaterThan(0.5);
    // A passage in the language of the question has no generated queries.
    const mono = { setting: 'mono', queryLang: 'ru', metric: 'MRR', language: 'given' } as const;
    expect(value(results, { ...mono, system: 'dense+xqg' })).toBe(
      value(results, { ...mono, system: 'dense' }),
    );
  });

  it('gives a system the figure that an experiment gives it, tuned or not', async () => {
    const file = join(home, 'x.yaml');
    const yaml = `name: x
data: [{ set: xquad, path: xquad, settings: [to-english] }]
primary: { data: xquad, setting: to-english, metric: MRR, baseline: dense, system: dense+xqg }
encoders: ["static:${pack}"]
generators: ["lexicon:${pack}"]
legs: [dense, lexical, hybrid]
translation: true
conditions: { question-language: [given, detected] }
statistics: { samples: 100 }
`;
    const store = new ArtifactStore(join(home, 'store'));
    const spec = parseExperiment(yaml, file);
    const finished = await runExperiment({ file, spec, store, command: 'x' });
    const rows = resultRows(finished.results);
    await finished.close();
    const { results } = await ofXquad({ settings: ['to-english'] });
    let compared = 0;
    for (const { condition, point: _, encoder: __, generator: ___, ...row } of rows) {
      if (condition === 'question-language' && row.language === 'given') continue;
      const { value: expected, ...where } = row;
      expect(value(results, where), JSON.stringify(where)).toBe(expected);
      compared++;
    }
    expect(compared).toBeGreaterThan(150);
  });

  it('leaves settings out that the languages do not have, but not those that were named', async () => {
    const { results, notes } = await ofXquad({ langs: ['de', 'ru'], systems: ['bm25'] });
    expect(new Set(results.map(({ setting }) => setting))).toEqual(new Set(['mono']));
    expect(notes).toContain('xquad has no question for the setting to-english, which is left out');
    await expect(ofXquad({ langs: ['de'], settings: ['to-english'] })).rejects.toMatchObject({
      code: 'XQG_EXPERIMENT_EMPTY',
    });
  });

  it('refuses systems and measures that it does not know', async () => {
    await expect(ofXquad({ systems: ['bert'] })).rejects.toMatchObject({
      code: 'XQG_UNKNOWN_SYSTEM',
    });
    await expect(ofXquad({ measures: 'mrr@' })).rejects.toMatchObject({
      code: 'XQG_UNKNOWN_MEASURE',
    });
  });
});

describe('xqg evaluate beir', () => {
  const systems = ['bm25+xqg'];

  it('has rows for each language of the queries and for all', async () => {
    const { results, notes, perQuery } = await ofBeir({
      systems,
      measures: 'R@10',
      languages: ['given'],
      perQuery: true,
    });
    expect(
      results.map(({ queryLang, passageLang, value: mean, queries }) => [
        queryLang,
        passageLang,
        mean,
        queries,
      ]),
    ).toEqual([
      ['de', 'en', 11.5 / 12, 12],
      ['ru', 'en', 1, 12],
      ['mixed', 'en', 23.5 / 24, 24],
    ]);
    expect(perQuery).toHaveLength(24);
    expect(notes).toEqual([
      '1 relevant passages of the qrels are not in the corpus and count as not found',
    ]);
  });

  // Every row said `lexicon`, whatever generator had run.
  it('says which generator ran', async () => {
    const { results, madeBy } = await ofBeir({ systems, generator: 'gloss', measures: 'MRR' });
    expect(new Set(results.map(({ generator }) => generator))).toEqual(new Set(['gloss']));
    expect(madeBy.identities.generator).toMatchObject({ name: expect.stringMatching(/^gloss\//) });
    const lexicon = await ofBeir({ systems, measures: 'MRR' });
    expect(new Set(lexicon.results.map(({ generator }) => generator))).toEqual(
      new Set(['lexicon']),
    );
  });

  it('makes no rows of guessed languages', async () => {
    const guessed = join(home, 'guessed');
    writeBeir(guessed, false);
    const { results, notes, perQuery } = await ofBeir({
      data: guessed,
      systems,
      measures: 'R@10',
      perQuery: true,
    });
    expect(
      results.map(({ queryLang, language, queries }) => [queryLang, language, queries]),
    ).toEqual([['mixed', 'detected', 24]]);
    expect(perQuery).toHaveLength(24);
    expect(notes).toContain('the language of 24 of 24 queries was detected, not given');
  });

  it('ranks no deeper than it is told, and says so', async () => {
    const twoAnswers = join(home, 'two-answers');
    writeBeir(twoAnswers, true, ['de0\td6\t1']);
    const of = (depth?: number) =>
      ofBeir({ data: twoAnswers, systems: ['dense'], measures: 'R@100', depth });
    const [all, first] = [await of(), await of(1)];
    expect(all.notes).toEqual([]);
    expect(first.notes.at(-1)).toContain('cut at 1 of 12 passages');
    const german = { queryLang: 'de', language: 'given' } as const;
    expect(value(all.results, german) - value(first.results, german)).toBeCloseTo(0.5 / 12, 12);
  });

  it('ranks alike whether or not a condition needs single queries', async () => {
    const file = join(home, 'b.yaml');
    const yaml = (more: string) => `name: b
data: [{ set: beir, path: toy-beir, settings: [beir] }]
primary: { data: beir, setting: beir, metric: MRR, baseline: dense, system: dense+xqg }
encoders: ["static:${pack}"]
generators: ["lexicon:${pack}"]
systems: [${SYSTEMS.map(({ name }) => JSON.stringify(name)).join(', ')}]
statistics: { samples: 100 }
${more}`;
    const run = async (more: string) => {
      const store = new ArtifactStore(mkdtempSync(join(home, 'store-')));
      const spec = parseExperiment(yaml(more), file);
      const finished = await runExperiment({ file, spec, store, command: 'x' });
      await finished.close();
      return resultRows(finished.results).filter(({ condition }) => condition === 'system');
    };
    const streamed = await run('');
    // Single queries are varied, which takes all passages into memory.
    expect(await run('conditions: { filter: [0] }\n')).toEqual(streamed);
    expect(streamed.length).toBe(2 * SYSTEMS.length * 5);
  });
});
