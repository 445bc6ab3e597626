// Measures what xQG adds to a neural encoder on XQuAD, and writes the table of docs/models.md between its marks: Universal
// Sentence Encoder multilingual v3 with the packs base and full, keyword queries and glossed sentences, and the encoders' English
// base lines. Weights are those of src/search/defaults.ts, chosen on MLQA-R's tuning half; nothing is chosen here.
// usage: npm run docs:neural [-- --langs en,ar,th] [--data FOLDER] [--models FOLDER] [--json FILE] [--print]
//   --print writes the table to stdout and leaves docs/models.md as it is; fewer --langs do the same.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CachedEncoder } from '../dist/encode/cached-encoder.js';
import { loadXquad } from '../dist/evaluate/data/xquad.js';
import { openParts } from '../dist/evaluate/ranking/engine-searcher.js';
import { systemsNamed } from '../dist/evaluate/systems.js';
import { evaluateCollection } from '../dist/evaluate/xquad.js';
import { searchDefaults } from '../dist/search/defaults.js';
import { table, writeMarked } from './marked.mjs';

/** Of the languages of XQuAD those that the encoder knows. */
const LANGUAGES = 'en,ar,de,es,ru,th,tr,zh';
const RUNS = [
  { label: '`base`', pack: 'base', queries: 'keywords' },
  { label: '`full`', pack: 'full', queries: 'keywords' },
  { label: '`full`, `--generator gloss`', pack: 'full', queries: 'gloss' },
];
const SYSTEMS = ['dense', 'dense+xqg', 'hybrid', 'hybrid+xqg', 'hybrid+qt', 'hybrid+qt+xqg'];
/** Those that a generator changes. */
const OF_QUERIES = ['dense+xqg', 'hybrid+xqg', 'hybrid+qt+xqg'];

const shared = process.env.XQG_SHARED ?? '../shared';
const { values: options } = parseArgs({
  options: {
    langs: { type: 'string', default: LANGUAGES },
    data: { type: 'string', default: resolve(shared, 'data/eval/xquad') },
    models: { type: 'string', default: resolve(shared, 'models') },
    json: { type: 'string' },
    print: { type: 'boolean', default: false },
  },
});
const langs = options.langs.split(',');
const collection = await loadXquad({ directory: options.data, langs });
const results = [];
const rows = [];
const others = langs.filter((lang) => lang !== 'en').sort();
/** Questions are encoded once for all runs. */
let encoder = null;
for (const run of RUNS) {
  const opened = await openParts({
    pack: run.pack,
    encoder: join(options.models, 'use-multilingual-v3'),
    generator: run.queries === 'gloss' ? 'gloss' : 'lexicon',
  });
  encoder ??= new CachedEncoder(opened.parts.encoder);
  const names = run.queries === 'gloss' ? OF_QUERIES : SYSTEMS;
  const measured = await measure(
    { ...opened.parts, encoder },
    opened.identities,
    'to-english',
    names,
  );
  results.push({ ...run, ...measured });
  names.forEach((system, i) => {
    if (system === 'dense' && run.pack !== 'base') return;
    const values = others.map((lang) => scoreOf(measured.results, system, lang));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const label = system === 'dense' ? '' : names[i - 1] === 'dense' || i === 0 ? run.label : '';
    rows.push([label, system, ...[...values, mean].map(decimal)]);
  });
  if (run === RUNS.at(-1) && langs.includes('en')) {
    const mono = await measure(
      { ...opened.parts, encoder },
      opened.identities,
      'mono',
      ['dense'],
      ['en'],
    );
    results.push({ label: 'use-multilingual-v3 en', ...mono });
  }
}
const lines = [table(['pack', '', ...others, 'mean'], rows)];
if (langs.includes('en')) {
  const opened = await openParts({ encoder: join(options.models, 'all-MiniLM-L6-v2') });
  const mono = await measure(opened.parts, opened.identities, 'mono', ['dense'], ['en']);
  results.push({ label: 'all-MiniLM-L6-v2 en', ...mono });
  await opened.close();
  const [use, minilm] = results
    .slice(-2)
    .map((each) => decimal(scoreOf(each.results, 'dense', 'en')));
  lines.push(
    `English questions, English paragraphs, for the encoders' base line: use-multilingual-v3 ${use}, all-MiniLM-L6-v2 ${minilm}.`,
  );
}
const { date, version } = results[0].madeBy;
lines.push(`Measured on ${date.slice(0, 10)} with xqg ${version}: \`npm run docs:neural\``);
const text = lines.join('\n\n');
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
if (options.print || options.langs !== LANGUAGES) console.log(text);
else writeMarked('docs/models.md', 'neural', text);
process.exit(0);

async function measure(parts, identities, setting, names, only = langs) {
  const started = performance.now();
  const part = {
    ...collection,
    parts: new Map([...collection.parts].filter(([lang]) => only.includes(lang))),
  };
  const measured = await evaluateCollection(
    part,
    {
      parts: {
        ...parts,
        defaults: searchDefaults(parts.encoder, parts.generator),
      },
      identities,
    },
    {
      settings: [setting],
      systems: systemsNamed(names),
      languages: ['given'],
      measures: 'MRR',
      command: 'npm run docs:neural',
    },
    () => {},
  );
  console.error(
    `${setting}, ${names.join(' ')}: ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  return measured;
}

function scoreOf(found, system, lang) {
  return found.find(
    (row) => row.system === system && row.queryLang === lang && row.metric === 'MRR',
  ).value;
}

function decimal(value) {
  return value.toFixed(3).replace(/^0/, '');
}
