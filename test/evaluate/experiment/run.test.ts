import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROFILES } from '../../../src/augment/profiles.js';
import { parseExperiment } from '../../../src/evaluate/experiment/read-spec.js';
import {
  type FinishedRun,
  type Plan,
  runExperiment,
} from '../../../src/evaluate/experiment/run.js';
import { ArtifactStore } from '../../../src/evaluate/ranking/artifact-store.js';
import { answerOf } from '../../../src/evaluate/report/comparison.js';
import { reportOf } from '../../../src/evaluate/report/compose.js';
import { resultRows, writeFolder } from '../../../src/evaluate/report/folder.js';
import { xqg } from '../../cli/run-xqg.js';
import { writePack } from '../../support/pack-folder.js';
import { shared } from '../../support/shared.js';
import { checkLatex } from '../report/latex-check.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-run-'));
const mlqaR = shared('data/eval/mlqa-r');
const pack = join(home, 'pack');
const file = join(home, 'toy.yaml');
const out = join(home, 'out');
const store = new ArtifactStore(join(home, 'store'));

/** A tiny parallel data set: eight paragraphs in four articles, two questions about each. */
const WORDS = {
  en: [
    'bee',
    'honey',
    'flower',
    'train',
    'station',
    'morning',
    'bread',
    'oven',
    'water',
    'river',
    'moon',
    'night',
  ],
  de: [
    'Biene',
    'Honig',
    'Blume',
    'Zug',
    'Bahnhof',
    'Morgen',
    'Brot',
    'Ofen',
    'Wasser',
    'Fluss',
    'Mond',
    'Nacht',
  ],
  ru: [
    'пчела',
    'мёд',
    'цветок',
    'поезд',
    'вокзал',
    'утро',
    'хлеб',
    'печь',
    'вода',
    'река',
    'луна',
    'ночь',
  ],
};

function writeData(folder: string, prefix: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [lang, words] of Object.entries(WORDS)) {
    const data = Array.from({ length: 4 }, (_, article) => ({
      title: `${prefix} ${article}`,
      paragraphs: Array.from({ length: 2 }, (_, p) => {
        const first = article * 3 + p * 5;
        const pick = (...places: number[]) =>
          places.map((place) => words[(first + place) % words.length]).join(' ');
        return {
          context: `${pick(0, 1, 2, 3, 7)} ${prefix}${article}${p}`,
          qas: [0, 1].map((q) => ({
            id: `${prefix}-${article}-${p}-${q}`,
            question: pick(q, q + 2),
            answers: [{ text: words[first % words.length], answer_start: 0 }],
          })),
        };
      }),
    }));
    writeFileSync(join(folder, `xquad.${lang}.json`), JSON.stringify({ data }));
  }
}

const YAML = `name: toy
question: Does it <help>?
data:
  - set: xquad
    path: data
    settings: [mono, cross, to-english, multi]
primary:
  data: xquad
  setting: to-english
  metric: MRR
  baseline: dense
  system: dense+xqg
encoders: ["static:${pack}"]
generators: ["lexicon:${pack}"]
legs: [dense, lexical, hybrid]
translation: true
measures: MRR mAP rank-distance
conditions:
  alpha: [0, 0.5]
  queries: [0, 2, 6]
  languages: [own, all, others, leave-one-out]
  combine: [mean, sum, paper]
  filter: [0, 50]
  language-means: [none, training, pool]
  distractors:
    - name: more
      file: more.jsonl
statistics: { samples: 200 }
runs: { depth: 5 }
`;

let finished: FinishedRun;
let plan: Plan;
async function run(yaml = YAML): Promise<FinishedRun> {
  return runExperiment({
    file,
    spec: parseExperiment(yaml, file),
    store,
    command: 'xqg experiment run toy.yaml',
    onPlan: (told) => {
      plan = told;
    },
  });
}

beforeAll(async () => {
  writePack(pack);
  writeData(join(home, 'data'), 'x');
  writeFileSync(
    join(home, 'more.jsonl'),
    ['river at night', 'bread and water']
      .map((text, i) => JSON.stringify({ id: `m${i}`, text, lang: 'en' }))
      .join('\n'),
  );
  writeFileSync(file, YAML);
  finished = await run();
  mkdirSync(out);
  await writeFolder(out, finished.results, reportOf(finished.results), finished.runs);
});
afterAll(async () => {
  await finished?.close();
  rmSync(home, { recursive: true, force: true });
});

describe('an experiment', () => {
  it('measures every system and point in every setting, as flat rows', () => {
    expect(plan.inStore).toBe(0);
    const rows = resultRows(finished.results);
    expect(rows.length).toBeGreaterThan(plan.rankings);
    const { results } = finished;
    expect(results.notes.join()).toContain('no language means');
    const value = (condition: string, point: string | number, system: string) =>
      rows.find(
        (row) =>
          row.setting === 'to-english' &&
          row.queryLang === 'de' &&
          row.metric === 'MRR' &&
          row.condition === condition &&
          row.point === point &&
          row.system === system,
      )?.value;
    expect(value('alpha', 0, 'dense+xqg')).toBe(value('system', '', 'dense'));
    expect(value('queries', 0, 'dense+xqg')).toBe(value('system', '', 'dense'));
    expect(value('language-means', 'none', 'dense+xqg')).toBe(value('system', '', 'dense+xqg'));
    expect(value('combine', 'mean', 'dense+xqg')).toBe(value('system', '', 'dense+xqg'));
    // Of three languages two are not those of the passages; leaving one out leaves a point each.
    const points = new Set(
      rows.filter((row) => row.condition === 'languages').map(({ point }) => point),
    );
    expect([...points].sort()).toEqual([
      'all',
      'others',
      'own',
      'without ar',
      'without de',
      'without en',
      'without ru',
    ]);
    for (const [condition, point] of [
      ['combine', 'sum'],
      ['combine', 'paper'],
      ['languages', 'without de'],
      ['filter', 50],
    ] as const) {
      expect([condition, point, typeof value(condition, point, 'dense+xqg')]).toEqual([
        condition,
        point,
        'number',
      ]);
    }
    expect(value('system', '', 'hybrid+qt')).toBeTypeOf('number');
    expect(value('distractors', 'more', 'dense')!).toBeLessThanOrEqual(
      value('system', '', 'dense')!,
    );
    const settings = new Set(
      rows.filter(({ metric }) => metric === 'rank-distance').map(({ setting }) => setting),
    );
    expect([...settings]).toEqual(['multi']);
  });

  it('answers the primary hypothesis with all its tests corrected together', () => {
    const answer = answerOf(finished.results);
    expect(answer.languages).toEqual(['de', 'ru']);
    expect(answer.family).toBe(2);
    for (const { byLanguage, mean } of answer.rows) {
      for (const test of byLanguage) {
        expect(test.clusters).toBe(4);
        expect(test.questions).toBe(16);
        expect(test.difference).toBeCloseTo(test.system - test.baseline, 12);
        expect(test.correctedRandomization).toBeGreaterThanOrEqual(test.pRandomization);
        expect(test.interval.low).toBeLessThanOrEqual(test.difference + 1e-12);
        expect(test.interval.high).toBeGreaterThanOrEqual(test.difference - 1e-12);
      }
      expect(mean.difference).toBeCloseTo(
        (byLanguage[0].difference + byLanguage[1].difference) / 2,
        12,
      );
    }
    expect(answer.sentences).toHaveLength(1);
  });

  it('writes one folder: results, report without scripts and network, tables, figures with data, values, runs', () => {
    const { results, answer, madeBy } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'));
    expect(results).toEqual(resultRows(finished.results));
    expect(answer.primary.system).toBe('dense+xqg');
    expect(madeBy.data).toHaveLength(3);
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html).toContain('Does it &#60;help&#62;?');
    expect(html).not.toMatch(/<script|<link|@import|\bsrc=|url\(/);
    expect(
      html
        .match(/https?:\/\/[^"\s<]+/g)
        ?.every((url) => url.startsWith('http://www.w3.org/2000/svg')),
    ).toBe(true);
    expect(html.indexOf('id="answer"')).toBeLessThan(html.indexOf('<svg'));
    const figures = readdirSync(join(out, 'figures'));
    const drawn = figures.filter((name) => name.endsWith('.svg'));
    expect(drawn.length).toBeGreaterThan(4);
    for (const name of drawn) expect(figures).toContain(name.replace('.svg', '.csv'));
    const tables = readdirSync(join(out, 'tables'));
    expect(tables.length).toBeGreaterThan(10);
    for (const name of tables) checkLatex(readFileSync(join(out, 'tables', name), 'utf8'));
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('## Answer');
    const runs = readdirSync(join(out, 'runs'));
    expect(runs).toHaveLength(4);
    const text = gunzipSync(readFileSync(join(out, 'runs', runs[0]))).toString();
    expect(text.trim().split('\n')).toHaveLength(16 * 5);
    const values = readdirSync(join(out, 'per-query')).find(
      (name) => name.includes('to-english') && name.includes('MRR'),
    )!;
    const lines = gunzipSync(readFileSync(join(out, 'per-query', values)))
      .toString()
      .trim()
      .split('\n');
    expect(lines).toHaveLength(1 + 2 * 16);
    expect(new Set(lines.map((line) => line.split('\t').length)).size).toBe(1);
  });

  it('is the same again from what it kept', async () => {
    store.counts.made = 0;
    const again = await run();
    expect(plan.inStore).toBe(plan.rankings);
    expect(store.counts.made).toBe(0);
    expect(resultRows(again.results)).toEqual(resultRows(finished.results));
    expect(answerOf(again.results)).toEqual(answerOf(finished.results));
    await again.close();
  });

  it.skipIf(!mlqaR)(
    'has the English paragraphs of MLQA-R as distractors (needs XQG_SHARED data/eval/mlqa-r)',
    async () => {
      const yaml = YAML.replace('file: more.jsonl', `mlqa-r: ${mlqaR}`).replace(
        'mono, cross, to-english, multi',
        'to-english',
      );
      const crowded = await run(yaml.replace('legs: [dense, lexical, hybrid]', 'legs: [dense]'));
      const sizes = crowded.results.measurements
        .filter(({ variant }) => variant.condition === 'distractors')
        .map((measurement) => [...measurement.relevantRanks()][0].size);
      expect(sizes).toHaveLength(4);
      for (const size of sizes) expect(size).toBe(8 + 978);
      await crowded.close();
    },
    60_000,
  );

  it('goes on where it was stopped', async () => {
    const stop = new AbortController();
    const fresh = new ArtifactStore(join(home, 'stopped'));
    const options = { file, spec: parseExperiment(YAML, file), store: fresh, command: 'x' };
    let steps = 0;
    const tell = () => {
      if (++steps === 20) stop.abort();
    };
    await expect(runExperiment({ ...options, signal: stop.signal, tell })).rejects.toThrow('abort');
    const { made } = fresh.counts;
    expect(made).toBeGreaterThan(5);
    const ended = await runExperiment(options);
    expect(resultRows(ended.results)).toEqual(resultRows(finished.results));
    await ended.close();
  });

  it('measures expanded questions beside xQG, from a file, without a model', async () => {
    const read = (lang: string): { id: string; question: string }[] =>
      JSON.parse(readFileSync(join(home, 'data', `xquad.${lang}.json`), 'utf8')).data.flatMap(
        ({ paragraphs }: { paragraphs: { qas: { id: string; question: string }[] }[] }) =>
          paragraphs.flatMap(({ qas }) => qas),
      );
    const english = new Map(read('en').map(({ id, question }) => [id, question]));
    const rows = [...read('de'), ...read('ru')].map(({ id, question }) =>
      JSON.stringify({ question, text: english.get(id), lang: 'en' }),
    );
    writeFileSync(join(home, 'texts.jsonl'), rows.join('\n'));
    const expansion = (name: string, more: string) =>
      `    - { name: ${name}, by: texts.jsonl, ${more} }\n`;
    const yaml = YAML.replace(/settings: .*/, 'settings: [to-english]').replace(
      /conditions:\n[\s\S]*?statistics/,
      `conditions:\n  of: [bm25+xqg, hybrid+xqg]\n  expansion:\n${[
        expansion('nothing', 'weight: 0, how: mix'),
        expansion('translation', 'weight: 1, how: mix'),
        expansion('appended', 'weight: 1'),
      ].join('')}statistics`,
    );
    const expanded = await run(yaml);
    try {
      const found = resultRows(expanded.results);
      const mean = (condition: string, point: string, system: string) => {
        const of = found.filter(
          (row) =>
            row.metric === 'MRR' &&
            row.condition === condition &&
            row.point === point &&
            row.system === system,
        );
        expect(of).toHaveLength(2);
        return of.reduce((sum, { value }) => sum + value, 0) / 2;
      };
      for (const system of ['dense', 'dense+xqg', 'bm25+xqg', 'hybrid+xqg'])
        expect(mean('expansion', 'nothing', system)).toBe(mean('system', '', system));
      // The English question alone, which is what the text is.
      const translated = mean('expansion', 'translation', 'dense');
      const [englishOnly] = resultRows(finished.results).filter(
        ({ setting, queryLang, metric, system, condition }) =>
          setting === 'mono' &&
          queryLang === 'en' &&
          metric === 'MRR' &&
          system === 'dense' &&
          condition === 'system',
      );
      expect(translated).toBeCloseTo(englishOnly.value, 12);
      expect(mean('expansion', 'appended', 'bm25+xqg')).toBeGreaterThanOrEqual(
        mean('system', '', 'bm25+xqg'),
      );
      const titles = reportOf(expanded.results).sections.flatMap(({ tables }) =>
        tables.map(({ title }) => title),
      );
      expect(titles.join()).toContain('Questions expanded at search time');
    } finally {
      await expanded.close();
    }
  });

  it('refuses to tune on questions that it reports', async () => {
    const tuned = `${YAML}tune: { on: xquad, path: data, langs: [en, de] }\n`;
    await expect(run(tuned)).rejects.toMatchObject({
      code: 'XQG_EXPERIMENT_TUNED_ON_REPORTED',
      details: { count: 16, question: 'x-0-0-0' },
    });
  });

  it('tunes on other data, with the same candidates for every system, and says so', async () => {
    writeData(join(home, 'other'), 'y');
    const tuned = await run(
      `${YAML}tune: { on: xquad, path: other, alpha: [0.1, 0.9], dense-weight: [1, 3] }\n`,
    );
    const [{ on, systems }] = tuned.results.tuning;
    expect(on).toBe('xquad');
    const tried = Object.fromEntries(systems.map((each) => [each.system, each.tried]));
    expect(tried).toMatchObject({
      dense: 1,
      'dense+xqg': 2,
      hybrid: 2,
      'hybrid+xqg': 4,
      'hybrid+qt': 2,
    });
    const [best] = systems.filter(({ system }) => system === 'dense+xqg');
    const alphaOf = (name: string) =>
      tuned.results.measurements.find(({ variant }) => variant.name === name)!.variant.alpha;
    expect(alphaOf('dense+xqg (tuned)')).toBe(best.settings.alpha);
    // The name alone means the defaults of search, tuned or not.
    expect(alphaOf('dense+xqg')).toBe(PROFILES.unit.alpha);
    const named = new Set(tuned.results.measurements.map(({ variant }) => variant.name));
    expect([named.has('hybrid (tuned)'), named.has('dense (tuned)')]).toEqual([true, false]);
    await tuned.close();
  });
});

describe('xqg experiment', () => {
  it('init writes a file once; run tells the answer and where the report is', async () => {
    const written = join(home, 'new.yaml');
    expect((await xqg('experiment', 'init', written)).code).toBe(0);
    expect(readFileSync(written, 'utf8')).toContain('primary:');
    expect((await xqg('experiment', 'init', written)).stderr).toContain('XQG_EXPERIMENT_EXISTS');
    const folder = join(home, 'by-command');
    const told = await xqg('experiment', 'run', file, '--out', folder, '--store', store.folder);
    expect(told.stderr).toContain('report.html');
    expect(told.stdout).toContain('dense+xqg');
    expect(existsSync(join(folder, 'report.html'))).toBe(true);
    const json = await xqg(
      'experiment',
      'run',
      file,
      '--out',
      folder,
      '--store',
      store.folder,
      '--json',
    );
    expect(JSON.parse(json.stdout).results.length).toBeGreaterThan(0);
    const planned = await xqg('experiment', 'run', file, '--store', store.folder, '--plan');
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.stdout.split('\n')).toContain('dense+xqg, alpha 0.5');
    expect((await xqg('experiment', 'run', join(home, 'none.yaml'))).stderr).toContain(
      'XQG_EXPERIMENT_FILE',
    );
  });
});
