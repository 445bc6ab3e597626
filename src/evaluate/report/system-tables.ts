/** Tables of every system beside those of the primary hypothesis: means, marked exploratory. */

import { meanOf } from '../../base/numbers.js';
import {
  ANSWER_SETTING,
  type ExperimentResults,
  type Measurement,
  mainMeasure,
  measuresIn,
  officialName,
} from '../experiment/measurement.js';
import type { ExperimentSpec } from '../experiment/spec.js';
import {
  type Answer,
  type CorrectedTest,
  columnsOf,
  decimal,
  isCompared,
  LEVEL,
  pairingsOf,
  signed,
  type TestResult,
} from './comparison.js';
import type { ReportTable, ReportTableRow } from './report.js';

/** Measurements of one data set in one setting. */
export interface Ground {
  readonly dataset: string;
  readonly setting: string;
  readonly measurements: readonly Measurement[];
}

export function groundsOf(measurements: readonly Measurement[]): Ground[] {
  const grounds = new Map<
    string,
    { dataset: string; setting: string; measurements: Measurement[] }
  >();
  for (const measurement of measurements) {
    const { dataset, setting } = measurement.subject;
    const key = JSON.stringify([dataset, setting]);
    const ground = grounds.get(key) ?? { dataset, setting, measurements: [] };
    grounds.set(key, ground);
    ground.measurements.push(measurement);
  }
  return [...grounds.values()];
}

/**
 * One table per data set and setting: all systems of each encoder and generator, with languages as
 * columns.
 */
export function systemTables({ spec, measurements }: ExperimentResults): ReportTable[] {
  return groundsOf(measurements).map(({ dataset, setting, measurements: ofGround }) => {
    const measure = mainMeasure(setting, spec);
    const rows: ReportTableRow[] = [];
    let languages: string[] = [];
    for (const { encoder, generator, measurements: ofPairing } of pairingsOf(ofGround)) {
      const systems = ofPairing.filter(({ variant }) => variant.condition === 'system');
      rows.push({ kind: 'head', cells: [`${encoder}, ${generator}`] });
      for (const [name, ofSystem] of byVariant(systems)) {
        const columns = columnsOf(ofSystem, measure);
        languages = columns.map(({ lang }) => lang);
        const means = columns.map(({ values }) => meanOf(values));
        rows.push({ cells: [name, ...means.map(decimal), decimal(meanOf(means))] });
      }
    }
    return {
      id: `systems-${fileName(dataset)}-${setting}`,
      title: `All systems: ${measure.name} on ${dataset}, ${setting}`,
      note: 'Exploratory, except for the two systems of the primary hypothesis.',
      header: ['', ...languages, 'mean'],
      rows,
    };
  });
}

/** The figures of XOR-Retrieve for every token limit, strict and as its official script counts. */
export function answerTables({ spec, measurements }: ExperimentResults): ReportTable[] {
  const tables: ReportTable[] = [];
  for (const { dataset, setting, measurements: ofGround } of groundsOf(measurements)) {
    if (setting !== ANSWER_SETTING) continue;
    const systems = ofGround.filter(({ variant }) => variant.condition === 'system');
    const languages = [...new Set(systems.map(({ subject }) => subject.queryLang))].sort();
    const rows: ReportTableRow[] = [];
    for (const { encoder, generator, measurements: ofPairing } of pairingsOf(systems)) {
      rows.push({ kind: 'head', cells: [`${encoder}, ${generator}`] });
      for (const [name, ofSystem] of byVariant(ofPairing)) {
        for (const measure of measuresIn(setting, spec)) {
          const of = (value: (measurement: Measurement) => number) =>
            languages.map((lang) =>
              value(ofSystem.find(({ subject }) => subject.queryLang === lang)!),
            );
          const row = (label: string, values: readonly number[]): ReportTableRow => ({
            cells: [`${name}, ${label}`, ...values.map(decimal), decimal(meanOf(values))],
          });
          rows.push(
            row(
              measure.name,
              of((each) => each.mean(measure)),
            ),
          );
          rows.push(
            row(
              officialName(measure),
              of((each) => each.meanOfAnswered(measure).value),
            ),
          );
        }
      }
    }
    tables.push({
      id: `answers-${fileName(dataset)}`,
      title: `Answer recall by token limit: ${dataset}`,
      note:
        'A question without retrieved passages counts as a miss, but is left out of the rows marked (official), as in the published script. The mean ' +
        'over languages is unweighted.',
      header: ['', ...languages, 'mean'],
      rows,
    });
  }
  return tables;
}

export function byVariant(measurements: readonly Measurement[]): Map<string, Measurement[]> {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const { name } = measurement.variant;
    groups.set(name, [...(groups.get(name) ?? []), measurement]);
  }
  return groups;
}

export function fileName(text: string): string {
  return text.replace(/[^\w.-]+/g, '-');
}

/**
 * The answer as a table, with languages as columns, and baseline, system, difference and tests as
 * rows.
 */
export function answerTable(answer: Answer, { statistics }: ExperimentSpec): ReportTable {
  const { primary, languages, rows, family } = answer;
  const percent = Math.round(statistics.confidence * 100);
  const correction = primary.correction === 'holm' ? 'Holm' : 'Bonferroni';
  const [first] = rows;
  const clusters = first === undefined ? '' : clusterText(first.mean);
  if (!isCompared(primary))
    return {
      id: 'answer',
      title: `${primary.baseline}: ${primary.metric} on ${primary.data}, ${primary.setting}`,
      note: 'One system is named, and nothing is compared.',
      header: ['', ...languages, 'mean'],
      rows: rows.map(({ encoder, generator, byLanguage, mean }) => ({
        cells: [
          `${encoder}, ${generator}`,
          ...[...byLanguage, mean].map(({ baseline }) => decimal(baseline)),
        ],
      })),
    };
  return {
    id: 'answer',
    title: `${primary.system} against ${primary.baseline}: ${primary.metric} on ${primary.data}, ${primary.setting}`,
    note:
      `Primary hypothesis, fixed in the experiment file. ${clusters} Tests are two-sided. The p-values of single languages are ` +
      `corrected (${correction}) over all ${family} in this table; those of the mean are not. * marks a corrected p ≤ ${LEVEL} ` +
      `of the randomization test.`,
    header: ['', ...languages, 'mean'],
    rows: rows.flatMap(({ encoder, generator, byLanguage, mean }): ReportTableRow[] => {
      const all: TestResult[] = [...byLanguage, mean];
      const line = (name: string, cell: (test: TestResult) => string): string[] => [
        name,
        ...all.map(cell),
      ];
      const corrected = (name: string, value: (test: CorrectedTest) => number | null): string[] => [
        name,
        ...byLanguage.map((test) => probability(value(test))),
        '',
      ];
      return [
        { kind: 'head', cells: [`${encoder}, ${generator}`] },
        { cells: line(primary.baseline, ({ baseline }) => decimal(baseline)) },
        { cells: line(primary.system, ({ system }) => decimal(system)) },
        {
          kind: 'difference',
          cells: [
            'difference',
            ...byLanguage.map(
              ({ difference, correctedRandomization }) =>
                `${signed(difference)}${correctedRandomization <= LEVEL ? '*' : ''}`,
            ),
            signed(mean.difference),
          ],
        },
        { kind: 'test', cells: line(`${percent} % from`, ({ interval }) => signed(interval.low)) },
        { kind: 'test', cells: line(`${percent} % to`, ({ interval }) => signed(interval.high)) },
        {
          kind: 'test',
          cells: line('p, randomization', ({ pRandomization }) => probability(pRandomization)),
        },
        {
          kind: 'test',
          cells: corrected(`p, ${correction}`, (test) => test.correctedRandomization),
        },
        { kind: 'test', cells: line('p, t-test', ({ pT }) => probability(pT)) },
        { kind: 'test', cells: corrected(`p, t-test, ${correction}`, (test) => test.correctedT) },
      ];
    }),
  };
}

function clusterText({ questions, clusters }: TestResult): string {
  const count = `${questions.toLocaleString('en-US')} questions`;
  if (clusters === questions)
    return `${count}, which are the units of bootstrap and randomization.`;
  return (
    `${count} from ${clusters.toLocaleString('en-US')} articles. The units of bootstrap and randomization are articles, with all ` +
    `translations of their questions; the t-test treats questions as independent, which makes its p-values too small.`
  );
}

export function probability(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '<.001' : p.toFixed(3).replace(/^0/, '');
}
