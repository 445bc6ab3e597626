import { describe, expect, it } from 'vitest';
import { plausibleLanguages } from '../../src/languages/plausible.js';
import { questionLanguages } from '../../src/search/question-language.js';

const KNOWS = { languages: ['ar', 'de', 'en', 'hi', 'ru'], vocabulary: () => null };

describe("a question's languages", () => {
  it('are the one that is given, also as a tag', async () => {
    expect(await questionLanguages('Zug', 'de-AT', KNOWS)).toEqual({
      languages: [{ lang: 'de', weight: 1 }],
      known: 'given',
      withoutTables: [],
      warnings: [],
    });
    await expect(questionLanguages('x', [{ lang: '\0', weight: 1 }], KNOWS)).rejects.toHaveProperty(
      'code',
      'XQG_UNKNOWN_LANGUAGE',
    );
    await expect(questionLanguages('x', 'klingonisch', KNOWS)).rejects.toHaveProperty(
      'code',
      'XQG_UNKNOWN_LANGUAGE',
    );
  });

  it('are every plausible one that the pack knows, with weights that sum to 1', async () => {
    const { languages, known } = await questionLanguages('Zug', undefined, KNOWS);
    expect(known).toBe('detected');
    expect(languages.every(({ lang }) => KNOWS.languages.includes(lang))).toBe(true);
    expect(languages.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
  });

  it('are clear where the script says it', async () => {
    const { languages, warnings } = await questionLanguages(
      'Где находится вокзал?',
      undefined,
      KNOWS,
    );
    expect(languages[0].lang).toBe('ru');
    expect(warnings).toEqual([]);
  });

  it('come with a warning where the pack does not know them, or nothing does', async () => {
    expect((await questionLanguages('x', 'sw', KNOWS)).warnings[0]).toContain('Swahili (sw)');
    const greek = await questionLanguages('Πού είναι ο σταθμός των τρένων;', undefined, KNOWS);
    expect(greek.languages[0].lang).toBe('el');
    expect(greek.warnings[0]).toContain('Greek (el)');
    const none = await questionLanguages('12345 ???', undefined, KNOWS);
    expect(none.languages).toEqual([{ lang: 'und', weight: 1 }]);
    expect(none.warnings).toHaveLength(1);
  });
});

describe("a question's language without tables", () => {
  const NEURAL = { ...KNOWS, byMeaning: true };

  it.each([
    ['O której rano odjeżdża pociąg?', 'pl'],
    ['Treni huondoka saa ngapi asubuhi?', 'sw'],
    ['Як бджоли роблять мед і коли її збирають?', 'uk'],
    ['Como as abelhas fazem o mel?', 'pt'],
    ['قطار صبح چه ساعتی راه می‌افتد؟', 'fa'],
    ['מתי יוצאת הרכבת', 'he'],
  ])('is itself to a neural encoder: %s', async (question, lang) => {
    const found = await questionLanguages(question, undefined, NEURAL);
    expect(found.languages).toEqual([{ lang, weight: 1 }]);
    expect(found.withoutTables).toEqual([lang]);
    expect(found.warnings.join()).toContain('found by meaning alone');
    const toStatic = await questionLanguages(question, undefined, KNOWS);
    expect(toStatic.warnings.join()).not.toContain('meaning');
  });

  it.each(['berlin wall', 'Wann fährt der Zug', 'train'])(
    'is none where the pack may know it: %s',
    async (question) => {
      const { withoutTables, languages } = await questionLanguages(question, undefined, NEURAL);
      expect(withoutTables).toEqual([]);
      expect(languages.every(({ lang }) => KNOWS.languages.includes(lang))).toBe(true);
    },
  );
});

describe('plausibleLanguages', () => {
  it('leaves out what is not known, and nothing where nothing is', () => {
    const candidates = [
      { lang: 'lb', weight: 0.5 },
      { lang: 'de', weight: 0.3 },
      { lang: 'en', weight: 0.2 },
    ];
    const kept = plausibleLanguages(candidates, { languages: ['de', 'en'] });
    expect(kept.map(({ lang }) => lang)).toEqual(['de', 'en']);
    expect(kept[0].weight).toBeCloseTo(0.6, 9);
    expect(plausibleLanguages(candidates, { languages: ['th'] })).toEqual(candidates);
  });
});
