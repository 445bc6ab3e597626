/**
 * What the letters of a script say about the language, before any word is looked at. The languages
 * of a script that several share are those that xqg ships knowledge of; their weights are what a
 * question without any other evidence is taken for.
 */
import type { LanguageWeight } from './terms.js';

export interface Script {
  /** ISO 15924; `Kana` for both Japanese syllabaries. */
  readonly name: string;
  readonly letters: RegExp;
  /** Letters of every other script, with their marks. */
  readonly others: RegExp;
  /** The weights sum to 1. */
  readonly languages: readonly LanguageWeight[];
  /** More than one language is written in it, so that the text must be looked at. */
  readonly undecided: boolean;
  /** Letters of an alphabet that one of these is worth. */
  readonly lettersEach: number;
  /** Letters at which an answer for one of `languages` is believed by half. */
  readonly doubt: number;
}

function script(
  name: string,
  property: string,
  languages: Readonly<Record<string, number>>,
  { undecided = false, lettersEach = 1, doubt = 0.5 } = {},
): Script {
  return {
    name,
    letters: new RegExp(`[${property}]`, 'gu'),
    others: new RegExp(`(?![${property}])\\p{L}\\p{M}*`, 'gu'),
    languages: Object.entries(languages).map(([lang, weight]) => ({ lang, weight })),
    undecided,
    lettersEach,
    doubt,
  };
}

const of = (name: string): string => `\\p{Script=${name}}`;

export const SCRIPTS: readonly Script[] = [
  script(
    'Latn',
    of('Latin'),
    { en: 0.3, de: 0.1, es: 0.1, fi: 0.1, fr: 0.1, ro: 0.1, tr: 0.1, vi: 0.1 },
    { undecided: true },
  ),
  script('Cyrl', of('Cyrillic'), { ru: 1 }, { undecided: true }),
  script('Arab', of('Arabic'), { ar: 1 }, { undecided: true }),
  script('Deva', of('Devanagari'), { hi: 1 }, { undecided: true }),
  // Short names look alike in both.
  script('Hani', of('Han'), { zh: 0.7, ja: 0.3 }, { undecided: true, lettersEach: 3, doubt: 4 }),
  script('Kana', of('Hiragana') + of('Katakana'), { ja: 1 }, { lettersEach: 3 }),
  script('Hang', of('Hangul'), { ko: 1 }, { lettersEach: 3 }),
  script('Beng', of('Bengali'), { bn: 1 }),
  script('Grek', of('Greek'), { el: 1 }),
  script('Telu', of('Telugu'), { te: 1 }),
  script('Thai', of('Thai'), { th: 1 }),
  script('Hebr', of('Hebrew'), { he: 1 }, { undecided: true }),
  script('Taml', of('Tamil'), { ta: 1 }),
  script('Knda', of('Kannada'), { kn: 1 }),
  script('Mlym', of('Malayalam'), { ml: 1 }),
  script('Gujr', of('Gujarati'), { gu: 1 }),
  script('Guru', of('Gurmukhi'), { pa: 1 }),
  script('Sinh', of('Sinhala'), { si: 1 }),
  script('Laoo', of('Lao'), { lo: 1 }),
  script('Khmr', of('Khmer'), { km: 1 }),
  script('Mymr', of('Myanmar'), { my: 1 }),
  script('Geor', of('Georgian'), { ka: 1 }),
  script('Armn', of('Armenian'), { hy: 1 }),
  script('Ethi', of('Ethiopic'), { am: 1 }),
];
