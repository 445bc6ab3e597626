/** The lines and rows of evaluation files, with the errors of evaluation. */
import { XqgError } from '../../base/errors.js';
import { type JsonRow, jsonRows, type Line, readLines as readAllLines } from '../../base/lines.js';
import { formatCount } from '../../base/numbers.js';

/**
 * The lines of a text file that are not blank; `.gz` is unpacked.
 * @throws XqgError XQG_EVALUATION_FILE where the file is missing, damaged or not UTF-8
 */
export async function* readLines(file: string): AsyncGenerator<Line> {
  try {
    for await (const line of readAllLines(file)) if (line.text.trim() !== '') yield line;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * The rows of a JSONL file (`.gz` too), each an object.
 * @throws XqgError XQG_EVALUATION_LINE with the line of the first bad row, and those of readLines
 */
export function readJsonRows(file: string): AsyncGenerator<JsonRow> {
  return jsonRows(readLines(file), (line, reason, remedy) => lineError(file, line, reason, remedy));
}

export function lineError(file: string, line: number, reason: string, remedy: string): XqgError {
  return new XqgError('XQG_EVALUATION_LINE', {
    file,
    line: formatCount(line),
    reason,
    remedy,
  });
}

/** The error of a file that is missing or cannot be read. */
export function unreadable(file: string, cause: unknown): XqgError {
  const { code, message } = cause as NodeJS.ErrnoException;
  let reason = message;
  let remedy = 'Check the path.';
  if (code === 'ENOENT' || code === 'XQG_CORPUS_NOT_FOUND') reason = 'there is no such file';
  else if (cause instanceof XqgError) {
    reason = String(cause.details.reason ?? message.replace(`${file}, `, '').replace(/\.$/, ''));
    remedy = cause.remedy;
  }
  return new XqgError('XQG_EVALUATION_FILE', { file, reason, remedy }, { cause });
}
