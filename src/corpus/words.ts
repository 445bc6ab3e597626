/**
 * Measures text in words, which limit the length of passages: an encoder's tokens (some 1.3 per
 * word in English) would need its vocabulary. Words are those of Unicode segmentation where a
 * script has no spaces, so that Thai and Chinese count like other languages.
 */
import { segmenterOf, UNSPACED } from '../base/segmenter.js';

/** A word, or the text between two words; the units of a text are contiguous. */
export interface Unit {
  /** Offsets (UTF-16), [start, end). */
  readonly start: number;
  readonly end: number;
  /** Its length in words: 1 for a word, 0 for spaces and a few signs. */
  readonly words: number;
}

/**
 * A longer run of letters (a hash, base64) counts as several words, as it has many tokens. In
 * UTF-16 code units.
 */
const LONGEST_WORD = 64;

/** This many signs in a row count as one word, so that a page of dashes is split, too. */
const SIGNS_PER_WORD = 16;

const WORD = /[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}]+)*/gu;

/**
 * Most code units to segment at once: ICU's time grows with the square of the length.
 */
const SEGMENTED_AT_ONCE = 400;

export function* unitsOf(text: string, lang: string): Generator<Unit> {
  let end = 0;
  for (const { 0: run, index } of text.matchAll(WORD)) {
    if (index > end) yield gap(text, end, index);
    end = index + run.length;
    if (UNSPACED.test(run)) yield* segmented(run, index, lang);
    else yield { start: index, end, words: Math.ceil(run.length / LONGEST_WORD) };
  }
  if (end < text.length) yield gap(text, end, text.length);
}

/** Length of a text in words. */
export function countWords(text: string, lang: string): number {
  let words = 0;
  for (const unit of unitsOf(text, lang)) words += unit.words;
  return words;
}

function gap(text: string, start: number, end: number): Unit {
  const signs = end - start < SIGNS_PER_WORD ? 0 : text.slice(start, end).trim().length;
  return { start, end, words: Math.floor(signs / SIGNS_PER_WORD) };
}

function* segmented(run: string, offset: number, lang: string): Generator<Unit> {
  for (let from = 0; from < run.length; ) {
    const to = boundary(run, Math.min(run.length, from + SEGMENTED_AT_ONCE));
    for (const { index, segment } of segmenterOf(lang, 'word').segment(run.slice(from, to))) {
      const start = offset + from + index;
      yield { start, end: start + segment.length, words: Math.ceil(segment.length / LONGEST_WORD) };
    }
    from = to;
  }
}

/** `at`, or one less if it would split a surrogate pair. */
export function boundary(text: string, at: number): number {
  return at < text.length && /[\ud800-\udbff]/.test(text[at - 1]) ? at - 1 : at;
}
