/** A text file line by line, in memory bounded by the longest line. */
import { XqgError } from './errors.js';
import { counted } from './numbers.js';
import { decodeFile } from './text-file.js';

/** Longest line that is read, in UTF-16 code units. */
export const LINE_LIMIT = 64 * 2 ** 20;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its line end (LF or CRLF). */
  readonly text: string;
}

/** @throws XqgError XQG_CORPUS_LONG_LINE, and those of decodeFile */
export async function* readLines(path: string, limit = LINE_LIMIT): AsyncGenerator<Line> {
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
        line: counted(number),
        limit: counted(limit),
      });
    }
  };
  for await (const piece of decodeFile(path)) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      grow(piece.slice(from, end));
      yield { number, text: withoutReturn(open.join('')) };
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
