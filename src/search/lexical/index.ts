/**
 * Language-aware BM25 over all segments of an index. The text generated for a passage in a language
 * is not stored: a question term's frequency in it follows exactly from the pivot stems, tf(t, p) =
 * tf_own(t, p) + c SUM_e P(t | e) g(e, p), and the sum is saturated as a whole.
 */

import type { FieldName, LexicalSegment } from '../../indexing/lexical/segment.js';
import type { LanguageWeight } from '../../languages/terms.js';
import { type RankedRows, sortRows } from '../top-k.js';
import {
  type Bm25Parameters,
  type CorpusStatistics,
  inverseDocumentFrequency,
  lengthNorm,
  type Norm,
  termScore,
} from './bm25.js';
import { addContending } from './contenders.js';
import {
  type DrawnField,
  frequencySources,
  type QuestionTerm,
  type TermExplanation,
  termAt,
} from './explanation.js';
import { type PlacedSegment, TermFrequencies } from './frequencies.js';
import { addToAll, largestFrequency, type OwnTerm, postingsOf } from './own-terms.js';
import type { QuestionTerms } from './question.js';
import type { RowSums } from './row-sums.js';
import { Scores } from './scores.js';
import {
  type LexicalMode,
  type LexicalQuestion,
  type LexicalView,
  lengthsOf,
  ViewCache,
  type ViewSettings,
} from './view.js';

/** Number of document frequencies to cache per view. */
const CACHED_FREQUENCIES = 1024;

export interface TopOptions {
  readonly k: number;
  /** (rows) as returned by `rankOfIds` */
  readonly rank: Uint32Array;
  /** (rows), 0 excludes a row; null excludes none */
  readonly mask?: Uint8Array | null;
  /** Further rows whose scores are needed. */
  readonly also?: Uint32Array;
}

export interface LexicalTop {
  readonly list: RankedRows;
  /** Scores of the rows in `also`; 0 for a row without a score. */
  readonly others: ReadonlyMap<number, number>;
}

export class LexicalIndex {
  /** Number of passages. */
  readonly rows: number;
  readonly #segments: readonly PlacedSegment[];
  readonly #parameters: Bm25Parameters;
  readonly #corpus: CorpusStatistics | null;
  /** Reused for every term. */
  readonly #frequencies: TermFrequencies;
  /** Reused for every ranking. */
  readonly #scores: Scores;
  readonly #views: ViewCache;
  /** Numbers of pivot stems in each segment: there are few stems, and a term needs many of them. */
  readonly #stemNumbers = new Map<string, Int32Array>();
  /** Document frequencies for which postings had to be read, by view, mode and term. */
  readonly #documentFrequencies = new WeakMap<LexicalView, Map<string, number>>();

  /**
   * @param segments in the order of the snapshot's rows
   * @param corpus statistics of the whole corpus; null if the segments contain all of it
   */
  constructor(
    segments: readonly LexicalSegment[],
    parameters: Bm25Parameters,
    corpus: CorpusStatistics | null = null,
  ) {
    let rows = 0;
    this.#segments = segments.map((segment) => {
      const firstRow = rows;
      rows += segment.rows;
      return { segment, firstRow };
    });
    this.rows = rows;
    this.#parameters = parameters;
    this.#corpus = corpus;
    const own = new Float32Array(rows);
    for (const { segment, firstRow } of this.#segments) {
      const lengths = segment.field('own')?.lengths;
      if (lengths !== undefined) own.set(lengths, firstRow);
    }
    this.#views = new ViewCache(segments, lengthsOf(own));
    this.#frequencies = new TermFrequencies(rows);
    this.#scores = Scores.of(rows);
  }

  /** The view of questions that see generated text in a language, or in several with weights. */
  view(languages: string | readonly LanguageWeight[], settings: ViewSettings): LexicalView {
    return this.#views.view(languages, settings);
  }

  /**
   * Scores of all passages, summed over the question's languages with their weights.
   *
   * @returns (rows), float64; > 0 for a passage with at least one of the terms, 0 for a passage
   * that is no hit
   */
  scores(questions: readonly LexicalQuestion[], mode: LexicalMode): Float64Array {
    for (const term of this.#begin(questions, mode)) addToAll(this.#segments, term, this.#scores);
    return this.#scores.byRow.slice();
  }

  /**
   * The best k passages, and the scores of some others. Scores equal those of `scores`, but
   * postings that cannot change the list are not read.
   */
  top(questions: readonly LexicalQuestion[], mode: LexicalMode, options: TopOptions): LexicalTop {
    const { k, rank, mask = null } = options;
    const also = Uint32Array.from(options.also ?? []).sort();
    const terms = this.#begin(questions, mode);
    const scores = this.#scores;
    const contenders = addContending(this.#segments, terms, scores, k, mask, also);
    const { byRow } = scores;
    const others = new Map<number, number>();
    for (const row of also) others.set(row, byRow[row]);
    const values = new Float64Array(contenders.length);
    for (let i = 0; i < values.length; i++) values[i] = byRow[contenders[i]];
    const list = sortRows(contenders, values, k, rank);
    return { list, others };
  }

  /** weight * idf of each question term, in order: the upper bound of its contribution. */
  termWeights(question: QuestionTerms, view: LexicalView, mode: LexicalMode): Float64Array {
    const drawn = this.#drawn(view, mode);
    return Float64Array.from(question.terms, (_, q) => {
      const term = termAt(question, q, view, mode, drawn);
      return question.weights[q] * this.#idf(this.#documentFrequency(term, view, mode));
    });
  }

  /** Explains the score of a passage: the question terms that it has, in the question's order. */
  explain(
    question: QuestionTerms,
    view: LexicalView,
    mode: LexicalMode,
    row: number,
  ): TermExplanation[] {
    const { lengths, base, slope } = this.#norm(view, mode);
    const drawn = this.#drawn(view, mode);
    const placed = this.#segments.findLast(({ firstRow }) => firstRow <= row)!;
    const explanations: TermExplanation[] = [];
    question.terms.forEach((text, q) => {
      const term = termAt(question, q, view, mode, drawn);
      const tf = this.#collect(term);
      const frequency = tf.byRow[row];
      const documentFrequency = this.#countDocuments(term, tf, view, mode);
      tf.clear();
      if (frequency === 0) return;
      const weight = question.weights[q];
      const idf = this.#idf(documentFrequency);
      const standIn = question.standIns?.get(text);
      explanations.push({
        term: text,
        ...(standIn && { standIn }),
        weight,
        ...frequencySources(placed, row, term),
        documentFrequency,
        idf,
        contribution: termScore(frequency, base + slope * lengths[row], idf, weight),
      });
    });
    return explanations;
  }

  /** Fills the shared frequencies with those of one term; the caller must clear them. */
  #collect({ term, ownLanguage, shares, drawn }: QuestionTerm): TermFrequencies {
    const tf = this.#frequencies;
    tf.addOwn(this.#segments, this.#numbers('own', term), ownLanguage);
    for (const share of shares) tf.addShare(this.#segments, this.#stem(share.stem), share);
    for (const { field, factor } of drawn) {
      const numbers = this.#numbers(field, term);
      this.#segments.forEach((placed, s) => {
        if (numbers[s] >= 0) tf.add(placed, placed.segment.field(field)!, numbers[s], factor);
      });
    }
    return tf;
  }

  /** The number of passages of the corpus that have the term. */
  #documentFrequency(term: QuestionTerm, view: LexicalView, mode: LexicalMode): number {
    if (this.#isOwn(term)) {
      return (
        this.#corpus?.documentFrequency(term, false) ??
        postingsOf(this.#segments, this.#ownNumbers(term))
      );
    }
    const cached = this.#documentFrequencies.get(view)?.get(keyOf(term, mode));
    if (cached !== undefined) return cached;
    const tf = this.#collect(term);
    const documentFrequency = this.#countDocuments(term, tf, view, mode);
    tf.clear();
    return documentFrequency;
  }

  /**
   * The same, given the term's frequencies. Cached, because displaying a ranking needs it again.
   */
  #countDocuments(
    term: QuestionTerm,
    tf: TermFrequencies,
    view: LexicalView,
    mode: LexicalMode,
  ): number {
    const { expectedDf } = view.settings;
    const documentFrequency =
      this.#corpus?.documentFrequency(term, expectedDf) ?? tf.documentFrequency(expectedDf);
    const cached = this.#documentFrequencies.get(view) ?? new Map<string, number>();
    this.#documentFrequencies.set(view, cached);
    if (cached.size >= CACHED_FREQUENCIES) cached.clear();
    cached.set(keyOf(term, mode), documentFrequency);
    return documentFrequency;
  }

  #idf(documentFrequency: number): number {
    return inverseDocumentFrequency(this.#corpus?.passages ?? this.rows, documentFrequency);
  }

  /**
   * True if a segment has passages in `lang` and in other languages, so that the postings have to
   * be read to tell them apart.
   */
  #mixes(lang: string | null): boolean {
    return (
      lang !== null &&
      this.#segments.some(
        ({ segment: { languages } }) => languages.length > 1 && languages.includes(lang),
      )
    );
  }

  /** The fields of drawn queries that count in `mode` and that some passage has. */
  #drawn(view: LexicalView, mode: LexicalMode): DrawnField[] {
    return view.drawn(mode).flatMap(({ lang, factor }) => {
      const field: FieldName = `drawn:${lang}`;
      const exists =
        this.#corpus?.hasDrawn(lang) ??
        this.#segments.some(({ segment }) => segment.field(field) !== null);
      return exists ? { field, factor } : [];
    });
  }

  /**
   * Resets the scores and adds the contributions of terms with generated or translated frequencies,
   * in the order of the question. Returns the other terms by descending upper bound. All scores are
   * summed in this order.
   */
  #begin(questions: readonly LexicalQuestion[], mode: LexicalMode): OwnTerm[] {
    const own: OwnTerm[] = [];
    this.#scores.clear();
    for (const { bag, view, weight } of questions) {
      const norm = this.#norm(view, mode);
      const drawn = this.#drawn(view, mode);
      bag.terms.forEach((_, q) => {
        const termWeight = weight * bag.weights[q];
        const term = termAt(bag, q, view, mode, drawn);
        if (this.#isOwn(term)) {
          const ownTerm = this.#ownTerm(term, termWeight, norm);
          if (ownTerm !== null) own.push(ownTerm);
          return;
        }
        const tf = this.#collect(term);
        const factor = termWeight * this.#idf(this.#countDocuments(term, tf, view, mode));
        addFrequencies(tf, factor, norm, this.#scores);
        tf.clear();
      });
    }
    return own.sort((a, b) => b.bound - a.bound);
  }

  /** True if the term matches only the passages' own words, whole lists of postings at a time. */
  #isOwn({ shares, drawn, ownLanguage }: QuestionTerm): boolean {
    return shares.length === 0 && drawn.length === 0 && !this.#mixes(ownLanguage);
  }

  /** The number of an own term in each segment, -1 if it is absent or the language differs. */
  #ownNumbers({ term, ownLanguage: lang }: QuestionTerm): Int32Array {
    const numbers = this.#numbers('own', term);
    if (lang !== null) {
      this.#segments.forEach(({ segment }, s) => {
        if (!segment.languages.includes(lang)) numbers[s] = -1;
      });
    }
    return numbers;
  }

  #ownTerm(term: QuestionTerm, weight: number, norm: Norm): OwnTerm | null {
    const numbers = this.#ownNumbers(term);
    const postings = postingsOf(this.#segments, numbers);
    if (postings === 0) return null;
    const factor = weight * this.#idf(this.#corpus?.documentFrequency(term, false) ?? postings);
    const largest = largestFrequency(this.#segments, numbers);
    return { factor, numbers, postings, bound: (factor * largest) / (largest + norm.least), norm };
  }

  #norm(view: LexicalView, mode: LexicalMode): Norm {
    const { byRow: lengths, average, shortest } = view.lengths(mode);
    const averageLength = this.#corpus?.averageLength(view, mode) ?? average;
    const { base, slope } = lengthNorm(this.#parameters, averageLength);
    return { lengths, base, slope, least: base + slope * shortest };
  }

  #numbers(name: FieldName, term: string): Int32Array {
    const bytes = Buffer.from(term, 'utf8');
    const numbers = new Int32Array(this.#segments.length);
    for (let s = 0; s < numbers.length; s++) {
      numbers[s] = this.#segments[s].segment.field(name)?.find(bytes) ?? -1;
    }
    return numbers;
  }

  #stem(stem: string): Int32Array {
    let numbers = this.#stemNumbers.get(stem);
    if (numbers === undefined) {
      numbers = this.#numbers('pivot', stem);
      this.#stemNumbers.set(stem, numbers);
    }
    return numbers;
  }
}

function keyOf({ term, ownLanguage, shares, drawn }: QuestionTerm, mode: LexicalMode): string {
  return JSON.stringify([mode, ownLanguage, shares.length + drawn.length > 0, term]);
}

/** Adds the contributions of one term's frequencies, which it clears at the same time. */
function addFrequencies(tf: TermFrequencies, factor: number, norm: Norm, scores: RowSums): void {
  const { byRow: frequencies, rows } = tf;
  const { byRow, rows: added } = scores;
  const { lengths, base, slope } = norm;
  let count = scores.count;
  for (let i = 0; i < tf.count; i++) {
    const row = rows[i];
    const frequency = frequencies[row];
    const before = byRow[row];
    added[count] = row;
    count += +(before === 0);
    byRow[row] = before + (factor * frequency) / (frequency + base + slope * lengths[row]);
    frequencies[row] = 0;
  }
  scores.count = count;
  tf.count = 0;
}
