/** The lines of a text file and the rows of a JSONL file, in memory bounded by the longest line. */
import { XqgError } from './errors.js';
import { formatCount } from './numbers.js';
import { decodeFile, type EncodingListener } from './text-file.js';

/** Longest line that is read, in UTF-16 code units. */
export const LINE_LIMIT = 16 * 2 ** 20;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its line end. */
  readonly text: string;
}

/**
 * The lines of a file; `.gz` is unpacked. They end at LF or CR LF only: node:readline also ends
 * them at U+2028 and U+2029, which may occur in a JSON string.
 *
 * @param skipsEmpty leaves out lines without any character, of which a file may be full
 * @throws XqgError XQG_CORPUS_LONG_LINE, and those of decodeFile
 */
export async function* readLines(
  path: string,
  limit = LINE_LIMIT,
  onAssumed?: EncodingListener,
  skipsEmpty = false,
): AsyncGenerator<Line> {
  let number = 1;
  // The beginning of a line that no piece has ended yet: joined once, since += on a long line would
  // copy it every time.
  let open: string[] = [];
  let openLength = 0;
  const grow = (part: string): void => {
    open.push(part);
    openLength += part.length;
    if (openLength > limit) {
      throw new XqgError('XQG_CORPUS_LONG_LINE', {
        file: path,
        line: formatCount(number),
        limit: formatCount(limit),
      });
    }
  };
  for await (const piece of decodeFile(path, undefined, onAssumed)) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      if (skipsEmpty && end === from && openLength === 0) {
        number++;
        from = end + 1;
        continue;
      }
      grow(piece.slice(from, end));
      yield { number, text: withoutReturn(open.length === 1 ? open[0] : open.join('')) };
      number++;
      open = [];
      openLength = 0;
      from = end + 1;
    }
    if (from < piece.length) grow(piece.slice(from));
  }
  if (openLength > 0) yield { number, text: withoutReturn(open.join('')) };
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

export interface JsonRow {
  /** Number of its line, from 1. */
  readonly number: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Makes the error of a bad row in the terms of the caller. */
export type RowError = (number: number, reason: string, remedy: string, cause?: unknown) => Error;

/** The JSON objects of lines; blank lines are left out. */
export async function* jsonRows(
  lines: AsyncIterable<Line>,
  rowError: RowError,
): AsyncGenerator<JsonRow> {
  for await (const { number, text } of lines) {
    if (text.trim() === '') continue;
    const row = parseJsonObject(text, (reason, remedy, cause) =>
      rowError(number, reason, remedy, cause),
    );
    yield { number, row };
  }
}

/** @param error makes what is thrown for a text that is not a JSON object */
export function parseJsonObject(
  text: string,
  error: (reason: string, remedy: string, cause?: unknown) => Error,
): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const remedy = /\b(NaN|-?Infinity)\b/.test(text)
      ? 'JSON has no NaN or Infinity: write null or leave the field out.'
      : 'Fix or delete that line; write one JSON object per line.';
    throw error(`not valid JSON (${(cause as Error).message})`, remedy, cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw error('not a JSON object', 'Write one JSON object per line.');
}
