/**
 * Tokenizes as SentencePiece does with a unigram model: characters are normalized, words begin with
 * "▁", and of all ways to cut a word into pieces the most probable one is taken (Kudo, ACL 2018).
 */
import { readVocabulary, type Vocabulary } from './vocabulary.js';

export interface TokenRow {
  readonly ids: number[];
  /** True if the text had more tokens than the limit. */
  readonly cut: boolean;
}

/** Begins every word. */
const SPACE = '▁';
/** What a character that no piece has costs, beside the least probable piece. */
const UNKNOWN_PENALTY = 10;
/** Marks, and the Korean letters that join to syllables. */
const JOINING = /[\p{M}\u1100-\u11ff]/u;
const LONE_SURROGATE = /\p{Surrogate}/u;
/** No character is composed of more. */
const LONGEST_COMPOSITION = 4;

export class UnigramTokenizer {
  readonly #vocabulary: Vocabulary;
  readonly #unknownScore: number;
  /** The pieces that begin with a byte are [firsts[byte], firsts[byte + 1]). */
  readonly #firsts: Uint32Array;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#unknownScore = vocabulary.scores.reduce((a, b) => Math.min(a, b), 0) - UNKNOWN_PENALTY;
    this.#firsts = firstsOf(vocabulary);
  }

  /** @throws XqgError XQG_MODEL_DAMAGED */
  static open(file: string): UnigramTokenizer {
    return new UnigramTokenizer(readVocabulary(file));
  }

  /** @param longest in tokens, the two special ones among them */
  encode(text: string, longest: number): TokenRow {
    const { bos, eos } = this.#vocabulary;
    const ids = [bos];
    for (const word of normalizeCharacters(text, this.#vocabulary.characters).split(' ')) {
      if (word === '') continue;
      this.#cutWord(Buffer.from(`${SPACE}${word}`), ids);
      if (ids.length >= longest) break;
    }
    const cut = ids.length > longest - 1;
    if (cut) ids.length = longest - 1;
    ids.push(eos);
    return { ids, cut };
  }

  /** Appends the pieces of a word (UTF-8) to `out`. */
  #cutWord(word: Uint8Array, out: number[]): void {
    const { text, begins, scores, ids, unknown } = this.#vocabulary;
    const length = word.length;
    // Of the best way to cut what ends at each byte: its score, where its last piece begins, and
    // that piece's id.
    const best = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
    const from = new Int32Array(length + 1);
    const piece = new Int32Array(length + 1);
    best[0] = 0;
    for (let begin = 0; begin < length; ) {
      const next = begin + characterBytes(word[begin]);
      let isKnown = false;
      // The rows of the pieces that begin as the word does here, one byte longer each time.
      let low = this.#firsts[word[begin]];
      let high = this.#firsts[word[begin] + 1];
      for (let end = begin + 1; low < high; end++) {
        // The shortest of them is the first.
        if (begins[low + 1] - begins[low] === end - begin) {
          const score = best[begin] + scores[low];
          if (score > best[end]) {
            best[end] = score;
            from[end] = begin;
            piece[end] = ids[low];
          }
          isKnown ||= end === next;
          low++;
        }
        if (end === length) break;
        low = firstRow(text, begins, low, high, end - begin, word[end]);
        high = firstRow(text, begins, low, high, end - begin, word[end] + 1);
      }
      if (!isKnown && best[begin] + this.#unknownScore > best[next]) {
        best[next] = best[begin] + this.#unknownScore;
        from[next] = begin;
        piece[next] = unknown;
      }
      begin = next;
    }
    const reversed: number[] = [];
    for (let end = length; end > 0; end = from[end]) {
      // Unknown characters that stand together are one token.
      if (piece[end] !== unknown || reversed.at(-1) !== unknown) reversed.push(piece[end]);
    }
    for (let i = reversed.length - 1; i >= 0; i--) out.push(reversed[i]);
  }
}

/**
 * The first of the rows [low, high), which have their first bytes in common, whose next byte is
 * `byte` or more; else high.
 */
function firstRow(
  text: Uint8Array,
  begins: Uint32Array,
  low: number,
  high: number,
  depth: number,
  byte: number,
): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (text[begins[middle] + depth] >= byte) to = middle;
    else from = middle + 1;
  }
  return from;
}

function firstsOf({ text, begins, ids }: Vocabulary): Uint32Array {
  const firsts = new Uint32Array(257).fill(ids.length);
  for (let row = ids.length - 1, byte = 256; byte >= 0; byte--) {
    while (row >= 0 && text[begins[row]] >= byte) row--;
    firsts[byte] = row + 1;
  }
  return firsts;
}

/** Bytes of the character in UTF-8 that begins with this one. */
function characterBytes(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/**
 * SentencePiece's normalization: each character is replaced by its own map, then letters and marks
 * that stand beside each other are composed. Unlike NFKC it does not reorder marks, in whose usual
 * order Burmese has its commonest pieces.
 */
export function normalizeCharacters(text: string, characters: ReadonlyMap<number, string>): string {
  let mapped = '';
  for (const character of text) {
    const replacement = characters.get(character.codePointAt(0)!);
    mapped += replacement ?? (LONE_SURROGATE.test(character) ? ' ' : character);
  }
  return JOINING.test(mapped) ? composed([...mapped]) : mapped;
}

function composed(characters: readonly string[]): string {
  let out = '';
  for (let at = 0; at < characters.length; ) {
    let length = 1;
    let whole = characters[at];
    for (let n = LONGEST_COMPOSITION; n > 1; n--) {
      if (at + n > characters.length || !JOINING.test(characters[at + n - 1])) continue;
      const joined = characters
        .slice(at, at + n)
        .join('')
        .normalize('NFC');
      if ([...joined].length > 1) continue;
      [length, whole] = [n, joined];
      break;
    }
    out += whole;
    at += length;
  }
  return out;
}
