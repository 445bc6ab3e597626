import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { demoTable } from '../../scripts/demo-table.js';
import { readArticles } from '../../scripts/udhr-articles.js';

describe("the demo's text", () => {
  it('is the thirty articles, each with its number', () => {
    const folder = join(dirname(fileURLToPath(import.meta.resolve('udhr'))), 'declaration');
    const articles = readArticles(join(folder, 'eng.html'));
    expect(articles.map(({ id }) => id)).toEqual(
      Array.from({ length: 30 }, (_, i) => `article-${i + 1}`),
    );
    expect(articles[2]).toEqual({
      id: 'article-3',
      title: 'Article 3',
      text: 'Everyone has the right to life, liberty and the security of person.',
      lang: 'en',
    });
  });
});

describe("the demo's table", () => {
  it('compares question by question; what is not found stands after the last passage', () => {
    const [head, german, all] = demoTable(
      [{ lang: 'de', without: [1, 4, null, 2], with: [1, 2, 30, null] }],
      30,
    ).split('\n');
    expect(head.trim().split(/\s{2,}/)).toEqual([
      'without xQG',
      'with xQG',
      'better',
      'equal',
      'worse',
      'mean rank',
      'MRR',
    ]);
    expect(german).toContain('de German');
    expect(german).toContain('  1  4  -  2');
    // Mean ranks (1 + 4 + 31 + 2) / 4 and (1 + 2 + 30 + 31) / 4.
    expect(
      german
        .trim()
        .split(/\s{2,}/)
        .slice(-5),
    ).toEqual(['2', '1', '1', '9.50 -> 16.00', '0.438 -> 0.383']);
    expect(
      all
        .trim()
        .split(/\s{2,}/)
        .slice(-5),
    ).toEqual(['2', '1', '1', '9.50 -> 16.00', '0.438 -> 0.383']);
  });
});
