/**
 * What a vocabulary says about the language of a text: how common its words are, and how likely
 * their spelling is. A model of spelling is made from the written forms of the vocabulary itself,
 * so that it knows every language of a pack.
 */

/** The words of one language. */
export interface Vocabulary {
  /** Number of terms. */
  readonly size: number;
  /** Share of a term (analysis.ts) among the words of texts, in [0, 1]; 0 if it is not known. */
  frequency(term: string): number;
  /** At most `most` written forms, spread evenly over the vocabulary, with their counts. */
  forms(most: number): Iterable<readonly [form: string, count: number]>;
}

/** The vocabularies of a pack. */
export interface KnownWords {
  readonly languages: readonly string[];
  /** null for a language without one. */
  vocabulary(lang: string): Vocabulary | null;
}

/** Share of the words of a text that no vocabulary has. */
const UNKNOWN_SHARE = 0.003;

/** Probabilities of a word: in the language of a vocabulary, and by its spelling alone. */
export function wordLikelihood(
  vocabulary: Vocabulary,
  term: string,
  surface: string,
): { readonly likelihood: number; readonly spelled: number } {
  const spelling = spellingOf(vocabulary);
  const spelled = Math.exp(spelling.logProbability(surface)) + Number.MIN_VALUE;
  // A term has lost its accents, "mẹ" is not the "me" of English, and its ending, "dentista" is not
  // the "dentist".
  const frequency = vocabulary.frequency(term) * spelling.letterFactor(surface);
  const ending =
    frequency === 0 ? 0 : Math.exp(spelling.logProbability(surface, stemLength(term, surface)));
  return { likelihood: frequency * ending + UNKNOWN_SHARE * spelled + Number.MIN_VALUE, spelled };
}

/** From here on are Chinese and Japanese characters. */
const NO_ENDINGS = 0x3000;

/** Letters of a word that its term has too; all of them where accents make that hard to tell. */
function stemLength(term: string, surface: string): number {
  if (surface.charCodeAt(0) >= NO_ENDINGS) return surface.length + 1;
  const folded = withoutAccents(surface);
  if (folded.length !== surface.length) return surface.length;
  const stem = withoutAccents(term);
  let length = 0;
  while (length < stem.length && stem[length] === folded[length]) length++;
  return length === 0 ? surface.length : length;
}

function withoutAccents(text: string): string {
  return text.normalize('NFD').replace(/\p{Mn}/gu, '');
}

const spellings = new WeakMap<Vocabulary, Spelling>();

function spellingOf(vocabulary: Vocabulary): Spelling {
  let spelling = spellings.get(vocabulary);
  if (spelling === undefined) {
    spelling = new Spelling(vocabulary.forms(FORMS));
    spellings.set(vocabulary, spelling);
  }
  return spelling;
}

/** Forms that a model of spelling is made from: some 3 ms, and 100 kB of memory. */
const FORMS = 8000;
const SLOTS = 1 << 14;
/** Weight of the shorter context, in occurrences. */
const BACKOFF = 4;
/** Probability of a character that the forms do not have. */
const RARE = 1e-4;
/** Share of the characters from which a letter is a usual one. */
const USUAL_LETTER = 1e-3;
/** Stand for the place before a word and for the one behind it. */
const START = 2;
const END = 3;

/**
 * Probability of each character after the two before it, interpolated with shorter contexts. Counts
 * are kept in hashed slots: what shares a slot is added up.
 */
class Spelling {
  readonly #triples = new Float32Array(SLOTS);
  readonly #pairs = new Float32Array(SLOTS);
  readonly #single = new Map<number, number>();
  #total = 0;

  constructor(forms: Iterable<readonly [form: string, count: number]>) {
    for (const [form, count] of forms) {
      // What occurs once is often a name or a word of another language.
      const weight = Math.log1p(count);
      this.#single.set(START, (this.#single.get(START) ?? 0) + weight);
      this.#pairs[slotOf(0, START, START)] += weight;
      this.#visit(form, (before, last, code) => {
        this.#triples[slotOf(before, last, code)] += weight;
        this.#pairs[slotOf(0, last, code)] += weight;
        this.#single.set(code, (this.#single.get(code) ?? 0) + weight);
        this.#total += weight;
      });
    }
  }

  /** @param from the letters before this one are taken as given */
  logProbability(word: string, from = 0): number {
    let sum = 0;
    let at = 0;
    this.#visit(word, (before, last, code) => {
      if (at++ < from) return;
      const nOne = this.#single.get(code) ?? 0;
      const one = (nOne + RARE * this.#total) / (this.#total + 1);
      const nLast = this.#single.get(last) ?? 0;
      // No more than there are of its parts, whatever else is in the slot.
      const nPair = Math.min(this.#pairs[slotOf(0, last, code)], nOne, nLast);
      const two = (nPair + BACKOFF * one) / (Math.max(nLast, nPair) + BACKOFF);
      const nBefore = Math.min(this.#pairs[slotOf(0, before, last)], nLast);
      const nTriple = Math.min(this.#triples[slotOf(before, last, code)], nPair, nBefore);
      const three = (nTriple + BACKOFF * two) / (Math.max(nBefore, nTriple) + BACKOFF);
      sum += Math.log(three);
    });
    return sum;
  }

  /** In [0, 1]: 1 for a word without letters that are rare here. */
  letterFactor(word: string): number {
    let factor = 1;
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      if (code < 128 || code >= NO_ENDINGS) continue;
      factor *= Math.min(1, (this.#single.get(code) ?? 0) / (USUAL_LETTER * this.#total));
    }
    return factor;
  }

  #visit(word: string, see: (before: number, last: number, code: number) => void): void {
    let before = START;
    let last = START;
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      see(before, last, code);
      before = last;
      last = code;
    }
    see(before, last, END);
  }
}

function slotOf(before: number, last: number, code: number): number {
  let hash = Math.imul(before ^ 0x9e37, 0x85ebca6b);
  hash = Math.imul((hash >>> 13) ^ hash ^ last, 0xc2b2ae35);
  hash = Math.imul((hash >>> 15) ^ hash ^ code, 0x27d4eb2f);
  return ((hash >>> 16) ^ hash) & (SLOTS - 1);
}
