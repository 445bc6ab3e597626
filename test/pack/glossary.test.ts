import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { termsOf, wordsOf } from '../../src/languages/analysis.js';
import { LANGUAGES } from '../../src/languages/languages.js';
import { Glossary } from '../../src/pack/glossary/glossary.js';
import { GlossaryPack } from '../../src/pack/glossary/glossary-pack.js';
import { parseGlossary, readGlossary } from '../../src/pack/glossary/read-glossary.js';
import { tinyPack } from '../support/pack-in-memory.js';

const WRENCH = {
  en: ['torque wrench'],
  de: ['Drehmomentschlüssel', 'Momentschlüssel'],
  th: ['ประแจปอนด์'],
};

describe('a glossary', () => {
  const glossary = new Glossary([
    WRENCH,
    { en: ['torque'], fi: ['vääntömomentti'] },
    { de: ['Zug'], en: ['draw'] },
  ]);
  const [wrench, torque] = glossary.concepts;

  it('finds inflected terms, in any case and across a hyphen, and prefers the longest', () => {
    const texts: [string, string, string[]][] = [
      [
        'Torque wrenches and a torque, a TORQUE-WRENCH.',
        'en',
        ['Torque wrenches', 'torque', 'TORQUE-WRENCH'],
      ],
      [
        'Des Drehmomentschlüssels, ein Momentschlüssel',
        'de',
        ['Drehmomentschlüssels', 'Momentschlüssel'],
      ],
      ['the torque. Wrenches are sold', 'en', ['torque. Wrenches']],
      ['the torque (wrenches are sold)', 'en', ['torque']],
      ['ใช้ประแจปอนด์ขันน็อต', 'th', ['ประแจปอนด์']],
      ['torque wrench', 'ru', []],
    ];
    for (const [text, lang, found] of texts)
      expect(glossary.spans(text, lang).map(({ start, end }) => text.slice(start, end))).toEqual(
        found,
      );
    expect(glossary.conceptsIn('Der Zug: torque', ['de', 'en']).length).toBe(2);
  });

  it('replaces a term by one word that is the same in every language', () => {
    for (const lang of Object.keys(LANGUAGES)) {
      for (const { token } of glossary.concepts) {
        expect(termsOf(`5 ${token} 6`, lang)).toEqual(['5', token, '6']);
        expect(wordsOf(token, lang)[0].surface).toBe(token);
      }
    }
    const text = glossary.rewrite('Mit dem Drehmomentschlüssel.', 'de');
    expect(termsOf(text, 'de')).toEqual([...termsOf('Mit dem', 'de'), wrench.token]);
    expect(glossary.shown(`a ${wrench.token} b ${torque.token}`, 'th')).toBe(
      'a ประแจปอนด์ b torque',
    );
  });

  it('has a hash that does not depend on the order of rows or columns, and tokens that do not depend on other rows', () => {
    const { th, en, de } = WRENCH;
    const other = new Glossary([
      { fi: ['vääntömomentti'], en: ['torque'] },
      { en: ['draw'], de: ['Zug'] },
      { th, de, en },
    ]);
    expect(other.sha256).toBe(glossary.sha256);
    expect(other.concepts[2].token).toBe(wrench.token);
    expect(new Glossary([WRENCH]).sha256).not.toBe(glossary.sha256);
  });
});

describe('a glossary file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xqg-glossary-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('may have a byte order mark, quotes, empty cells and several terms in a cell', async () => {
    const file = join(folder, 'terms.csv');
    writeFileSync(
      file,
      '\uFEFFen,DE,fi\r\n"torque wrench",Drehmomentschlüssel | Momentschlüssel,\r\n"a, b",,c\r\n',
    );
    const { concepts, languages } = await readGlossary(file);
    expect(concepts.map(({ terms }) => terms)).toEqual([
      { en: ['torque wrench'], de: ['Drehmomentschlüssel', 'Momentschlüssel'] },
      { en: ['a, b'], fi: ['c'] },
    ]);
    expect(languages).toEqual(['de', 'en', 'fi']);
  });

  it('is refused with a list of all problems and their lines', async () => {
    const problems = (text: string) => {
      try {
        parseGlossary(text, 'terms.csv');
      } catch (error) {
        expect(error).toMatchObject({ code: 'XQG_GLOSSARY' });
        return (error as Error).message;
      }
      return 'none';
    };
    expect(problems('')).toContain('it is empty');
    expect(problems('en\nx\n')).toContain('one column');
    expect(problems('en,xx,en\n')).toMatch(
      /line 1: the column "xx" is not a known language.*; line 1: there are two columns "en"/,
    );
    expect(problems('en,de\nx,y\n')).toBe('none');
    expect(problems('en,de\n')).toContain('no row below the header');
    expect(problems('en,de\ndriver,Treiber\nDrivers,Fahrer\n...,z\nq,\n')).toMatch(
      /line 3: "Drivers" \(en\) is already in line 2.*line 4: "\.\.\." \(en\) contains no word.*line 5: a row needs terms in at least two/,
    );
    expect(problems('en,de\nx,y,z\n')).toMatch(/line 2|Invalid Record Length/);
    const latin = join(folder, 'latin.csv');
    writeFileSync(latin, Buffer.from('en,de\nkey,Schl\xfcssel\n', 'latin1'));
    await expect(readGlossary(latin)).rejects.toThrow(/not UTF-8/);
    await expect(readGlossary(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'XQG_GLOSSARY',
    });
  });
});

describe('a pack with a glossary', () => {
  const base = tinyPack();
  const glossary = new Glossary([
    { en: ['fire'], de: ['Brand'] },
    { en: ['river book'], fi: ['jokikirja'] },
  ]);
  const pack = new GlossaryPack(base, glossary);
  const [fire, riverBook] = glossary.concepts.map(({ token }) => token);
  const stems = (links: readonly { id: number; p: number }[]) =>
    Object.fromEntries(links.map(({ id, p }) => [pack.pivot.stem(id), p]));

  it('does not change the translations of other words', () => {
    for (const term of ['haus', 'feuer', 'fluss', 'nothing']) {
      expect(pack.toPivot(term, 'de')).toEqual(base.toPivot(term, 'de'));
      expect(pack.surface(term, 'de')).toBe(base.surface(term, 'de'));
    }
    for (const stem of ['hous', 'fire'])
      expect(pack.fromPivot(stem, 'de')).toEqual(base.fromPivot(stem, 'de'));
    expect(pack.identity).toEqual(base.identity);
  });

  it('maps a concept to its token alone in a language that has a term for it', () => {
    expect(stems(pack.toPivot(fire, 'de'))).toEqual({ [fire]: 1 });
    expect(pack.fromPivot(fire, 'de')).toEqual([{ term: fire, p: 1 }]);
    expect(stems(pack.stemsGenerating('feuer', 'de'))).toEqual({ fire: 1 });
    expect(pack.pivot.vector(pack.pivot.id(fire)!)).not.toBeNull();
    expect(pack.pivot.weight(pack.pivot.id(fire))).toBeGreaterThan(0.9);
  });

  it('falls back to the translation tables in a language that has none', () => {
    expect(pack.fromPivot(riverBook, 'de')).toEqual([{ term: 'fluss', p: 0.5 }]);
    expect(pack.translates(riverBook, 'de')).toBe(true);
    expect(stems(pack.stemsGenerating('fluss', 'de'))).toEqual({ river: 1, [riverBook]: 0.5 });
    expect(stems(pack.translations('fluss', 'de'))).toEqual({ river: 1, [riverBook]: 0.5 });
    expect(stems(pack.toPivot('fluss', 'de'))).toEqual({ river: 1 });
  });
});
