/**
 * What is done to a text before words are cut: compatibility characters (ligatures, full and half
 * width, presentation forms), characters that format, and signs that stand for one another.
 */

import { unifyHan } from './han.js';
import { GROUP_SPACES, markGroups, SPACE_LANGUAGES } from './numbers.js';

/** A text as words are cut from it. */
export interface CutText {
  readonly text: string;
  /** By UTF-16 unit of `text`, and one more: the offset in the source in NFC; null: the same. */
  readonly offsets: Int32Array | null;
}

const NON_ASCII = /[^\0-\x7f]/;

/**
 * Characters that NFKC changes or that show nothing, but for Thai and Lao AM, without which ICU
 * knows no word. A zero width space stays: it separates words.
 */
const COMPATIBILITY = new RegExp(
  '[[\\p{Changes_When_NFKC_Casefolded}\\p{Cf}]--' +
    '[[\\p{Lu}--[\\u01c4-\\u01f1\\u03d2-\\u03f9\\u2100-\\u214f\\uff21-\\uff3a\\u{1d400}-\\u{1d7ff}]]' +
    'ßς\\u0e33\\u0eb3\\u200b]]+',
  'gv',
);
const SHOWS_NOTHING = '\\p{Cf}\\p{Default_Ignorable_Code_Point}';
const INVISIBLE = new RegExp(`[[${SHOWS_NOTHING}]--\\u200b]`, 'gv');

export function cutText(source: string, lang: string): CutText {
  const spaced = SPACE_LANGUAGES.has(lang);
  if (!NON_ASCII.test(source))
    return { text: spaced ? markGroups(source, lang) : source, offsets: null };
  let text = source.normalize('NFC');
  const kinds = kindsIn(text);
  if (spaced || kinds & SPACE) text = markGroups(text, lang);
  let state: CutText = { text, offsets: null };
  if (kinds & COMPATIBLE) state = rewrite(state, COMPATIBILITY, compatible);
  if (kinds & SIGN) state = { ...state, text: unifySigns(state.text, lang) };
  return kinds & THAI ? unifyThai(state) : state;
}

/** What is to be done for a character: nothing, or one or more of these. */
const COMPATIBLE = 1;
const SIGN = 2;
const THAI = 4;
const SPACE = 8;
const SEEN = 128;

const kindOfUnit = new Uint8Array(2 ** 16);

/** The kinds of all characters of a text: a look at each is faster than several patterns. */
function kindsIn(text: string): number {
  let kinds = 0;
  for (let i = 0; i < text.length; i++) kinds |= kindOfUnit[text.charCodeAt(i)] || kindOf(text, i);
  return kinds;
}

function kindOf(text: string, at: number): number {
  const character = text[at];
  // A form of a run, since half of a pair, or a mark alone, says nothing.
  const plain = !/\p{Surrogate}/u.test(character) && character.replace(COMPATIBILITY, '') !== '';
  const kind =
    SEEN |
    (plain ? 0 : COMPATIBLE) |
    (SIGNS.test(character) ? SIGN : 0) |
    (THAI_SIGNS.test(character) ? THAI : 0) |
    (GROUP_SPACES.test(character) ? SPACE : 0);
  kindOfUnit[text.charCodeAt(at)] = kind;
  return kind;
}

/**
 * A trade mark is no part of the word, a superscript behind a number no part of the number, and a
 * fraction is none either: XQG™, 10², 1½.
 */
function compatible(run: string, at: number, text: string): string {
  const form = run
    .replace(/[™℠]/gu, ' ')
    .replaceAll('´', "'")
    .normalize('NFKC')
    .replace(INVISIBLE, '');
  return /^\p{No}/u.test(run) && at > 0 && /\p{N}/u.test(text[at - 1]) ? ` ${form}` : form;
}

/** The signs that `unifySigns` changes. */
const SIGNS = /[‘’‛′ʹʻʼ׳ꞌ٫٬،´\u3041-\u30ff\u3400-\u9fff]/u;
const APOSTROPHE = /[‘’‛′ʹʻʼ׳ꞌ](?=[\p{L}\p{N}])/gu;
const BEFORE_APOSTROPHE = /[\p{L}\p{M}\p{N}]$/u;
/** What people type for the stroke of a long vowel: スーパ−, スーパ― */
const STROKE = /(?<=[\u30a1-\u30fc])[-‐‑‒–—―−─━](?![-‐‑‒–—―−─━])/gu;
/** Iteration marks: こゝろ, こころ */
const REPEATED = /[\u3041-\u3096]ゝ|[\u30a1-\u30fa]ヽ/gu;
/** A year in Chinese numerals: 二〇〇五年 */
const NUMERALS = /[〇零一二三四五六七八九]{4}(?=年)/gu;
const NUMERAL_VALUES: Readonly<Record<string, string>> = Object.fromEntries(
  [...'〇一二三四五六七八九'].map((numeral, value) => [numeral, String(value)]),
);

/** As long as before. */
function unifySigns(text: string, lang: string): string {
  let form = text.replace(APOSTROPHE, (sign, at: number) =>
    BEFORE_APOSTROPHE.test(text.slice(Math.max(0, at - 2), at)) ? "'" : sign,
  );
  if (ARABIC_SEPARATOR.test(form))
    form = form.replace(BEFORE_DIGIT, (sign, at: number) =>
      DIGIT.test(text[at - 1] ?? '') ? ASCII_SEPARATORS[sign] : sign,
    );
  if (KANA.test(form))
    form = form.replace(STROKE, 'ー').replace(REPEATED, (run) => run[0] + run[0]);
  if (!HAN.test(form)) return form;
  form = form.replace(NUMERALS, (year) =>
    year.replace(/./gu, (numeral) => NUMERAL_VALUES[numeral] ?? '0'),
  );
  return unifyHan(form, lang);
}

const DIGIT = /\p{Nd}/u;
const BEFORE_DIGIT = /[٫٬،](?=\p{Nd})/gu;
const ASCII_SEPARATORS: Readonly<Record<string, string>> = { '٬': "'", '،': ',', '٫': '.' };
const ARABIC_SEPARATOR = /[٫٬،]/u;
const KANA = /[\u3041-\u30ff]/u;
const HAN = /[\u3400-\u9fff]/u;

const THAI_SIGNS = /[\u0e31-\u0e4d]/u;

/** Signs of a syllable that look alike in any order, and two letters that look like another. */
function unifyThai(state: CutText): CutText {
  let unified = rewrite(state, /\u0e40\u0e40/gu, () => '\u0e41');
  unified = rewrite(
    unified,
    /([\u0e48-\u0e4b]?)\u0e4d([\u0e48-\u0e4b]?)\u0e32/gu,
    (run) => `${run.replace(/[\u0e4d\u0e32]/gu, '')}\u0e33`,
  );
  unified = rewrite(unified, /([\u0e31\u0e34-\u0e3a\u0e47-\u0e4d])\1+/gu, (run) => run[0]);
  return rewrite(unified, /[\u0e48-\u0e4b][\u0e31\u0e34-\u0e39]/gu, (run) => run[1] + run[0]);
}

/** Replaces what a pattern finds, and keeps the offsets. */
function rewrite(
  state: CutText,
  pattern: RegExp,
  form: (run: string, at: number, text: string) => string,
): CutText {
  const { text } = state;
  pattern.lastIndex = 0;
  let match = pattern.exec(text);
  if (match === null) return state;
  let out = '';
  let from = 0;
  let sameLength = true;
  const edits: { readonly at: number; readonly length: number; readonly form: string }[] = [];
  for (; match !== null; match = pattern.exec(text)) {
    const run = match[0];
    const changed = form(run, match.index, text);
    if (changed === run) continue;
    sameLength &&= changed.length === run.length;
    edits.push({ at: match.index, length: run.length, form: changed });
    out += text.slice(from, match.index) + changed;
    from = match.index + run.length;
  }
  if (edits.length === 0) return state;
  out += text.slice(from);
  if (sameLength) return { text: out, offsets: state.offsets };
  const offsets = new Int32Array(out.length + 1);
  const sourceOffset = (at: number): number => state.offsets?.[at] ?? at;
  let to = 0;
  let read = 0;
  for (const { at, length, form: changed } of edits) {
    while (read < at) offsets[to++] = sourceOffset(read++);
    for (let i = 0; i < changed.length; i++) offsets[to++] = sourceOffset(at);
    read = at + length;
  }
  while (read <= text.length) offsets[to++] = sourceOffset(read++);
  return { text: out, offsets };
}
