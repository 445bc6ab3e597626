/**
 * Reads the lines and rows of evaluation files as streams. Lines end at LF or CR LF only:
 * node:readline also ends them at U+2028 and U+2029, which may stand in a JSON string.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { XqgError } from '../../base/errors.js';

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a UTF-8 file that are not blank, without a byte order mark; `.gz` is unpacked.
 * @throws XqgError XQG_EVALUATION_FILE where the file is missing, damaged or not UTF-8
 */
export async function* readLines(file: string): AsyncGenerator<Line> {
  let number = 0;
  let rest = '';
  for await (const piece of textOf(file)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      number++;
      if (line.trim() !== '') yield { number, text: withoutReturn(line) };
    }
  }
  if (rest.trim() !== '') yield { number: number + 1, text: withoutReturn(rest) };
}

async function* textOf(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file);
  const source = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  bytes.on('error', (error) => source.destroy(error));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of source) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    bytes.destroy();
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/**
 * The rows of a JSONL file (`.gz` too), each an object.
 * @throws XqgError XQG_EVALUATION_LINE with the line of the first bad row
 */
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
  return new XqgError('XQG_EVALUATION_LINE', {
    file,
    line: line.toLocaleString('en-US'),
    reason,
    remedy,
  });
}

/** The error of a file that is missing or cannot be read, from what Node.js threw. */
export function unreadable(file: string, cause: unknown): XqgError {
  const code = (cause as NodeJS.ErrnoException).code;
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
  };
  const reason = known[code ?? ''] ?? (cause as Error).message;
  return new XqgError(
    'XQG_EVALUATION_FILE',
    { file, reason, remedy: 'Check the path.' },
    { cause },
  );
}
