/**
 * Data sets of an experiment beside the parallel ones: MIRACL, Mr. TyDi, BEIR folders, XOR-TyDi.
 * Each is written here.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/evaluate/evaluate.js';
import { parseExperiment } from '../../../src/evaluate/experiment/read-spec.js';
import { type FinishedRun, runExperiment } from '../../../src/evaluate/experiment/run.js';
import { evaluateXor } from '../../../src/evaluate/predictions.js';
import { ArtifactStore } from '../../../src/evaluate/ranking/artifact-store.js';
import { answerOf } from '../../../src/evaluate/report/comparison.js';
import { reportOf } from '../../../src/evaluate/report/compose.js';
import { resultRows, writeFolder } from '../../../src/evaluate/report/folder.js';
import { writePack } from '../../support/pack-folder.js';
import { checkLatex } from '../report/latex-check.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-sets-'));
const pack = join(home, 'pack');
const file = join(home, 'sets.yaml');
const store = new ArtifactStore(join(home, 'store'));
const open: FinishedRun[] = [];

const WORDS = {
  en: 'bee honey flower train station morning bread oven water river moon night'.split(' '),
  de: 'Biene Honig Blume Zug Bahnhof Morgen Brot Ofen Wasser Fluss Mond Nacht'.split(' '),
  ru: 'пчела мёд цветок поезд вокзал утро хлеб печь вода река луна ночь'.split(' '),
};
type Lang = keyof typeof WORDS;

const text = (lang: Lang, p: number) => [0, 1, 4].map((i) => WORDS[lang][(p + i) % 12]).join(' ');
const question = (lang: Lang, p: number) =>
  [p % 2, 4].map((i) => WORDS[lang][(p + i) % 12]).join(' ');
const places = [...Array(12).keys()];
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

function write(name: string, content: string | Buffer): void {
  mkdirSync(dirname(join(home, name)), { recursive: true });
  writeFileSync(join(home, name), content);
}

function writeWikipedia(): void {
  for (const lang of ['de', 'ru'] as const) {
    const set = `miracl-v1.0-${lang}`;
    write(
      `miracl/${set}/topics/topics.${set}-dev.tsv`,
      places.map((p) => `q${p}\t${question(lang, p)}\n`).join(''),
    );
    write(
      `miracl/${set}/qrels/qrels.${set}-dev.tsv`,
      places.map((p) => `q${p}\tQ0\td${p}#0\t1\n`).join(''),
    );
    write(
      `miracl/miracl-corpus-v1.0-${lang}/docs-0.jsonl.gz`,
      gzipSync(lines(places.map((p) => ({ docid: `d${p}#0`, title: '', text: text(lang, p) })))),
    );
  }
  const set = 'mr-tydi/mrtydi-v1.1-russian';
  write(
    `${set}/ir-format-data/topics.test.txt`,
    places.map((p) => `${p}\t${question('ru', p)}\n`).join(''),
  );
  // One relevant passage is not in the corpus.
  const judged = [...places.map((p) => `${p} Q0 ${p}#0 1\n`), '0 Q0 gone#0 1\n'];
  write(`${set}/ir-format-data/qrels.test.txt`, judged.join(''));
  write(
    `${set}/corpus.jsonl.gz`,
    gzipSync(lines(places.map((p) => ({ docid: `${p}#0`, title: '', text: text('ru', p) })))),
  );
}

function writeBeir(): void {
  write(
    'toy-beir/corpus.jsonl',
    lines(places.map((p) => ({ _id: `d${p}`, title: '', text: text('en', p), lang: 'en' }))),
  );
  const queries = (['de', 'ru'] as const).flatMap((lang) =>
    places.map((p) => ({ _id: `${lang}${p}`, text: question(lang, p), lang })),
  );
  write('toy-beir/queries.jsonl', lines(queries));
  const judged = queries.map(
    ({ _id }) => `${_id}\td${_id.slice(2)}\t${(Number(_id.slice(2)) % 2) + 1}\n`,
  );
  write('toy-beir/qrels/test.tsv', `query-id\tcorpus-id\tscore\n${judged.join('')}`);
}

/**
 * Passages with generated queries in the format that the xQG authors released, and questions of two
 * languages.
 */
function writeXor(): void {
  const rows = places.map((p) => ({
    docid: `${p}`,
    title: `Title ${p}`,
    text: `${text('en', p)} answer${p} ${'word '.repeat(30)}.`,
    generated_queries: {
      de: [question('de', p), question('de', p + 1), WORDS.de[p]],
      ru: [question('ru', p), question('ru', p + 1), WORDS.ru[p]],
    },
  }));
  write('xor/augmented.jsonl', lines(rows));
  const asked = (['de', 'ru'] as const).flatMap((lang) => [
    ...places.map((p) => ({
      id: `${lang}${p}`,
      question: question(lang, p),
      answers: [`answer${p}`],
      lang,
    })),
    // Of this one the encoder knows no word, so nothing is found for it.
    { id: `${lang}-unknown`, question: '???', answers: ['answer1'], lang },
    { id: `${lang}-yes`, question: question(lang, 3), answers: ['yes'], lang },
  ]);
  write('xor/questions.jsonl', lines(asked));
}

const head = (set: string, setting: string, metric: string, more = '') => `name: ${set}
data:
  - { set: ${set}, path: ${set === 'beir' ? 'toy-beir' : set === 'xor-tydi' ? 'xor/questions.jsonl' : set}, settings: [${setting}]${more} }
primary: { data: ${set}, setting: ${setting}, metric: ${metric}, baseline: dense, system: dense+xqg }
encoders: ["static:${pack}"]
statistics: { samples: 200 }
`;
const LEXICON = () => `generators: ["lexicon:${pack}"]\nlegs: [dense, lexical, hybrid]\n`;

async function run(yaml: string): Promise<FinishedRun> {
  const spec = parseExperiment(yaml, file);
  const finished = await runExperiment({
    file,
    spec,
    store,
    command: 'xqg experiment run sets.yaml',
  });
  open.push(finished);
  return finished;
}

function valueIn(finished: FinishedRun, where: Record<string, unknown>): number {
  const found = resultRows(finished.results).filter((row) =>
    Object.entries({ condition: 'system', ...where }).every(
      ([key, value]) => row[key as keyof typeof row] === value,
    ),
  );
  expect(found).toHaveLength(1);
  return found[0].value;
}

beforeAll(() => {
  writePack(pack);
  writeWikipedia();
  writeBeir();
  writeXor();
});
afterAll(async () => {
  for (const each of open) await each.close();
  rmSync(home, { recursive: true, force: true });
});

describe('MIRACL and Mr. TyDi', () => {
  it('are asked within each language, with languages as columns of the answer', async () => {
    const finished = await run(
      `${head('miracl', 'mono', 'nDCG@10')}${LEXICON()}conditions: { alpha: [0, 0.5] }\n`,
    );
    const answer = answerOf(finished.results);
    expect(answer.languages).toEqual(['de', 'ru']);
    expect(answer.rows[0].byLanguage[0]).toMatchObject({ questions: 12, clusters: 12 });
    const where = { setting: 'mono', queryLang: 'ru', passageLang: 'ru', metric: 'nDCG@10' };
    expect(valueIn(finished, { ...where, system: 'dense' })).toBeGreaterThan(0.5);
    expect(valueIn(finished, { ...where, system: 'dense+xqg', condition: 'alpha', point: 0 })).toBe(
      valueIn(finished, { ...where, system: 'dense' }),
    );
    expect(reportOf(finished.results).answerTable.title).toContain('nDCG@10 on miracl');
  });

  it('say how many judged passages the corpus lacks, and which languages there are', async () => {
    const finished = await run(`${head('mr-tydi', 'mono', 'MRR')}${LEXICON()}`);
    expect(finished.results.notes.join()).toContain('Mr. TyDi ru: 1 relevant passages');
    expect(answerOf(finished.results).languages).toEqual(['ru']);
    await expect(run(head('mr-tydi', 'mono', 'MRR', ', langs: [ru, th]'))).rejects.toThrow(
      'it has nothing in th',
    );
    await expect(run(head('miracl', 'mono', 'MRR', ', langs: [th]'))).rejects.toMatchObject({
      remedy: expect.stringContaining('It has de, ru'),
    });
    await expect(run(head('miracl', 'mono', 'MRR', ', split: train'))).rejects.toThrow(
      'there is no miracl-v1.0-de/topics',
    );
  });
});

describe('a BEIR folder', () => {
  it('has the figures of xqg evaluate beir, by language of the queries', async () => {
    const finished = await run(`${head('beir', 'beir', 'nDCG@10')}${LEXICON()}`);
    const data = join(home, 'toy-beir');
    const evaluated = await evaluate('beir', { data, pack, command: 'x', languages: ['given'] });
    const systems = ['dense', 'dense+xqg', 'bm25', 'bm25+xqg', 'hybrid', 'hybrid+xqg'];
    for (const queryLang of ['de', 'ru']) {
      for (const system of systems) {
        for (const metric of ['nDCG@10', 'MRR']) {
          const { value } = evaluated.results.find(
            (row) => row.queryLang === queryLang && row.system === system && row.metric === metric,
          )!;
          const found = valueIn(finished, {
            dataset: 'beir/toy-beir',
            passageLang: 'en',
            queryLang,
            system,
            metric,
          });
          expect([system, metric, found]).toEqual([system, metric, value]);
        }
      }
    }
    await expect(run(head('beir', 'beir', 'MRR', ', langs: [th]'))).rejects.toThrow(
      'it has nothing in th',
    );
  });
});

describe('XOR-TyDi', () => {
  const corpus = ', corpus: xor/augmented.jsonl';
  const yaml = `${head('xor-tydi', 'xor', 'R@50t', corpus)}generators: ["file:xor/augmented.jsonl"]
measures: R@3t R@50t R@2kt R@5kt
conditions: { queries: [0, 1, 3], alpha: [0, 0.4] }
runs: { depth: 100 }
`;

  it('has R@2kt and R@5kt as xqg evaluate xor counts them on the same rankings, strict and official', async () => {
    const finished = await run(yaml);
    for (const { name, content } of finished.runs) {
      const [, queryLang, system] = /xor\.(\w\w)-en\..*\.(dense(?:-xqg)?)\.run\.gz$/.exec(name)!;
      const ranked = new Map<string, string[]>();
      for (const line of gunzipSync(await content())
        .toString()
        .trim()
        .split('\n')) {
        const [id, , passage] = line.split(/\s+/);
        const p = Number(passage);
        const context = `${text('en', p)} answer${p} ${'word '.repeat(30)}.`;
        ranked.set(id, [...(ranked.get(id) ?? []), context]);
      }
      expect(ranked.size).toBe(12);
      const predictions = join(home, 'predictions.json');
      writeFileSync(
        predictions,
        JSON.stringify([...ranked].map(([id, ctxs]) => ({ id, lang: queryLang, ctxs }))),
      );
      const data = join(home, 'xor', 'questions.jsonl');
      for (const official of [false, true]) {
        const limits = [3, 50, 2000, 5000];
        const { results } = await evaluateXor({
          data,
          predictions,
          official,
          limits,
          command: 'x',
        });
        const expected = results.filter((row) => row.queryLang === queryLang);
        expect(expected).toHaveLength(4);
        for (const { metric, value, queries } of expected) {
          const row = resultRows(finished.results).find(
            (each) =>
              each.queryLang === queryLang &&
              each.condition === 'system' &&
              each.system === system.replace('-', '+') &&
              each.metric === (official ? `${metric} (official)` : metric),
          );
          expect(row).toMatchObject({ value, queries, setting: 'xor', passageLang: 'en' });
        }
      }
    }
    expect(finished.runs).toHaveLength(4);
    const at = (metric: string) => valueIn(finished, { system: 'dense', queryLang: 'de', metric });
    expect(at('R@3t')).toBeLessThan(at('R@5kt'));
    // Nothing is found for one of 13 questions.
    expect(at('R@5kt')).toBeCloseTo(12 / 13, 12);
    expect(at('R@5kt (official)')).toBe(1);
  });

  it('is tested by language with the number of queries as a condition, and reported', async () => {
    const finished = await run(yaml);
    expect(answerOf(finished.results).family).toBe(2);
    const where = { queryLang: 'ru', metric: 'R@50t' };
    expect(
      valueIn(finished, { ...where, system: 'dense+xqg', condition: 'queries', point: 0 }),
    ).toBe(valueIn(finished, { ...where, system: 'dense' }));
    const out = join(home, 'out');
    mkdirSync(out);
    const report = reportOf(finished.results);
    await writeFolder(out, finished.results, report, finished.runs);
    for (const name of readdirSync(join(out, 'tables')))
      checkLatex(readFileSync(join(out, 'tables', name), 'utf8'));
    const titles = report.sections.flatMap(({ tables }) => tables.map(({ title }) => title));
    expect(titles.join()).toContain('Answer recall by token limit');
    expect(finished.results.notes.join()).toContain(
      '2 of 28 questions are excluded because their only answers are yes or no',
    );
  });

  it('refuses what the file cannot mean', async () => {
    expect(() => parseExperiment(head('xor-tydi', 'xor', 'R@2kt'), 'x.yaml')).toThrow(
      /data\[0\]\.settings\[0\] is xor, for which measures has none \(e\.g\. R@2kt\)[\s\S]*corpus is missing/,
    );
    expect(() =>
      parseExperiment(yaml.replaceAll('xor,', 'mono,').replace('[xor]', '[mono]'), 'x.yaml'),
    ).toThrow('is mono, which xor-tydi does not have (known: xor)');
    expect(() => parseExperiment(head('miracl', 'mono', 'MRR', ', corpus: x'), 'x.yaml')).toThrow(
      'data[0].corpus is a key of xor-tydi only',
    );
    await expect(run(yaml.replace('corpus:', 'langs: [fi], corpus:'))).rejects.toThrow(
      'it has nothing in fi',
    );
    write(
      'xor/twice.jsonl',
      lines([
        { docid: '1', text: 'a' },
        { docid: '1', text: 'b' },
      ]),
    );
    await expect(run(yaml.replace('corpus: xor/augmented', 'corpus: xor/twice'))).rejects.toThrow(
      'docid "1" is repeated',
    );
  });
});
