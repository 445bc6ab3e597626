/**
 * Compares two variants on the same questions: difference, interval and tests for each language and
 * for the mean over languages, and the test of the primary hypothesis. A question's value in a
 * language is its mean over the pools in which it was searched, so that the translations of a
 * question and the questions of an article are not treated as independent samples.
 */

import { meanOf } from '../../base/numbers.js';
import { type ExperimentResults, isPrimary, type Measurement } from '../experiment/measurement.js';
import type { ExperimentSpec } from '../experiment/spec.js';
import type { Measure } from '../measures/metrics.js';
import { parseExperimentMeasures } from '../measures/names.js';
import {
  clusterBootstrap,
  clusterRandomization,
  clustersOf,
  type PairedColumn,
} from '../stats/clustered.js';
import { bonferroni, holm, type Interval, pairedTTest } from '../stats/paired.js';

export interface TestResult {
  readonly baseline: number;
  readonly system: number;
  /** system - baseline */
  readonly difference: number;
  readonly interval: Interval;
  /**
   * Two-sided p-value of the paired t-test, which treats questions as independent; null for fewer
   * than two questions, and for the mean over languages with different questions.
   */
  readonly pT: number | null;
  /** Two-sided p-value of the paired randomization test with articles as units. */
  readonly pRandomization: number;
  readonly questions: number;
  /** Number of articles, or of questions if they belong to no articles. */
  readonly clusters: number;
}

/** A point against what it is compared with, mean over languages. */
export interface ConditionTest
  extends Pick<
    TestResult,
    'baseline' | 'system' | 'difference' | 'interval' | 'pRandomization' | 'questions' | 'clusters'
  > {
  readonly dataset: string;
  readonly setting: string;
  readonly metric: string;
  readonly condition: string;
  /** Label of what it is compared with. */
  readonly comparedWith: string;
  readonly encoder: string;
  readonly generator: string;
  /** Of the variant: system and point. */
  readonly name: string;
  readonly point: string | number;
  readonly alphaEffective: number | null;
}

/** The values of a variant in one language, by question. */
export interface Column {
  readonly lang: string;
  readonly questions: readonly string[];
  readonly groups: readonly string[];
  readonly values: readonly number[];
}

type Statistics = ExperimentSpec['statistics'];

/** The language that varies within a setting. */
function columnOf({ subject }: Measurement): string {
  return subject.setting === 'from-english' ? subject.passageLang : subject.queryLang;
}

/**
 * One column per language, in alphabetical order.
 * @param measurements of one variant in one setting
 */
export function columnsOf(measurements: readonly Measurement[], measure: Measure): Column[] {
  const columns = new Map<string, Map<string, { group: string; sum: number; pools: number }>>();
  for (const measurement of measurements) {
    const lang = columnOf(measurement);
    const column =
      columns.get(lang) ?? new Map<string, { group: string; sum: number; pools: number }>();
    columns.set(lang, column);
    const values = measurement.values(measure);
    const { groups } = measurement;
    measurement.questions.forEach((question, q) => {
      const entry = column.get(question) ?? { group: groups[q], sum: 0, pools: 0 };
      column.set(question, entry);
      entry.sum += values[q];
      entry.pools++;
    });
  }
  const sorted = [...columns].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([lang, column]) => ({
    lang,
    questions: [...column.keys()],
    groups: Array.from(column.values(), ({ group }) => group),
    values: Array.from(column.values(), ({ sum, pools }) => sum / pools),
  }));
}

/** Tests one language. */
export function testColumn(baseline: Column, system: Column, statistics: Statistics): TestResult {
  return test([baseline], [system], statistics);
}

/** Tests the unweighted mean over languages. */
export function testMean(
  baseline: readonly Column[],
  system: readonly Column[],
  statistics: Statistics,
): TestResult {
  return test(baseline, system, statistics);
}

function test(
  baseline: readonly Column[],
  system: readonly Column[],
  statistics: Statistics,
): TestResult {
  const columns = baseline.map((column, c): PairedColumn => {
    const other = new Map(
      system[c].questions.map((question, q) => [question, system[c].values[q]]),
    );
    return {
      differences: column.questions.map(
        (question, q) => (other.get(question) ?? Number.NaN) - column.values[q],
      ),
      groups: column.groups,
    };
  });
  const clusters = clustersOf(columns);
  const { samples, seed, confidence } = statistics;
  const { p, meanDifference } = clusterRandomization(clusters, { samples, seed });
  return {
    baseline: meanOf(baseline.map(({ values }) => meanOf(values))),
    system: meanOf(system.map(({ values }) => meanOf(values))),
    difference: meanDifference,
    interval: clusterBootstrap(clusters, { samples, seed, confidence }),
    pT: tTest(baseline, columns),
    pRandomization: p,
    questions: new Set(baseline.flatMap(({ questions }) => questions)).size,
    clusters: clusters.sums[0].length,
  };
}

/** The p-value of the t-test over questions, with the mean of each question over languages. */
function tTest(baseline: readonly Column[], columns: readonly PairedColumn[]): number | null {
  const [first] = baseline;
  const parallel = baseline.every(
    ({ questions }) =>
      questions.length === first.questions.length &&
      questions.every((question, q) => question === first.questions[q]),
  );
  if (!parallel || first.questions.length < 2) return null;
  const differences = first.questions.map((_, q) =>
    meanOf(columns.map((column) => column.differences[q])),
  );
  return pairedTTest(
    differences,
    differences.map(() => 0),
  ).pTwoSided;
}

/** Significance level. */
export const LEVEL = 0.05;

export interface CorrectedTest extends TestResult {
  /** p-values of the randomization test and the t-test, corrected over the family. */
  readonly correctedRandomization: number;
  readonly correctedT: number | null;
}

interface AnswerRow {
  readonly encoder: string;
  readonly generator: string;
  /** In the order of `Answer.languages`. */
  readonly byLanguage: readonly CorrectedTest[];
  readonly mean: TestResult;
}

/**
 * The answer to the primary hypothesis: the system compared with the baseline, in every language
 * and for every encoder and generator, with all these tests corrected together.
 */
export interface Answer {
  readonly primary: ExperimentSpec['primary'];
  readonly languages: readonly string[];
  readonly rows: readonly AnswerRow[];
  /** Number of tests that are corrected together: one per language, encoder and generator. */
  readonly family: number;
  /** The conclusion in words, one string per row. */
  readonly sentences: readonly string[];
}

export function answerOf({ spec, measurements }: ExperimentResults): Answer {
  const { primary, statistics } = spec;
  const [measure] = parseExperimentMeasures(primary.metric);
  const reported = measurements.filter(
    ({ subject, variant }) => isPrimary(subject, primary) && variant.condition === 'system',
  );
  const rows = pairingsOf(reported).map(({ encoder, generator, measurements: ofPairing }) => {
    const columns = (name: string) =>
      columnsOf(
        ofPairing.filter(({ variant }) => variant.name === name),
        measure,
      );
    const [baseline, system] = [columns(primary.baseline), columns(primary.system)];
    return {
      encoder,
      generator,
      languages: baseline.map(({ lang }) => lang),
      tests: baseline.map((column, c) => testColumn(column, system[c], statistics)),
      mean: testMean(baseline, system, statistics),
    };
  });
  const correct = primary.correction === 'holm' ? holm : bonferroni;
  const tests = rows.flatMap((row) => row.tests);
  const byRandomization = correct(tests.map(({ pRandomization }) => pRandomization));
  const byT = correct(tests.map(({ pT }) => pT ?? 1));
  let next = 0;
  const corrected = rows.map(({ encoder, generator, tests: ofRow, mean }): AnswerRow => {
    const byLanguage = ofRow.map((test): CorrectedTest => {
      const t = next++;
      return {
        ...test,
        correctedRandomization: byRandomization[t],
        correctedT: test.pT === null ? null : byT[t],
      };
    });
    return { encoder, generator, byLanguage, mean };
  });
  const languages = rows[0]?.languages ?? [];
  return {
    primary,
    languages,
    rows: corrected,
    family: tests.length,
    sentences: corrected.map((row) => sentence(row, languages, spec)),
  };
}

/** False: the file names a single system. */
export function isCompared({ baseline, system }: ExperimentSpec['primary']): boolean {
  return baseline !== system;
}

export interface PairingMeasurements {
  readonly encoder: string;
  readonly generator: string;
  readonly measurements: readonly Measurement[];
}

export function pairingsOf(measurements: readonly Measurement[]): PairingMeasurements[] {
  const pairings = new Map<
    string,
    { encoder: string; generator: string; measurements: Measurement[] }
  >();
  for (const measurement of measurements) {
    const { encoder, generator } = measurement.subject;
    const key = JSON.stringify([encoder, generator]);
    const pairing = pairings.get(key) ?? { encoder, generator, measurements: [] };
    pairings.set(key, pairing);
    pairing.measurements.push(measurement);
  }
  return [...pairings.values()];
}

function sentence(
  row: AnswerRow,
  languages: readonly string[],
  { primary, statistics }: ExperimentSpec,
): string {
  const { mean } = row;
  if (!isCompared(primary)) {
    const over = languages.length > 1 ? ' on the mean over languages' : '';
    return `With ${row.encoder}, ${primary.baseline} has ${decimal(mean.baseline)} ${primary.metric}${over}; nothing was compared.`;
  }
  const better = row.byLanguage.filter(
    ({ difference, correctedRandomization }) => difference > 0 && correctedRandomization <= LEVEL,
  ).length;
  const worse = row.byLanguage.filter(
    ({ difference, correctedRandomization }) => difference < 0 && correctedRandomization <= LEVEL,
  ).length;
  const verdict =
    mean.interval.low > 0 ? 'gains' : mean.interval.high < 0 ? 'loses' : 'does not clearly change';
  const amount =
    verdict === 'does not clearly change'
      ? `${primary.metric} (${signed(mean.difference)})`
      : `${decimal(Math.abs(mean.difference))} ${primary.metric}`;
  const percent = Math.round(statistics.confidence * 100);
  const interval = `${percent} % interval ${signed(mean.interval.low)} to ${signed(mean.interval.high)}`;
  const each =
    languages.length > 1
      ? ` Of ${languages.length} languages ${better} ${better === 1 ? 'is' : 'are'} significantly better, ${worse} worse, ` +
        `${languages.length - better - worse} not shown to differ.`
      : '';
  const means = `${decimal(mean.baseline)} without, ${decimal(mean.system)} with`;
  return (
    `With ${row.encoder} and ${row.generator}, ${primary.system} ${verdict} ${amount} against ${primary.baseline} ` +
    `on the mean over languages (${means}; ${interval}).${each}`
  );
}

export function decimal(value: number): string {
  return value.toFixed(3);
}

/** +0.012, −0.003, 0.000 */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(3);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}
