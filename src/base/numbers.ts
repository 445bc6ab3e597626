/** How a place in a file is written in messages. */

const grouped = new Intl.NumberFormat('en-US');

/** 1234 as `1,234`. */
export function counted(value: number): string {
  return grouped.format(value);
}

/** `/data/a.jsonl, line 1,234`, or the path alone where there are no lines. */
export function placeOf(path: string, line?: number): string {
  return line === undefined ? path : `${path}, line ${counted(line)}`;
}
