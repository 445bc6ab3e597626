/**
 * What is done to a text before words are cut: compatibility characters (ligatures, full and half
 * width, presentation forms), characters that format, and signs that stand for one another.
 */

import { unifyHan } from './han.js';
import { markGroups } from './numbers.js';

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
  if (!NON_ASCII.test(source)) return { text: markGroups(source, lang), offsets: null };
  let state: CutText = { text: markGroups(source.normalize('NFC'), lang), offsets: null };
  state = rewrite(state, COMPATIBILITY, compatible);
  const { text } = state;
  if (!SIGNS.test(text)) return state;
  state = { ...state, text: unifySigns(text, lang) };
  return THAI.test(text) ? unifyThai(state) : state;
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

/** A text with any of the signs that `unifySigns` and `unifyThai` change. */
const SIGNS = /[‘’‛′ʹʻʼ׳ꞌ٫٬،\u0e00-\u0e7f\u3041-\u30ff\u3400-\u9fff]/u;
const APOSTROPHE = /(?<=[\p{L}\p{M}\p{N}])[‘’‛′ʹʻʼ׳ꞌ](?=[\p{L}\p{N}])/gu;
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
  return unifyHan(
    text
      .replace(APOSTROPHE, "'")
      .replace(/(?<=\p{Nd})٬(?=\p{Nd})/gu, "'")
      .replace(/(?<=\p{Nd})،(?=\p{Nd})/gu, ',')
      .replace(/(?<=\p{Nd})٫(?=\p{Nd})/gu, '.')
      .replace(STROKE, 'ー')
      .replace(REPEATED, (run) => run[0] + run[0])
      .replace(NUMERALS, (year) =>
        year.replace(/./gu, (numeral) => NUMERAL_VALUES[numeral] ?? '0'),
      ),
    lang,
  );
}

const THAI = /[\u0e31-\u0e4d]/u;

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
