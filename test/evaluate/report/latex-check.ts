/**
 * What can be seen of a LaTeX table without LaTeX: balanced groups, no comment within, as many
 * cells as columns.
 */
import { expect } from 'vitest';

export function checkLatex(tex: string): void {
  const [, ...lines] = tex.split('\n');
  const plain = lines
    .join('\n')
    .replace(/\\[\\&%$#_{}]/g, (sign) => (sign === '\\\\' ? '\\\\' : ''));
  expect(plain).not.toMatch(/[%#]/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: any other sign would need a package
  expect(plain).toMatch(/^[\x00-\x7f]*$/);
  let depth = 0;
  for (const sign of plain) {
    if (sign === '{') depth++;
    if (sign === '}') depth--;
    expect(depth).toBeGreaterThanOrEqual(0);
  }
  expect(depth).toBe(0);
  expect((plain.match(/\$/g) ?? []).length % 2).toBe(0);
  const [, columns] = /\\begin\{tabular\}\{(.*)\}/.exec(tex)!;
  const width = columns.replace(/p\{[^}]*\}/g, 'p').length;
  const rows = plain
    .split('\n')
    .filter((line) => line.endsWith('\\\\') && !line.startsWith('\\multicolumn'));
  expect(rows.length).toBeGreaterThan(1);
  for (const row of rows) expect([row, row.split('&').length]).toEqual([row, width]);
}
