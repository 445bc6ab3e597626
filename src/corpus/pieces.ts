/**
 * Cuts a section into pieces that fit a budget, at the highest boundary that makes them fit: paragraph, sentence, line,
 * phrase, and at last between words. The pieces lie end to end, so that nothing between them is lost. Knows no document.
 */
import { boundary, countWords, segmenter, unitsOf } from './words.js';

export interface Piece {
  /** Offsets into the section, [start, end). */
  readonly start: number;
  readonly end: number;
  readonly words: number;
}

export interface Pieces {
  readonly pieces: readonly Piece[];
  /** Sentences longer than the budget, cut between words. */
  readonly cut: number;
}

/** Languages that write a space where others write a full stop, or none at all. */
const SPACE_ENDS_PHRASE = new Set(['th', 'lo', 'km', 'my', 'bo', 'dz']);

/** Divides a text at one kind of boundary; the parts joined are the text. */
type Division = (text: string) => readonly string[];

/** @param maxWords budget of a piece, 1 or more */
export function piecesOf(section: string, maxWords: number, lang: string): Pieces {
  const pieces: Piece[] = [];
  let cut = 0;
  const divisions: Division[] = [
    (text) => text.split(/(?<=\n[^\S\n]*\n)(?=[^\n])/),
    (text) => sentencesOf(text, lang),
    (text) => text.split(/(?<=\n)/),
  ];
  if (SPACE_ENDS_PHRASE.has(lang)) divisions.push((text) => text.split(/(?<=\s)(?=\S)/));

  const fitInto = (start: number, text: string, level: number): void => {
    // Paragraphs are taken apart before they are measured, since a section may be a whole book.
    const words = level === 0 ? Number.POSITIVE_INFINITY : countWords(text, lang);
    if (words <= maxWords) {
      pieces.push({ start, end: start + text.length, words });
    } else if (level === divisions.length) {
      cut++;
      for (const piece of betweenWords(text, maxWords, words, lang)) {
        pieces.push({ start: start + piece.start, end: start + piece.end, words: piece.words });
      }
    } else {
      let at = start;
      for (const part of divisions[level](text)) {
        fitInto(at, part, level + 1);
        at += part.length;
      }
    }
  };
  fitInto(0, section, 0);
  return { pieces, cut };
}

/** ICU's time grows with the square of the length, so that it is fed at most so many code units at once. */
const SEGMENTED_AT_ONCE = 4096;

/** Line breaks within a paragraph are layout, but ICU ends a sentence at each; so it sees spaces in their place. */
function sentencesOf(text: string, lang: string): string[] {
  const unbroken = text.replace(/[\n\r\u2028\u2029\u0085]/g, ' ');
  const sentences: string[] = [];
  for (let from = 0; from < text.length; ) {
    const to = boundary(text, Math.min(text.length, from + SEGMENTED_AT_ONCE));
    const starts = Array.from(
      segmenter(lang, 'sentence').segment(unbroken.slice(from, to)),
      ({ index }) => from + index,
    );
    // The last one may go on behind the window; the next window begins with it, unless it fills this one.
    if (to < text.length && starts.length > 1) from = starts.pop()!;
    else from = to;
    for (const [i, start] of starts.entries()) sentences.push(text.slice(start, starts[i + 1] ?? from));
  }
  return sentences;
}

/** Pieces of about equal length, none over the budget. */
function* betweenWords(text: string, maxWords: number, words: number, lang: string): Generator<Piece> {
  const limit = Math.ceil(words / Math.ceil(words / maxWords));
  let open: Piece = { start: 0, end: 0, words: 0 };
  for (const unit of unitsOf(text, lang)) {
    for (const part of unit.words > limit ? partsOf(text, unit, limit) : [unit]) {
      if (open.words > 0 && open.words + part.words > limit) {
        yield open;
        open = part;
      } else open = { start: open.start, end: part.end, words: open.words + part.words };
    }
  }
  yield open;
}

/** A word or a run of signs that is over the limit by itself, in parts that are not. */
function* partsOf(text: string, { start, end, words }: Piece, limit: number): Generator<Piece> {
  const length = Math.max(2, Math.floor(((end - start) * limit) / words));
  for (let at = start; at < end; ) {
    const to = boundary(text, Math.min(end, at + length));
    yield { start: at, end: to, words: limit };
    at = to;
  }
}
