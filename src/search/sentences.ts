/**
 * Cuts a text into pieces that can be shown: sentences, and parts of sentences that are too long (Thai has no full stops).
 * Knows no question.
 */

/** A piece of a text; offsets are UTF-16 units of that text. */
export interface TextPiece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Where a long sentence may be cut. */
const BREAK = /[\s,;:،؛、，；：।]+/gu;

const segmenters = new Map<string, Intl.Segmenter>();

/**
 * The sentences of a text in order, without the space around them.
 *
 * @param longest longer ones are cut at spaces or punctuation, or where there is none, after so many characters
 */
export function sentencesOf(text: string, lang: string, longest: number): TextPiece[] {
  const pieces: TextPiece[] = [];
  for (const { segment, index } of segmenterOf(lang).segment(text)) {
    for (const [start, end] of cut(segment, longest))
      pieces.push(...trimmed(text, index + start, index + end));
  }
  return pieces;
}

/** Ranges of at most `longest` units, as long as the breaks allow. */
function cut(sentence: string, longest: number): [number, number][] {
  if (sentence.trim().length <= longest) return [[0, sentence.length]];
  const ranges: [number, number][] = [];
  let start = 0;
  let lastBreak = 0;
  const breaks = [...sentence.matchAll(BREAK)].map((match) => match.index + match[0].length);
  for (const end of [...breaks, sentence.length]) {
    while (end - start > longest) {
      const at = lastBreak > start ? lastBreak : wholeCharacter(sentence, start + longest);
      ranges.push([start, at]);
      start = at;
    }
    lastBreak = end;
  }
  if (start < sentence.length) ranges.push([start, sentence.length]);
  return ranges;
}

/** `at`, or before it if it lies within a surrogate pair or before a combining mark. */
function wholeCharacter(text: string, at: number): number {
  let place = at;
  while (place > at - 20 && /^[\p{M}\u{dc00}-\u{dfff}]/u.test(text.slice(place, place + 1))) place--;
  return place;
}

function trimmed(text: string, start: number, end: number): TextPiece[] {
  const piece = text.slice(start, end);
  const body = piece.trim();
  if (body === '') return [];
  const from = start + piece.indexOf(body);
  return [{ text: body, start: from, end: from + body.length }];
}

function segmenterOf(lang: string): Intl.Segmenter {
  let segmenter = segmenters.get(lang);
  if (segmenter === undefined) {
    segmenter = new Intl.Segmenter(lang, { granularity: 'sentence' });
    segmenters.set(lang, segmenter);
  }
  return segmenter;
}
