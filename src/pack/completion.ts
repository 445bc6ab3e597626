/**
 * Maps a term that a table lacks to terms that it has: the parts of a compound (German, Finnish,
 * and scripts without spaces, where the segmenter's words differ from the table's), the word behind
 * Arabic proclitics, or terms with the same beginning (languages without a stemmer).
 */
import { stem } from '../languages/stemming.js';
import type { Link } from './pivot.js';

/** How a language writes compounds as one word. */
interface Compounding {
  /** Length of the shortest part of an unknown term (UTF-16 code units). */
  readonly shortest: number;
  /** The same of a term of a question, which its parts are to find by themselves. */
  readonly word: number;
  /** Linking elements that may join two parts. */
  readonly joints: readonly string[];
}

const COMPOUNDS: Readonly<Record<string, Compounding>> = {
  de: { shortest: 4, word: 4, joints: ['', 's', 'es', 'n', 'en', 'er', 'e'] },
  fi: { shortest: 4, word: 4, joints: ['', 'n', 'en', 's'] },
  ja: { shortest: 1, word: 2, joints: [''] },
  ko: { shortest: 2, word: 2, joints: [''] },
  th: { shortest: 2, word: 3, joints: [''] },
  zh: { shortest: 1, word: 2, joints: [''] },
};

/**
 * Arabic conjunctions, prepositions and articles that are written as one with the word that
 * follows, as in "and with the city" (light10, Larkey et al. 2007).
 */
const ARABIC_PROCLITICS = /^(?:[وف]?(?:[بك]?ال|لل)|[وفبكل](?=..))(?=..)/u;

/** Languages without a full stemmer, where words with a common prefix count as one word. */
const MATCHED_BY_PREFIX = new Set(['bn', 'ko', 'te']);
/** Code points that a common prefix may leave out at the end of the unknown term. */
const MAX_DROPPED = 3;
/** Code points that a common prefix has at least. */
const MIN_PREFIX = 4;
const MAX_COMPLETIONS = 6;
const MAX_PARTS = 4;
/**
 * Longest term that is split, in UTF-16 code units: the search takes time quadratic in the length,
 * and no real word is longer.
 */
const MAX_COMPOUND_LENGTH = 60;

export class Completion {
  readonly #lang: string;
  readonly #terms: readonly string[];
  readonly #idOf: (term: string) => number | undefined;

  /** @param terms all terms of the table, in ascending UTF-16 order */
  constructor(lang: string, terms: readonly string[], idOf: (term: string) => number | undefined) {
    this.#lang = lang;
    this.#terms = terms;
    this.#idOf = idOf;
  }

  /** The terms that stand in for an unknown one, with shares that sum to 1; possibly none. */
  of(term: string): Link[] {
    if (this.#lang === 'ar') {
      const id = this.#idOf(term.replace(ARABIC_PROCLITICS, ''));
      return id === undefined ? [] : [{ id, p: 1 }];
    }
    const parts = this.#parts(term);
    if (parts.length > 0) return parts.map((id) => ({ id, p: 1 / parts.length }));
    return MATCHED_BY_PREFIX.has(this.#lang) ? this.#withCommonPrefix(term) : [];
  }

  /**
   * The two to four parts of a compound of a question, known or not; empty if it is none. Parts may
   * be inflected, as in "Elternzeit", and none is shorter than a word is as a rule.
   */
  compound(term: string): number[] {
    const rules = COMPOUNDS[this.#lang];
    if (rules === undefined || term.length < 2 * rules.word) return [];
    const whole = this.#idOf(term);
    const part = (form: string): number | undefined => {
      const id = this.#idOf(form) ?? this.#idOf(stem(form, this.#lang));
      return id === whole ? undefined : id;
    };
    return this.#split(term, { ...rules, shortest: rules.word }, part);
  }

  /**
   * The fewest known parts that make up the term. Ties go to the split whose first part is longest.
   */
  #parts(term: string): number[] {
    const rules = COMPOUNDS[this.#lang];
    return rules === undefined ? [] : this.#split(term, rules, this.#idOf);
  }

  #split(term: string, rules: Compounding, part: (form: string) => number | undefined): number[] {
    if (term.length > MAX_COMPOUND_LENGTH || /[\d_]/.test(term)) return [];
    // best[i]: the parts of term.slice(i), or null if it cannot be split.
    const best: (number[] | null)[] = new Array(term.length + 1).fill(null);
    best[term.length] = [];
    for (let from = term.length - rules.shortest; from >= 0; from--) {
      for (let to = term.length; to >= from + rules.shortest; to--) {
        const id = part(term.slice(from, to));
        if (id === undefined) continue;
        for (const joint of to === term.length ? [''] : rules.joints) {
          const rest = term.startsWith(joint, to) ? best[to + joint.length] : null;
          if (!rest || rest.length === MAX_PARTS) continue;
          if (rest.length + 1 < (best[from]?.length ?? Number.POSITIVE_INFINITY))
            best[from] = [id, ...rest];
        }
      }
    }
    return best[0] ?? [];
  }

  /** Terms that share the longest possible prefix with `term`, shorter ones with larger shares. */
  #withCommonPrefix(term: string): Link[] {
    const letters = [...term];
    for (
      let dropped = 0;
      dropped <= MAX_DROPPED && letters.length - dropped >= MIN_PREFIX;
      dropped++
    ) {
      const prefix = letters.slice(0, letters.length - dropped).join('');
      const matches: { id: number; share: number }[] = [];
      for (
        let id = this.#lowerBound(prefix);
        id < this.#terms.length && this.#terms[id].startsWith(prefix);
        id++
      ) {
        const { length } = this.#terms[id];
        if (length <= term.length + MAX_DROPPED) matches.push({ id, share: 1 / length });
      }
      if (matches.length === 0) continue;
      const best = matches
        .sort((a, b) => b.share - a.share || a.id - b.id)
        .slice(0, MAX_COMPLETIONS);
      const total = best.reduce((sum, { share }) => sum + share, 0);
      return best.map(({ id, share }) => ({ id, p: share / total }));
    }
    return [];
  }

  #lowerBound(prefix: string): number {
    let low = 0;
    let high = this.#terms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#terms[middle] < prefix) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
