/**
 * Whether a text is in the language that is expected of it, or in which it is instead. Letters,
 * small words and, where they leave a doubt, a detector decide.
 */
import { detectLanguage } from '../languages/detect.js';
import { functionWords } from '../languages/function-words.js';
import { LANGUAGES } from '../languages/languages.js';
import {
  mayBeWrittenIn,
  SCRIPTS,
  scriptSizes,
  scriptsOf,
  TELLTALE_LETTERS,
} from '../languages/scripts.js';
import type { KnownWords } from '../languages/vocabulary.js';

/** The language of a text; the confidence is 1 where it is as expected. */
export interface Label {
  readonly lang: string;
  readonly langConfidence: number;
}

/** Code units of a text that are read. */
export const SAMPLE = 300;

/** Languages so near to each other that a detector's word is no evidence against a declared one. */
const NEAR = [
  ['bs', 'hr', 'me', 'sh', 'sr', 'cnr'],
  ['da', 'nb', 'nn', 'no'],
  ['id', 'ms', 'jv', 'su'],
  ['fil', 'tl', 'ceb'],
  ['yue', 'zh', 'wuu', 'nan', 'hak', 'gan'],
  ['gl', 'pt'],
  ['af', 'nl'],
  ['de', 'gsw', 'lb', 'nds'],
  ['fa', 'prs', 'tg'],
];

function isNear(a: string, b: string): boolean {
  return a === b || NEAR.some((group) => group.includes(a) && group.includes(b));
}

/** Letters (of an alphabet) below which a text says nothing against what is expected of it. */
export interface Limits {
  /** In another script. */
  readonly foreign: number;
  /** In the same one, with the small words of another language. */
  readonly prose: number;
  /** In the same one, without them; the second where vocabularies are at hand. */
  readonly plain: readonly [number, number];
}

export const DOCUMENT: Limits = { foreign: 4, prose: 16, plain: [60, 20] };
/** A list of terms or names is no change of the language. */
export const PARAGRAPH: Limits = { foreign: 12, prose: 16, plain: [120, 120] };
/** A language that the user states is believed against words, not against letters. */
const NEVER = Number.POSITIVE_INFINITY;
export const BY_USER: Limits = { foreign: 4, prose: NEVER, plain: [NEVER, NEVER] };

/** From here on a language that no vocabulary or letter speaks for is believed. */
const MANY_LETTERS = 120;
/** Share of letters that makes a script the one of the text. */
const MOST = 0.6;

/** The language of a text that is expected to be in `expected`; null if it says too little. */
export async function labelOf(
  text: string,
  expected: string,
  limits: Limits,
  words: KnownWords | undefined,
): Promise<Label | null> {
  const sample = text.slice(0, SAMPLE);
  const sizes = scriptSizes(sample);
  let total = 0;
  let script = '';
  for (const [name, size] of sizes) {
    total += size;
    if (size > (sizes.get(script) ?? 0)) script = name;
  }
  if (total === 0) return null;
  const japanese = (sizes.get('Kana') ?? 0) + (sizes.get('Hani') ?? 0);
  const isJapanese = (sizes.get('Kana') ?? 0) >= 0.08 * japanese && japanese >= MOST * total;
  const size = isJapanese ? japanese : (sizes.get(script) ?? 0);
  const name = isJapanese ? 'Kana' : script;
  const foreign = !mayBeWrittenIn(expected, name) && expected !== 'und';
  if (size < MOST * total) return null;
  if (foreign) return size < limits.foreign ? null : detectedLabel(sample, words, 0);
  if (size < limits.prose) return null;
  const enough = size >= limits.plain[words === undefined ? 0 : 1];
  const verdict = sameScript(sample, name, expected, enough);
  if (verdict !== 'ask') return verdict;
  const label = await detectedLabel(sample, words, CLEAR, expected);
  return label === null || isCredible(label.lang, sample, size, words) ? label : null;
}

/** Letters beyond Western Europe's that a text in another language has. */
const FEW_EXTENDED = 3;

/** The detector alone finds small languages in lists of names. */
function isCredible(
  lang: string,
  text: string,
  size: number,
  words: KnownWords | undefined,
): boolean {
  const extended = text.match(/[\u0100-\u024f\u1e00-\u1eff]/g)?.length ?? 0;
  return (
    size >= MANY_LETTERS ||
    extended >= FEW_EXTENDED ||
    !/\p{Script=Latin}/u.test(text) ||
    lang in LANGUAGES ||
    words?.languages.includes(lang) === true ||
    TELLTALE_LETTERS[lang]?.test(text) === true ||
    functionWords(text, lang).lang === lang
  );
}

/** Confidence from which the detector overrules what is expected. */
const CLEAR = 0.9;

async function detectedLabel(
  text: string,
  words: KnownWords | undefined,
  least: number,
  expected?: string,
): Promise<Label | null> {
  const { lang, confidence } = await detectLanguage(text, words);
  if (lang === 'und' || confidence < least) return null;
  if (expected !== undefined && isNear(lang, expected))
    return { lang: expected, langConfidence: 1 };
  return { lang, langConfidence: Math.min(confidence, 0.999) };
}

/** Share of small words from which a text is in their language. */
const PROSE = 0.2;

/**
 * Whether a text in a script that fits is in the language: a label, `ask` if the detector has to
 * read it, null if it says nothing.
 */
function sameScript(
  text: string,
  script: string,
  lang: string,
  enough: boolean,
): Label | 'ask' | null {
  const own = { lang, langConfidence: 1 };
  if (script === 'Latn') {
    const found = functionWords(text, lang);
    const { words, hits, own: ownHits } = found;
    if (found.lang === lang && hits >= 2 && hits >= (PROSE / 2) * words) return own;
    if (!scriptsOf(lang).has('Latn') && hits >= 2 && hits >= PROSE * words) return 'ask';
    const isOther = found.lang !== null && hits >= 3 && hits >= PROSE * words;
    if (isOther && 2 * Math.max(ownHits, 0) < hits) return 'ask';
    // A language without a list of small words is not doubted unless another one's are there.
    if (ownHits < 0) return isOther && enough ? 'ask' : own;
    return enough ? 'ask' : null;
  }
  if (SCRIPTS.some(({ name, ambiguous }) => name === script && !ambiguous)) return own;
  const doubt = DOUBTS[lang] ?? DOUBTS[script];
  return doubt === undefined || !doubt.test(text) ? own : 'ask';
}

/** Letters and words that make a text of the script, or in the language, one to ask about. */
const DOUBTS: Readonly<Record<string, RegExp>> = {
  ru: /[іїєґўђћџљњј]|^[^ыэ]*$/iu,
  uk: /[ыэъё]|^[^іїє]*$/iu,
  Cyrl: /^/u,
  ar: /[پچژگکی]/u,
  fa: /[ةىيك]|[ٹڈڑںے]/u,
  Arab: /^/u,
  hi: /ळ|(?:^|[^\p{L}\p{M}])(?:आहे|आहेत|छ|छन्|आणि)(?![\p{L}\p{M}])/u,
  Deva: /^/u,
  ja: /^/u,
  Hani: /[\u3041-\u30ff]/u,
};
