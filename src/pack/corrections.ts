/**
 * The known words that a word of a question may be a misspelling of: those within a letter or two,
 * whatever their accents, as in "impresra" for "impresora". Two letters that changed places count
 * as one (optimal string alignment, Damerau 1964).
 */

/** From so many letters on, one or two of them may be wrong. */
const CASED = { one: 5, two: 9 };
/** In scripts without capitals a name cannot be told from a misspelled word. */
const UNCASED = { one: 7, two: 12 };
/** At most so many words stand in for one. */
const MOST = 3;
/** A candidate with less than this share of the likeliest one's count is left out. */
const LEAST_SHARE = 0.1;

export interface Correction {
  readonly id: number;
  /** Letters that differ. */
  readonly distance: number;
  /** In proportion to the words' frequencies; the shares sum to 1. */
  readonly share: number;
}

export class Corrections {
  readonly #terms: readonly string[];
  readonly #count: (id: number) => number;
  /**
   * @param terms of a table
   * @param count how often a term was seen in training
   */
  constructor(terms: readonly string[], count: (id: number) => number) {
    this.#terms = terms;
    this.#count = count;
  }

  /** @param term that the table lacks */
  of(term: string): readonly Correction[] {
    const word = plain(term);
    const from = word.toUpperCase() === word ? UNCASED : CASED;
    const most = word.length >= from.two ? 2 : word.length >= from.one ? 1 : 0;
    if (NO_WORD.test(word)) return [];
    let best = most;
    let found: { id: number; distance: number }[] = [];
    for (let id = 0; id < this.#terms.length; id++) {
      const known = this.#terms[id];
      if (firstLetter(known) !== word[0] || Math.abs(known.length - term.length) > best + 2)
        continue;
      const distance = editDistance(word, plain(known), best);
      if (distance > best) continue;
      if (distance < best) found = [];
      best = distance;
      found.push({ id, distance });
    }
    const counted = found
      .map((each) => ({ ...each, count: this.#count(each.id) }))
      .sort((a, b) => b.count - a.count || a.id - b.id)
      .filter(({ count }, _, [{ count: largest }]) => count >= LEAST_SHARE * largest)
      .slice(0, MOST);
    const total = counted.reduce((sum, { count }) => sum + count, 0);
    return counted.map(({ id, distance, count }) => ({ id, distance, share: count / total }));
  }
}

const MARKS = /\p{Mn}/gu;

/** Without accents; syllables of Korean as their letters. */
function plain(term: string): string {
  if (ASCII.test(term)) return term;
  const letters = term.normalize('NFD');
  return LATIN.test(letters) ? letters.replace(MARKS, '').replaceAll('ı', 'i') : letters;
}

const ASCII = /^[\0-\x7f]*$/;
const LATIN = /[a-z]/;
/** Numbers, and names of programs. */
const NO_WORD = /[\d_']/;

const firstLetters = new Map<number, string>();

/** The first letter of `plain(term)`, but for the rest of the word. */
function firstLetter(term: string): string {
  const code = term.charCodeAt(0);
  if (code < 128) return term[0];
  let letter = firstLetters.get(code);
  if (letter === undefined) {
    letter = plain(term[0])[0] ?? '';
    firstLetters.set(code, letter);
  }
  return letter;
}

/** The number of letters to insert, delete, replace or swap; more than `most` if it is larger. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let beforeLast = new Int32Array(b.length + 1);
  let last = Int32Array.from({ length: b.length + 1 }, (_, j) => j);
  let row = new Int32Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(last[j - 1] + (same ? 0 : 1), last[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        distance = Math.min(distance, beforeLast[j - 2] + 1);
      row[j] = distance;
      least = Math.min(least, distance);
    }
    if (least > most) return most + 1;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length];
}
