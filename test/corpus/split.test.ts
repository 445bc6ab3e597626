import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, SourceDocument } from '../../src/corpus/passage.js';
import { splitDocument } from '../../src/corpus/split.js';
import { countWords } from '../../src/corpus/words.js';

function documentOf(blocks: readonly Block[], more: Partial<SourceDocument> = {}): SourceDocument {
  return { id: 'doc', source: '/s', path: '/s/doc', title: 'T', metadata: {}, blocks, ...more };
}

const plain = (text: string): Block => ({ headings: [], text });
const options = (maxTokens: number, lang = 'en') => ({ lang, langConfidence: 1, maxTokens });
const textsOf = (document: SourceDocument, maxTokens: number, lang?: string): string[] =>
  splitDocument(document, options(maxTokens, lang)).passages.map(({ text }) => text);

describe('splitDocument', () => {
  it('leaves a short document whole, under its own id', () => {
    const document = documentOf([plain('One.\n\nTwo.')], { metadata: { year: 1 } });
    const { passages, cut } = splitDocument(document, {
      lang: 'en',
      langConfidence: 0.5,
      metadata: { year: 2, by: 'x' },
    });
    expect(cut).toBe(0);
    expect(passages).toEqual([
      {
        id: 'doc',
        documentId: 'doc',
        source: '/s',
        path: '/s/doc',
        title: 'T',
        headings: [],
        text: 'One.\n\nTwo.',
        lang: 'en',
        langConfidence: 0.5,
        metadata: { year: 1, by: 'x' },
        ordinal: 0,
      },
    ]);
  });

  it('splits at headings, however short the sections are', () => {
    const blocks = [
      plain('Intro.'),
      { headings: ['A'], text: 'One.' },
      { headings: ['A'], text: 'Two.' },
      { headings: ['A', 'B'], text: 'Three.' },
    ];
    const { passages } = splitDocument(documentOf(blocks), options(100));
    expect(
      passages.map(({ id, headings, text, ordinal }) => [id, headings, text, ordinal]),
    ).toEqual([
      ['doc#0', [], 'Intro.', 0],
      ['doc#1', ['A'], 'One.\n\nTwo.', 1],
      ['doc#2', ['A', 'B'], 'Three.', 2],
    ]);
  });

  it('prefers to split at paragraphs, then at sentences, into passages of similar length', () => {
    const sentence = 'This is one of the sentences.'; // 6 words
    const paragraph = [sentence, sentence].join(' ');
    expect(
      textsOf(documentOf([plain([paragraph, paragraph, paragraph].join('\n\n'))]), 24),
    ).toEqual([`${paragraph}\n\n${paragraph}`, paragraph]);
    expect(textsOf(documentOf([plain(Array(6).fill(sentence).join('\n'))]), 32)).toEqual([
      Array(3).fill(sentence).join('\n'),
      Array(3).fill(sentence).join('\n'),
    ]);
  });

  it('does not end a sentence at a line break', () => {
    const text =
      'A sentence that is\nbroken over lines ends here.\nAnother one of them\nends here too, it does.';
    expect(textsOf(documentOf([plain(text)]), 10)).toEqual([
      'A sentence that is\nbroken over lines ends here.',
      'Another one of them\nends here too, it does.',
    ]);
  });

  it('ends sentences by the rules of the language', () => {
    expect(
      textsOf(documentOf([plain('भारत एक बहुत बड़ा देश है। दिल्ली उसकी बड़ी राजधानी है।')]), 8, 'hi'),
    ).toHaveLength(2);
    expect(
      textsOf(documentOf([plain('東京は日本の首都である。大阪は西日本の都市である。')]), 8, 'ja'),
    ).toEqual(['東京は日本の首都である。', '大阪は西日本の都市である。']);
    const thai = 'ประเทศไทยมีเมืองหลวงชื่อกรุงเทพ เชียงใหม่อยู่ทางเหนือของประเทศ';
    const split = splitDocument(documentOf([plain(thai)]), options(8, 'th'));
    expect(split.passages.map(({ text }) => text)).toEqual(thai.split(' '));
    expect(split.cut).toBe(0);
  });

  it('splits a sentence beyond the budget between words, and counts it', () => {
    const text = Array.from({ length: 25 }, (_, i) => `word${i}`).join(' ');
    const { passages, cut } = splitDocument(documentOf([plain(text)]), options(10));
    expect(cut).toBe(1);
    expect(passages.map((passage) => passage.text.split(' ').length)).toEqual([9, 9, 7]);
    expect(passages.map((passage) => passage.text).join(' ')).toBe(text);
  });

  // Each sign of 200 kB of `<?<?<?` was once a passage.
  it('makes one passage of signs without a word', () => {
    const text = '¿?'.repeat(5000);
    expect(textsOf(documentOf([plain(text)]), 200)).toEqual([text]);
  });

  it('splits an endless word or line of dashes', () => {
    for (const text of [
      'a'.repeat(100_000),
      '-'.repeat(100_000),
      '😀'.repeat(50_000),
      '漢'.repeat(20_000),
    ]) {
      const { passages } = splitDocument(documentOf([plain(text)]), options(100));
      expect(passages.length).toBeGreaterThan(5);
      expect(passages.map((passage) => passage.text).join('')).toBe(text);
      expect(passages.every((passage) => !/\p{Surrogate}/u.test(passage.text))).toBe(true);
    }
  });

  it('splits a book without empty lines in linear time', () => {
    const text = 'The quick brown fox jumps over the lazy dog, and runs. '.repeat(40_000);
    const started = performance.now();
    const { passages } = splitDocument(documentOf([plain(text)]), options(200));
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(passages.length).toBeGreaterThan(2_000);
  });

  it('neither splits nor changes what the data define as a passage', () => {
    const text = ` ${'word '.repeat(500)}`;
    const { passages } = splitDocument(
      documentOf([plain(text)], { whole: true, id: 'T#3' }),
      options(10),
    );
    expect(passages.map((passage) => [passage.id, passage.text])).toEqual([['T#3', text]]);
  });

  it('never gives two documents the same passage id', () => {
    const long = documentOf([plain('One two three four five. Six seven eight nine ten.')], {
      id: 'a',
    });
    const ids = [long, documentOf([plain('x')], { id: 'a#1' })].flatMap((document) =>
      splitDocument(document, options(8)).passages.map(({ id }) => id),
    );
    expect(ids).toEqual(['a#0', 'a#1', 'a#1#0']);
  });

  it('keeps a document that consists of a title', () => {
    expect(textsOf(documentOf([plain(' ')]), 10)).toEqual(['']);
    expect(textsOf(documentOf([plain(' ')], { title: '' }), 10)).toEqual([]);
  });

  it('refuses an invalid budget', () => {
    for (const budget of [0, 7, 10.5, Number.NaN]) {
      expect(() => textsOf(documentOf([plain('x')]), budget)).toThrow(/cannot be limited/);
    }
  });

  const scripts = fc.constantFrom(
    'a',
    'Word ',
    'Ende. ',
    '"Yes?" ',
    '\n',
    '\n\n',
    '\r\n',
    ' \t ',
    '3.14 ',
    '-',
    '—',
    '😀',
    'cafe\u0301 ',
    'don’t ',
    '東京は首都。',
    '中文没有空格',
    'ประเทศไทย',
    ' ภาษา',
    'भारत है। ',
    'العربية. ',
    '한국어 ',
    'తెలుగు ',
    '\u00a0',
    '\u2028',
    '\u200b',
    '\ufeff',
    '#',
  );
  const texts = fc.array(scripts, { maxLength: 120 }).map((parts) => parts.join(''));
  const languages = fc.constantFrom('en', 'th', 'ja', 'zh', 'hi', 'ar', 'und', 'xx');

  it('never loses text, in any script (property)', () => {
    const blocks = fc.array(
      fc.record({ headings: fc.array(fc.constantFrom('A', 'B'), { maxLength: 2 }), text: texts }),
      {
        maxLength: 4,
      },
    );
    const bare = (text: string): string => text.replace(/\s+/g, '');
    fc.assert(
      fc.property(blocks, languages, fc.integer({ min: 8, max: 40 }), (given, lang, maxTokens) => {
        const { passages } = splitDocument(documentOf(given), options(maxTokens, lang));
        expect(bare(passages.map(({ text }) => text).join('\n'))).toBe(
          bare(given.map(({ text }) => text).join('\n')),
        );
        expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length);
      }),
      { numRuns: 300 },
    );
  });

  it('never exceeds the budget (property)', () => {
    const spaced = fc
      .array(fc.constantFrom('word ', 'Ende. ', '\n\n', '\n', '3.14 ', 'भारत है। ', '한국어 '), {
        maxLength: 200,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(spaced, fc.integer({ min: 8, max: 30 }), (text, maxTokens) => {
        for (const part of textsOf(documentOf([plain(text)]), maxTokens)) {
          expect(countWords(part, 'en')).toBeLessThanOrEqual(maxTokens);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('countWords', () => {
  it('counts words in scripts with and without spaces', () => {
    expect(countWords("Don't stop, 3 times.", 'en')).toBe(4);
    expect(countWords('ฉันรักแมว', 'th')).toBe(3);
    expect(countWords('猫が好き', 'ja')).toBe(3);
    expect(countWords('-'.repeat(160), 'en')).toBe(10);
    expect(countWords('x'.repeat(640), 'en')).toBe(10);
  });
});
