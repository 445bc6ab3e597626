/** Generated text in documents: between two marks, which stay there. */
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * @param file that has the marks `<!-- NAME: written by COMMAND -->` and `<!-- /NAME -->`
 * @param text what stands between them afterwards
 */
export function writeMarked(file: string, name: string, text: string): void {
  const before = readFileSync(file, 'utf8');
  const begin = new RegExp(`<!-- ${name}: [^>]*-->`).exec(before);
  const end = before.indexOf(`<!-- /${name} -->`);
  if (begin === null || end < begin.index) throw new Error(`${file} has no place called ${name}`);
  const from = begin.index + begin[0].length;
  writeFileSync(file, `${before.slice(0, from)}\n${text.trim()}\n${before.slice(end)}`);
}

/** A Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
