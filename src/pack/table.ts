/**
 * The translation table of one language: how often word alignment linked each of its terms f with
 * each pivot (English) stem e. A row gives P(e | f), a column P(f | e).
 */
import type { TermBag } from '../languages/terms.js';
import type { Vocabulary } from '../languages/vocabulary.js';
import { Completion } from './completion.js';
import { type Correction, Corrections } from './corrections.js';
import type { Link } from './pivot.js';

/** The generator uses this many translations of a stem; their probabilities then sum to 1. */
const TRANSLATIONS_PER_STEM = 6;

/** Languages whose words are single syllables: too many of them are a letter apart. */
const SYLLABLES = new Set(['vi', 'zh']);

/** After this many binary searches a map of all terms is built; one question needs far fewer. */
const SEARCHES_BEFORE_MAP = 256;

export interface TableData {
  readonly lang: string;
  /** Terms in ascending UTF-16 order. */
  readonly terms: readonly string[];
  /** The written form of each term, for display. */
  readonly surfaces: readonly string[];
  /**
   * Links of term f: entries [starts[f], starts[f + 1]) of `stems` and `counts`, strongest first.
   */
  readonly starts: Uint32Array;
  /** Ids of pivot stems. */
  readonly stems: Uint32Array;
  /** Expected number of alignments, > 0. */
  readonly counts: Float32Array;
}

export class TranslationTable implements Vocabulary {
  readonly lang: string;
  readonly size: number;
  readonly #data: TableData;
  readonly #completion: Completion;
  readonly #corrections: Corrections;
  #ids: Map<string, number> | undefined;
  #searches = 0;
  /** Sum of all counts. */
  #sum: number | undefined;
  #columns: { starts: Uint32Array; terms: Uint32Array; p: Float32Array } | undefined;
  readonly #nStems: number;

  /** @param nStems size of the pivot vocabulary */
  constructor(data: TableData, nStems: number) {
    this.lang = data.lang;
    this.size = data.terms.length;
    this.#data = data;
    this.#nStems = nStems;
    this.#completion = new Completion(data.lang, data.terms, (term) => this.id(term));
    this.#corrections = new Corrections(data.terms, (id) => this.#total(id));
  }

  term(id: number): string {
    return this.#data.terms[id];
  }

  surface(id: number): string {
    return this.#data.surfaces[id];
  }

  id(term: string): number | undefined {
    if (this.#ids === undefined && ++this.#searches > SEARCHES_BEFORE_MAP)
      this.#ids = new Map(this.#data.terms.map((known, id) => [known, id]));
    return this.#search(term);
  }

  #search(term: string): number | undefined {
    if (this.#ids !== undefined) return this.#ids.get(term);
    const { terms } = this.#data;
    let low = 0;
    let high = terms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (terms[middle] < term) low = middle + 1;
      else high = middle;
    }
    return terms[low] === term ? low : undefined;
  }

  frequency(term: string): number {
    // Of languages that are only suspected, no map is built.
    const id = this.#search(term);
    if (id === undefined) return 0;
    this.#sum ??= this.#data.counts.reduce((sum, count) => sum + count, 0);
    return this.#count(id) / this.#sum;
  }

  *forms(most: number): Iterable<readonly [form: string, count: number]> {
    const step = Math.max(1, this.size / most);
    for (let at = 0; at < this.size; at += step) {
      const id = Math.floor(at);
      yield [this.surface(id), this.#count(id)];
    }
  }

  #count(id: number): number {
    const { starts, counts } = this.#data;
    let sum = 0;
    for (let x = starts[id]; x < starts[id + 1]; x++) sum += counts[x];
    return sum;
  }

  /** The term itself, or the terms that stand in for an unknown one, with their shares. */
  lookup(term: string): Link[] {
    const id = this.id(term);
    return id === undefined ? this.#completion.of(term) : [{ id, p: 1 }];
  }

  /** The known terms that make up a compound of a question; empty if it is none. */
  compound(term: string): readonly string[] {
    return this.#completion.compound(term).map((id) => this.term(id));
  }

  /** The known terms that an unknown one may be a misspelling of. */
  corrections(term: string): readonly Correction[] {
    return SYLLABLES.has(this.lang) ? [] : this.#corrections.of(term);
  }

  /** P(e | term), strongest first, summing to 1; empty if nothing stands in for the term. */
  toPivot(term: string): Link[] {
    const known = this.lookup(term);
    if (known.length === 1 && known[0].p === 1) return this.#row(known[0].id);
    return mixture(known, (id) => this.#row(id));
  }

  /** P(f | stem), strongest first, summing to 1; empty if the stem has no translation. */
  fromPivot(stem: number): Link[] {
    const { starts, terms, p } = this.#byStem();
    const links: Link[] = [];
    for (let x = starts[stem]; x < starts[stem + 1]; x++) links.push({ id: terms[x], p: p[x] });
    return links;
  }

  /** True if the stem has a translation. */
  translates(stem: number): boolean {
    const { starts } = this.#byStem();
    return starts[stem + 1] > starts[stem];
  }

  /** The stems e with P(term | e) > 0 among the translations that the generator uses. */
  stemsGenerating(term: string): Link[] {
    return mixture(this.lookup(term), (id) => this.#column(id));
  }

  #column(id: number): Link[] {
    const { starts, terms, p } = this.#byStem();
    const links: Link[] = [];
    for (let x = this.#data.starts[id]; x < this.#data.starts[id + 1]; x++) {
      const stem = this.#data.stems[x];
      for (let y = starts[stem]; y < starts[stem + 1]; y++)
        if (terms[y] === id) links.push({ id: stem, p: p[y] });
    }
    return links;
  }

  /** How often the term was aligned. */
  #total(id: number): number {
    const { starts, counts } = this.#data;
    let total = 0;
    for (let x = starts[id]; x < starts[id + 1]; x++) total += counts[x];
    return total;
  }

  #row(id: number): Link[] {
    const { starts, stems, counts } = this.#data;
    const total = this.#total(id);
    const links: Link[] = [];
    for (let x = starts[id]; x < starts[id + 1]; x++)
      links.push({ id: stems[x], p: counts[x] / total });
    return links;
  }

  /** The table by stem: the best translations of each, their probabilities scaled to sum to 1. */
  #byStem() {
    if (this.#columns) return this.#columns;
    const { starts, stems, counts } = this.#data;
    const sizes = new Uint8Array(this.#nStems);
    const bestTerms = new Uint32Array(this.#nStems * TRANSLATIONS_PER_STEM);
    const bestCounts = new Float32Array(this.#nStems * TRANSLATIONS_PER_STEM);
    for (let f = 0; f < this.size; f++) {
      for (let x = starts[f]; x < starts[f + 1]; x++) {
        const first = stems[x] * TRANSLATIONS_PER_STEM;
        let at = first + sizes[stems[x]];
        if (sizes[stems[x]] < TRANSLATIONS_PER_STEM) sizes[stems[x]]++;
        else if (counts[x] > bestCounts[--at]) bestCounts[at] = 0;
        else continue;
        // Insertion sort that keeps the earlier term first among equal counts.
        for (; at > first && bestCounts[at - 1] < counts[x]; at--) {
          bestCounts[at] = bestCounts[at - 1];
          bestTerms[at] = bestTerms[at - 1];
        }
        bestCounts[at] = counts[x];
        bestTerms[at] = f;
      }
    }
    const columnStarts = new Uint32Array(this.#nStems + 1);
    const terms: number[] = [];
    const p: number[] = [];
    for (let e = 0; e < this.#nStems; e++) {
      const first = e * TRANSLATIONS_PER_STEM;
      let total = 0;
      for (let at = first; at < first + sizes[e]; at++) total += bestCounts[at];
      for (let at = first; at < first + sizes[e]; at++) {
        terms.push(bestTerms[at]);
        p.push(bestCounts[at] / total);
      }
      columnStarts[e + 1] = terms.length;
    }
    this.#columns = {
      starts: columnStarts,
      terms: Uint32Array.from(terms),
      p: Float32Array.from(p),
    };
    return this.#columns;
  }
}

/** The links of several parts, added up in proportion to the parts' shares; strongest first. */
function mixture(parts: readonly Link[], linksOf: (id: number) => Link[]): Link[] {
  const sums = new Map<number, number>();
  for (const part of parts)
    for (const { id, p } of linksOf(part.id)) sums.set(id, (sums.get(id) ?? 0) + part.p * p);
  return [...sums].map(([id, p]) => ({ id, p })).sort((a, b) => b.p - a.p || a.id - b.id);
}

/** A bag of (term, weight) pairs. */
export function bagOf(entries: Iterable<readonly [string, number]>): TermBag {
  const terms: string[] = [];
  const weights: number[] = [];
  for (const [term, weight] of entries) {
    terms.push(term);
    weights.push(weight);
  }
  return { terms, weights: Float32Array.from(weights) };
}
