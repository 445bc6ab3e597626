/**
 * The answer to the primary hypothesis: baseline against system in every language and for every encoder, with all tests
 * corrected together; and the same comparison of everything else, uncorrected and called exploratory. Knows no layout.
 */
import { bonferroni, holm } from '../evaluate/stats/corrections.js';
import { columnsOf, type Tested, testColumn, testMean } from './comparison.js';
import { isPrimary, type Measurement } from './measurement.js';
import { parseExperimentMeasures } from './measures.js';
import type { ExperimentResults } from './results.js';
import type { ExperimentSpec } from './spec.js';

export const LEVEL = 0.05;

export interface CorrectedTest extends Tested {
  /** p of the randomization test and of the t-test, corrected over the family. */
  readonly correctedRandomization: number;
  readonly correctedT: number | null;
}

export interface AnswerRow {
  readonly encoder: string;
  readonly generator: string;
  /** In the order of `Answer.languages`. */
  readonly byLanguage: readonly CorrectedTest[];
  readonly mean: Tested;
}

export interface Answer {
  readonly primary: ExperimentSpec['primary'];
  readonly languages: readonly string[];
  readonly rows: readonly AnswerRow[];
  /** Tests that are corrected together: languages times encoders and generators. */
  readonly family: number;
  /** One sentence a row. */
  readonly sentences: readonly string[];
}

export function answerOf({ spec, measurements }: ExperimentResults): Answer {
  const { primary, statistics } = spec;
  const [measure] = parseExperimentMeasures(primary.metric);
  const reported = measurements.filter(
    ({ place, variant }) => isPrimary(place, primary) && variant.condition === 'system',
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
      const place = next++;
      return {
        ...test,
        correctedRandomization: byRandomization[place],
        correctedT: test.pT === null ? null : byT[place],
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

export interface PairingMeasurements {
  readonly encoder: string;
  readonly generator: string;
  readonly measurements: readonly Measurement[];
}

export function pairingsOf(measurements: readonly Measurement[]): PairingMeasurements[] {
  const pairings = new Map<string, { encoder: string; generator: string; measurements: Measurement[] }>();
  for (const measurement of measurements) {
    const { encoder, generator } = measurement.place;
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
  const mediation = `${decimal(mean.baseline)} without, ${decimal(mean.system)} with`;
  return (
    `With ${row.encoder} and ${row.generator}, ${primary.system} ${verdict} ${amount} against ${primary.baseline} ` +
    `on the mean over languages (${mediation}; ${interval}).${each}`
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
