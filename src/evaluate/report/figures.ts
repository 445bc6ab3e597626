/** The figures of a report, each with its data. */

import { meanOf } from '../../base/numbers.js';
import type { Curve } from '../experiment/condition.js';
import { CONDITIONS, conditionOf } from '../experiment/conditions/index.js';
import { type ExperimentResults, mainMeasure, measuresIn } from '../experiment/measurement.js';
import { plainNameOf } from '../experiment/systems.js';
import { type Measure, RANK_DISTANCE } from '../measures/metrics.js';
import { bars } from './charts/bars.js';
import { curves } from './charts/curves.js';
import { heatMap } from './charts/heat-map.js';
import { scatter } from './charts/scatter.js';
import { columnsOf, isCompared, LEVEL, pairingsOf, testColumn } from './comparison.js';
import { againstOf } from './condition-tables.js';
import type { Figure } from './report.js';
import { byVariant, fileName, type Ground, groundsOf, probability } from './system-tables.js';

export function figuresOf(results: ExperimentResults): Figure[] {
  const figures: Figure[] = [];
  for (const ground of groundsOf(results.measurements)) {
    const measure = mainMeasure(ground.setting, results.spec);
    for (const pairing of pairingsOf(ground.measurements)) {
      const about = { ...ground, ...pairing };
      for (const base of new Set(pairing.measurements.map(({ variant }) => variant.system.name))) {
        for (const { key, curve } of CONDITIONS) {
          if (curve) figures.push(...curveFigure(about, base, key, curve, measure, results));
        }
      }
      if (isCompared(results.spec.primary)) figures.push(...heatMaps(about, measure, results));
    }
  }
  if (isCompared(results.spec.primary))
    figures.push(...strength(results), ...rankDistances(results));
  return figures;
}

/** The distance between the ranks of the translations of a relevant passage (language bias). */
function rankDistances({ spec, measurements }: ExperimentResults): Figure[] {
  const figures: Figure[] = [];
  const { baseline, system } = spec.primary;
  for (const { dataset, setting, measurements: ofGround } of groundsOf(measurements)) {
    const measure = measuresIn(setting, spec).find(({ canonical }) => canonical === RANK_DISTANCE);
    if (measure === undefined) continue;
    for (const { encoder, generator, measurements: ofPairing } of pairingsOf(ofGround)) {
      const means = (name: string) =>
        columnsOf(
          ofPairing.filter(
            ({ variant }) => variant.condition === 'system' && variant.name === name,
          ),
          measure,
        ).map(({ lang, values }) => ({ lang, mean: meanOf(values) }));
      const augmented = means(system);
      const groups = means(baseline).map(({ lang, mean }, c) => ({
        name: lang,
        values: [mean, augmented[c].mean] as const,
      }));
      figures.push({
        id: fileName(`rank-distance-${dataset}-${encoder}-${generator}`),
        title: `Rank distance (${dataset}, ${setting}; ${encoder}, ${generator})`,
        caption:
          'Language bias: the number of ranks between the best and the worst of a question’s relevant passages in all languages. ' +
          'Lower is better.',
        svg: bars({ title: 'Rank distance', names: [baseline, system], groups }),
        header: ['language of the question', baseline, system],
        rows: groups.map(({ name, values }) => [name, ...values]),
      });
    }
  }
  return figures;
}

type About = Ground & { readonly encoder: string; readonly generator: string };

/** One panel a language; none where a system has less than two points of the condition. */
function curveFigure(
  { dataset, setting, encoder, generator, measurements }: About,
  base: string,
  condition: string,
  curve: Curve,
  measure: Measure,
  { spec }: ExperimentResults,
): Figure[] {
  const points = measurements.filter(
    ({ variant }) => variant.condition === condition && variant.system.name === base,
  );
  const variants = [...byVariant(points).values()].sort(
    (a, b) => Number(a[0].variant.point) - Number(b[0].variant.point),
  );
  if (variants.length < 2) return [];
  const [comparison] = conditionOf(condition).comparisons;
  const against = columnsOf(againstOf(measurements, points, comparison), measure);
  const byPoint = variants.map((ofPoint) => ({
    x: Number(ofPoint[0].variant.point),
    columns: columnsOf(ofPoint, measure),
  }));
  const rows: (string | number)[][] = [];
  const panels = against.map((column, c) => {
    const baseline = meanOf(column.values);
    const drawn = byPoint.map(({ x, columns }) => {
      const y = meanOf(columns[c].values);
      const p = curve.tested
        ? testColumn(column, columns[c], spec.statistics).pRandomization
        : null;
      rows.push([column.lang, x, y, baseline, ...(p === null ? [] : [p])]);
      return { x, y: y - baseline, ...(p === null ? {} : { significant: p <= LEVEL }) };
    });
    return { name: column.lang, baseline, points: drawn };
  });
  // No query is generated in a passage's own language.
  if (panels.every((panel) => panel.points.every(({ y }) => y === 0))) return [];
  const plain = plainNameOf(points[0].variant.system);
  const system = measurements.find(
    ({ variant }) => variant.condition === 'system' && variant.name === base,
  );
  return [
    {
      id: fileName(`${condition}-${dataset}-${setting}-${encoder}-${generator}-${base}`),
      title: `${base}: ${curve.title} (${dataset}, ${setting}; ${encoder}, ${generator})`,
      caption: curve.caption(measure.name, plain),
      svg: curves({
        title: `${base} by ${condition}`,
        xLabel: curve.axis,
        yLabel: `difference in ${measure.name}`,
        panels,
        chosen: system && curve.chosen?.(system.variant),
      }),
      header: ['language', condition, measure.name, plain, ...(curve.tested ? ['p'] : [])],
      rows,
    },
  ];
}

/** Two heat maps for the setting cross: the baseline's values, and the gains of the system. */
function heatMaps(about: About, measure: Measure, { spec }: ExperimentResults): Figure[] {
  const { dataset, setting, encoder, generator } = about;
  if (setting !== 'cross') return [];
  const valuesOf = (name: string) =>
    new Map(
      about.measurements
        .filter(({ variant }) => variant.condition === 'system' && variant.name === name)
        .map((measurement) => {
          const { queryLang, passageLang } = measurement.subject;
          return [`${queryLang} ${passageLang}` as string, measurement.mean(measure)] as const;
        }),
    );
  const { baseline, system } = spec.primary;
  const [plain, augmented] = [valuesOf(baseline), valuesOf(system)];
  const langs = [...new Set([...plain.keys()].flatMap((key) => key.split(' ')))].sort();
  const rows = [...plain].map(([key, value]) => [...key.split(' '), value, augmented.get(key)!]);
  const grid = (title: string, signed: boolean, value: (key: string) => number | undefined) =>
    heatMap({
      title,
      rowLabel: 'question',
      columnLabel: 'passages',
      rows: langs,
      columns: langs,
      value: (row, column) => value(`${row} ${column}`) ?? null,
      signed,
    });
  const common = { header: ['question', 'passages', baseline, system], rows };
  const where = `${dataset}, ${setting}; ${encoder}, ${generator}`;
  const id = fileName(`pairs-${dataset}-${setting}-${encoder}-${generator}`);
  return [
    {
      ...common,
      id: `${id}-baseline`,
      title: `${baseline}: languages of question and passages (${where})`,
      caption: `${measure.name} of every pair of languages.`,
      svg: grid(baseline, false, (key) => plain.get(key)),
    },
    {
      ...common,
      id: `${id}-difference`,
      title: `${system} minus ${baseline} (${where})`,
      caption: `Gain in ${measure.name} of ${system}; losses are orange and have a minus sign.`,
      svg: grid(`${system} minus ${baseline}`, true, (key) => {
        const [with_, without] = [augmented.get(key), plain.get(key)];
        return with_ === undefined || without === undefined ? undefined : with_ - without;
      }),
    },
  ];
}

/**
 * Gains by the strength of the baseline: does expansion help weak retrievers and harm strong ones?
 */
function strength({ spec, measurements }: ExperimentResults): Figure[] {
  const figures: Figure[] = [];
  for (const { dataset, setting, measurements: ofGround } of groundsOf(measurements)) {
    const measure = mainMeasure(setting, spec);
    const points = pairingsOf(ofGround).flatMap(
      ({ encoder, generator, measurements: ofPairing }) => {
        const columns = (name: string) =>
          columnsOf(
            ofPairing.filter(
              ({ variant }) => variant.condition === 'system' && variant.name === name,
            ),
            measure,
          );
        const [baseline, system] = [columns(spec.primary.baseline), columns(spec.primary.system)];
        const several = spec.encoders.length * spec.generators.length > 1;
        return baseline.map((column, c) => {
          const { difference, interval, pRandomization, ...test } = testColumn(
            column,
            system[c],
            spec.statistics,
          );
          const name = several ? `${column.lang} (${encoder}, ${generator})` : column.lang;
          return { name, x: test.baseline, y: difference, ...interval, p: pRandomization };
        });
      },
    );
    // No query is generated in a passage's own language, so nothing changes in the setting mono.
    if (points.length < 2 || points.every(({ y }) => y === 0)) continue;
    const { baseline, system } = spec.primary;
    figures.push({
      id: fileName(`strength-${dataset}-${setting}`),
      title: `Gain against the strength of ${baseline} (${dataset}, ${setting})`,
      caption: `Each point is a language: ${measure.name} of ${baseline} on the x-axis, the gain of ${system} on the y-axis, with its interval.`,
      svg: scatter({
        title: 'Gain against baseline strength',
        xLabel: `${measure.name} of ${baseline}`,
        yLabel: `difference of ${system}`,
        points,
      }),
      header: ['language', baseline, 'difference', 'from', 'to', 'p'],
      rows: points.map(({ name, x, y, low, high, p }) => [name, x, y, low, high, probability(p)]),
    });
  }
  return figures;
}
