/**
 * The view that a question in certain languages has of the lexical index: the pivot stems and drawn
 * queries that its terms match, and the lengths of the passages including their generated terms.
 */

import { LRUCache } from 'lru-cache';
import { halfValues } from '../../base/half.js';
import type { TermFactors } from '../../generate/generator.js';
import type { LexicalSegment, SegmentField } from '../../indexing/lexical/segment.js';
import type { LanguageWeight, TermBag } from '../../languages/terms.js';
import type { QuestionTerms } from './question.js';

/**
 * What the terms of a question match. `plain`: the passage's own terms. `generated`: also the terms
 * generated for it in the view's languages. `translated`: also its pivot stems, by translation of
 * the question's terms. `both`: all three.
 */
export type LexicalMode = 'plain' | 'generated' | 'translated' | 'both';

export interface ViewSettings {
  /** Weight of one generated term relative to one of the passage's own terms, >= 0. */
  readonly generatedWeight: number;
  /** Weight of one translated match relative to one of the passage's own terms, >= 0. */
  readonly translationWeight: number;
  /**
   * Whether document frequencies are expectations, in which a passage that has a term only by
   * generation or translation counts min(1, tf). If false, every passage with tf > 0 counts 1.
   */
  readonly expectedDf: boolean;
  /** Weight of a near-synonym of a stem relative to the stem, times their nearness, >= 0. */
  readonly relatedWeight: number;
  /** The generator's table; null if nothing was generated or the generator draws queries. */
  readonly factors: TermFactors | null;
}

/**
 * Near-synonyms are added until a term has this many stems: each costs the reading of its postings.
 */
const MAX_STEMS = 14;

/**
 * A pivot stem e that a question term t matches: it adds `factor` g(e, p) to the frequency of t in
 * passages p that are not in `lang`.
 */
export interface PivotShare {
  readonly stem: string;
  readonly lang: string;
  readonly factor: number;
  readonly by: 'generated' | 'translated';
}

/** Lengths of all passages. */
export interface Lengths {
  /** (n) */
  readonly byRow: Float32Array;
  readonly average: number;
  readonly shortest: number;
}

/** A question in one of its languages. */
export interface LexicalQuestion {
  /** Distinct terms with their weights, such as 2 for a word that occurs twice. */
  readonly bag: QuestionTerms;
  readonly view: LexicalView;
  /** Probability of the language, > 0, by which the score is multiplied. */
  readonly weight: number;
}

export class LexicalView {
  readonly languages: readonly LanguageWeight[];
  readonly settings: ViewSettings;
  readonly #own: Lengths;
  readonly #lengthsIn: (lang: string) => Float64Array;
  #generated: Lengths | null = null;

  /** Use `LexicalIndex.view` instead. */
  constructor(
    languages: readonly LanguageWeight[],
    settings: ViewSettings,
    own: Lengths,
    lengthsIn: (lang: string) => Float64Array,
  ) {
    this.languages = languages;
    this.settings = settings;
    this.#own = own;
    this.#lengthsIn = lengthsIn;
  }

  /**
   * The lengths that normalize frequencies in `mode`: with generated terms, len_own + c SUM_l w_l
   * SUM_e g(e, p) mass_l(e). Translations change the question, not the passages, so they add no
   * length.
   */
  lengths(mode: LexicalMode): Lengths {
    if (mode === 'plain' || mode === 'translated' || this.settings.generatedWeight === 0)
      return this.#own;
    this.#generated ??= lengthsOf(this.#own.byRow.slice(), (byRow) => this.#addGenerated(byRow));
    return this.#generated;
  }

  /**
   * The pivot stems that `term` matches in `mode`, and their near-synonyms: "doctor" also matches a
   * passage about physicians. Near-synonyms expand the question, not the passages, so they add no
   * length.
   */
  shares(term: string, mode: LexicalMode): PivotShare[] {
    const { factors, generatedWeight, translationWeight } = this.settings;
    if (factors === null || mode === 'plain') return [];
    const shares: PivotShare[] = [];
    for (const { lang, weight } of this.languages) {
      const add = (stems: TermBag, by: PivotShare['by'], relativeWeight: number): void => {
        const factor = relativeWeight * weight;
        if (factor <= 0) return;
        const expanded = this.#withRelatives(stems, factors);
        for (const [stem, share] of expanded)
          shares.push({ stem, lang, factor: factor * share, by });
      };
      if (mode !== 'translated')
        add(factors.generatedFrom(term, lang), 'generated', generatedWeight);
      if (mode !== 'generated') add(factors.translate(term, lang), 'translated', translationWeight);
    }
    return shares;
  }

  /** The languages whose drawn queries count in `mode`, with the factor of their frequencies. */
  drawn(mode: LexicalMode): readonly { lang: string; factor: number }[] {
    if (mode === 'plain' || mode === 'translated') return [];
    return this.languages
      .map(({ lang, weight }) => ({ lang, factor: this.settings.generatedWeight * weight }))
      .filter(({ factor }) => factor > 0);
  }

  /** The weights of stems, with those of their heaviest near-synonyms up to MAX_STEMS in all. */
  #withRelatives({ terms, weights }: TermBag, factors: TermFactors): Map<string, number> {
    const { relatedWeight } = this.settings;
    const direct = new Map(terms.map((stem, i) => [stem, weights[i]]));
    if (relatedWeight === 0 || direct.size >= MAX_STEMS) return direct;
    const related = new Map<string, number>();
    for (const [stem, share] of direct) {
      const { terms: relatives, weights: nearness } = factors.relatives(stem);
      relatives.forEach((relative, i) => {
        const weight = relatedWeight * share * nearness[i];
        related.set(relative, (related.get(relative) ?? 0) + weight);
      });
    }
    for (const stem of direct.keys()) {
      direct.set(stem, direct.get(stem)! + (related.get(stem) ?? 0));
      related.delete(stem);
    }
    const heaviest = [...related].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    return new Map([...direct, ...heaviest.slice(0, MAX_STEMS - direct.size)]);
  }

  #addGenerated(byRow: Float32Array): void {
    const added = new Float64Array(byRow.length);
    for (const { lang, weight } of this.languages) {
      const lengths = this.#lengthsIn(lang);
      for (let row = 0; row < added.length; row++) added[row] += weight * lengths[row];
    }
    for (let row = 0; row < byRow.length; row++)
      byRow[row] += this.settings.generatedWeight * added[row];
  }
}

/**
 * (rows) length of the text generated for each passage in a language: SUM_e g(e, p) mass_l(e), or
 * the total length of its drawn queries.
 */
export function generatedLengths(
  segments: readonly LexicalSegment[],
  lang: string,
  factors: TermFactors | null,
): Float64Array {
  const lengths = new Float64Array(segments.reduce((rows, segment) => rows + segment.rows, 0));
  let firstRow = 0;
  for (const segment of segments) {
    const added = lengths.subarray(firstRow, firstRow + segment.rows);
    if (factors !== null) addPivotLengths(segment, lang, factors, added);
    const drawn = segment.field(`drawn:${lang}`);
    if (drawn !== null) for (let r = 0; r < added.length; r++) added[r] += drawn.lengths[r];
    firstRow += segment.rows;
  }
  return lengths;
}

/**
 * Applies `change` to `byRow`, and computes the mean and minimum. Lengths are added in the order of
 * the rows, so that the mean does not depend on the segments.
 */
export function lengthsOf(
  byRow: Float32Array,
  change: (byRow: Float32Array) => void = () => {},
): Lengths {
  change(byRow);
  let total = 0;
  let shortest = Infinity;
  for (let row = 0; row < byRow.length; row++) {
    total += byRow[row];
    shortest = Math.min(shortest, byRow[row]);
  }
  const empty = byRow.length === 0;
  return { byRow, average: empty ? 0 : total / byRow.length, shortest: empty ? 0 : shortest };
}

/** Adds SUM_e g(e, p) mass_l(e) to every row p of the segment that is in another language. */
function addPivotLengths(
  segment: LexicalSegment,
  lang: string,
  factors: TermFactors,
  added: Float64Array,
): void {
  const pivot = segment.field('pivot');
  if (pivot === null) return;
  const excluded = segment.languages.indexOf(lang);
  const { rowLanguages } = segment;
  for (let t = 0; t < pivot.size; t++) {
    const mass = factors.generatedMass(pivot.term(t), lang);
    if (mass !== 0) addPostings(pivot, t, mass, rowLanguages, excluded, added);
  }
}

/**
 * Adds the postings of one term. This is a function of its own so that it gets optimized: the loop
 * over all terms runs only once.
 */
function addPostings(
  { postingEnds, rows, frequencies }: SegmentField,
  t: number,
  mass: number,
  rowLanguages: Uint8Array,
  excluded: number,
  added: Float64Array,
): void {
  for (let i = t === 0 ? 0 : postingEnds[t - 1]; i < postingEnds[t]; i++) {
    const row = rows[i];
    if (rowLanguages[row] !== excluded) added[row] += mass * halfValues[frequencies[i]];
  }
}

/** Number of cached views per table, with 4 bytes per passage each. */
const CACHED_VIEWS = 64;
/** Key of views without a table. */
const NO_FACTORS = {};

export class ViewCache {
  readonly #segments: readonly LexicalSegment[];
  readonly #own: Lengths;
  readonly #views = new WeakMap<object, LRUCache<string, LexicalView>>();
  /**
   * By table and language, with 8 bytes per passage each. The lengths of several languages are sums
   * of these.
   */
  readonly #lengths = new WeakMap<object, Map<string, Float64Array>>();

  /** @param own lengths of the passages' own terms over all segments */
  constructor(segments: readonly LexicalSegment[], own: Lengths) {
    this.#segments = segments;
    this.#own = own;
  }

  view(languages: string | readonly LanguageWeight[], settings: ViewSettings): LexicalView {
    const weights = typeof languages === 'string' ? [{ lang: languages, weight: 1 }] : languages;
    const { factors, ...numbers } = settings;
    let views = this.#views.get(factors ?? NO_FACTORS);
    if (views === undefined) {
      views = new LRUCache({ max: CACHED_VIEWS });
      this.#views.set(factors ?? NO_FACTORS, views);
    }
    const pairs = weights.map(({ lang, weight }) => [lang, weight]);
    const key = JSON.stringify([pairs, Object.entries(numbers).sort()]);
    let view = views.get(key);
    if (view === undefined) {
      view = new LexicalView(weights, settings, this.#own, (lang) =>
        this.#lengthsIn(lang, factors),
      );
      views.set(key, view);
    }
    return view;
  }

  #lengthsIn(lang: string, factors: ViewSettings['factors']): Float64Array {
    const cached = this.#lengths.get(factors ?? NO_FACTORS) ?? new Map<string, Float64Array>();
    this.#lengths.set(factors ?? NO_FACTORS, cached);
    const lengths = cached.get(lang) ?? generatedLengths(this.#segments, lang, factors);
    cached.set(lang, lengths);
    return lengths;
  }
}
