import { describe, expect, it } from 'vitest';
import { type ParallelSetting, pairsOf } from '../../../src/evaluate/data/collection.js';

const named = (langs: readonly string[], setting: ParallelSetting) =>
  pairsOf(langs, setting).map(({ queryLang, passageLang }) => `${queryLang}>${passageLang}`);

describe('pairsOf', () => {
  it('pairs languages by setting', () => {
    const langs = ['en', 'de', 'th'];
    expect(named(langs, 'to-english')).toEqual(['de>en', 'th>en']);
    expect(named(langs, 'mono')).toEqual(['en>en', 'de>de', 'th>th']);
    expect(named(langs, 'from-english')).toEqual(['en>de', 'en>th']);
    expect(named(langs, 'multi')).toEqual(['en>all', 'de>all', 'th>all']);
    expect(named(langs, 'cross')).toEqual(['en>de', 'en>th', 'de>en', 'de>th', 'th>en', 'th>de']);
  });

  it('has none with English where there is no English', () => {
    expect([...named(['de', 'th'], 'to-english'), ...named(['de', 'th'], 'from-english')]).toEqual(
      [],
    );
  });
});
