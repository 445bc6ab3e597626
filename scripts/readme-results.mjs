// Writes the measured tables into README.md, between its results markers, from the JSON of evaluations.
// usage: node scripts/readme-results.mjs RESULTS.json ...     (each made by xqg evaluate ... --json RESULTS.json)
import { readFileSync, writeFileSync } from 'node:fs';

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
const BEGIN = '<!-- results: written by scripts/readme-results.mjs -->';
const END = '<!-- /results -->';

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: node scripts/readme-results.mjs RESULTS.json ...');
  process.exit(1);
}
const tables = files.map((file) => section(JSON.parse(readFileSync(file, 'utf8'))));
const readme = readFileSync('README.md', 'utf8');
const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
if (from < 0 || to < from) throw new Error(`README.md has no place between ${BEGIN} and ${END}`);
writeFileSync(
  'README.md',
  `${readme.slice(0, from + BEGIN.length)}\n${tables.join('\n')}${readme.slice(to)}`,
);

function section({ results, madeBy }) {
  const rows = results.filter(
    ({ setting, metric, language }) =>
      setting === SETTING && metric === METRIC && language === 'given',
  );
  if (rows.length === 0)
    throw new Error(`no ${METRIC} in the setting ${SETTING} with the language given`);
  const languages = [...new Set(rows.map(({ queryLang }) => queryLang))].sort();
  const value = (system, lang) =>
    rows.find((row) => row.system === system && row.queryLang === lang)?.value;
  const [{ dataset, generator }] = rows;
  const { pack } = madeBy.identities;
  const lines = [
    `**${dataset}**, questions in another language, English passages, ${METRIC}; pack \`${pack.name}\` ${pack.version}, generator \`${generator}\`, language given:`,
    '',
    `| | ${languages.join(' | ')} | mean |`,
    `|---|${languages.map(() => '---').join('|')}|---|`,
  ];
  for (const systems of GROUPS) {
    for (const system of systems) {
      const values = languages.map((lang) => value(system, lang));
      if (values.includes(undefined)) continue;
      const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
      const cells = [...values, mean].map((one) => one.toFixed(3).replace(/^0/, ''));
      lines.push(`| ${system} | ${cells.join(' | ')} |`);
    }
  }
  lines.push(
    '',
    `Measured on ${madeBy.date.slice(0, 10)} with xqg ${madeBy.version}: \`${madeBy.command}\``,
    '',
  );
  return `\n${lines.join('\n')}`;
}
