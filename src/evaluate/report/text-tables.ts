/** Results as text tables for people: systems as rows, languages as columns, the mean last. */
import { meanOf } from '../../base/numbers.js';
import { parseExperimentMeasures } from '../measures/names.js';
import type { ResultRow } from './results.js';

export interface TableOptions {
  /** Show only these metrics, in this order, however they are written; all by default. */
  readonly metrics?: readonly string[];
}

/**
 * One table per data set, setting, source of the question's language, and metric. The mean is over
 * the languages shown, without rows of `mixed` languages, and is omitted if a cell is missing. If
 * there is only one pair of languages, a single table has the metrics as columns. In the setting
 * cross, a cell is the mean over the languages of the passages.
 */
export function formatTables(rows: readonly ResultRow[], options: TableOptions = {}): string {
  const written = new Map(rows.map(({ metric }) => [canonicalName(metric), metric]));
  const metrics = options.metrics?.map((name) => written.get(canonicalName(name)) ?? name);
  const selected = metrics ? rows.filter(({ metric }) => metrics.includes(metric)) : rows;
  const tables: string[] = [];
  for (const group of groupsOf(selected)) {
    const pairs = new Set(group.rows.map(pairLabel));
    if (pairs.size === 1) {
      const [pair] = pairs;
      const names = metrics ?? [...new Set(group.rows.map(({ metric }) => metric))];
      tables.push(
        tableOf(`${group.title}, ${pair}`, group.rows, ({ metric }) => metric, names, false),
      );
      continue;
    }
    for (const metric of metrics ?? new Set(group.rows.map((row) => row.metric))) {
      const cells = group.rows.filter((row) => row.metric === metric);
      if (cells.length === 0) continue;
      const languages = [...new Set(cells.map(columnOf))].filter((lang) => lang !== 'mixed').sort();
      tables.push(tableOf(`${group.title}, ${metric}`, cells, columnOf, languages, true));
    }
  }
  return tables.join('\n');
}

/** @throws XqgError XQG_UNKNOWN_MEASURE */
function canonicalName(metric: string): string {
  return parseExperimentMeasures(metric)[0].canonical;
}

function pairLabel({ queryLang, passageLang }: ResultRow): string {
  return queryLang === passageLang ? queryLang : `${queryLang} to ${passageLang}`;
}

/** The language that varies within a setting. */
function columnOf({ setting, queryLang, passageLang }: ResultRow): string {
  return setting === 'from-english' ? passageLang : queryLang;
}

function groupsOf(rows: readonly ResultRow[]): { title: string; rows: ResultRow[] }[] {
  const groups = new Map<string, ResultRow[]>();
  for (const row of rows) {
    const { dataset, setting, language } = row;
    const title = setting === 'run' ? dataset : `${dataset}, ${setting}, language ${language}`;
    const group = groups.get(title) ?? [];
    group.push(row);
    groups.set(title, group);
  }
  return [...groups].map(([title, group]) => ({ title, rows: group }));
}

function tableOf(
  title: string,
  rows: readonly ResultRow[],
  column: (row: ResultRow) => string,
  columns: readonly string[],
  withMean: boolean,
): string {
  const bySystem = new Map<string, Map<string, number[]>>();
  for (const row of rows) {
    const cells = bySystem.get(row.system) ?? new Map<string, number[]>();
    const name = column(row);
    bySystem.set(row.system, cells.set(name, [...(cells.get(name) ?? []), row.value]));
  }
  const lines = [['', ...columns, ...(withMean ? ['mean'] : [])]];
  for (const [system, cells] of bySystem) {
    const values = columns.map((name) => meanOf(cells.get(name) ?? []));
    const mean = meanOf(values);
    lines.push([system, ...values.map(formatCell), ...(withMean ? [formatCell(mean)] : [])]);
  }
  return `${title}\n${formatColumns(lines)}`;
}

function formatCell(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3);
}

/** Aligns the first column left and the others right. */
export function formatColumns(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, i) =>
    lines.reduce((width, line) => Math.max(width, line[i].length), 0),
  );
  const format = (line: readonly string[]) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return lines.map((line) => `${format(line).trimEnd()}\n`).join('');
}
