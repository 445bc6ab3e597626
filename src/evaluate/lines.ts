/**
 * Reads the lines and rows of evaluation files as streams. Knows no measure. Lines end at LF or CR LF only:
 * node:readline also ends them at U+2028 and U+2029, which may stand in a JSON string.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { XqgError } from '../errors/error.js';

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** The lines of a UTF-8 file that are not blank, without a byte order mark; `.gz` is unpacked. */
export async function* readLines(file: string): AsyncGenerator<Line> {
  const bytes = createReadStream(file);
  const source = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  bytes.on('error', (error) => source.destroy(error));
  source.setEncoding('utf8');
  let number = 0;
  let rest = '';
  try {
    for await (const chunk of source) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        number++;
        const text = cleaned(line, number);
        if (text !== '') yield { number, text };
      }
    }
  } catch (error) {
    if (error instanceof XqgError) throw error;
    throw unreadable(file, error);
  }
  const text = cleaned(rest, number + 1);
  if (text !== '') yield { number: number + 1, text };
}

function cleaned(line: string, number: number): string {
  const text = number === 1 && line.startsWith('\uFEFF') ? line.slice(1) : line;
  return text.trim() === '' ? '' : text.endsWith('\r') ? text.slice(0, -1) : text;
}

/** The rows of a JSONL file (`.gz` too), each an object. Throws XQG_EVALUATION_LINE with the line of the first bad row. */
export async function* readJsonRows(
  file: string,
): AsyncGenerator<{ number: number; row: Record<string, unknown> }> {
  for await (const { number, text } of readLines(file)) {
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch (error) {
      throw lineError(
        file,
        number,
        `not JSON (${(error as Error).message})`,
        'Write one JSON object per line.',
      );
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw lineError(file, number, 'not a JSON object', 'Write one JSON object per line.');
    }
    yield { number, row: row as Record<string, unknown> };
  }
}

export function lineError(file: string, line: number, reason: string, remedy: string): XqgError {
  return new XqgError('XQG_EVALUATION_LINE', { file, line: line.toLocaleString('en-US'), reason, remedy });
}

/** The error of a file that is missing or cannot be read, from what Node.js threw. */
export function unreadable(file: string, cause: unknown): XqgError {
  const code = (cause as NodeJS.ErrnoException).code;
  const reason = code === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
  return new XqgError('XQG_EVALUATION_FILE', { file, reason, remedy: 'Check the path.' }, { cause });
}
