// Measures every system on a half of MLQA-R (the reported one by default) and prints tables. Needs `npm run build`. Usage:
//   node scripts/evaluate-mlqar.mjs [--pack base] [--data ../shared/data/eval/mlqa-r] [--half report|tune|all]
//     [--langs ar,de] [--settings to-english,mono] [--systems hybrid,hybrid+xqg] [--languages given,detected]
//     [--metrics MRR] [--json FILE]
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadMlqar } from '../dist/evaluate/data/mlqar.js';
import { openParts } from '../dist/evaluate/ranking/engine-searcher.js';
import { formatTables } from '../dist/evaluate/report/text-tables.js';
import { systemsNamed } from '../dist/evaluate/systems.js';
import { evaluateCollection } from '../dist/evaluate/xquad.js';

const text = (value) => ({ type: 'string', default: value });
const { values: options } = parseArgs({
  options: {
    pack: text('base'),
    data: text(resolve(process.env.XQG_SHARED ?? '../shared', 'data/eval/mlqa-r')),
    half: text('report'),
    langs: { type: 'string' },
    settings: text('to-english'),
    systems: { type: 'string' },
    languages: text('given'),
    metrics: text('MRR'),
    json: { type: 'string' },
  },
});
const collection = await loadMlqar({
  directory: options.data,
  langs: options.langs?.split(','),
  half: options.half,
});
const opened = await openParts({ pack: options.pack });
const started = performance.now();
let told = started;
const result = await evaluateCollection(
  collection,
  opened,
  {
    settings: options.settings.split(','),
    systems: options.systems && systemsNamed(options.systems.split(',')),
    languages: options.languages.split(','),
    command: `node scripts/evaluate-mlqar.mjs ${process.argv.slice(2).join(' ')}`,
  },
  (step, done, total) => {
    if (performance.now() - told < 2000) return;
    told = performance.now();
    console.error(`${step}: ${done} of ${total}`);
  },
);
await opened.close();
console.log(formatTables(result.results, { metrics: options.metrics.split(',') }).trimEnd());
for (const note of result.notes) console.error(note);
console.error(`${((performance.now() - started) / 1000).toFixed(1)} s`);
if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 1)}\n`);
