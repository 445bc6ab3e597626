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

/** Letters by script: first and last code unit. */
const RANGES: readonly (readonly [number, number, string])[] = [
  [0x41, 0x5a, 'Latn'],
  [0x61, 0x7a, 'Latn'],
  [0xc0, 0x24f, 'Latn'],
  [0x370, 0x3ff, 'Grek'],
  [0x400, 0x52f, 'Cyrl'],
  [0x531, 0x587, 'Armn'],
  [0x5d0, 0x5ea, 'Hebr'],
  [0x620, 0x64a, 'Arab'],
  [0x66e, 0x6d3, 'Arab'],
  [0x750, 0x77f, 'Arab'],
  [0x900, 0x963, 'Deva'],
  [0x980, 0x9e3, 'Beng'],
  [0xa00, 0xa65, 'Guru'],
  [0xa80, 0xae3, 'Gujr'],
  [0xb80, 0xbe5, 'Taml'],
  [0xc00, 0xc65, 'Telu'],
  [0xc80, 0xce5, 'Knda'],
  [0xd00, 0xd65, 'Mlym'],
  [0xd80, 0xdf3, 'Sinh'],
  [0xe01, 0xe4e, 'Thai'],
  [0xe81, 0xece, 'Laoo'],
  [0x1000, 0x103f, 'Mymr'],
  [0x10a0, 0x10ff, 'Geor'],
  [0x1100, 0x11ff, 'Hang'],
  [0x1200, 0x139f, 'Ethi'],
  [0x1780, 0x17d3, 'Khmr'],
  [0x1e00, 0x1eff, 'Latn'],
  [0x1f00, 0x1fff, 'Grek'],
  [0x3041, 0x30ff, 'Kana'],
  [0x3130, 0x318f, 'Hang'],
  [0x31f0, 0x31ff, 'Kana'],
  [0x3400, 0x9fff, 'Hani'],
  [0xac00, 0xd7a3, 'Hang'],
  [0xf900, 0xfaff, 'Hani'],
  [0xfb50, 0xfdff, 'Arab'],
  [0xfe70, 0xfefc, 'Arab'],
];

/** Number of the range of each code unit, from 1; 0 for what is no letter of these scripts. */
const RANGE_OF = new Uint8Array(0x10000);
for (const [i, [first, last]] of RANGES.entries()) RANGE_OF.fill(i + 1, first, last + 1);

const WIDE = new Set(SCRIPTS.filter(({ lettersEach }) => lettersEach > 1).map(({ name }) => name));
const WIDTH = 3;

/**
 * Letters of a text by script, in letters of an alphabet: an ideograph or a syllable counts as
 * several. Marks count with some scripts and not with others.
 */
export function scriptSizes(text: string): ReadonlyMap<string, number> {
  const counts = new Uint32Array(RANGES.length + 1);
  for (let i = 0; i < text.length; i++) counts[RANGE_OF[text.charCodeAt(i)]]++;
  const sizes = new Map<string, number>();
  for (const [i, [, , name]] of RANGES.entries()) {
    if (counts[i + 1] === 0) continue;
    const size = counts[i + 1] * (WIDE.has(name) ? WIDTH : 1);
    sizes.set(name, (sizes.get(name) ?? 0) + size);
  }
  return sizes;
}

/** Scripts of languages that are written in more than the one that CLDR names first. */
const OTHER_SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  az: ['Cyrl', 'Arab'],
  bs: ['Cyrl'],
  hr: ['Cyrl'],
  ja: ['Kana', 'Hani'],
  kk: ['Arab'],
  ko: ['Hang', 'Hani'],
  ks: ['Deva'],
  ku: ['Arab', 'Cyrl'],
  ky: ['Arab'],
  mn: ['Mong'],
  ms: ['Arab'],
  pa: ['Arab'],
  sd: ['Deva'],
  sr: ['Latn'],
  tg: ['Arab'],
  tk: ['Cyrl', 'Arab'],
  ug: ['Cyrl'],
  uz: ['Cyrl', 'Arab'],
  zh: ['Hani'],
};

const scriptsOfLanguages = new Map<string, ReadonlySet<string>>();

/** The scripts (as in SCRIPTS) that a language is usually written in. */
export function scriptsOf(lang: string): ReadonlySet<string> {
  let scripts = scriptsOfLanguages.get(lang);
  if (scripts === undefined) {
    const { script = 'Latn' } = new Intl.Locale(lang).maximize();
    scripts = new Set([script, ...(OTHER_SCRIPTS[lang] ?? [])]);
    scriptsOfLanguages.set(lang, scripts);
  }
  return scripts;
}

/** True if the language may be written in the script: every one is also romanized. */
export function mayBeWrittenIn(lang: string, script: string): boolean {
  return script === 'Latn' || scriptsOf(lang).has(script);
}
