/**
 * The order of lines where a PDF draws across two columns of text, or draws a table column by
 * column.
 */

/** Text between two wide gaps of a line. */
export interface LinePart {
  readonly text: string;
  /** Its sides, in points. */
  readonly left: number;
  readonly right: number;
}

export interface PageLine {
  readonly text: string;
  /** In points, from the bottom of the page. */
  readonly y: number;
  readonly height: number;
  /** From left to right; absent where the line is read from right to left. */
  readonly parts?: readonly LinePart[];
}

export function inReadingOrder(lines: readonly PageLine[]): PageLine[] {
  return tablesByRows(columnsOneByOne(lines));
}

/** Two columns of text have at least this many lines side by side. */
const LEAST_COLUMN_LINES = 6;
/** Lines of text are longer than cells of tables. In characters. */
const LEAST_LINE = 22;
/** A wrapped line takes this share of its column. */
const FULL = 0.7;

/** Lines that run across two columns become those of the left one, then those of the right one. */
function columnsOneByOne(lines: readonly PageLine[]): readonly PageLine[] {
  const pairs = lines.filter(({ parts }) => parts?.length === 2);
  if (pairs.length < LEAST_COLUMN_LINES) return lines;
  const middles = pairs.map(({ parts }) => (parts![0].right + parts![1].left) / 2);
  const gutter = median(middles);
  const isSplit = ({ parts = [] }: PageLine): boolean =>
    parts.length === 2 && parts[0].right <= gutter && gutter <= parts[1].left;
  const split = pairs.filter(isSplit);
  if (split.length < LEAST_COLUMN_LINES || split.length < pairs.length * 0.8) return lines;
  if (![0, 1].every((side) => isProse(split.map(({ parts }) => parts![side])))) return lines;
  const first = lines.findIndex(isSplit);
  const last = lines.findLastIndex(isSplit);
  const isWithin = ({ parts }: PageLine): boolean =>
    parts?.every(({ left, right }) => right <= gutter || left >= gutter) === true;
  let [from, to] = [first, last + 1];
  while (to < lines.length && isWithin(lines[to])) to++;
  while (from > 0 && isWithin(lines[from - 1]) && lines[from - 1].y > lines[from].y) from--;
  const region = lines.slice(from, to);
  if (!region.every(isWithin)) return lines;
  const side = (isLeft: boolean): PageLine[] =>
    region.flatMap((line) =>
      line
        .parts!.filter(({ left }) => left < gutter === isLeft)
        .map((part) => ({ ...line, text: part.text, parts: [part] })),
    );
  return [...lines.slice(0, from), ...side(true), ...side(false), ...lines.slice(to)];
}

function isProse(parts: readonly LinePart[]): boolean {
  const widths = parts.map(({ left, right }) => right - left);
  const widest = widths.reduce((most, width) => Math.max(most, width), 0);
  return (
    median(parts.map(({ text }) => text.length)) >= LEAST_LINE && median(widths) >= FULL * widest
  );
}

/** Longer texts are no cells. Mean of a column, in characters. */
const LONGEST_CELL = 20;
/** Baselines of one row differ less. In points. */
const SAME_LINE = 2;

/** Columns of cells, drawn one after the other, become rows. */
function tablesByRows(lines: readonly PageLine[]): PageLine[] {
  const runs: PageLine[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run !== undefined && run[run.length - 1].y > line.y + SAME_LINE) run.push(line);
    else runs.push([line]);
  }
  const ordered: PageLine[] = [];
  for (let at = 0; at < runs.length; ) {
    let end = at + 1;
    let rows = runs[at];
    while (end < runs.length) {
      const start = startOfRows(rows, runs[end - 1], runs[end]);
      if (start < 0) break;
      rows = rows.slice(start);
      if (end === at + 1) ordered.push(...runs[at].slice(0, start));
      end++;
    }
    if (end === at + 1) ordered.push(...runs[at]);
    else ordered.push(...rowsOf([rows, ...runs.slice(at + 1, end)]));
    at = end;
  }
  return ordered;
}

/** Where the lines of `first` begin that stand beside the column `next`; -1 for none. */
function startOfRows(
  first: readonly PageLine[],
  before: readonly PageLine[],
  next: readonly PageLine[],
): number {
  if (next.length < 2 || next.some(({ parts }) => parts?.length !== 1)) return -1;
  const start = first.findIndex(({ y }) => Math.abs(y - next[0].y) <= SAME_LINE);
  const column = start < 0 ? [] : first.slice(start);
  if (column.length < next.length || column.some(({ parts }) => parts?.length !== 1)) return -1;
  const isBeside = next.every(({ y }) => column.some((line) => Math.abs(line.y - y) <= SAME_LINE));
  const right = before
    .slice(-next.length)
    .reduce((most, { parts }) => Math.max(most, parts![0].right), 0);
  const isRight = next.every(({ parts }) => parts![0].left > right);
  return isBeside && isRight && areCells(column) && areCells(next) ? start : -1;
}

function areCells(lines: readonly PageLine[]): boolean {
  return lines.reduce((sum, { text }) => sum + text.length, 0) / lines.length <= LONGEST_CELL;
}

function rowsOf(columns: readonly (readonly PageLine[])[]): PageLine[] {
  return columns[0].map((line) => {
    const cells = columns.flatMap((column) =>
      column.filter(({ y }) => Math.abs(y - line.y) <= SAME_LINE),
    );
    return {
      ...line,
      text: cells.map(({ text }) => text).join('\t'),
      parts: cells.flatMap(({ parts = [] }) => parts),
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
