/**
 * Text of documents and questions made fit for a terminal: no control codes, and right-to-left text
 * in isolates, so that it cannot turn the line around it.
 */
import pc from 'picocolors';

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they could drive the terminal
const UNFIT = /[\u0000-\u001f\u007f-\u009f]+/g;
/** Embeddings, overrides and isolates within a text would break out of the isolate around it. */
const DIRECTIONAL = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Everything that could drive a terminal, but for line ends, tabs and the colors of this module:
 * names and texts of strangers are in messages too.
 */
const DRIVING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they could drive the terminal
  /(\u001b\[(?:[0-4]|7|9|2[1-9]|[349][0-79])m)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Whole output with control codes written out, so that it shows them and does nothing. */
export function harmless(text: string): string {
  return text.replace(
    DRIVING,
    (code, color?: string) => color ?? `\\x${code.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** JSON whose texts hold no control codes: JSON itself escapes only some. */
export function harmlessJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f]/g,
    (code) => `\\u00${code.charCodeAt(0).toString(16)}`,
  );
}

/** One line of foreign text as it may stand in a line of output. */
export function foreign(text: string, style: (text: string) => string = (plain) => plain): string {
  const fit = text.replace(UNFIT, ' ').replace(DIRECTIONAL, '').trim();
  return fit === '' ? '' : FIRST_STRONG_ISOLATE + style(fit) + POP_DIRECTIONAL_ISOLATE;
}

/**
 * The first `length` characters at most (grapheme clusters), with an ellipsis where something is
 * cut.
 */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  let count = 0;
  for (const { index } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(
    text,
  )) {
    if (++count > length) return `${text.slice(0, index).trimEnd()}…`;
  }
  return text;
}

/** 1234567 -> 1,234,567; with a noun: 1 passage, 1,200 passages. */
export function count(value: number, noun?: string): string {
  const figure = value.toLocaleString('en-US');
  if (noun === undefined) return figure;
  return `${figure} ${noun}${value === 1 ? '' : 's'}`;
}

/** Bytes with a decimal unit: 1.2 MB. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Columns padded to the widest cell; for cells of single-width text. Numbers are aligned right. */
export function columns(rows: ReadonlyArray<ReadonlyArray<string | number>>, gap = '  '): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, String(cell).length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          typeof cell === 'number' || /^[-+]?[\d.,]+%?$/.test(cell)
            ? String(cell).padStart(widths[column])
            : cell.padEnd(widths[column]),
        )
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

/**
 * Colors for people: only where the stream is a terminal, and neither NO_COLOR nor TERM=dumb asks
 * for none. (picocolors itself also colors whatever runs in continuous integration, which would put
 * escape codes into files and pipes.) FORCE_COLOR is obeyed.
 */
function wanted(stream: NodeJS.WriteStream): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}

/** For what goes to stdout. */
export const colors = pc.createColors(wanted(process.stdout));
/** For what goes to stderr. */
export const errorColors = pc.createColors(wanted(process.stderr));
