import { describe, expect, it } from 'vitest';
import { MOST_SENTENCES, passageSentences, sentencesOf } from '../../src/corpus/sentences.js';

const textsOf = (text: string, lang = 'en'): string[] =>
  passageSentences(text, lang).map(({ start, end }) => text.slice(start, end));

describe('the sentences of a passage', () => {
  it('are trimmed, in any script', () => {
    expect(textsOf('  One is here.  Two is there!\n')).toEqual(['One is here.', 'Two is there!']);
    expect(textsOf('第一句在这里。第二句在那里。', 'zh')).toEqual([
      '第一句在这里。',
      '第二句在那里。',
    ]);
    expect(textsOf('यह पहला है। यह दूसरा है।', 'hi')).toEqual(['यह पहला है।', 'यह दूसरा है।']);
  });

  it('are none where there is one, or no letter', () => {
    expect(textsOf('The only sentence of this text.')).toEqual([]);
    expect(textsOf('')).toEqual([]);
    expect(textsOf('12. 13. 14.\n\n* * *')).toEqual([]);
    expect(textsOf('One sentence. * * *')).toEqual([]);
  });

  it('run over line breaks, but not over blank lines and items of lists', () => {
    expect(textsOf('A sentence that\nruns on. Another\none\n\nA heading\n\nA text.')).toEqual([
      'A sentence that\nruns on.',
      'Another\none',
      'A heading',
      'A text.',
    ]);
    expect(textsOf('Take:\n- a spoon\n  of salt\n- water\n10. an egg')).toEqual([
      'Take:',
      '- a spoon\n  of salt',
      '- water',
      '10. an egg',
    ]);
  });

  it('take pieces without a letter with them', () => {
    expect(textsOf('1. First. 2! Second. (3) ?! Third.\n\n* * *\n\n4.\n\nFourth.')).toEqual([
      '1. First. 2!',
      'Second. (3) ?!',
      'Third.\n\n* * *\n\n4.',
      'Fourth.',
    ]);
    expect(textsOf('***\n\nOne is. Two is.')).toEqual(['***\n\nOne is.', 'Two is.']);
  });

  it('are joined evenly where there are very many', () => {
    const text = Array.from({ length: 80 }, (_, i) => `Sentence number ${i} is here.`).join(' ');
    const joined = textsOf(text);
    expect(joined).toHaveLength(MOST_SENTENCES);
    expect(joined.join(' ')).toBe(text);
    const counts = joined.map((piece) => piece.match(/number/g)!.length);
    expect(new Set(counts)).toEqual(new Set([2, 3]));
  });

  it('are the same in a text that is longer than a window of segmentation', () => {
    const paragraph = 'Every one has the right to rest. '.repeat(400).trim();
    expect(sentencesOf(paragraph, 'en')).toHaveLength(400);
  });
});
