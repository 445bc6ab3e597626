/** Tables of every system and every condition beside the primary one: means, marked exploratory. */

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
import { plainOf } from '../experiment/systems.js';
import type { ConditionName } from '../experiment/variants.js';
import {
  type Answer,
  type CorrectedTest,
  columnsOf,
  decimal,
  LEVEL,
  pairingsOf,
  signed,
  type TestResult,
  testMean,
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
    const { dataset, setting } = measurement.place;
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
    const languages = [...new Set(systems.map(({ place }) => place.queryLang))].sort();
    const rows: ReportTableRow[] = [];
    for (const { encoder, generator, measurements: ofPairing } of pairingsOf(systems)) {
      rows.push({ kind: 'head', cells: [`${encoder}, ${generator}`] });
      for (const [name, ofSystem] of byVariant(ofPairing)) {
        for (const measure of measuresIn(setting, spec)) {
          const of = (value: (measurement: Measurement) => number) =>
            languages.map((lang) => value(ofSystem.find(({ place }) => place.queryLang === lang)!));
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

const TITLES: Readonly<Record<Exclude<ConditionName, 'system'>, { title: string; note: string }>> =
  {
    alpha: {
      title: 'Alpha',
      note: 'How much the generated queries count; alpha 0 is the passage alone.',
    },
    queries: {
      title: 'Number of queries',
      note: 'Drawn queries a passage and language. A generator that draws from a distribution shows sampling noise only.',
    },
    languages: {
      title: 'Languages of the queries',
      note: 'own: the asker’s. all: every language of the generator. others: all but the asker’s. without xx: all but one.',
    },
    combine: {
      title: 'Sum or mean',
      note:
        'mean: renormalized. sum: the plain sum with the alpha that gives the mean query the same share, not renormalized. ' +
        'paper: the sum over all languages with alpha 0.01, as published; not tuned here.',
    },
    filter: {
      title: 'Round-trip filter',
      note: 'Percent of the drawn queries that are dropped, those that find their own passage worst.',
    },
    'language-means': {
      title: 'Language means removed',
      note:
        'training: means of the encoder’s training text. pool: means of the indexed passages, which looks at the whole collection ' +
        '(not at questions) and is a separate condition for that reason.',
    },
    feedback: {
      title: 'Feedback from a first pass',
      note:
        'The question’s vector is pulled toward the best passage of a first pass, by this weight; beside the plain system with the ' +
        'same weight. Where translations of a passage are in the pool they rise with it.',
    },
    expansion: {
      title: 'Questions expanded at search time',
      note:
        'A chat model writes from each question; beside generation at indexing time, which no question waits for. ' +
        'Compared with the plain system whose questions are as they are.',
    },
    distractors: {
      title: 'Distractors',
      note: 'The same questions with further passages in the pool.',
    },
  };

/** One table a condition and ground: a row a point, against the plain system of the same leg. */
export function conditionTables({ spec, measurements }: ExperimentResults): ReportTable[] {
  const tables: ReportTable[] = [];
  for (const [condition, { title, note }] of Object.entries(TITLES)) {
    for (const { dataset, setting, measurements: ofGround } of groundsOf(measurements)) {
      const measure = mainMeasure(setting, spec);
      const rows: ReportTableRow[] = [];
      for (const { encoder, generator, measurements: ofPairing } of pairingsOf(ofGround)) {
        const points = ofPairing.filter(({ variant }) => variant.condition === condition);
        if (points.length === 0) continue;
        rows.push({ kind: 'head', cells: [`${encoder}, ${generator}`] });
        for (const [name, ofPoint] of byVariant(points)) {
          const [{ variant }] = ofPoint;
          // Plain systems stand in the column of what others are compared with.
          if (condition !== 'expansion' && variant.system === plainOf(variant.system)) continue;
          const against = againstOf(ofPairing, ofPoint);
          const columns = columnsOf(ofPoint, measure);
          const tested = testMean(columnsOf(against, measure), columns, spec.statistics);
          const share = variant.alphaEffective === null ? '–' : variant.alphaEffective.toFixed(3);
          const { low, high } = tested.interval;
          rows.push({
            cells: [
              name,
              share,
              decimal(tested.system),
              decimal(tested.baseline),
              signed(tested.difference),
              `${signed(low)} to ${signed(high)}`,
              probability(tested.pRandomization),
            ],
          });
        }
      }
      if (rows.length === 0) continue;
      tables.push({
        id: `${condition}-${fileName(dataset)}-${setting}`,
        title: `${title}: ${measure.name} on ${dataset}, ${setting}, mean over languages`,
        note: `Exploratory, p not corrected. ${note}`,
        header: ['', 'alpha_eff', 'value', 'without queries', 'difference', 'interval', 'p'],
        rows,
      });
    }
  }
  return tables;
}

/**
 * What a point is compared with: the plain system of its leg in the same pool, with the same
 * feedback.
 */
export function againstOf(
  all: readonly Measurement[],
  point: readonly Measurement[],
): Measurement[] {
  const [{ variant }] = point;
  const plain = plainOf(variant.system).name;
  return all.filter(
    ({ variant: other }) =>
      other.system.name === plain &&
      (variant.condition === 'distractors' || variant.condition === 'feedback'
        ? other.condition === variant.condition && other.point === variant.point
        : other.condition === 'system'),
  );
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
