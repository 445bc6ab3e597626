/** What a report holds, before it is HTML, Markdown or LaTeX. */
import type { Answer } from './comparison.js';

export interface ReportTable {
  /** For file names and links. */
  readonly id: string;
  readonly title: string;
  /** One paragraph above it. */
  readonly note: string;
  readonly header: readonly string[];
  readonly rows: readonly ReportTableRow[];
}

export interface ReportTableRow {
  readonly cells: readonly string[];
  /** `head`: a line above a group; `difference`: what the group comes down to. */
  readonly kind?: 'head' | 'difference' | 'test';
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  /** How to read it. */
  readonly caption: string;
  readonly svg: string;
  /** The same figures as a table. */
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
  readonly sections: readonly Section[];
  readonly notes: readonly string[];
  /** Names and values of what made it. */
  readonly madeBy: readonly (readonly [string, string])[];
}

/** True for a cell that holds words: those stand left, figures right. */
export function isText(cell: string): boolean {
  return /[a-z]{3}/i.test(cell) && !/^[+−]/.test(cell);
}
