// Runs the experiments whose figures stand in docs/experiments.md, and writes these between its markers.
// usage: npm run experiments [-- NAME ...]    only these are run; tables are made of whatever has results
//        npm run experiments -- --tables      nothing is run
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLISHED } from '../dist/evaluate/report/published.js';
import {
  answerTable,
  between,
  conditionTable,
  feedbackTable,
  sentenceTables,
} from './experiment-tables.mjs';

const DOCS = join('docs', 'experiments.md');
/** Those of seconds and minutes first. */
const EXPERIMENTS = [
  'xquad',
  'mlqa-r',
  'mlqa-r-sentences',
  'xquad-r',
  'mlqa-r-whole',
  'xquad-r-hybrid',
  'mlqa-r-hybrid',
];

const words = process.argv.slice(2);
const wanted = words.length === 0 ? EXPERIMENTS : words.filter((word) => word !== '--tables');
for (const name of wanted) {
  const file = `experiments/${name}.yaml`;
  console.error(`xqg experiment run ${file}`);
  const { status } = spawnSync(process.execPath, ['dist/cli/main.js', 'experiment', 'run', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

const resultsOf = (name) => {
  const file = join('.xqg', 'experiments', name, 'results.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
};
const found = Object.fromEntries(EXPERIMENTS.map((name) => [name, resultsOf(name)]));
let docs = readFileSync(DOCS, 'utf8');
for (const name of ['xquad', 'mlqa-r', 'mlqa-r-sentences']) {
  if (found[name]) docs = between(docs, name, answerTable(found[name]));
}
for (const [set, names] of [
  ['xquad-r', ['xquad-r', 'xquad-r-hybrid']],
  ['mlqa-r', ['mlqa-r-whole', 'mlqa-r-hybrid']],
]) {
  const present = names.map((name) => found[name]).filter((each) => each !== null);
  if (present.length > 0)
    docs = between(docs, `${set} sentences`, sentenceTables(set, present, PUBLISHED));
}
if (found['xquad-r']) {
  docs = between(
    docs,
    'language means',
    conditionTable(found['xquad-r'], 'language-means', 'multi'),
  );
}
for (const name of ['xquad-r', 'mlqa-r-sentences']) {
  if (found[name]) docs = between(docs, `${name} feedback`, feedbackTable(found[name], 'multi'));
}
writeFileSync(DOCS, docs);
console.error(`${DOCS} has the tables of ${EXPERIMENTS.filter((name) => found[name]).join(', ')}`);
