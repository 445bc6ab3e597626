/**
 * The languages that text in a script may be in, with prior weights. Where several languages share
 * a script, only those that xqg has rules for are listed.
 */
import type { LanguageWeight } from './terms.js';

export interface Script {
  /** ISO 15924; `Kana` for both Japanese syllabaries. */
  readonly name: string;
  readonly letters: RegExp;
  /** Letters of every other script, with their marks. */
  readonly others: RegExp;
  /** Prior weights; they sum to 1. */
  readonly languages: readonly LanguageWeight[];
  /** True if several languages are written in it, so that the detector has to read the text. */
  readonly ambiguous: boolean;
  /** How many letters of an alphabet one character of this script counts as. */
  readonly lettersEach: number;
  /** Number of letters at which the detector's trust in one of `languages` is one half. */
  readonly halfTrust: number;
}

function script(
  name: string,
  property: string,
  languages: Readonly<Record<string, number>>,
  { ambiguous = false, lettersEach = 1, halfTrust = 0.5 } = {},
): Script {
  return {
    name,
    letters: new RegExp(`[${property}]`, 'gu'),
    others: new RegExp(`(?![${property}])\\p{L}\\p{M}*`, 'gu'),
    languages: Object.entries(languages).map(([lang, weight]) => ({ lang, weight })),
    ambiguous,
    lettersEach,
    halfTrust,
  };
}

const of = (name: string): string => `\\p{Script=${name}}`;

/**
 * Letters of a language that those expected in its script seldom have, so that the detector is
 * trusted with it even in short text.
 */
export const TELLTALE_LETTERS: Readonly<Record<string, RegExp>> = {
  az: /ə/iu,
  be: /ў/iu,
  cs: /[ěřů]/iu,
  da: /[æø]/iu,
  fa: /[پچژگ]/u,
  hu: /[őű]/iu,
  is: /[þð]/iu,
  lt: /[ėįų]/iu,
  lv: /[āēģķļņ]/iu,
  mk: /[ѓќѕ]/iu,
  no: /[æø]/iu,
  pl: /[ąęłńśźż]/iu,
  ps: /[ټډړږښګڼې]/u,
  pt: /[ãõ]/iu,
  sk: /[ľĺŕ]/iu,
  sq: /ë/iu,
  sr: /[ђћџљњ]/iu,
  uk: /[іїєґ]/iu,
  ur: /[ٹڈڑںے]/u,
};

export const SCRIPTS: readonly Script[] = [
  script(
    'Latn',
    of('Latin'),
    { en: 0.3, de: 0.1, es: 0.1, fi: 0.1, fr: 0.1, ro: 0.1, tr: 0.1, vi: 0.1 },
    { ambiguous: true },
  ),
  script('Cyrl', of('Cyrillic'), { ru: 1 }, { ambiguous: true }),
  script('Arab', of('Arabic'), { ar: 1 }, { ambiguous: true }),
  script('Deva', of('Devanagari'), { hi: 1 }, { ambiguous: true }),
  // Short names look alike in Chinese and Japanese.
  script(
    'Hani',
    of('Han'),
    { zh: 0.7, ja: 0.3 },
    { ambiguous: true, lettersEach: 3, halfTrust: 4 },
  ),
  script('Kana', of('Hiragana') + of('Katakana'), { ja: 1 }, { lettersEach: 3 }),
  script('Hang', of('Hangul'), { ko: 1 }, { lettersEach: 3 }),
  script('Beng', of('Bengali'), { bn: 1 }),
  script('Grek', of('Greek'), { el: 1 }),
  script('Telu', of('Telugu'), { te: 1 }),
  script('Thai', of('Thai'), { th: 1 }),
  script('Hebr', of('Hebrew'), { he: 1 }, { ambiguous: true }),
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
