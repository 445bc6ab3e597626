/** Writes the results, the report and the runs of an experiment into a folder. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeAtomically } from '../../base/atomic-write.js';
import {
  ANSWER_SETTING,
  type ExperimentResults,
  type ExperimentRow,
  measuresIn,
  officialName,
} from '../experiment/measurement.js';
import type { SystemRun } from '../experiment/run.js';
import { pairingsOf } from './comparison.js';
import { htmlReport } from './html.js';
import { latexTable } from './latex.js';
import { markdownReport } from './markdown.js';
import type { Report } from './report.js';
import { fileName, groundsOf } from './system-tables.js';

/** The results of all measures as flat rows. */
export function resultRows({ spec, measurements }: ExperimentResults): ExperimentRow[] {
  return measurements.flatMap((measurement) => {
    const { subject, variant } = measurement;
    const { encoder, generator, ...where } = subject;
    const row = (metric: string, value: number, queries: number): ExperimentRow => ({
      ...where,
      system: variant.system.name,
      metric,
      value,
      generator,
      language: measurement.language,
      queries,
      encoder,
      condition: variant.condition,
      point: variant.point,
    });
    return measuresIn(subject.setting, spec).flatMap((measure) => {
      const rows = [row(measure.name, measurement.mean(measure), measurement.questions.length)];
      if (subject.setting !== ANSWER_SETTING) return rows;
      const { value, queries } = measurement.meanOfAnswered(measure);
      return [...rows, row(officialName(measure), value, queries)];
    });
  });
}

/** The content of results.json. */
export function resultsJson(
  results: ExperimentResults,
  { answer, conditionTests }: Pick<Report, 'answer' | 'conditionTests'>,
): Readonly<Record<string, unknown>> {
  const { spec, tuning, notes, madeBy, machine, timings } = results;
  return {
    results: resultRows(results),
    answer,
    conditionTests,
    tuning,
    notes,
    experiment: spec,
    madeBy,
    machine,
    timings,
  };
}

/**
 * Writes results.json, report.html, report.md, tables/*.tex, figures/*.svg and *.csv,
 * per-query/*.tsv.gz and runs/*.run.gz. These subfolders are recreated; other files of `folder` are
 * left unchanged.
 */
export async function writeFolder(
  folder: string,
  results: ExperimentResults,
  report: Report,
  runs: readonly SystemRun[],
): Promise<void> {
  for (const name of ['tables', 'figures', 'per-query', 'runs']) {
    await rm(join(folder, name), { recursive: true, force: true });
    await mkdir(join(folder, name), { recursive: true });
  }
  const write = (name: string, content: string | Uint8Array) =>
    writeAtomically(join(folder, name), content);
  const tables = [report.answerTable, ...report.sections.flatMap((section) => section.tables)];
  for (const table of tables) await write(`tables/${fileName(table.id)}.tex`, latexTable(table));
  for (const { id, svg, header, rows } of report.sections.flatMap((section) => section.figures)) {
    await write(`figures/${id}.svg`, `${svg}\n`);
    await write(
      `figures/${id}.csv`,
      [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join(''),
    );
  }
  for (const { name, lines } of perQueryFiles(results)) {
    await write(`per-query/${name}.tsv.gz`, gzipSync(lines.join('')));
  }
  for (const { name, content } of runs) await write(`runs/${name}`, await content());
  await write('report.md', markdownReport(report));
  await write('report.html', htmlReport(report));
  // Written last, so that a folder with results.json is complete.
  await write('results.json', `${JSON.stringify(resultsJson(results, report), null, 1)}\n`);
}

function csvCell(cell: string | number): string {
  const text = String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * One file per data set, setting, encoder and generator, and measure, with questions as rows and
 * variants as columns.
 */
function* perQueryFiles({
  spec,
  measurements,
}: ExperimentResults): Generator<{ name: string; lines: string[] }> {
  for (const { dataset, setting, measurements: ofGround } of groundsOf(measurements)) {
    for (const { encoder, generator, measurements: ofPairing } of pairingsOf(ofGround)) {
      const names = [...new Set(ofPairing.map(({ variant }) => variant.name))];
      const pairs = new Map<string, (typeof ofPairing)[number][]>();
      for (const measurement of ofPairing) {
        const { queryLang, passageLang } = measurement.subject;
        const key = `${queryLang}\t${passageLang}`;
        const ofPair = pairs.get(key) ?? [];
        pairs.set(key, ofPair);
        ofPair.push(measurement);
      }
      for (const measure of measuresIn(setting, spec)) {
        const lines = [`${['queryLang', 'passageLang', 'query', 'group', ...names].join('\t')}\n`];
        for (const [pair, ofPair] of pairs) {
          const values = names.map((name) =>
            ofPair.find(({ variant }) => variant.name === name)?.values(measure),
          );
          const [{ questions, groups }] = ofPair;
          questions.forEach((question, q) => {
            const cells = values.map((ofVariant) => ofVariant?.[q] ?? '');
            lines.push(`${pair}\t${question}\t${groups[q]}\t${cells.join('\t')}\n`);
          });
        }
        yield {
          name: fileName(`${dataset}.${setting}.${encoder}.${generator}.${measure.name}`),
          lines,
        };
      }
    }
  }
}
