/**
 * Splits text in any language into words, and maps words to the terms that are matched. The same
 * rules apply to passages, questions, generated queries and training text. The ICU version is part
 * of an index's identity because Intl.Segmenter splits Chinese, Japanese, Thai, Khmer, Lao and
 * Burmese by ICU's dictionaries.
 */
import anyAscii from 'any-ascii';
import { segmenterOf, UNSPACED } from '../base/segmenter.js';
import { DOTTED_I } from './languages.js';
import { normalNumber, numberEnd } from './spelling/numbers.js';
import { cutText } from './spelling/text.js';
import { unifySpelling } from './spelling/unify.js';
import { stem } from './stemming.js';

/**
 * Version of the rules of this folder. Terms are stored, so an index with other rules is refused:
 * raise it with every change of a term.
 */
export const WORD_RULES = 2;

export interface Word {
  /** NFKC, lower case, digits as 0-9, variants of spelling as one (docs/words.md). */
  readonly surface: string;
  /** The stemmed, folded form that is matched. */
  readonly term: string;
  /** Offsets (UTF-16) into the text in NFC. */
  readonly start: number;
  readonly end: number;
}

/**
 * A word: letters, marks and digits, joined across an apostrophe or a separator between digits (a
 * simplification of UAX 29, rules WB6-WB12).
 */
const WORD =
  /[\p{L}\p{M}\p{N}_]+(?:['’](?:[\p{L}\p{M}]+|(?<=\p{N}.)\p{N}{3}(?!\p{N}))|(?<=\p{N})[.,](?=\p{N})[\p{N}]+)*/gu;
/** Initials with dots between them, and C++ and C#, are one word; they begin as a letter alone. */
const SIGNED =
  /(?:(?<![\p{L}\p{M}\p{N}_.'])\p{L}(?:\.\p{L}){2,}(?![\p{L}\p{M}\p{N}_])|[A-Za-z](?:\+\+|#)(?![\p{L}\p{M}\p{N}_+#]))/uy;
const OTHER_DIGIT = /[^\P{Nd}0-9]/gu;

/**
 * Longest run of characters (UTF-16 code units) to segment at once. Longer runs are cut first,
 * because the time that ICU takes grows with the square of a run's length.
 */
const LONGEST_RUN = 400;

/** ASCII characters: separates words, belongs to a word, or may join two parts (WORD decides). */
const SEPARATOR = 0;
const LETTER = 1;
const JOINER = 2;
const ASCII_KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /\w/.test(character) ? LETTER : /['.,+#]/.test(character) ? JOINER : SEPARATOR;
});

/** The words of a text in order. Offsets refer to `text.normalize('NFC')`. */
export function wordsOf(text: string, lang: string): Word[] {
  const { text: cut, offsets } = cutText(text, lang);
  const words: Word[] = [];
  const add = (run: string, start: number): void => {
    const end = start + run.length;
    const { surface, term } = formsOf(run, lang);
    words.push({
      surface,
      term,
      start: offsets?.[start] ?? start,
      end: offsets === null ? end : sourceEnd(offsets, start, end),
    });
  };
  let unspaced: boolean | null = null;
  for (let at = 0; at < cut.length; ) {
    const code = cut.charCodeAt(at);
    if (code < 128 && ASCII_KINDS[code] !== LETTER) {
      at++;
      continue;
    }
    const end = asciiWordEnd(cut, at);
    if (end > at) {
      const run = cut.slice(at, end);
      if (code <= NINE && !DIGITS.test(run)) addNumber(run, at, add);
      else add(run, at);
      at = end;
      continue;
    }
    WORD.lastIndex = at;
    const match = WORD.exec(cut);
    if (match === null) break;
    at = WORD.lastIndex;
    let run = match[0];
    if (run.length === 1 && SIGNS.includes(cut[at])) {
      SIGNED.lastIndex = match.index;
      run = SIGNED.exec(cut)?.[0] ?? run;
      at = match.index + run.length;
    }
    unspaced ??= UNSPACED.test(cut);
    if (!unspaced || !UNSPACED.test(run)) {
      addNumber(run, match.index, add);
      continue;
    }
    for (let from = 0; from < run.length; from += LONGEST_RUN) {
      for (const part of segmenterOf(lang, 'word').segment(run.slice(from, from + LONGEST_RUN))) {
        if (part.isWordLike) add(part.segment, match.index + from + part.index);
      }
    }
  }
  return words;
}

/** Several words of one character, such as a fraction, all end behind it. */
function sourceEnd(offsets: Int32Array, start: number, end: number): number {
  let behind = end;
  while (offsets[behind] === offsets[start] && behind + 1 < offsets.length) behind++;
  return offsets[behind];
}

const SIGNS: readonly (string | undefined)[] = ['.', '+', '#'];
const NINE = '9'.charCodeAt(0);
const DIGITS = /^\d+$/;

/** By UTF-16 unit: 1 for a digit, 2 for another character, 0 if that was not looked up. */
const digitKinds = new Uint8Array(2 ** 16);

function isDigit(code: number): boolean {
  digitKinds[code] ||= /\p{Nd}/u.test(String.fromCharCode(code)) ? 1 : 2;
  return digitKinds[code] === 1;
}

/** Adds a word, or a number and the unit behind it. */
function addNumber(run: string, start: number, add: (run: string, start: number) => void): void {
  const end = isDigit(run.charCodeAt(0)) ? numberEnd(run) : 0;
  add(end === 0 ? run : run.slice(0, end), start);
  if (end > 0) add(run.slice(end), start + end);
}

/**
 * A fast path for ASCII words, which most are: the end of the word that starts at `start`, or
 * `start` itself if only WORD can tell where the word ends.
 */
function asciiWordEnd(text: string, start: number): number {
  for (let end = start; end < text.length; end++) {
    const code = text.charCodeAt(end);
    const kind = code < 128 ? ASCII_KINDS[code] : JOINER;
    if (kind !== LETTER) return kind === SEPARATOR ? end : start;
  }
  return text.length;
}

/** The parts of a passage that analysis reads; the title is analyzed with the text. */
export interface AnalyzedPassage {
  readonly title: string;
  readonly text: string;
  readonly lang: string;
}

export function analyzedText({ title, text }: AnalyzedPassage): string {
  return title ? `${title}\n${text}` : text;
}

const passageCache = new WeakMap<AnalyzedPassage, readonly Word[]>();

/**
 * The words of a passage. They are cached for as long as the passage object lives, because the
 * encoder, the generator and the index all need them.
 */
export function passageWords(passage: AnalyzedPassage): readonly Word[] {
  let words = passageCache.get(passage);
  if (words === undefined) {
    words = wordsOf(analyzedText(passage), passage.lang);
    passageCache.set(passage, words);
  }
  return words;
}

/** The terms of a text in order, with repeats. */
export function termsOf(text: string, lang: string): string[] {
  return wordsOf(text, lang).map((word) => word.term);
}

/** Cached forms of words, per language. A full cache is emptied, so that memory stays bounded. */
const FORMS_PER_LANGUAGE = 100_000;
const formCache = new Map<string, Map<string, Forms>>();

interface Forms {
  readonly surface: string;
  readonly term: string;
}

function formsOf(run: string, lang: string): Forms {
  let cached = formCache.get(lang);
  if (!cached || cached.size >= FORMS_PER_LANGUAGE) {
    cached = new Map();
    formCache.set(lang, cached);
  }
  let forms = cached.get(run);
  if (!forms) {
    const surface = surfaceOf(run, lang);
    forms = { surface, term: stem(surface, lang) };
    cached.set(run, forms);
  }
  return forms;
}

const NUMBER = /^\d[\d.,']*$/;

function surfaceOf(run: string, lang: string): string {
  const lower = run
    .normalize('NFKC')
    .replaceAll('’', "'")
    .toLocaleLowerCase(DOTTED_I.has(lang) ? lang : 'en');
  const digits = lower.replace(OTHER_DIGIT, (digit) => String(digitValue(digit)));
  if (NUMBER.test(digits)) return normalNumber(digits);
  return unifySpelling(INITIALS.test(digits) ? digits.replaceAll('.', '') : digits, lang);
}

const INITIALS = /^\p{L}(?:\.\p{L})+$/u;

/** The value of a decimal digit: Unicode encodes category Nd in runs of ten, zero first. */
function digitValue(digit: string): number {
  const point = digit.codePointAt(0)!;
  let zero = point;
  while (point - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return point - zero;
}

/** Numbers match as they are: 1250 is no part of 12500. */
const PLAIN_NUMBER = /^\d[\d.]*$/;

const ROMAN = /^[a-z0-9]*$/;

/** The word transliterated to a-z and 0-9. */
export function romanize(surface: string): string {
  if (ROMAN.test(surface)) return surface;
  return anyAscii(surface)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/**
 * '#'-prefixed 4-grams of the romanized word, with '<' and '>' marking its ends. They let names
 * match across scripts.
 */
export function romanizedGrams(surface: string): string[] {
  const romanized = `<${romanize(surface)}>`;
  const grams: string[] = [];
  for (let i = 0; i + 4 <= romanized.length; i++) grams.push(`#${romanized.slice(i, i + 4)}`);
  return grams;
}

/**
 * Consonants that are often transliterated alike map to one letter. Vowels, h, w and y, which many
 * scripts leave out, map to none.
 */
const CONSONANT_CLASSES: Readonly<Record<string, string>> = {
  b: 'b',
  p: 'b',
  f: 'f',
  v: 'f',
  c: 'k',
  k: 'k',
  q: 'k',
  g: 'k',
  j: 'k',
  x: 'ks',
  s: 's',
  z: 's',
  t: 't',
  d: 't',
  m: 'm',
  n: 'n',
  l: 'l',
  r: 'r',
};
const MIN_SKELETON_LENGTH = 3;

/**
 * '~'-prefixed consonant skeleton of a word: "Goldman" in any script becomes "~kltmn". Null for
 * words with fewer than three consonants and digits, which would match too many others.
 */
export function skeleton(surface: string): string | null {
  if (PLAIN_NUMBER.test(surface)) return null;
  const romanized = romanize(surface)
    .replace(/ph/g, 'f')
    .replace(/sch|sh/g, 's');
  let letters = '';
  for (let i = 0; i < romanized.length; i++) {
    const character = romanized[i];
    const mapped = CONSONANT_CLASSES[character] ?? (character <= '9' ? character : '');
    for (let m = 0; m < mapped.length; m++) if (!letters.endsWith(mapped[m])) letters += mapped[m];
  }
  return letters.length < MIN_SKELETON_LENGTH ? null : `~${letters}`;
}
