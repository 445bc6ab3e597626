/** A file of questions for a batch, as a stream. */
import { XqgError } from '../base/errors.js';
import { readTopics } from '../evaluate/data/topics.js';
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
  const error = (line: number, reason: string) =>
    new XqgError('XQG_QUESTION_FILE', { file, line: count(line), reason });
  for await (const { line, ...question } of readTopics(file, error)) {
    if (question.text.trim() === '') throw error(line, `the question "${question.id}" is empty`);
    yield question;
  }
}
