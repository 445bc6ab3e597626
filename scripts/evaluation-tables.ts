/** The tables of evaluations as text, from what `xqg evaluate --json` wrote. */

import { meanOf } from '../src/base/numbers.js';
import { type Figure, type Provenance, short, table } from './experiment-tables.js';

/** The JSON of `xqg evaluate`. */
export interface EvaluationJson {
  readonly results: readonly (Omit<Figure, 'condition' | 'point'> & {
    readonly generator: string;
    readonly language: string;
  })[];
  readonly madeBy: Provenance['madeBy'];
}

const METRIC = 'MRR';
const SETTING = 'to-english';
/** Like beside like: dense with dense, hybrid with hybrid, generation with query translation. */
export const ORDER = [
  ...['dense', 'dense+xqg', 'dense+xqg-all', 'dense+xqg(n=5)'],
  ...['bm25', 'bm25+qt', 'bm25+xqg', 'bm25+xqg-all', 'bm25+xqg(n=5)'],
  ...['hybrid', 'hybrid+qt', 'hybrid+xqg', 'hybrid+qt+xqg', 'hybrid+xqg-all', 'hybrid+xqg(n=5)'],
];
/** The summary: a row a leg, a column for what bridges the languages. */
const LEGS = ['dense', 'bm25', 'hybrid'];
const BRIDGES = { neither: '', generation: '+xqg', translation: '+qt', both: '+qt+xqg' };

/** Every system of an evaluation, languages as columns. */
export function evaluationTable(evaluation: EvaluationJson): string {
  const { madeBy } = evaluation;
  const { languages, systems, dataset, generator } = measuredIn(evaluation);
  const { encoder, pack } = madeBy.identities as Readonly<
    Record<string, { readonly name: string; readonly version: string }>
  >;
  return [
    `**${dataset}**, questions in another language, English passages, ${METRIC}; encoder \`${encoder.name}\`, pack \`${pack.name}\` ${pack.version}, generator \`${generator}\`, language given:`,
    '',
    table(['', ...languages, 'mean'], rowsOf(systems)),
    '',
    measuredOn(evaluation),
    '',
  ].join('\n');
}

/** Evaluations of sentences: means over the pairs of languages, by setting. */
export function sentenceMeansTable(...evaluations: readonly EvaluationJson[]): string {
  const rows = evaluations.flatMap(({ results }) => {
    const systems = [...new Set(results.map(({ system }) => system))];
    return systems.map((system) => {
      const ofSystem = results.filter((row) => row.system === system);
      const mean = (setting: string, metric: string): number =>
        meanOf(
          ofSystem
            .filter((row) => row.setting === setting && row.metric === metric)
            .map(({ value }) => value),
        );
      return [
        ofSystem[0].dataset,
        system,
        ...['mono', 'cross', 'multi'].map((setting) => short(mean(setting, 'mAP'))),
        mean('multi', 'rank-distance').toFixed(0),
      ];
    });
  });
  return [
    table(['', '', 'mono, mAP', 'cross, mAP', 'multi, mAP', 'rank distance'], rows),
    '',
    ...evaluations.map(measuredOn),
  ].join('\n');
}

/** Means of an evaluation's legs, with and without generation and translation. */
export function summaryTable(evaluation: EvaluationJson): string {
  const { systems } = measuredIn(evaluation);
  const mean = (system: string): string => {
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
export function encoderTable(
  evaluations: readonly (readonly [label: string, evaluation: EvaluationJson])[],
): string {
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

function measuredIn({ results }: EvaluationJson) {
  const rows = results.filter(
    ({ setting, metric, language }) =>
      setting === SETTING && metric === METRIC && language === 'given',
  );
  if (rows.length === 0)
    throw new Error(`no ${METRIC} in the setting ${SETTING} with the language given`);
  const languages = [...new Set(rows.map(({ queryLang }) => queryLang))].sort();
  const figureOf = (system: string, lang: string): number =>
    rows.find((row) => row.system === system && row.queryLang === lang)!.value;
  const measured = ORDER.filter((system) => rows.some((row) => row.system === system));
  const systems = new Map(
    measured.map((system) => [system, languages.map((lang) => figureOf(system, lang))]),
  );
  const [{ dataset, generator }] = rows;
  return { languages, systems, dataset, generator };
}

function rowsOf(systems: ReadonlyMap<string, readonly number[]>): string[][] {
  return [...systems].map(([system, values]) => [
    system,
    ...[...values, meanOf(values)].map(short),
  ]);
}

function measuredOn({ madeBy: { date, version, command } }: EvaluationJson): string {
  return `Measured on ${date.slice(0, 10)} with xqg ${version}: \`${command.replace(/ --json( \S+)?$/, '')}\``;
}
