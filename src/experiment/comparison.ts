/**
 * Compares two variants over the same questions: difference, interval and tests for each language and for their mean. A
 * language's value of a question is its mean over the pools that it was asked of, so that all translations of a question and
 * all questions of an article stay together. Knows no figure and no text.
 */
import type { Measure } from '../evaluate/metrics.js';
import {
  clusterBootstrap,
  clusterRandomization,
  clustersOf,
  type PairedColumn,
} from '../evaluate/stats/clustered.js';
import { type Interval, pairedTTest } from '../evaluate/stats/paired.js';
import type { Measurement } from './measurement.js';
import type { ExperimentSpec } from './spec.js';

export interface Tested {
  readonly baseline: number;
  readonly system: number;
  /** system - baseline */
  readonly difference: number;
  readonly interval: Interval;
  /**
   * Two-sided p of the paired t-test over questions, which takes them as independent; null where it is not defined: fewer
   * than two questions, or a mean over languages that do not ask the same questions.
   */
  readonly pT: number | null;
  /** Two-sided p of the paired randomization test over articles. */
  readonly pRandomization: number;
  readonly questions: number;
  /** Articles, or questions where they share none. */
  readonly clusters: number;
}

/** Values of one language by question. */
export interface Column {
  readonly lang: string;
  readonly questions: readonly string[];
  readonly groups: readonly string[];
  readonly values: readonly number[];
}

type Statistics = ExperimentSpec['statistics'];

/** The language that varies within a setting. */
export function columnOf({ place }: Measurement): string {
  return place.setting === 'from-english' ? place.passageLang : place.queryLang;
}

/** One column a language, in alphabetical order. Measurements are of one variant, in one setting. */
export function columnsOf(measurements: readonly Measurement[], measure: Measure): Column[] {
  const columns = new Map<string, Map<string, { group: string; sum: number; pools: number }>>();
  for (const measurement of measurements) {
    const lang = columnOf(measurement);
    const column = columns.get(lang) ?? new Map<string, { group: string; sum: number; pools: number }>();
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

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Tests one language. */
export function testColumn(baseline: Column, system: Column, statistics: Statistics): Tested {
  return test([baseline], [system], statistics);
}

/** Tests the unweighted mean over languages. */
export function testMean(
  baseline: readonly Column[],
  system: readonly Column[],
  statistics: Statistics,
): Tested {
  return test(baseline, system, statistics);
}

function test(baseline: readonly Column[], system: readonly Column[], statistics: Statistics): Tested {
  const columns = baseline.map((column, c): PairedColumn => {
    const other = new Map(system[c].questions.map((question, q) => [question, system[c].values[q]]));
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

/** Over questions, each with its mean over languages. */
function tTest(baseline: readonly Column[], columns: readonly PairedColumn[]): number | null {
  const [first] = baseline;
  const parallel = baseline.every(
    ({ questions }) =>
      questions.length === first.questions.length &&
      questions.every((question, q) => question === first.questions[q]),
  );
  if (!parallel || first.questions.length < 2) return null;
  const differences = first.questions.map((_, q) => meanOf(columns.map((column) => column.differences[q])));
  return pairedTTest(
    differences,
    differences.map(() => 0),
  ).pTwoSided;
}
