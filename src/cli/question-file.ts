/** A file of questions for a batch, as a stream: lines of id, tab and text, or JSONL. */

import { XqgError } from '../base/errors.js';
import { parseJsonObject, readLines } from '../base/lines.js';
import { count } from './terminal.js';

export interface FileQuestion {
  readonly id: string;
  readonly text: string;
  /** ISO 639-1, where the file gives it. */
  readonly lang?: string;
}

/**
 * @throws XqgError XQG_QUESTION_FILE with the line of what cannot be read, or of an id that comes
 * twice
 */
export async function* readQuestions(file: string): AsyncGenerator<FileQuestion> {
  const seen = new Map<string, number>();
  for await (const { number, text } of readLines(file)) {
    if (text.trim() === '') continue;
    const fail = (reason: string) =>
      new XqgError('XQG_QUESTION_FILE', { file, line: count(number), reason });
    const question = text.trimStart().startsWith('{')
      ? fromJson(text, fail)
      : fromColumns(text, fail);
    if (question.id === '') throw fail('the id is empty');
    if (question.text.trim() === '') throw fail(`the question "${question.id}" is empty`);
    const first = seen.get(question.id);
    if (first !== undefined)
      throw fail(`the id "${question.id}" was given in line ${count(first)} already`);
    seen.set(question.id, number);
    yield question;
  }
}

type Fail = (reason: string) => XqgError;

function fromColumns(line: string, fail: Fail): FileQuestion {
  const tab = line.indexOf('\t');
  if (tab < 0) throw fail('there is no tab between id and text');
  return { id: line.slice(0, tab).trim(), text: line.slice(tab + 1) };
}

function fromJson(line: string, fail: Fail): FileQuestion {
  const row = parseJsonObject(line, fail);
  const id = row.id ?? row._id;
  if (typeof id !== 'string' && typeof id !== 'number') throw fail('"id" is missing');
  if (typeof row.text !== 'string') throw fail('"text" is missing');
  if (row.lang === undefined || row.lang === null) return { id: String(id), text: row.text };
  if (typeof row.lang !== 'string') throw fail('"lang" is not a language code');
  return { id: String(id), text: row.text, lang: row.lang };
}
