/**
 * The sentences of a text, by Unicode segmentation: of the splitter, of snippets, and those that an
 * index has vectors of.
 */
import { segmenterOf } from '../base/segmenter.js';
import { boundary } from './words.js';

/** Offsets in UTF-16 code units, [start, end). */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Most sentences of a passage that have vectors; where there are more, neighbors are joined. */
export const MOST_SENTENCES = 32;

/**
 * Most code units to segment at once: ICU's time grows with the square of the length.
 */
const SEGMENTED_AT_ONCE = 4096;

/** Between two paragraphs, or before an item of a list. */
const BETWEEN_PARAGRAPHS =
  /(?<=\n[^\S\n]*\n)(?=[^\n])|(?<=\n)(?=[^\S\n]*(?:[-*+•‣▪·–—]|\d{1,3}[.)])\s)/u;
const LETTER = /\p{L}/u;

/**
 * The sentences of a paragraph; joined, they are the paragraph. Line breaks within it are layout,
 * but ICU ends a sentence at each, so they are replaced by spaces.
 */
export function paragraphSentences(paragraph: string, lang: string): string[] {
  const unbroken = paragraph.replace(/[\n\r\u2028\u2029\u0085]/g, ' ');
  const sentences: string[] = [];
  for (let from = 0; from < paragraph.length; ) {
    const to = boundary(paragraph, Math.min(paragraph.length, from + SEGMENTED_AT_ONCE));
    const starts = Array.from(
      segmenterOf(lang, 'sentence').segment(unbroken.slice(from, to)),
      ({ index }) => from + index,
    );
    // The last sentence may continue after the window; the next window begins with it, unless it
    // fills this one.
    if (to < paragraph.length && starts.length > 1) from = starts.pop()!;
    else from = to;
    for (const [i, start] of starts.entries())
      sentences.push(paragraph.slice(start, starts[i + 1] ?? from));
  }
  return sentences;
}

/** The sentences of a text in order, without the space around them. */
export function sentencesOf(text: string, lang: string): TextRange[] {
  return paragraphsOf(text, lang).flat();
}

/**
 * The sentences of a passage that have vectors of their own: at most MOST_SENTENCES, each with a
 * letter. A piece without one ("2.", "* * *") belongs to the sentence before it, or after it where
 * a paragraph begins with it.
 * @returns none for a passage of one sentence, whose vector would be the passage's
 */
export function passageSentences(text: string, lang: string): TextRange[] {
  const sentences: TextRange[] = [];
  /** Start of pieces without a letter that wait for a sentence. */
  let waiting: number | null = null;
  const extendLast = (end: number): void => {
    sentences.push({ start: sentences.pop()!.start, end });
  };
  for (const paragraph of paragraphsOf(text, lang)) {
    let first = true;
    for (const { start, end } of paragraph) {
      if (LETTER.test(text.slice(start, end))) {
        sentences.push({ start: waiting ?? start, end });
        waiting = null;
        first = false;
      } else if (first) waiting ??= start;
      else extendLast(end);
    }
    if (waiting !== null && sentences.length > 0) {
      extendLast(paragraph.at(-1)!.end);
      waiting = null;
    }
  }
  return sentences.length < 2 ? [] : joinedEvenly(sentences);
}

function paragraphsOf(text: string, lang: string): TextRange[][] {
  const paragraphs: TextRange[][] = [];
  let at = 0;
  for (const paragraph of text.split(BETWEEN_PARAGRAPHS)) {
    const sentences: TextRange[] = [];
    for (const sentence of paragraphSentences(paragraph, lang)) {
      const body = sentence.trim();
      const start = at + sentence.indexOf(body);
      if (body !== '') sentences.push({ start, end: start + body.length });
      at += sentence.length;
    }
    if (sentences.length > 0) paragraphs.push(sentences);
  }
  return paragraphs;
}

function joinedEvenly(sentences: readonly TextRange[]): TextRange[] {
  const groups = Math.min(MOST_SENTENCES, sentences.length);
  const at = (group: number): number => Math.floor((group * sentences.length) / groups);
  return Array.from({ length: groups }, (_, group) => ({
    start: sentences[at(group)].start,
    end: sentences[at(group + 1) - 1].end,
  }));
}
