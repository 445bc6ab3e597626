/** Generated text in documents: between two marks, which stay there. */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Replaces what stands between the marks of a name.
 * @param page has `<!-- NAME: written by COMMAND -->` and `<!-- /NAME -->`
 * @throws Error when the marks are missing
 */
export function between(page: string, name: string, text: string): string {
  const begin = new RegExp(`<!-- ${name}: [^>]*-->`).exec(page);
  const end = page.indexOf(`<!-- /${name} -->`);
  if (begin === null || end < begin.index) throw new Error(`there are no marks of ${name}`);
  const from = begin.index + begin[0].length;
  return `${page.slice(0, from)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}

/** The same in a file. */
export function writeMarked(file: string, name: string, text: string): void {
  writeFileSync(file, between(readFileSync(file, 'utf8'), name, text));
}

/**
 * A Markdown table.
 * @param numbers true: all columns but the first are aligned to the right
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  numbers = false,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, i) => (numbers && i > 0 ? '---:' : '---'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
