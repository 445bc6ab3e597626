// The tables of the docs from the JSON of experiments and evaluations: text out. See experiments.mjs.
import { table as markdownTable } from './marked.js';

const table = (header, rows) => markdownTable(header, rows, true);

const SYSTEMS = [
  'dense',
  'dense+xqg',
  'dense+xqg (tuned)',
  'bm25',
  'bm25+xqg',
  'hybrid',
  'hybrid+xqg',
];
const BY_LANGUAGE = ['dense', 'dense+xqg', 'hybrid+xqg'];
const COLUMNS = [
  ['mono', 'mAP'],
  ['cross', 'mAP'],
  ['multi', 'mAP'],
  ['mono', 'R@1'],
  ['cross', 'R@1'],
  ['multi', 'R@10'],
  ['multi', 'rank-distance'],
];
const NAMES = { 'xquad-r': 'XQuAD-R', 'mlqa-r': 'MLQA-R' };

/** The answer of one experiment: its sentence, and languages as columns. */
export function answerTable({ answer, madeBy, timings, machine }) {
  const { primary, languages, rows } = answer;
  const title = `**${primary.system} against ${primary.baseline}**: ${primary.metric} on ${primary.data}, ${primary.setting}.`;
  const lines = [`${title} ${answer.sentences.join(' ')}`, ''];
  for (const { encoder, generator, byLanguage, mean } of rows) {
    const all = [...byLanguage, mean];
    const star = ({ correctedRandomization: p }) => (p !== undefined && p <= 0.05 ? '*' : '');
    lines.push(
      table(
        [rows.length > 1 ? `${encoder}, ${generator}` : '', ...languages, 'mean'],
        [
          [primary.baseline, ...all.map(({ baseline }) => short(baseline))],
          [primary.system, ...all.map(({ system }) => short(system))],
          ['difference', ...all.map((test) => `${signed(test.difference)}${star(test)}`)],
          [
            'interval',
            ...all.map(({ interval }) => `${signed(interval.low)} to ${signed(interval.high)}`),
          ],
        ],
      ),
      '',
    );
  }
  return `${lines.join('\n')}\n${made(madeBy, timings, machine)}\n`;
}

/** Systems and published figures in all settings of a set of sentences, then languages. */
export function sentenceTables(set, experiments, published) {
  const rows = experiments
    .flatMap(({ results }) => results)
    .filter(({ dataset, condition }) => dataset === set && condition === 'system');
  const mean = (system, setting, metric, lang = null) => {
    const found = rows.filter(
      (row) =>
        row.system === system &&
        row.setting === setting &&
        row.metric === metric &&
        (lang === null || row.queryLang === lang),
    );
    // A language's value is its mean over the pools that it was asked of; languages count the same.
    const langs = [...new Set(found.map(({ queryLang }) => queryLang))];
    if (langs.length === 0) return null;
    const of = (each) =>
      meanOf(found.filter(({ queryLang }) => queryLang === each).map(({ value }) => value));
    return meanOf(langs.map(of));
  };
  const measured = SYSTEMS.filter((system) => rows.some((row) => row.system === system));
  const names = [
    ...new Set(published.filter(({ dataset }) => dataset === set).map(({ system }) => system)),
  ];
  const figure = (system, [setting, metric]) =>
    published.find(
      (row) =>
        row.dataset === set &&
        row.system === system &&
        row.setting === setting &&
        row.metric === metric,
    )?.value ?? null;
  const langs = [...new Set(rows.map(({ queryLang }) => queryLang))].sort();
  const shown = BY_LANGUAGE.filter((system) => measured.includes(system));
  const settings = ['mono', 'cross', 'multi'];
  const sources = [
    ...new Set(published.filter(({ dataset }) => dataset === set).map(({ source }) => source)),
  ];
  return [
    `**${NAMES[set]}**, means over languages. In italics: from the literature, not measured here (${sources.join('; ')}).`,
    '',
    table(
      [
        '',
        ...COLUMNS.map(([setting, metric]) =>
          `${metric} ${metric === 'rank-distance' ? '' : setting}`.trim(),
        ),
      ],
      [
        ...measured.map((system) => [
          system,
          ...COLUMNS.map((column) => cell(column, mean(system, ...column))),
        ]),
        ...names.map((system) => [
          `*${system}*`,
          ...COLUMNS.map((column) => cell(column, figure(system, column))),
        ]),
      ],
    ),
    '',
    `mAP by language of the question (cross: mean over the other languages' pools):`,
    '',
    table(
      ['', ...settings.flatMap((setting) => shown.map((system) => `${setting} ${system}`))],
      langs.map((lang) => [
        lang,
        ...settings.flatMap((setting) =>
          shown.map((system) => cell([setting, 'mAP'], mean(system, setting, 'mAP', lang))),
        ),
      ]),
    ),
    '',
    ...experiments.map(({ madeBy, timings, machine }) => made(madeBy, timings, machine)),
    '',
  ].join('\n');
}

/** What the points of a condition add, mean over languages, in one setting. */
export function conditionTable({ results, experiment }, condition, setting) {
  const { metric, baseline } = experiment.primary;
  const fitting = results.filter((row) => row.setting === setting && row.metric === metric);
  const meanWhere = (test) => meanOf(fitting.filter(test).map(({ value }) => value));
  const plain = meanWhere((row) => row.condition === 'system' && row.system === baseline);
  const points = [
    ...new Set(fitting.filter((row) => row.condition === condition).map(({ point }) => point)),
  ];
  const line = (point) => {
    const value = meanWhere((row) => row.condition === condition && row.point === point);
    return [String(point), short(value), signed(value - plain)];
  };
  return table(
    [condition, `${metric} ${setting}`, `less ${baseline}`],
    [[baseline, short(plain), ''], ...points.map(line)],
  );
}

/** A row for each weight of the first pass, a column for each system of the primary hypothesis. */
export function feedbackTable({ results, experiment }, setting) {
  const { metric, baseline, system } = experiment.primary;
  const fitting = results.filter(
    (row) => row.condition === 'feedback' && row.setting === setting && row.metric === metric,
  );
  const points = [...new Set(fitting.map(({ point }) => point))];
  const cells = (point) =>
    [baseline, system].map((name) =>
      short(
        meanOf(
          fitting
            .filter((row) => row.point === point && row.system === name)
            .map(({ value }) => value),
        ),
      ),
    );
  return table(
    [`feedback, ${metric} ${setting}`, baseline, system],
    points.map((point) => [String(point), ...cells(point)]),
  );
}

function made({ command, version, date, identities }, timings, { cores, platform }) {
  const packs = [...(identities.encoders ?? []), ...(identities.generators ?? [])];
  const weights = [...new Set(packs.map((each) => each.weights.slice(0, 12)))].join(', ');
  const seconds = Math.round(Object.values(timings).reduce((sum, each) => sum + each, 0));
  return `\`${command}\`: xqg ${version}, ${date.slice(0, 10)}, weights ${weights}, ${cores} cores (${platform}), ${seconds} s in that run.`;
}

function cell([, metric], value) {
  if (value === null) return '–';
  return metric === 'rank-distance' ? Math.round(value).toLocaleString('en-US') : short(value);
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function short(value) {
  return value.toFixed(3).replace(/^(-?)0\./, '$1.');
}

function signed(value) {
  const text = Math.abs(value).toFixed(3).replace(/^0\./, '.');
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

const METRIC = 'MRR';
const SETTING = 'to-english';
/** Like beside like: dense with dense, hybrid with hybrid, generation with query translation. */
const ORDER = [
  ...['dense', 'dense+xqg', 'dense+xqg-all', 'dense+xqg(n=5)'],
  ...['bm25', 'bm25+qt', 'bm25+xqg', 'bm25+xqg-all', 'bm25+xqg(n=5)'],
  ...['hybrid', 'hybrid+qt', 'hybrid+xqg', 'hybrid+qt+xqg', 'hybrid+xqg-all', 'hybrid+xqg(n=5)'],
];
/** The summary: a row a leg, a column for what bridges the languages. */
const LEGS = ['dense', 'bm25', 'hybrid'];
const BRIDGES = { neither: '', generation: '+xqg', translation: '+qt', both: '+qt+xqg' };

/** Every system of an evaluation, languages as columns. */
export function evaluationTable(evaluation) {
  const { madeBy } = evaluation;
  const { languages, systems, dataset, generator } = measuredIn(evaluation);
  const { encoder, pack } = madeBy.identities;
  return [
    `**${dataset}**, questions in another language, English passages, ${METRIC}; encoder \`${encoder.name}\`, pack \`${pack.name}\` ${pack.version}, generator \`${generator}\`, language given:`,
    '',
    table(['', ...languages, 'mean'], rowsOf(systems)),
    '',
    measuredOn(evaluation),
    '',
  ].join('\n');
}

/** Means of an evaluation's legs, with and without generation and translation. */
export function summaryTable(evaluation) {
  const { systems } = measuredIn(evaluation);
  const mean = (system) => {
    const values = systems.get(system);
    return values === undefined ? '' : short(meanOf(values));
  };
  return table(
    ['', ...Object.keys(BRIDGES)],
    LEGS.map((leg) => [leg, ...Object.values(BRIDGES).map((bridge) => mean(leg + bridge))]),
  );
}

/**
 * Evaluations of one encoder with several packs and generators, by label; what no query changes is
 * shown once.
 */
export function encoderTable(evaluations) {
  const [[, first]] = evaluations;
  const { languages } = measuredIn(first);
  const rows = evaluations.flatMap(([label, evaluation], e) => {
    const { systems } = measuredIn(evaluation);
    if (e > 0) systems.delete('dense');
    return rowsOf(systems).map(([system, ...cells], i) => [i === 0 ? label : '', system, ...cells]);
  });
  return [
    table(['queries', '', ...languages, 'mean'], rows),
    '',
    ...evaluations.map(([, each]) => measuredOn(each)),
  ].join('\n');
}

function measuredIn({ results }) {
  const rows = results.filter(
    ({ setting, metric, language }) =>
      setting === SETTING && metric === METRIC && language === 'given',
  );
  if (rows.length === 0)
    throw new Error(`no ${METRIC} in the setting ${SETTING} with the language given`);
  const languages = [...new Set(rows.map(({ queryLang }) => queryLang))].sort();
  const figureOf = (system, lang) =>
    rows.find((row) => row.system === system && row.queryLang === lang).value;
  const measured = ORDER.filter((system) => rows.some((row) => row.system === system));
  const systems = new Map(
    measured.map((system) => [system, languages.map((lang) => figureOf(system, lang))]),
  );
  const [{ dataset, generator }] = rows;
  return { languages, systems, dataset, generator };
}

function rowsOf(systems) {
  return [...systems].map(([system, values]) => [
    system,
    ...[...values, meanOf(values)].map(short),
  ]);
}

function measuredOn({ madeBy: { date, version, command } }) {
  return `Measured on ${date.slice(0, 10)} with xqg ${version}: \`${command}\``;
}
