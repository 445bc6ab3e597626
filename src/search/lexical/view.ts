/**
 * What a question in certain languages sees of the lexical index: which pivot stems and drawn
 * queries its terms stand for, and how long every passage is when its generated terms count.
 */

import { LRUCache } from 'lru-cache';
import { halfValues } from '../../base/half.js';
import type { TermFactors } from '../../generate/generator.js';
import type { LexicalSegment, SegmentField } from '../../indexing/lexical/segment.js';
import type { LanguageWeight, TermBag } from '../../languages/terms.js';
import type { QuestionTerms } from './question.js';

/**
 * `plain`: the passage's own terms. `generated`: also the terms generated for it in the view's
 * languages. `translated`: also its pivot stems, through the translations of the question's terms.
 * `both`: all three.
 */
export type LexicalMode = 'plain' | 'generated' | 'translated' | 'both';

export interface ViewSettings {
  /** What one generated term counts against one of the passage's own, >= 0. */
  readonly generatedWeight: number;
  /** What one translated match counts against one of the passage's own, >= 0. */
  readonly translationWeight: number;
  /**
   * True: a passage that has a term only by generation or translation counts min(1, tf) in the
   * document frequency, which is the expectation; passages with the term itself count 1. False:
   * every passage with tf > 0 counts 1.
   */
  readonly expectedDf: boolean;
  /** What a relative of a stem counts against the stem itself, times their nearness, >= 0. */
  readonly relatedWeight: number;
  /**
   * The generator's table; null if it has none (drawn queries are used) or nothing was generated.
   */
  readonly factors: TermFactors | null;
}

/**
 * Stems behind a term, its own and their relatives, up to which relatives are added: each costs the
 * reading of its postings.
 */
const MOST_STEMS = 14;

/**
 * A pivot stem behind a question term: it adds `factor` g(e, p) to the frequency in passages not
 * written in `lang`.
 */
export interface PivotShare {
  readonly stem: string;
  readonly lang: string;
  readonly factor: number;
  readonly by: 'generated' | 'translated';
}

/** Lengths of all passages, their mean and the smallest of them. */
export interface Lengths {
  readonly byRow: Float32Array;
  readonly average: number;
  readonly shortest: number;
}

/** A question in one of its languages. */
export interface LexicalQuestion {
  /** Distinct terms with their weights (a word that occurs twice: 2). */
  readonly bag: QuestionTerms;
  readonly view: LexicalView;
  /** How far the language is believed, > 0: the score is multiplied by it. */
  readonly weight: number;
}

export class LexicalView {
  readonly languages: readonly LanguageWeight[];
  readonly settings: ViewSettings;
  readonly #own: Lengths;
  readonly #lengthsIn: (lang: string) => Float64Array;
  #generated: Lengths | null = null;

  /** Made by `LexicalIndex.view`. */
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
   * Lengths that normalize the frequencies of `mode`: with generated terms len_own + c SUM_l w_l
   * SUM_e g(e,p) mass_l(e). A translation changes the question, not the passage, so it adds
   * nothing.
   */
  lengths(mode: LexicalMode): Lengths {
    if (mode === 'plain' || mode === 'translated' || this.settings.generatedWeight === 0)
      return this.#own;
    this.#generated ??= lengthsOf(this.#own.byRow.slice(), (byRow) => this.#addGenerated(byRow));
    return this.#generated;
  }

  /**
   * The pivot stems that `term` stands for in `mode`, and their relatives: a passage about
   * physicians is asked by "doctor" too. Relatives widen the question, not the passage, so they
   * change no length.
   */
  shares(term: string, mode: LexicalMode): PivotShare[] {
    const { factors, generatedWeight, translationWeight } = this.settings;
    if (factors === null || mode === 'plain') return [];
    const shares: PivotShare[] = [];
    for (const { lang, weight } of this.languages) {
      const add = (stems: TermBag, by: PivotShare['by'], counted: number): void => {
        const factor = counted * weight;
        if (factor <= 0) return;
        const widened = this.#withRelatives(stems, factors);
        for (const [stem, share] of widened)
          shares.push({ stem, lang, factor: factor * share, by });
      };
      if (mode !== 'translated')
        add(factors.generatedFrom(term, lang), 'generated', generatedWeight);
      if (mode !== 'generated') add(factors.translate(term, lang), 'translated', translationWeight);
    }
    return shares;
  }

  /**
   * The languages whose drawn queries count in `mode`, with what one drawn term adds to the
   * frequency.
   */
  drawn(mode: LexicalMode): readonly { lang: string; factor: number }[] {
    if (mode === 'plain' || mode === 'translated') return [];
    return this.languages
      .map(({ lang, weight }) => ({ lang, factor: this.settings.generatedWeight * weight }))
      .filter(({ factor }) => factor > 0);
  }

  /** The stems with what each counts; the relatives that count most fill them up. */
  #withRelatives({ terms, weights }: TermBag, factors: TermFactors): Map<string, number> {
    const { relatedWeight } = this.settings;
    const direct = new Map(terms.map((stem, i) => [stem, weights[i]]));
    if (relatedWeight === 0 || direct.size >= MOST_STEMS) return direct;
    const lent = new Map<string, number>();
    for (const [stem, share] of direct) {
      const near = factors.relatives(stem);
      near.terms.forEach((relative, i) => {
        lent.set(relative, (lent.get(relative) ?? 0) + relatedWeight * share * near.weights[i]);
      });
    }
    for (const stem of direct.keys()) {
      direct.set(stem, direct.get(stem)! + (lent.get(stem) ?? 0));
      lent.delete(stem);
    }
    const most = [...lent].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    return new Map([...direct, ...most.slice(0, MOST_STEMS - direct.size)]);
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
 * (rows) what was generated for each passage in a language: SUM_e g(e, p) mass_l(e), or the lengths
 * of its drawn queries.
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
 * Changes `byRow` and takes its mean and minimum. The order of addition is that of the rows, so
 * segments do not matter.
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

/** Adds SUM_e g(e, p) mass(e, lang) to every row p of the segment that is not written in `lang`. */
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

/** Apart from the loop over all terms, which is compiled late: it runs once. */
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

/** Views that are cached for a table (4 bytes a passage each). */
const KEPT_VIEWS = 64;
const NO_FACTORS = {};

export class ViewCache {
  readonly #segments: readonly LexicalSegment[];
  readonly #own: Lengths;
  readonly #views = new WeakMap<object, LRUCache<string, LexicalView>>();
  /**
   * By table and language, 8 bytes a passage each: views of several languages are sums of these.
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
      views = new LRUCache({ max: KEPT_VIEWS });
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
    const known = this.#lengths.get(factors ?? NO_FACTORS) ?? new Map<string, Float64Array>();
    this.#lengths.set(factors ?? NO_FACTORS, known);
    const lengths = known.get(lang) ?? generatedLengths(this.#segments, lang, factors);
    known.set(lang, lengths);
    return lengths;
  }
}
