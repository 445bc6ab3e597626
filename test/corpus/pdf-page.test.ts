import { describe, expect, it } from 'vitest';
import { LineEndHyphens } from '../../src/corpus/lines.js';
import { countMeaningless, linesOf, pageText } from '../../src/corpus/readers/pdf/page.js';
import { withoutRunningHeads } from '../../src/corpus/readers/pdf/running-heads.js';
import type { TextItem } from '../../src/corpus/readers/pdf/structure.js';

/** Items of one character each, from left to right, as browsers print them: 10 points wide. */
function drawn(characters: readonly string[], hasEOL = false): TextItem[] {
  return characters.map((str, i) => ({
    str,
    transform: [12, 0, 0, 12, 50 + 10 * i, 700],
    width: 10,
    height: 12,
    hasEOL: hasEOL && i === characters.length - 1,
  }));
}

const textOf = (items: readonly TextItem[]): string[] => linesOf(items).map(({ text }) => text);

describe('lines of a PDF', () => {
  it('puts right-to-left lines in the order of reading, in plain letters', () => {
    // "كتب 25 (جديد)" as it is drawn: from the left, with shapes of letters.
    const items = drawn(['(', 'ﺪ', 'ﻳ', 'ﺪ', 'ﺟ', ')', ' ', '2', '5', ' ', 'ﺐ', 'ﺘ', 'ﻛ']);
    expect(textOf(items)).toEqual(['كتب 25 (جديد)']);
    expect(textOf(drawn(['ם', 'ו', 'ל', 'ש', ' ', 'A', 'b', ' ', 'א']))).toEqual(['א Ab שלום']);
  });

  it('leaves lines that are in order as they are', () => {
    expect(
      textOf(
        drawn(['ש', 'ל', 'ו', 'ם']).map((item, i) => ({
          ...item,
          transform: [12, 0, 0, 12, 90 - 10 * i, 700],
        })),
      ),
    ).toEqual(['שלום']);
    expect(textOf([{ str: 'שלום עולם' }])).toEqual(['שלום עולם']);
  });

  it('separates cells, but not the parts of a ligature', () => {
    const cells = drawn(['ﺩ', 'ﺏ']).map((item, i) => ({
      ...item,
      transform: [12, 0, 0, 12, 50 + 40 * i, 700],
    }));
    expect(textOf(cells)).toEqual(['ب د']);
    const at = (str: string, x: number, width: number): TextItem => ({
      str,
      transform: [12, 0, 0, 12, x, 700],
      width,
      height: 12,
    });
    const ligature = [at('ﺳ', 40, 10), at('إ', 50, 0), at(' ', 50, 0.0001), at('ال', 50, 9)];
    expect(textOf(ligature)).toEqual(['الإس']);
  });

  it('never has NUL or private characters, nor ligatures and radicals', () => {
    const items = [{ str: 'o\ufb03ce\0 \uf0b7 \u2f08\u2ed3' }];
    expect(textOf(items)).toEqual(['office  人长']);
    expect(countMeaningless(items)).toBe(2);
  });
});

describe('pages of a PDF', () => {
  const lines = (
    texts: readonly string[],
    gap = 14,
  ): { text: string; y: number; height: number }[] =>
    texts.map((text, i) => ({ text, y: 700 - gap * i, height: 12 }));

  it('joins divided words and full lines, and ends paragraphs at gaps', () => {
    const page = [
      ...lines([
        'The caretaker of the boat house oils the rud-',
        'ders on the first Monday of the month, and the',
        'oars later.',
      ]),
      { text: 'A new paragraph.', y: 630, height: 12 },
    ];
    const hyphens = new LineEndHyphens('');
    expect(pageText(page, hyphens)).toBe(
      'The caretaker of the boat house oils the rudders on the first Monday of the month, and the oars later.\n\nA new paragraph.',
    );
    expect(pageText(lines(['Canoe 12', 'Oar 3']), hyphens)).toBe('Canoe 12\nOar 3');
  });

  it('keeps a running head once, and no page number', () => {
    const pages = [1, 2, 3, 4].map((n) =>
      lines([
        'Boats, volume 7',
        `Text of page ${'abcd'[n - 1]}.`,
        'More of it.',
        `And more ${'abcd'[n - 1]}.`,
        `${n}`,
      ]),
    );
    const kept = withoutRunningHeads(pages).map((page) => page.map(({ text }) => text).join(' '));
    expect(kept).toEqual([
      'Boats, volume 7 Text of page a. More of it. And more a.',
      'Text of page b. More of it. And more b.',
      'Text of page c. More of it. And more c.',
      'Text of page d. More of it. And more d.',
    ]);
  });
});
