import { describe, expect, it } from 'vitest';
import { LexiconGenerator } from '../../src/generate/lexicon.js';
import { questionTerms } from '../../src/search/question.js';
import { tinyPack } from '../support/tiny-pack.js';

const factors = new LexiconGenerator(tinyPack());

function entries(text: string, lang: string, passages: string[]) {
  const { terms, weights, fields } = questionTerms(text, lang, passages, factors);
  return new Map(
    terms.map((term, i) => [term, { weight: Math.round(weights[i] * 100) / 100, field: fields![i] }]),
  );
}

describe('the terms of a question', () => {
  it('ask for a known word by translation, and by itself only in its own language', () => {
    const terms = entries('Haus', 'de', ['en']);
    expect(terms.get('haus')).toEqual({ weight: 1, field: 'asked' });
    expect(terms.get('#haus')).toEqual({ weight: 0.1, field: 'own' });
    expect(terms.has('hous')).toBe(false);
  });

  it('ask for an unknown word as the languages of the passages would write it, and by its consonants', () => {
    const terms = entries('Vickers', 'de', ['en']);
    expect(terms.get('vick')).toEqual({ weight: 1, field: 'anywhere' });
    expect(terms.get('vicker')).toEqual({ weight: 1, field: 'own' });
    expect(terms.get('~fkrs')).toEqual({ weight: 1, field: 'own' });
    expect(terms.get('#vick')).toEqual({ weight: 0.3, field: 'own' });
  });

  it('count repeated words, and take every word for unknown without a table', () => {
    expect(entries('Haus Haus', 'de', ['en']).get('haus')?.weight).toBe(2);
    const { terms, fields } = questionTerms('Haus', 'de', ['en'], null);
    expect(fields![terms.indexOf('haus')]).toBe('anywhere');
  });
});
