// Writes text into a file between two marks that stay there. Knows no text.
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * @param file that has the marks `<!-- NAME: written by COMMAND -->` and `<!-- /NAME -->`
 * @param text what stands between them afterwards
 */
export function writeMarked(file, name, text) {
  const before = readFileSync(file, 'utf8');
  const begin = before.match(new RegExp(`<!-- ${name}: [^>]*-->`));
  const end = before.indexOf(`<!-- /${name} -->`);
  if (begin === null || end < begin.index) throw new Error(`${file} has no place called ${name}`);
  const from = begin.index + begin[0].length;
  writeFileSync(file, `${before.slice(0, from)}\n${text.trim()}\n${before.slice(end)}`);
}

/** A Markdown table. */
export function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
