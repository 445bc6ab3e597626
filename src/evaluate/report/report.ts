/** The content of a report, independent of HTML, Markdown and LaTeX. */
import type { Answer, ConditionTest } from './comparison.js';

export interface ReportTable {
  /** Used in file names and links. */
  readonly id: string;
  readonly title: string;
  /** A paragraph above the table. */
  readonly note: string;
  readonly header: readonly string[];
  readonly rows: readonly ReportTableRow[];
}

export interface ReportTableRow {
  readonly cells: readonly string[];
  /** `head`: title of a group; `difference`: its main result; `test`: p-values and intervals. */
  readonly kind?: 'head' | 'difference' | 'test';
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  /** Explains how to read the figure. */
  readonly caption: string;
  readonly svg: string;
  /** The data of the figure as a table. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Section {
  readonly title: string;
  readonly text: string;
  readonly tables: readonly ReportTable[];
  readonly figures: readonly Figure[];
}

export interface Report {
  readonly title: string;
  readonly question: string;
  readonly answer: Answer;
  readonly answerTable: ReportTable;
  readonly conditionTests: readonly ConditionTest[];
  readonly sections: readonly Section[];
  readonly notes: readonly string[];
  /** Provenance as names and values: versions, identities, machine. */
  readonly madeBy: readonly (readonly [string, string])[];
}

/** Whether a cell contains words, which are aligned left; figures are aligned right. */
export function isText(cell: string): boolean {
  return /[a-z]{3}/i.test(cell) && !/^[+−]/.test(cell);
}
