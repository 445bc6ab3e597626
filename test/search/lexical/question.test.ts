import { describe, expect, it } from 'vitest';
import { LexiconGenerator } from '../../../src/generate/lexicon.js';
import { questionTerms } from '../../../src/search/lexical/question.js';
import { tinyPack } from '../../support/pack-in-memory.js';

const NOTHING = { terms: [], weights: new Float32Array(0) };
const NO_FACTORS = {
  generatedFrom: () => NOTHING,
  translate: () => NOTHING,
  relatives: () => NOTHING,
  generatedMass: () => 0,
};
const factors = new LexiconGenerator(tinyPack());

function entries(text: string, lang: string, passages: string[]) {
  const { terms, weights, fields } = questionTerms(text, lang, passages, factors);
  return new Map(
    terms.map((term, i) => [
      term,
      { weight: Math.round(weights[i] * 100) / 100, field: fields![i] },
    ]),
  );
}

describe('the terms of a question', () => {
  it('match a known word by its translations, and literally only in its own language', () => {
    const terms = entries('Haus', 'de', ['en']);
    expect(terms.get('haus')).toEqual({ weight: 0.98, field: 'same-language' });
    expect(terms.get('#haus')).toEqual({ weight: 0.1, field: 'own' });
    expect(terms.has('hous')).toBe(false);
  });

  it('match an unknown word as the languages of the passages would spell it, and by its consonants', () => {
    const terms = entries('Vickers', 'de', ['en']);
    expect(terms.get('vick')).toEqual({ weight: 0.7, field: 'anywhere' });
    expect(terms.get('vicker')).toEqual({ weight: 0.7, field: 'own' });
    expect(terms.get('~fkrs')).toEqual({ weight: 1, field: 'own' });
    expect(terms.get('#vick')).toEqual({ weight: 0.3, field: 'own' });
  });

  it('leave out very frequent words, unless there are no others', () => {
    const weights = new Map([
      ['wo', 0.05],
      ['haus', 0.64],
    ]);
    const table = {
      ...NO_FACTORS,
      knows: (term: string) => weights.has(term),
      termWeight: (term: string) => weights.get(term) ?? 1,
    };
    const both = questionTerms('wo Haus', 'de', ['en'], table);
    expect(both.terms).not.toContain('wo');
    expect(both.weights[both.terms.indexOf('haus')]).toBeCloseTo(0.8, 6);
    const alone = questionTerms('wo', 'de', ['en'], table);
    expect(alone.weights[alone.terms.indexOf('wo')]).toBeCloseTo(Math.sqrt(0.05), 6);
  });

  it('count repeated words, and treat all words as unknown if there is no table', () => {
    expect(entries('Haus Haus', 'de', ['en']).get('haus')?.weight).toBe(1.96);
    const { terms, fields } = questionTerms('Haus', 'de', ['en'], null);
    expect(fields![terms.indexOf('haus')]).toBe('anywhere');
  });
});

describe('terms that stand for a word of the question', () => {
  const standIns = (text: string, lang: string) => {
    const { terms, weights, fields, standIns: all } = questionTerms(text, lang, ['en'], factors);
    return [...all!].map(([term, { word, surface, by }]) => {
      const at = terms.indexOf(term);
      return [by, word, surface, fields![at], Number(weights[at].toFixed(2))];
    });
  };

  it('are known words of which it may be a misspelling, at a lower weight', () => {
    expect(standIns('das Hasu budgte', 'de')).toEqual([
      ['correction', 'budgte', 'budget', 'same-language', 0.4],
    ]);
    const { terms, weights } = questionTerms('budgte', 'de', ['en'], factors);
    expect(weights[terms.indexOf('budgt')]).toBeGreaterThan(weights[terms.indexOf('budget')]);
  });

  it('are parts of a compound, and two words as one', () => {
    expect(standIns('Familienbudget', 'de')).toEqual([
      ['part', 'familienbudget', 'famili', 'own', 0.49],
      ['part', 'familienbudget', 'budget', 'own', 0.5],
    ]);
    expect(standIns('Haus-Boot', 'de')).toEqual([
      ['joined', 'haus-boot', 'hausboot', 'own', expect.any(Number)],
    ]);
    expect(standIns('bud get', 'de')).toEqual([
      ['joined', 'bud get', 'budget', 'same-language', expect.any(Number)],
    ]);
  });

  it('are other spellings', () => {
    expect(standIns('Flüsse', 'de')).toContainEqual([
      'spelling',
      'flüsse',
      'fluesse',
      'own',
      expect.any(Number),
    ]);
  });

  it('are not sought for names', () => {
    expect(standIns('la Famille', 'fr')).toEqual([]);
    expect(standIns('Haus', 'de')).toEqual([]);
  });
});
