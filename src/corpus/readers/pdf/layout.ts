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

/** Columns of text have at least this many lines side by side. */
const LEAST_COLUMN_LINES = 6;
/** Lines of text are longer than cells of tables. In characters. */
const LEAST_LINE = 22;
/** A wrapped line takes this share of its column. */
const FULL = 0.7;
const MOST_COLUMNS = 4;

/** Lines that run across columns become those of the first one, then those of the next. */
function columnsOneByOne(lines: readonly PageLine[]): readonly PageLine[] {
  for (let columns = 2; columns <= MOST_COLUMNS; columns++) {
    const ordered = inColumns(lines, columns);
    if (ordered !== undefined) return ordered;
  }
  return lines;
}

/** undefined where the lines are not set in so many columns of text. */
function inColumns(lines: readonly PageLine[], columns: number): PageLine[] | undefined {
  const broad = lines.filter(({ parts }) => parts?.length === columns);
  if (broad.length < LEAST_COLUMN_LINES) return undefined;
  // Where the columns end, in points.
  const gutters = Array.from({ length: columns - 1 }, (_, i) =>
    median(broad.map(({ parts }) => (parts![i].right + parts![i + 1].left) / 2)),
  );
  const columnOf = ({ left }: LinePart): number => gutters.filter((x) => x <= left).length;
  const isWithin = ({ parts }: PageLine): boolean =>
    parts?.every((part) => gutters.every((x) => part.right <= x || part.left >= x)) === true;
  const split = broad.filter(isWithin);
  if (split.length < LEAST_COLUMN_LINES || split.length < broad.length * 0.8) return undefined;
  const isText = gutters.concat(0).every((_, i) => isProse(split.map(({ parts }) => parts![i])));
  if (!isText) return undefined;
  let from = lines.indexOf(split[0]);
  let to = lines.indexOf(split[split.length - 1]) + 1;
  while (to < lines.length && isWithin(lines[to])) to++;
  while (from > 0 && isWithin(lines[from - 1]) && lines[from - 1].y > lines[from].y) from--;
  const region = lines.slice(from, to);
  if (!region.every(isWithin)) return undefined;
  const columnLines = (column: number): PageLine[] =>
    region.flatMap((line) =>
      line
        .parts!.filter((part) => columnOf(part) === column)
        .map((part) => ({ ...line, text: part.text, parts: [part] })),
    );
  const ordered = Array.from({ length: columns }, (_, column) => columnLines(column)).flat();
  return [...lines.slice(0, from), ...ordered, ...lines.slice(to)];
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
