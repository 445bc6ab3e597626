import { describe, expect, it } from 'vitest';
import { termsOf } from '../../src/languages/analysis.js';
import { openScanner } from '../../src/search/dense/open-scanner.js';
import { SearchEngine } from '../../src/search/engine.js';
import { foundSentences, shortSentences, snippetFinder } from '../../src/search/snippet.js';
import { quantize } from '../../src/store/quantize.js';
import { memoryIndex } from '../support/memory-index.js';
import { corpus, encode, encoder } from '../support/random-corpus.js';
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

describe('the sentence that the dense leg finds', () => {
  // Two passages of three sentences, whose vectors are those of other words than they have.
  const sentences = ['Stem one is here. It is cold.', 'Then stem two came.'].join(' ');
  const cellsOf = (...words: string[]) =>
    new Uint8Array(Buffer.concat(words.map((word) => quantize(encode(word), 8))));
  const [first, second, third] = corpus(3);
  const rows = [
    { ...first, sentences: cellsOf('stem1', 'stem2', 'stem3') },
    { ...second, sentences: cellsOf('stem3', 'stem2', 'stem1') },
    third,
  ];
  const dense = new SearchEngine({ ...memoryIndex(rows), encoder, scanner });
  const request = {
    question: 'stem1',
    languages: [{ lang: 'en', weight: 1 }],
    mode: 'dense' as const,
    augment: false,
    feedback: 0,
    k: 3,
  };
  const passage = { text: sentences, lang: 'en' };
  const textOf = async (row: number, change: object = {}) => {
    const range = await foundSentences(dense, { ...request, ...change })(row, passage);
    return range && sentences.slice(range.start, range.end);
  };

  it('is that with the largest score, whatever its words', async () => {
    expect(await textOf(0)).toBe('Stem one is here.');
    expect(await textOf(1)).toBe('Then stem two came.');
    expect(await textOf(0, { question: 'stem2' })).toBe('It is cold.');
    expect(await textOf(0, { mode: 'hybrid' })).toBe('Stem one is here.');
  });

  it('is none where the dense leg or sentences do not count, or the passage is of one', async () => {
    expect(await textOf(0, { mode: 'lexical' })).toBeNull();
    expect(await textOf(0, { sentenceWeight: 0 })).toBeNull();
    expect(await textOf(0, { question: 'unknown words' })).toBeNull();
    expect(await textOf(2)).toBeNull();
    const without = new SearchEngine({ ...memoryIndex(corpus(3)), encoder, scanner });
    expect(await foundSentences(without, request)(0, passage)).toBeNull();
  });

  it('is what a snippet is taken from; of a long one the piece that fits best by words', () => {
    const long = `${'Many words come first, '.repeat(20)}and then the gardens.`;
    const whole = `The gardens are green. ${long}`;
    const find = snippetFinder(engine, { ...request, question: 'gardens', mode: 'hybrid' });
    const source = { text: whole, lang: 'en' };
    expect(find(5, source)!.text).toBe('The gardens are green.');
    const within = { start: whole.length - long.length, end: whole.length };
    const { text, start, end } = find(5, source, within)!;
    expect(text).toMatch(/and then the gardens\.$/);
    expect(text.length).toBeLessThanOrEqual(320);
    expect([start >= within.start, end]).toEqual([true, within.end]);
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
