/** Composes the report of an experiment: first the answer, then figures and tables. */

import { meanOf } from '../../base/numbers.js';
import { type ExperimentResults, measuresIn } from '../experiment/measurement.js';
import { answerOf, columnsOf, decimal } from './comparison.js';
import { conditionTables, conditionTests } from './condition-tables.js';
import { figuresOf } from './figures.js';
import { PUBLISHED } from './published.js';
import type { Report, ReportTable, ReportTableRow, Section } from './report.js';
import { answerTable, answerTables, fileName, systemTables } from './system-tables.js';

export function reportOf(results: ExperimentResults): Report {
  const { spec } = results;
  const answer = answerOf(results);
  const tests = conditionTests(results);
  const figures = figuresOf(results);
  const sections: Section[] = [
    {
      title: 'Figures',
      text: 'The data of each figure are shown below it and stored in the folder figures/.',
      tables: [],
      figures,
    },
    {
      title: 'All systems',
      text: 'Compare like with like: dense with dense, hybrid with hybrid. Monolingual and cross-lingual settings are never averaged together.',
      tables: [...systemTables(results), ...answerTables(results)],
      figures: [],
    },
    { title: 'Conditions', text: '', tables: conditionTables(tests), figures: [] },
    { title: 'Tuning', text: tuningText(results), tables: tuningTables(results), figures: [] },
    {
      title: 'Published figures',
      text: 'Not measured here. Note the differences before comparing.',
      tables: publishedTables(results),
      figures: [],
    },
  ];
  return {
    title: spec.name,
    question: spec.question ?? '',
    answer,
    answerTable: answerTable(answer, spec),
    conditionTests: tests,
    sections: sections.filter(
      ({ tables, figures: drawn, text }) => tables.length + drawn.length > 0 || text !== '',
    ),
    notes: [...new Set(results.notes)],
    madeBy: madeByRows(results),
  };
}

function tuningText({ spec, tuning }: ExperimentResults): string {
  if (spec.tune === undefined)
    return 'Nothing was tuned in this run: alpha and weights are the defaults of search.';
  if (tuning.length === 0) return 'No encoder of this run could be tuned: defaults were used.';
  const [{ on, setting, metric }] = tuning;
  return (
    `Alpha and weights of the systems named (tuned) were chosen by ${metric} on ${on}, ${setting}, which shares no question with what is reported; all others have the defaults of search. ` +
    `Every system got the same candidates for the parameters that it has.`
  );
}

function tuningTables({ tuning }: ExperimentResults): ReportTable[] {
  return tuning.map(({ encoder, generator, on, metric, systems }) => ({
    id: fileName(`tuning-${encoder}-${generator}`),
    title: `Chosen on ${on}: ${encoder}, ${generator}`,
    note: `Tried: settings tried; ${metric}: of the best one, on the tuning data.`,
    header: ['', 'tried', 'alpha', 'dense weight', metric],
    rows: systems.map(
      ({ system, tried, parameters, settings, mean }): ReportTableRow => ({
        cells: [
          system,
          String(tried),
          parameters.includes('alpha') ? String(settings.alpha) : '–',
          parameters.includes('denseWeight') ? String(settings.denseWeight) : '–',
          decimal(mean),
        ],
      }),
    ),
  }));
}

/** Published rows of the settings that were measured, after our own rows of the same metric. */
function publishedTables({ spec, measurements }: ExperimentResults): ReportTable[] {
  const tables: ReportTable[] = [];
  const measured = new Set(
    measurements.map(({ subject }) => JSON.stringify([subject.dataset, subject.setting])),
  );
  for (const key of measured) {
    const [dataset, setting] = JSON.parse(key) as [string, string];
    for (const measure of measuresIn(setting, spec)) {
      const published = PUBLISHED.filter(
        (row) =>
          row.dataset === dataset && row.setting === setting && row.metric === measure.canonical,
      );
      if (published.length === 0) continue;
      const ours = new Map<string, number>();
      for (const { subject, variant } of measurements) {
        if (
          subject.dataset !== dataset ||
          subject.setting !== setting ||
          variant.condition !== 'system'
        )
          continue;
        const name = `${variant.name} (${subject.encoder}, ${subject.generator})`;
        if (ours.has(name)) continue;
        const columns = columnsOf(
          measurements.filter(
            (other) =>
              other.variant === variant &&
              other.subject.dataset === dataset &&
              other.subject.setting === setting,
          ),
          measure,
        );
        ours.set(name, meanOf(columns.map(({ values }) => meanOf(values))));
      }
      tables.push({
        id: fileName(`published-${dataset}-${setting}-${measure.name}`),
        title: `${measure.name} on ${dataset}, ${setting}, mean over languages`,
        note: '',
        header: ['', measure.name, 'source', 'what differs'],
        rows: [
          ...[...ours].map(([name, value]) => ({
            cells: [name, decimal(value), 'measured here', ''],
          })),
          ...published.map(({ system, value, source, differs }) => ({
            cells: [system, decimal(value), source, differs],
          })),
        ],
      });
    }
  }
  return tables;
}

function madeByRows({ madeBy, machine, timings, spec }: ExperimentResults): [string, string][] {
  const { version, node, icu, date, command, data, identities } = madeBy;
  const recipe = (kind: 'encoders' | 'generators') =>
    (identities[kind] as { as: string; name: string; weights: string }[]).map(
      ({ as, name, weights }): [string, string] => [
        `${kind.slice(0, -1)} ${as}`,
        `${name}, weights sha256 ${weights}`,
      ],
    );
  const { samples, seed, confidence } = spec.statistics;
  return [
    ['command', command],
    ['date', date],
    ['xqg', `${version}, Node ${node}, ICU ${icu}`],
    ...recipe('encoders'),
    ...recipe('generators'),
    ['scanner', String(identities.scanner)],
    [
      'seeds',
      `drawn queries ${spec.seed}; statistics ${seed}, ${samples.toLocaleString('en-US')} samples, confidence ${confidence}`,
    ],
    ['machine', `${machine.cores} cores, ${machine.memory} GB memory, ${machine.platform}`],
    [
      'seconds of this run',
      Object.entries(timings)
        .map(([stage, seconds]) => `${stage} ${seconds}`)
        .join(', '),
    ],
    ...data.map(({ file, sha256 }): [string, string] => [`data ${file}`, `sha256 ${sha256}`]),
  ];
}
