/**
 * What an unknown term is made of: the known parts of a compound (German, Finnish, and scripts
 * without spaces, where the segmenter knows other words than the table), the word behind Arabic
 * proclitics, or the known terms that begin alike (languages without a stemmer).
 */
import type { Link } from './pivot.js';

/**
 * Languages that write compounds as one word, with the shortest part and what may link two parts.
 */
const COMPOUNDS: Readonly<Record<string, { shortest: number; joints: readonly string[] }>> = {
  de: { shortest: 4, joints: ['', 's', 'es', 'n', 'en', 'er', 'e'] },
  fi: { shortest: 4, joints: ['', 'n', 'en', 's'] },
  ja: { shortest: 1, joints: [''] },
  ko: { shortest: 2, joints: [''] },
  th: { shortest: 2, joints: [''] },
  zh: { shortest: 1, joints: [''] },
};

/**
 * Arabic conjunction, preposition and article, written as one with the word: "and with the city"
 * (light10, Larkey et al. 2007).
 */
const ARABIC_PROCLITICS = /^(?:[وف]?(?:[بك]?ال|لل)|[وفبكل](?=..))(?=..)/u;

/** Languages without a stemmer: words that begin alike are taken for forms of one word. */
const BY_PREFIX = new Set(['bn', 'ko', 'te']);
const MOST_DROPPED = 3;
const LEAST_KEPT = 4;
const MOST_COMPLETIONS = 6;
const MOST_PARTS = 4;
/**
 * UTF-16 code units; longer words are no words of any language, and the search for parts takes the
 * square of the length.
 */
const LONGEST = 60;

export class Completion {
  readonly #lang: string;
  readonly #terms: readonly string[];
  readonly #idOf: (term: string) => number | undefined;

  /** @param terms all known terms, in ascending UTF-16 order */
  constructor(lang: string, terms: readonly string[], idOf: (term: string) => number | undefined) {
    this.#lang = lang;
    this.#terms = terms;
    this.#idOf = idOf;
  }

  /** Known terms that stand for an unknown one; shares sum to 1. Empty where there are none. */
  of(term: string): Link[] {
    if (this.#lang === 'ar') {
      const id = this.#idOf(term.replace(ARABIC_PROCLITICS, ''));
      return id === undefined ? [] : [{ id, p: 1 }];
    }
    const parts = this.#parts(term);
    if (parts.length > 0) return parts.map((id) => ({ id, p: 1 / parts.length }));
    return BY_PREFIX.has(this.#lang) ? this.#beginningAlike(term) : [];
  }

  /**
   * The fewest known parts that make up the term; among equals the one whose first part is longest.
   */
  #parts(term: string): number[] {
    const rules = COMPOUNDS[this.#lang];
    if (!rules || term.length > LONGEST || /[\d_]/.test(term)) return [];
    // best[i]: the parts of term.slice(i), or null where it cannot be cut.
    const best: (number[] | null)[] = new Array(term.length + 1).fill(null);
    best[term.length] = [];
    for (let from = term.length - rules.shortest; from >= 0; from--) {
      for (let to = term.length; to >= from + rules.shortest; to--) {
        const id = this.#idOf(term.slice(from, to));
        if (id === undefined) continue;
        for (const joint of to === term.length ? [''] : rules.joints) {
          const rest = term.startsWith(joint, to) ? best[to + joint.length] : null;
          if (!rest || rest.length === MOST_PARTS) continue;
          if (rest.length + 1 < (best[from]?.length ?? Number.POSITIVE_INFINITY))
            best[from] = [id, ...rest];
        }
      }
    }
    return best[0] ?? [];
  }

  #beginningAlike(term: string): Link[] {
    const letters = [...term];
    for (
      let dropped = 0;
      dropped <= MOST_DROPPED && letters.length - dropped >= LEAST_KEPT;
      dropped++
    ) {
      const prefix = letters.slice(0, letters.length - dropped).join('');
      const found: { id: number; share: number }[] = [];
      for (
        let id = this.#lowerBound(prefix);
        id < this.#terms.length && this.#terms[id].startsWith(prefix);
        id++
      ) {
        const { length } = this.#terms[id];
        if (length <= term.length + MOST_DROPPED) found.push({ id, share: 1 / length });
      }
      if (found.length === 0) continue;
      const kept = found
        .sort((a, b) => b.share - a.share || a.id - b.id)
        .slice(0, MOST_COMPLETIONS);
      const total = kept.reduce((sum, { share }) => sum + share, 0);
      return kept.map(({ id, share }) => ({ id, p: share / total }));
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
