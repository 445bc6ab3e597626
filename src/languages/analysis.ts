/**
 * Text to words, and words to the terms that are matched, for any language. The same rules serve
 * passages, questions, generated queries and training text; the ICU version is part of an index's
 * identity because Intl.Segmenter cuts Chinese, Japanese, Thai, Khmer, Lao and Burmese by ICU's
 * dictionaries.
 */
import anyAscii from 'any-ascii';
import { segmenterOf, UNSPACED } from '../base/segmenter.js';
import { stem } from './stemming.js';

export interface Word {
  /** NFKC, lower case, digits of every script as 0-9. */
  readonly surface: string;
  /** The stemmed, folded form that is matched. */
  readonly term: string;
  /** Offsets (UTF-16) into the text in NFC. */
  readonly start: number;
  readonly end: number;
}

/**
 * Letters, marks and digits, joined across one apostrophe or a separator between digits (UAX 29,
 * WB6-WB12, simplified).
 */
const WORD = /[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}]+|(?<=\p{N})[.,](?=\p{N})[\p{N}]+)*/gu;
const OTHER_DIGIT = /[^\P{Nd}0-9]/gu;
const GROUPED_NUMBER = /^\d{1,3}(?:[.,]\d{3})+$/;

/**
 * Runs longer than this are cut before segmentation: ICU's time grows with the square of a run's
 * length.
 */
const LONGEST_RUN = 400;

/** What a character of ASCII is to words: nothing of them, within one, or where WORD tells. */
const BETWEEN = 0;
const WITHIN = 1;
const JOINT = 2;
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /\w/.test(character) ? WITHIN : /['.,]/.test(character) ? JOINT : BETWEEN;
});

/** The words of a text in order. Offsets refer to `text.normalize('NFC')`. */
export function wordsOf(text: string, lang: string): Word[] {
  const normalized = text.normalize('NFC');
  const words: Word[] = [];
  let unspaced: boolean | null = null;
  for (let at = 0; at < normalized.length; ) {
    const code = normalized.charCodeAt(at);
    if (code < 128 && KINDS[code] !== WITHIN) {
      at++;
      continue;
    }
    const plain = plainEnd(normalized, at);
    if (plain > at) {
      words.push(wordAt(normalized.slice(at, plain), at, lang));
      at = plain;
      continue;
    }
    WORD.lastIndex = at;
    const match = WORD.exec(normalized);
    if (match === null) break;
    at = WORD.lastIndex;
    const run = match[0];
    unspaced ??= UNSPACED.test(normalized);
    if (!unspaced || !UNSPACED.test(run)) {
      words.push(wordAt(run, match.index, lang));
      continue;
    }
    for (let from = 0; from < run.length; from += LONGEST_RUN) {
      for (const part of segmenterOf(lang, 'word').segment(run.slice(from, from + LONGEST_RUN))) {
        if (part.isWordLike)
          words.push(wordAt(part.segment, match.index + from + part.index, lang));
      }
    }
  }
  return words;
}

/**
 * The end of the word that begins at `start`, if it is of ASCII and plainly ends: most do, and WORD
 * takes longer. Else `start`.
 */
function plainEnd(text: string, start: number): number {
  for (let end = start; end < text.length; end++) {
    const code = text.charCodeAt(end);
    const kind = code < 128 ? KINDS[code] : JOINT;
    if (kind !== WITHIN) return kind === BETWEEN ? end : start;
  }
  return text.length;
}

/** A passage as analysis sees it; its title counts as text. */
export interface AnalyzedPassage {
  readonly title: string;
  readonly text: string;
  readonly lang: string;
}

const ofPassages = new WeakMap<AnalyzedPassage, readonly Word[]>();

/**
 * The words of a passage, kept for as long as the passage: encoder, generator and index ask for
 * them one after the other.
 */
export function passageWords(passage: AnalyzedPassage): readonly Word[] {
  let words = ofPassages.get(passage);
  if (words === undefined) {
    const { title, text, lang } = passage;
    words = wordsOf(title ? `${title}\n${text}` : text, lang);
    ofPassages.set(passage, words);
  }
  return words;
}

/** The terms of a text in order, with repeats. */
export function termsOf(text: string, lang: string): string[] {
  return wordsOf(text, lang).map((word) => word.term);
}

/** Distinct surfaces met per language; emptied when full, so that memory stays bounded. */
const MEMO_SIZE = 100_000;
const memo = new Map<string, Map<string, { surface: string; term: string }>>();

function wordAt(run: string, start: number, lang: string): Word {
  let known = memo.get(lang);
  if (!known || known.size >= MEMO_SIZE) {
    known = new Map();
    memo.set(lang, known);
  }
  let forms = known.get(run);
  if (!forms) {
    const surface = normalizeWord(run, lang);
    forms = { surface, term: stem(surface, lang) };
    known.set(run, forms);
  }
  return { surface: forms.surface, term: forms.term, start, end: start + run.length };
}

function normalizeWord(run: string, lang: string): string {
  const lower = run
    .normalize('NFKC')
    .replaceAll('’', "'")
    .toLocaleLowerCase(lang === 'tr' ? 'tr' : 'en');
  const digits = lower.replace(OTHER_DIGIT, (digit) => String(digitValue(digit)));
  return GROUPED_NUMBER.test(digits) ? digits.replace(/[.,]/g, '') : digits;
}

/** Decimal digits (general category Nd) come in runs of ten, zero first. */
function digitValue(digit: string): number {
  const point = digit.codePointAt(0)!;
  let zero = point;
  while (point - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return point - zero;
}

const ROMAN = /^[a-z0-9]*$/;

/** The word in a-z and 0-9 alone. */
export function romanize(surface: string): string {
  if (ROMAN.test(surface)) return surface;
  return anyAscii(surface)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/**
 * '#'-prefixed 4-grams of the romanized word, with '<' and '>' as its ends: names match across
 * scripts.
 */
export function romanizedGrams(surface: string): string[] {
  const romanized = `<${romanize(surface)}>`;
  const grams: string[] = [];
  for (let i = 0; i + 4 <= romanized.length; i++) grams.push(`#${romanized.slice(i, i + 4)}`);
  return grams;
}

/**
 * Consonants that scripts render alike share a letter; vowels, h, w and y, which many scripts leave
 * out, have none.
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
const SHORTEST_SKELETON = 3;

/**
 * '~'-prefixed consonant skeleton of a word: "Goldman" in any script is "~kltmn". Null for words
 * with fewer than three consonants and digits, which would match too much.
 */
export function skeleton(surface: string): string | null {
  const romanized = romanize(surface)
    .replace(/ph/g, 'f')
    .replace(/sch|sh/g, 's');
  let letters = '';
  for (let i = 0; i < romanized.length; i++) {
    const character = romanized[i];
    const like = CONSONANT_CLASSES[character] ?? (character <= '9' ? character : '');
    for (let l = 0; l < like.length; l++) if (!letters.endsWith(like[l])) letters += like[l];
  }
  return letters.length < SHORTEST_SKELETON ? null : `~${letters}`;
}
