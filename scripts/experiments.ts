/**
 * Runs the experiments and evaluations whose figures stand in the docs, and writes these between
 * their marks: docs/experiments.md, docs/results.md, docs/models.md and the summary of README.md.
 * usage: npm run experiments [-- NAME ...]    only these are run; tables are made of whatever has
 *                                             results
 *        npm run experiments -- --tables      nothing is run
 * Data and models are those of $XQG_SHARED (default ../shared); experiment files name theirs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLISHED } from '../src/evaluate/report/published.js';
import {
  encoderTable,
  evaluationTable,
  sentenceMeansTable,
  summaryTable,
} from './evaluation-tables.js';
import {
  answerTable,
  conditionTable,
  feedbackTable,
  pointsTable,
  sentenceTables,
} from './experiment-tables.js';
import { writeGeneralText } from './general-text.js';
import { writeMarked } from './marked.js';
import { controlTables, generatorTable } from './query-tables.js';

const shared = process.env.XQG_SHARED ?? '../shared';
const XQUAD = [
  ...['evaluate', 'xquad', '--data', join(shared, 'data/eval/xquad')],
  ...['--settings', 'to-english', '--languages', 'given'],
];
const STATIC = [...XQUAD, '--encoder', 'static'];
const E5 = [...XQUAD, '--encoder', 'e5'];
const USE = [
  ...XQUAD,
  ...['--encoder', join(shared, 'models/use-multilingual-v3')],
  // Of the languages of XQuAD those that the encoder has.
  ...['--langs', 'en,ar,de,es,ru,th,tr,zh'],
];
/** The shipped encoder on the sentences of a set: within languages, across them, and all in one. */
function sentences(set: string): string[] {
  const data = join(shared, 'data/eval', set);
  return ['evaluate', set, '--data', data, '--encoder', 'e5', '--systems', 'dense'];
}

const LEGS = 'dense,dense+xqg,hybrid,hybrid+xqg,hybrid+qt,hybrid+qt+xqg';
const OF_QUERIES = 'dense+xqg,hybrid+xqg,hybrid+qt+xqg';

/**
 * By name: an experiment file of that name, or the words of an evaluation. Those of seconds and
 * minutes first.
 */
const RUNS: Readonly<Record<string, readonly string[] | null>> = {
  'xquad-base': [...STATIC, '--pack', 'base'],
  'xquad-full': [...STATIC, '--pack', 'full'],
  'e5-base': [...E5, '--pack', 'base'],
  'e5-full': [...E5, '--pack', 'full'],
  'e5-xquad-r': sentences('xquad-r'),
  'e5-mlqa-r': [...sentences('mlqa-r'), '--half', 'report'],
  xquad: null,
  'xquad-static': null,
  'mlqa-r': null,
  'mlqa-r-sentences': null,
  'xquad-r': null,
  'mlqa-r-whole': null,
  'xquad-r-hybrid': null,
  'mlqa-r-hybrid': null,
  'xquad-questions': null,
  controls: null,
  'neural-base': [...USE, '--pack', 'base', '--systems', LEGS],
  'neural-full': [...USE, '--pack', 'full', '--systems', LEGS],
  'neural-gloss': [...USE, '--pack', 'full', '--generator', 'gloss', '--systems', OF_QUERIES],
};
const EVALUATIONS = join('.xqg', 'evaluations');
const fileOf = (name: string): string =>
  RUNS[name] === null
    ? join('.xqg', 'experiments', name, 'results.json')
    : join(EVALUATIONS, `${name}.json`);

const words = process.argv.slice(2);
const names = words.length === 0 ? Object.keys(RUNS) : words.filter((word) => word !== '--tables');
mkdirSync(EVALUATIONS, { recursive: true });
if (names.includes('controls'))
  writeGeneralText(join(shared, 'data/train/bitext'), join('.xqg', 'general-text.jsonl'));
for (const name of names) {
  if (!(name in RUNS)) throw new Error(`${name} is none of ${Object.keys(RUNS).join(', ')}`);
  const command =
    RUNS[name] === null
      ? ['experiment', 'run', `experiments/${name}.yaml`]
      : [...RUNS[name]!, '--json', fileOf(name)];
  console.error(`xqg ${command.join(' ')}`);
  const { status } = spawnSync(process.execPath, ['dist/cli/main.js', ...command], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

const found = Object.fromEntries(
  Object.keys(RUNS)
    .filter((name) => existsSync(fileOf(name)))
    .map((name) => [name, JSON.parse(readFileSync(fileOf(name), 'utf8'))]),
);
/** Writes a table where everything that it is made of has results. */
function write(
  page: string,
  mark: string,
  made: readonly string[],
  // biome-ignore lint/suspicious/noExplicitAny: what a results file holds
  text: (...results: any[]) => string,
): void {
  const present = made.map((name) => found[name]).filter((each) => each !== undefined);
  if (present.length === made.length) writeMarked(page, mark, text(...present));
}

const EXPERIMENTS = join('docs', 'experiments.md');
for (const name of ['xquad', 'xquad-static', 'mlqa-r', 'mlqa-r-sentences'])
  write(EXPERIMENTS, name, [name], answerTable);
for (const [set, made] of [
  ['xquad-r', ['xquad-r', 'xquad-r-hybrid']],
  ['mlqa-r', ['mlqa-r-whole', 'mlqa-r-hybrid']],
] as const) {
  write(EXPERIMENTS, `${set} sentences`, made, (...both) => sentenceTables(set, both, PUBLISHED));
}
for (const condition of ['sentence-weight', 'centering'])
  write(EXPERIMENTS, condition, ['xquad'], (results) =>
    pointsTable(results, condition, 'to-english'),
  );
write(EXPERIMENTS, 'sentences shipped', ['e5-xquad-r', 'e5-mlqa-r'], sentenceMeansTable);
write(EXPERIMENTS, 'language means', ['xquad-r'], (results) =>
  conditionTable(results, 'language-means', 'multi'),
);
for (const name of ['xquad-r', 'mlqa-r-sentences'])
  write(EXPERIMENTS, `${name} feedback`, [name], (results) => feedbackTable(results, 'multi'));
for (const set of ['xquad', 'mlqa-r/report/paragraphs'])
  write(EXPERIMENTS, `controls ${set}`, ['controls'], (results) => controlTables(set, results));
write(EXPERIMENTS, 'controls shipped', ['xquad'], (results) => controlTables('xquad', results));
write(EXPERIMENTS, 'questions', ['xquad-questions'], generatorTable);
write(
  join('docs', 'results.md'),
  'results',
  ['e5-base', 'e5-full', 'xquad-base', 'xquad-full'],
  (...all) => all.map(evaluationTable).join('\n'),
);
write('README.md', 'summary', ['e5-base'], summaryTable);
write(
  join('docs', 'models.md'),
  'neural',
  ['neural-base', 'neural-full', 'neural-gloss'],
  (base, full, gloss) =>
    encoderTable([
      ['`base`', base],
      ['`full`', full],
      ['`full`, `--generator gloss`', gloss],
    ]),
);
console.error(`Tables of ${Object.keys(found).join(', ')} are in the docs`);
