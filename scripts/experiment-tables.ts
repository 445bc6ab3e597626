/** The tables of the docs as text, from the JSON of experiments and evaluations. */

import { meanOf } from '../src/base/numbers.js';
import type { PublishedRow } from '../src/evaluate/report/published.js';
import type { MadeBy } from '../src/evaluate/report/results.js';
import { table as markdownTable } from './marked.js';

/** What a results file says of its run. */
export interface Provenance {
  readonly madeBy: Pick<MadeBy, 'command' | 'version' | 'date' | 'identities'>;
  /** Seconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
  readonly machine: { readonly cores: number; readonly platform: string };
}

export interface Figure {
  readonly dataset: string;
  readonly setting: string;
  readonly queryLang: string;
  readonly system: string;
  readonly metric: string;
  readonly value: number;
  readonly condition: string;
  readonly point: string | number;
}

export interface Test {
  readonly baseline: number;
  readonly system: number;
  readonly difference: number;
  readonly interval: { readonly low: number; readonly high: number };
  readonly correctedRandomization?: number;
}

interface Hypothesis {
  readonly metric: string;
  readonly baseline: string;
  readonly system: string;
}

interface AnswerJson {
  readonly primary: Hypothesis & { readonly data: string; readonly setting: string };
  readonly languages: readonly string[];
  readonly sentences: readonly string[];
  readonly rows: readonly {
    readonly encoder: string;
    readonly generator: string;
    readonly byLanguage: readonly Test[];
    readonly mean: Test;
  }[];
}

/** results.json of an experiment, as far as tables need it. */
export interface ExperimentJson extends Provenance {
  readonly results: readonly Figure[];
  readonly experiment: { readonly primary: Hypothesis };
}

type Column = readonly [setting: string, metric: string];

export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable(header, rows, true);

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
const COLUMNS: readonly Column[] = [
  ['mono', 'mAP'],
  ['cross', 'mAP'],
  ['multi', 'mAP'],
  ['mono', 'R@1'],
  ['cross', 'R@1'],
  ['multi', 'R@10'],
  ['multi', 'rank-distance'],
];
const NAMES: Readonly<Record<string, string>> = { 'xquad-r': 'XQuAD-R', 'mlqa-r': 'MLQA-R' };

/** The answer of one experiment: its sentence, and languages as columns. */
export function answerTable({
  answer,
  madeBy,
  timings,
  machine,
}: Provenance & { readonly answer: AnswerJson }): string {
  const { primary, languages, rows } = answer;
  const title = `**${primary.system} against ${primary.baseline}**: ${primary.metric} on ${primary.data}, ${primary.setting}.`;
  const lines = [`${title} ${answer.sentences.join(' ')}`, ''];
  for (const { encoder, generator, byLanguage, mean } of rows) {
    const all = [...byLanguage, mean];
    const star = ({ correctedRandomization: p }: Test) => (p !== undefined && p <= 0.05 ? '*' : '');
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
export function sentenceTables(
  set: string,
  experiments: readonly (Provenance & Pick<ExperimentJson, 'results'>)[],
  published: readonly PublishedRow[],
): string {
  const rows = experiments
    .flatMap(({ results }) => results)
    .filter(({ dataset, condition }) => dataset === set && condition === 'system');
  const mean = (
    system: string,
    setting: string,
    metric: string,
    lang: string | null = null,
  ): number | null => {
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
    const of = (each: string): number =>
      meanOf(found.filter(({ queryLang }) => queryLang === each).map(({ value }) => value));
    return meanOf(langs.map(of));
  };
  const measured = SYSTEMS.filter((system) => rows.some((row) => row.system === system));
  const names = [
    ...new Set(published.filter(({ dataset }) => dataset === set).map(({ system }) => system)),
  ];
  const figure = (system: string, [setting, metric]: Column): number | null =>
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

/** Figures of an experiment, as tables of conditions read them. */
interface FiguresJson {
  readonly results: readonly Figure[];
  readonly experiment: { readonly primary: Omit<Hypothesis, 'system'> };
}

/** Systems by the points of a condition, means over the languages. */
export function pointsTable(
  { results, experiment }: FiguresJson,
  condition: string,
  setting: string,
): string {
  const { metric } = experiment.primary;
  const rows = results.filter(
    (row) => row.condition === condition && row.setting === setting && row.metric === metric,
  );
  const points = [...new Set(rows.map(({ point }) => point))];
  const systems = [...new Set(rows.map(({ system }) => system))];
  return table(
    [`${condition}, ${metric}`, ...points.map(String)],
    systems.map((system) => [
      system,
      ...points.map((point) =>
        short(
          meanOf(
            rows
              .filter((row) => row.system === system && row.point === point)
              .map(({ value }) => value),
          ),
        ),
      ),
    ]),
  );
}

/** What the points of a condition add, mean over languages, in one setting. */
export function conditionTable(
  { results, experiment }: FiguresJson,
  condition: string,
  setting: string,
): string {
  const { metric, baseline } = experiment.primary;
  const fitting = results.filter((row) => row.setting === setting && row.metric === metric);
  const meanWhere = (test: (row: Figure) => boolean): number =>
    meanOf(fitting.filter(test).map(({ value }) => value));
  const plain = meanWhere((row) => row.condition === 'system' && row.system === baseline);
  const points = [
    ...new Set(fitting.filter((row) => row.condition === condition).map(({ point }) => point)),
  ];
  const line = (point: string | number): string[] => {
    const value = meanWhere((row) => row.condition === condition && row.point === point);
    return [String(point), short(value), signed(value - plain)];
  };
  return table(
    [condition, `${metric} ${setting}`, `less ${baseline}`],
    [[baseline, short(plain), ''], ...points.map(line)],
  );
}

/** A row for each weight of the first pass, a column for each system of the primary hypothesis. */
export function feedbackTable(
  { results, experiment }: Pick<ExperimentJson, 'results' | 'experiment'>,
  setting: string,
): string {
  const { metric, baseline, system } = experiment.primary;
  const fitting = results.filter(
    (row) => row.condition === 'feedback' && row.setting === setting && row.metric === metric,
  );
  const points = [...new Set(fitting.map(({ point }) => point))];
  const cells = (point: string | number): string[] =>
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

export function made(
  { command, version, date, identities }: Provenance['madeBy'],
  timings: Provenance['timings'],
  { cores, platform }: Provenance['machine'],
): string {
  const { encoders = [], generators = [] } = identities as Readonly<
    Record<string, readonly { readonly weights: string }[]>
  >;
  const packs = [...encoders, ...generators];
  const weights = [...new Set(packs.map((each) => each.weights.slice(0, 12)))].join(', ');
  const seconds = Math.round(Object.values(timings).reduce((sum, each) => sum + each, 0));
  return `\`${command}\`: xqg ${version}, ${date.slice(0, 10)}, weights ${weights}, ${cores} cores (${platform}), ${seconds} s in that run.`;
}

function cell([, metric]: Column, value: number | null): string {
  if (value === null) return '–';
  return metric === 'rank-distance' ? Math.round(value).toLocaleString('en-US') : short(value);
}

export function short(value: number): string {
  return value.toFixed(3).replace(/^(-?)0\./, '$1.');
}

export function signed(value: number): string {
  const text = Math.abs(value).toFixed(3).replace(/^0\./, '.');
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}
