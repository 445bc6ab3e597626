// Text between two marks of a page, which stay there.
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Replaces what stands between the marks of a name. Throws where they are missing.
 * @param page has `<!-- NAME: written by COMMAND -->` and `<!-- /NAME -->`
 */
export function between(page, name, text) {
  const begin = page.match(new RegExp(`<!-- ${name}: [^>]*-->`));
  const end = page.indexOf(`<!-- /${name} -->`);
  if (begin === null || end < begin.index) throw new Error(`there are no marks of ${name}`);
  const from = begin.index + begin[0].length;
  return `${page.slice(0, from)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}

/** The same in a file. */
export function writeMarked(file, name, text) {
  writeFileSync(file, between(readFileSync(file, 'utf8'), name, text));
}

/**
 * A Markdown table.
 * @param numbers true: all columns but the first are aligned to the right
 */
export function table(header, rows, numbers = false) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, i) => (numbers && i > 0 ? '---:' : '---'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
