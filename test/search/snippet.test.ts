import { describe, expect, it } from 'vitest';
import { termsOf } from '../../src/languages/analysis.js';
import { openScanner } from '../../src/search/dense/open-scanner.js';
import { SearchEngine } from '../../src/search/engine.js';
import { shortSentences, snippetFinder } from '../../src/search/snippet.js';
import { memoryIndex } from '../support/memory-index.js';
import { corpus, encoder } from '../support/random-corpus.js';
import { TabledFactors } from '../support/tabled-factors.js';

const factors = new TabledFactors(
  { th: { water: { [termsOf('น้ำ', 'th')[0]]: 1 } } },
  {
    en: { water: { water: 1 }, king: { king: 1 } },
    th: { king: { [termsOf('กษัตริย์', 'th')[0]]: 0.9 } },
  },
);
const { scanner } = await openScanner();
const engine = new SearchEngine({ ...memoryIndex(corpus(20)), encoder, scanner, factors });
const text =
  'The palace was built in 1782. Its king was Rama, who liked art.  Boats bring water to the gardens.';

function find(question: string, lang: string): string | undefined {
  const request = {
    question,
    languages: [{ lang, weight: 1 }],
    mode: 'hybrid' as const,
    augment: true,
    k: 1,
  };
  const snippet = snippetFinder(engine, request)(0, { text, lang: 'en' });
  expect(text.slice(snippet!.start, snippet!.end)).toBe(snippet!.text);
  return snippet?.text;
}

describe('snippet', () => {
  it('is the sentence that shares the most with the question', () => {
    expect(find('when was the palace built', 'en')).toBe('The palace was built in 1782.');
    expect(find('gardens', 'en')).toBe('Boats bring water to the gardens.');
  });

  it('crosses languages by translation, by generation and by romanized names', () => {
    expect(find('กษัตริย์', 'th')).toBe('Its king was Rama, who liked art.');
    expect(find('น้ำ', 'th')).toBe('Boats bring water to the gardens.');
    expect(find('Рама', 'ru')).toBe('Its king was Rama, who liked art.');
  });

  it('is the first sentence where nothing matches, and null without text', () => {
    expect(find('quite else', 'en')).toBe('The palace was built in 1782.');
    const request = {
      question: 'x',
      languages: [{ lang: 'en', weight: 1 }],
      mode: 'hybrid',
      augment: true,
      k: 1,
    } as const;
    expect(snippetFinder(engine, request)(0, { text: ' \n ', lang: 'en' })).toBeNull();
  });
});

describe('sentences', () => {
  it('are cut where they are too long, and lose only space', () => {
    const long = `${'word '.repeat(50)}end. Short one.`;
    const pieces = shortSentences(long, 'en', 60);
    expect(pieces.every((piece) => piece.text.length <= 60)).toBe(true);
    expect(pieces.at(-1)!.text).toBe('Short one.');
    expect(pieces.map((piece) => piece.text).join(' ')).toBe(long);
    for (const piece of pieces) expect(long.slice(piece.start, piece.end)).toBe(piece.text);
  });

  it('are cut without spaces too, but not within a character', () => {
    const thai = 'ที่นี่'.repeat(40);
    const pieces = shortSentences(thai, 'th', 50);
    expect(pieces.map((piece) => piece.text).join('')).toBe(thai);
    expect(pieces.every((piece) => piece.text.length <= 50 && !/^\p{M}/u.test(piece.text))).toBe(
      true,
    );
    const faces = '😀'.repeat(40);
    for (const piece of shortSentences(faces, 'en', 25)) expect(piece.text).toMatch(/^(😀)+$/u);
  });
});
