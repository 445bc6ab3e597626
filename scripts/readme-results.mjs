// Writes the measured tables into docs/results.md, and the summary of the first one into README.md, between their markers.
// usage: node scripts/readme-results.mjs RESULTS.json ...     (each made by xqg evaluate ... --json RESULTS.json)
import { readFileSync } from 'node:fs';
import { table, writeMarked } from './marked.mjs';

const METRIC = 'MRR';
const SETTING = 'to-english';
/** Like beside like: dense with dense, hybrid with hybrid, generation with query translation. */
const GROUPS = [
  ['dense', 'dense+xqg', 'dense+xqg-all', 'dense+xqg(n=5)'],
  ['bm25', 'bm25+qt', 'bm25+xqg', 'bm25+xqg-all', 'bm25+xqg(n=5)'],
  [
    'use-multilingual-v3',
    'use-multilingual-v3+bm25',
    'use-multilingual-v3+bm25+qt',
    'use-multilingual-v3+bm25+xqg',
  ],
  ['hybrid', 'hybrid+qt', 'hybrid+xqg', 'hybrid+qt+xqg', 'hybrid+xqg-all', 'hybrid+xqg(n=5)'],
];
/** The summary: a row a leg, a column for what bridges the languages. */
const LEGS = ['dense', 'bm25', 'hybrid'];
const BRIDGES = { neither: '', generation: '+xqg', translation: '+qt', both: '+qt+xqg' };

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: node scripts/readme-results.mjs RESULTS.json ...');
  process.exit(1);
}
const evaluations = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
writeMarked('docs/results.md', 'results', evaluations.map(section).join('\n'));
writeMarked('README.md', 'summary', summary(evaluations[0]));

function measured({ results }) {
  const rows = results.filter(
    ({ setting, metric, language, condition = 'system' }) =>
      setting === SETTING && metric === METRIC && language === 'given' && condition === 'system',
  );
  if (rows.length === 0)
    throw new Error(`no ${METRIC} in the setting ${SETTING} with the language given`);
  const languages = [...new Set(rows.map(({ queryLang }) => queryLang))].sort();
  const valuesOf = (system) =>
    languages.map(
      (lang) => rows.find((row) => row.system === system && row.queryLang === lang)?.value,
    );
  return { rows, languages, valuesOf };
}

function meanOf(values) {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

function figure(value) {
  return value.toFixed(3).replace(/^0/, '');
}

function summary(evaluation) {
  const { valuesOf } = measured(evaluation);
  const lines = LEGS.map((leg) => {
    const cells = Object.values(BRIDGES).map((bridge) => {
      const values = valuesOf(leg + bridge);
      return values.includes(undefined) ? '' : figure(meanOf(values));
    });
    return [leg, ...cells];
  });
  return table(['', ...Object.keys(BRIDGES)], lines);
}

function section(evaluation) {
  const { rows, languages, valuesOf } = measured(evaluation);
  const { madeBy } = evaluation;
  const [{ dataset, generator }] = rows;
  const { pack, encoders } = madeBy.identities;
  const made = pack ? `pack \`${pack.name}\` ${pack.version}` : `encoder \`${encoders[0].name}\``;
  const lines = GROUPS.flat().flatMap((system) => {
    const values = valuesOf(system);
    return values.includes(undefined) ? [] : [[system, ...[...values, meanOf(values)].map(figure)]];
  });
  return [
    `**${dataset}**, questions in another language, English passages, ${METRIC}; ${made}, generator \`${generator}\`, language given:`,
    '',
    table(['', ...languages, 'mean'], lines),
    '',
    `Measured on ${madeBy.date.slice(0, 10)} with xqg ${madeBy.version}: \`${madeBy.command}\``,
    '',
  ].join('\n');
}
