/** Every point of every condition beside what it is compared with: tested, marked exploratory. */
import type { Comparison } from '../experiment/condition.js';
import { CONDITIONS } from '../experiment/conditions/index.js';
import {
  type ExperimentResults,
  type Measurement,
  mainMeasure,
} from '../experiment/measurement.js';
import { plainNameOf } from '../experiment/systems.js';
import {
  type ConditionTest,
  columnsOf,
  decimal,
  pairingsOf,
  signed,
  testMean,
} from './comparison.js';
import type { ReportTable, ReportTableRow } from './report.js';
import { byVariant, fileName, groundsOf, probability } from './system-tables.js';

/** By condition, ground and comparison, then by encoder and generator. */
export function conditionTests({ spec, measurements }: ExperimentResults): ConditionTest[] {
  const tests: ConditionTest[] = [];
  for (const { key: condition, comparisons, showsPlain } of CONDITIONS) {
    for (const { dataset, setting, measurements: ofGround } of groundsOf(measurements)) {
      const measure = mainMeasure(setting, spec);
      for (const comparison of comparisons) {
        for (const { encoder, generator, measurements: ofPairing } of pairingsOf(ofGround)) {
          const points = ofPairing.filter(({ variant }) => variant.condition === condition);
          for (const [name, ofPoint] of byVariant(points)) {
            const [{ variant }] = ofPoint;
            // Plain systems are in the column of what others are compared with.
            if (!showsPlain && variant.system.name === plainNameOf(variant.system)) continue;
            const against = againstOf(ofPairing, ofPoint, comparison);
            if (against.length === 0) continue;
            const { pT: _, ...tested } = testMean(
              columnsOf(against, measure),
              columnsOf(ofPoint, measure),
              spec.statistics,
            );
            tests.push({
              ...{ dataset, setting, metric: measure.name, condition },
              ...{ comparedWith: comparison.label, encoder, generator, name },
              ...{ point: variant.point, alphaEffective: variant.alphaEffective },
              ...tested,
            });
          }
        }
      }
    }
  }
  return tests;
}

/** One table a condition, ground and comparison. */
export function conditionTables(tests: readonly ConditionTest[]): ReportTable[] {
  const tables = new Map<string, ReportTable & { readonly rows: ReportTableRow[] }>();
  const heads = new Map<ReportTable, string>();
  for (const test of tests) {
    const { condition, dataset, setting, metric, comparedWith } = test;
    const { title, note, comparisons } = CONDITIONS.find(({ key }) => key === condition)!;
    const further = comparedWith === comparisons[0].label ? '' : `-${fileName(comparedWith)}`;
    const id = `${condition}-${fileName(dataset)}-${setting}${further}`;
    const table = tables.get(id) ?? {
      id,
      title: `${title}: ${metric} on ${dataset}, ${setting}, mean over languages`,
      note: `Exploratory, p not corrected. ${note}`,
      header: ['', 'alpha_eff', 'value', comparedWith, 'difference', 'interval', 'p'],
      rows: [],
    };
    tables.set(id, table);
    const head = `${test.encoder}, ${test.generator}`;
    if (heads.get(table) !== head) table.rows.push({ kind: 'head', cells: [head] });
    heads.set(table, head);
    const { low, high } = test.interval;
    table.rows.push({
      cells: [
        test.name,
        test.alphaEffective === null ? '–' : test.alphaEffective.toFixed(3),
        decimal(test.system),
        decimal(test.baseline),
        signed(test.difference),
        `${signed(low)} to ${signed(high)}`,
        probability(test.pRandomization),
      ],
    });
  }
  return [...tables.values()];
}

/**
 * What a point of a condition is compared with, in the same pool; none where it is not measured.
 */
export function againstOf(
  all: readonly Measurement[],
  [{ variant }]: readonly Measurement[],
  comparison: Comparison,
): Measurement[] {
  const { system, condition, point } = variant;
  const name = comparison.with === 'given' ? system.name : plainNameOf(system);
  return all.filter(
    ({ variant: other }) =>
      other.system.name === name &&
      (comparison.with === 'plain at the point'
        ? other.condition === condition && other.point === point
        : other.condition === 'system'),
  );
}
