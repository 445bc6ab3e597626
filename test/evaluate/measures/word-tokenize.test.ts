import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FEW_ABBREVIATIONS, sentencesOf } from '../../../src/evaluate/measures/xor/punkt.js';
import { treebankTokens } from '../../../src/evaluate/measures/xor/treebank.js';
import { shared } from '../../support/shared.js';

const golden = shared('golden/word_tokenize/tokens.json');

interface GoldenText {
  text: string;
  treebank: string[];
  sentences?: string[];
  split?: string[];
}

describe.skipIf(!golden)('tokens equal NLTK (needs XQG_SHARED golden/word_tokenize)', () => {
  const { abbreviations, items } = golden
    ? (JSON.parse(readFileSync(golden, 'utf8')) as { abbreviations: string[]; items: GoldenText[] })
    : { abbreviations: [], items: [] };

  it('of whole texts', () => {
    for (const { text, treebank } of items) expect(treebankTokens(text), text).toEqual(treebank);
    expect(items.length).toBeGreaterThan(300);
  });

  it('of sentences', () => {
    const parameters = { ...FEW_ABBREVIATIONS, abbreviations: new Set(abbreviations) };
    for (const { text, treebank, sentences, split } of items) {
      const found = sentencesOf(text, parameters);
      if (sentences !== undefined) expect(found, text).toEqual(sentences);
      expect(found.flatMap(treebankTokens), text).toEqual(split ?? treebank);
    }
  });
});
