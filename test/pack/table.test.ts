import { describe, expect, it } from 'vitest';
import { respelled } from '../../src/pack/respell.js';
import { TranslationTable } from '../../src/pack/table.js';
import { GERMAN, STEMS, tableData, tinyPack, tinyPivot } from '../support/pack-in-memory.js';

const stem = (name: string) => STEMS.indexOf(name);

describe('a translation table', () => {
  const table = new TranslationTable(GERMAN, STEMS.length);

  it('reads rows as P(e | f), strongest first, summing to 1', () => {
    expect(table.toPivot('haus')).toEqual([
      { id: stem('hous'), p: 0.8 },
      { id: stem('famili'), p: expect.closeTo(0.2, 6) },
    ]);
  });

  it('reads columns as P(f | e), summing to 1', () => {
    const links = table.fromPivot(stem('hous')).map(({ id, p }) => [table.term(id), p]);
    expect(links).toEqual([
      ['haus', expect.closeTo(0.8, 6)],
      ['heim', expect.closeTo(0.2, 6)],
    ]);
  });

  it('lists in stemsGenerating exactly the stems that have the term among their translations', () => {
    for (const term of GERMAN.terms) {
      const from = new Map(table.stemsGenerating(term).map(({ id, p }) => [id, p]));
      for (let e = 0; e < STEMS.length; e++) {
        const link = table.fromPivot(e).find(({ id }) => table.term(id) === term);
        expect(from.get(e)).toEqual(link?.p);
      }
    }
  });

  it('returns nothing for a word of which it has no part', () => {
    expect(table.toPivot('xylophon')).toEqual([]);
    expect(table.stemsGenerating('xylophon')).toEqual([]);
    expect(table.fromPivot(stem('the'))).toEqual([]);
  });

  it('splits a German compound and drops its linking elements', () => {
    const parts = table.lookup('familienbudget').map(({ id, p }) => [table.term(id), p]);
    expect(parts).toEqual([
      ['famili', 0.5],
      ['budget', 0.5],
    ]);
    expect(table.toPivot('feuerleut')).toEqual([
      { id: stem('fire'), p: 0.5 },
      { id: stem('peopl'), p: 0.5 },
    ]);
  });

  it('splits a Chinese word that the segmenter left whole into the fewest parts', () => {
    const chinese = new TranslationTable(
      tableData('zh', {
        家: { surface: '家', links: { hous: 1 } },
        庭: { surface: '庭', links: { hous: 1 } },
        家庭: { surface: '家庭', links: { famili: 3 } },
        预算: { surface: '预算', links: { budget: 3 } },
      }),
      STEMS.length,
    );
    expect(chinese.lookup('家庭预算').map(({ id }) => chinese.term(id))).toEqual(['家庭', '预算']);
  });

  it('finds the word behind Arabic proclitics', () => {
    const arabic = new TranslationTable(
      tableData('ar', { زراع: { surface: 'زراعة', links: { river: 1 } } }),
      STEMS.length,
    );
    expect(arabic.lookup('والزراع').map(({ id }) => arabic.term(id))).toEqual(['زراع']);
    expect(arabic.lookup('والكتاب')).toEqual([]);
  });

  it('treats Telugu words with a common prefix as forms of one word', () => {
    const telugu = new TranslationTable(
      tableData('te', { పుస్తకం: { surface: 'పుస్తకం', links: { book: 2 } } }),
      STEMS.length,
    );
    expect(telugu.toPivot('పుస్తకాల').map(({ id }) => STEMS[id])).toEqual(['book']);
  });
});

describe('a pack', () => {
  const pack = tinyPack();

  it('pivots through English stems and shows written forms', () => {
    expect(pack.languages).toEqual(['de', 'en']);
    expect(pack.fromPivot('peopl', 'de')).toEqual([{ term: 'leut', p: 1 }]);
    expect(pack.surface('leut', 'de')).toBe('leute');
    expect(pack.surface('peopl', 'en')).toBe('people');
    expect(pack.toPivot('river', 'en')).toEqual([{ id: stem('river'), p: 1 }]);
    expect(pack.stemsGenerating('river', 'en')).toEqual([{ id: stem('river'), p: 1 }]);
  });

  it('gives common words a weight near 0 and unknown words one near 1', () => {
    const pivot = tinyPivot();
    expect(pivot.weight(stem('the'))).toBeLessThan(0.05);
    expect(pivot.weight(undefined)).toBeGreaterThan(0.75);
    expect(pack.knows('haus', 'de')).toBe(true);
    expect(pack.knows('familienbudget', 'de')).toBe(false);
    expect(pack.knows('haus', 'sw')).toBe(false);
  });
});

describe('terms of a table that are one word by now', () => {
  const hindi = respelled(
    tableData('hi', {
      ज़मीन: { surface: 'ज़मीन', links: { hous: 2, river: 1 } },
      जमीन: { surface: 'जमीन', links: { river: 3 } },
      नदी: { surface: 'नदी', links: { river: 5 } },
    }),
  );

  it('are one, with their alignments added up', () => {
    expect(hindi.terms).toEqual(['जमीन', 'नदी']);
    expect(hindi.surfaces).toEqual(['जमीन', 'नदी']);
    const table = new TranslationTable(hindi, STEMS.length);
    expect(table.toPivot('जमीन').map(({ id, p }) => [STEMS[id], p])).toEqual([
      ['river', expect.closeTo(2 / 3, 6)],
      ['hous', expect.closeTo(1 / 3, 6)],
    ]);
    expect(table.toPivot('नदी')).toEqual([{ id: stem('river'), p: 1 }]);
  });

  it('stay in order where one gets another first letter', () => {
    const russian = respelled(
      tableData('ru', {
        жук: { surface: 'жук', links: { book: 1 } },
        ёж: { surface: 'ёж', links: { fire: 1 } },
        яма: { surface: 'яма', links: { river: 1 } },
      }),
    );
    expect(russian.terms).toEqual(['еж', 'жук', 'яма']);
    expect([...russian.stems]).toEqual([stem('fire'), stem('book'), stem('river')]);
  });

  it('are the table itself where nothing changes', () => {
    expect(respelled(GERMAN)).toBe(GERMAN);
  });
});

describe('misspelled words', () => {
  const table = new TranslationTable(
    tableData('tr', {
      köprü: { surface: 'köprü', links: { river: 9 } },
      kömür: { surface: 'kömür', links: { fire: 2 } },
      kütüphane: { surface: 'kütüphane', links: { book: 4 } },
      kütüphaneci: { surface: 'kütüphaneci', links: { book: 1 } },
    }),
    STEMS.length,
  );
  const of = (term: string) =>
    table.corrections(term).map(({ id, distance }) => [table.term(id), distance]);

  it.each([
    ['accents that are missing', 'kopru', [['köprü', 0]]],
    ['a letter that is missing', 'kütphane', [['kütüphane', 1]]],
    ['two letters that changed places', 'kütüphnae', [['kütüphane', 1]]],
    ['two letters that are wrong', 'kutuqhame', [['kütüphane', 2]]],
    ['a word too short', 'kopr', []],
    ['another first letter', 'tütüphane', []],
    ['a number', 'kopru1', []],
  ])('have the nearest words: %s', (_, term, expected) => {
    expect(of(term)).toEqual(expected);
  });

  it('are not sought among syllables', () => {
    const data = tableData('vi', { nghiêng: { surface: 'nghiêng', links: { hous: 1 } } });
    expect(new TranslationTable(data, STEMS.length).corrections('nghieng')).toEqual([]);
  });
});

describe('compounds of questions', () => {
  it('have parts that may be inflected, also where the table has the whole', () => {
    const table = new TranslationTable(
      tableData('de', {
        haus: { surface: 'haus', links: { hous: 8 } },
        hausfeuer: { surface: 'hausfeuer', links: { fire: 1 } },
        feuer: { surface: 'feuer', links: { fire: 4 } },
        leut: { surface: 'leute', links: { peopl: 6 } },
      }),
      STEMS.length,
    );
    expect(table.compound('hausfeuer')).toEqual(['haus', 'feuer']);
    expect(table.compound('leutehaus')).toEqual(['leut', 'haus']);
    expect(table.compound('haus')).toEqual([]);
    expect(table.compound('xylophon')).toEqual([]);
  });
});
