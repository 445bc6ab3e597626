/**
 * Measure on judged questions of your own: does query generation help, and by how much?
 * Run: node examples/experiment.mjs
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'xqg-example-'));
const lines = (rows) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;

// A test collection in the layout of BEIR: passages, questions, and which passage answers which.
mkdirSync(join(folder, 'data', 'qrels'), { recursive: true });
const corpus = [
  { _id: 'rice', title: 'Rice', text: 'Rice grows in fields that stand under water.' },
  { _id: 'glass', title: 'Glass', text: 'Glass is made of sand that melts in a furnace.' },
  { _id: 'paper', title: 'Paper', text: 'Paper is made of the wood of trees.' },
  { _id: 'wool', title: 'Wool', text: 'Wool comes from the coat of the sheep.' },
];
const queries = [
  { _id: 'q1', text: 'Wo wächst Reis?' },
  { _id: 'q2', text: 'Woraus wird Glas gemacht?' },
  { _id: 'q3', text: 'Welcher Stoff kommt aus dem Wald?' },
  { _id: 'q4', text: 'Welches Tier gibt Wolle?' },
];
writeFileSync(join(folder, 'data', 'corpus.jsonl'), lines(corpus));
writeFileSync(join(folder, 'data', 'queries.jsonl'), lines(queries));
const judged = corpus.map(({ _id }, i) => `${queries[i]._id}\t${_id}\t1`);
const qrels = ['query-id\tcorpus-id\tscore', ...judged].join('\n');
writeFileSync(join(folder, 'data', 'qrels', 'test.tsv'), `${qrels}\n`);

// The experiment: what is compared, on what, by which measure. It is fixed before it runs;
// `npx xqg experiment init` writes a file that explains every key.
const experiment = `
name: materials
data:
  - { set: beir, path: data, settings: [beir], query-lang: de, passage-lang: en }
primary: { data: beir, setting: beir, metric: MRR, baseline: dense, system: dense+xqg }
measures: MRR R@1
`;
writeFileSync(join(folder, 'materials.yaml'), experiment);

// Four questions decide nothing, and the report says so: every figure has its interval.
// The report (HTML, Markdown, JSON) goes to .xqg/experiments/NAME, unless you say --out.
const command = ['xqg', 'experiment', 'run', join(folder, 'materials.yaml')];
const places = ['--out', join(folder, 'report'), '--store', join(folder, 'store')];
execFileSync('npx', [...command, ...places], { stdio: ['ignore', 'ignore', 'inherit'] });
console.log(
  readFileSync(join(folder, 'report', 'report.md'), 'utf8')
    .split('\n', 12)
    .join('\n'),
);
rmSync(folder, { recursive: true });
