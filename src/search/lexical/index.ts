/**
 * Language-aware BM25 over all segments, with statistics of the whole index. The field that was
 * generated for a passage in a language is not stored: a question term's frequency in it follows
 * exactly from the pivot stems, tf(t, p) = tf_own(t, p) + c SUM_e P(t | e) g(e, p), inside one
 * saturating function.
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
  type AskedTerm,
  askedTerm,
  type DrawnField,
  frequencySources,
  type TermExplanation,
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

/** Document frequencies that are kept for a view. */
const KEPT_FREQUENCIES = 1024;

export interface TopOptions {
  readonly k: number;
  /** (rows) of `rankOfIds`. */
  readonly rank: Uint32Array;
  /** (rows), 0 leaves a row out; null leaves none out. */
  readonly mask?: Uint8Array | null;
  /** Rows whose scores are wanted too. */
  readonly also?: Uint32Array;
}

export interface LexicalTop {
  readonly list: RankedRows;
  /** Scores of the rows in `also`; 0: no score. */
  readonly others: ReadonlyMap<number, number>;
}

export class LexicalIndex {
  /** Number of passages. */
  readonly rows: number;
  readonly #segments: readonly PlacedSegment[];
  readonly #parameters: Bm25Parameters;
  readonly #corpus: CorpusStatistics | null;
  readonly #frequencies: TermFrequencies;
  /** Reused by every ranking. */
  readonly #scores: Scores;
  readonly #views: ViewCache;
  /** Numbers of pivot stems by segment: stems are few, and a generated term needs many of them. */
  readonly #stemNumbers = new Map<string, Int32Array>();
  /** Document frequencies that took the reading of postings, by view, mode and term. */
  readonly #documentFrequencies = new WeakMap<LexicalView, Map<string, number>>();

  /**
   * @param segments in the order of the snapshot's rows
   * @param corpus what the rows are some of; null: they are all
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

  /**
   * What questions in `languages` (a code, or several with the weights of their generated fields)
   * see.
   */
  view(languages: string | readonly LanguageWeight[], settings: ViewSettings): LexicalView {
    return this.#views.view(languages, settings);
  }

  /**
   * Scores of all passages, summed over the question's languages with their weights.
   *
   * @returns (rows), float64; > 0 for a passage with at least one of the terms. 0 means that there
   * is no score: the passage is no hit, and its reciprocal rank is 0.
   */
  scores(questions: readonly LexicalQuestion[], mode: LexicalMode): Float64Array {
    for (const term of this.#begin(questions, mode)) addToAll(this.#segments, term, this.#scores);
    return this.#scores.byRow.slice();
  }

  /**
   * The best k passages with a score, and the scores of some others; equal to those of `scores`, but
   * without reading postings that cannot change the list.
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

  /** weight * idf of every question term, in their order: what the term can add at most. */
  termWeights(question: QuestionTerms, view: LexicalView, mode: LexicalMode): Float64Array {
    const drawn = this.#drawn(view, mode);
    return Float64Array.from(question.terms, (_, q) => {
      const asked = askedTerm(question, q, view, mode, drawn);
      return question.weights[q] * this.#idf(this.#documentFrequency(asked, view, mode));
    });
  }

  /** Why a passage has its score: every question term that it has, in the order of the question. */
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
    question.terms.forEach((term, q) => {
      const asked = askedTerm(question, q, view, mode, drawn);
      const tf = this.#collect(asked);
      const frequency = tf.byRow[row];
      const documentFrequency = this.#countDocuments(asked, tf, view, mode);
      tf.clear();
      if (frequency === 0) return;
      const weight = question.weights[q];
      const idf = this.#idf(documentFrequency);
      explanations.push({
        term,
        weight,
        ...frequencySources(placed, row, asked),
        documentFrequency,
        idf,
        contribution: termScore(frequency, base + slope * lengths[row], idf, weight),
      });
    });
    return explanations;
  }

  /** Fills the shared frequencies of one term; the caller clears them. */
  #collect({ term, ownLanguage, shares, drawn }: AskedTerm): TermFrequencies {
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

  /** How many passages have the term, of all that the rows are some of. */
  #documentFrequency(asked: AskedTerm, view: LexicalView, mode: LexicalMode): number {
    if (this.#isOwn(asked)) {
      return (
        this.#corpus?.documentFrequency(asked, false) ??
        postingsOf(this.#segments, this.#ownNumbers(asked))
      );
    }
    const known = this.#documentFrequencies.get(view)?.get(keyOf(asked, mode));
    if (known !== undefined) return known;
    const tf = this.#collect(asked);
    const counted = this.#countDocuments(asked, tf, view, mode);
    tf.clear();
    return counted;
  }

  /** The same from the term's frequencies; remembered, since who shows a ranking asks again. */
  #countDocuments(
    asked: AskedTerm,
    tf: TermFrequencies,
    view: LexicalView,
    mode: LexicalMode,
  ): number {
    const { expectedDf } = view.settings;
    const counted =
      this.#corpus?.documentFrequency(asked, expectedDf) ?? tf.documentFrequency(expectedDf);
    const known = this.#documentFrequencies.get(view) ?? new Map<string, number>();
    this.#documentFrequencies.set(view, known);
    if (known.size >= KEPT_FREQUENCIES) known.clear();
    known.set(keyOf(asked, mode), counted);
    return counted;
  }

  #idf(documentFrequency: number): number {
    return inverseDocumentFrequency(this.#corpus?.passages ?? this.rows, documentFrequency);
  }

  /**
   * True if some segment has passages in `lang` beside others: then postings tell them apart only
   * one by one.
   */
  #mixes(lang: string | null): boolean {
    return (
      lang !== null &&
      this.#segments.some(
        ({ segment: { languages } }) => languages.length > 1 && languages.includes(lang),
      )
    );
  }

  /** Drawn queries that count in `mode` and that some passage has. */
  #drawn(view: LexicalView, mode: LexicalMode): DrawnField[] {
    return view.drawn(mode).flatMap(({ lang, factor }) => {
      const field: FieldName = `drawn:${lang}`;
      const there =
        this.#corpus?.hasDrawn(lang) ??
        this.#segments.some(({ segment }) => segment.field(field) !== null);
      return there ? { field, factor } : [];
    });
  }

  /**
   * Begins new scores with what terms with generated or translated frequencies contribute, in the
   * order of the question, and returns the other terms by what they can add at most, the largest
   * first. Every score is summed in this order.
   */
  #begin(questions: readonly LexicalQuestion[], mode: LexicalMode): OwnTerm[] {
    const own: OwnTerm[] = [];
    this.#scores.clear();
    for (const { bag, view, weight } of questions) {
      const norm = this.#norm(view, mode);
      const drawn = this.#drawn(view, mode);
      bag.terms.forEach((_, q) => {
        const termWeight = weight * bag.weights[q];
        const asked = askedTerm(bag, q, view, mode, drawn);
        if (this.#isOwn(asked)) {
          const known = this.#ownTerm(asked, termWeight, norm);
          if (known !== null) own.push(known);
          return;
        }
        const tf = this.#collect(asked);
        const factor = termWeight * this.#idf(this.#countDocuments(asked, tf, view, mode));
        addFrequencies(tf, factor, norm, this.#scores);
        tf.clear();
      });
    }
    return own.sort((a, b) => b.bound - a.bound);
  }

  /** True if only passages' own words can have the term, and their postings alone say in which. */
  #isOwn({ shares, drawn, ownLanguage }: AskedTerm): boolean {
    return shares.length === 0 && drawn.length === 0 && !this.#mixes(ownLanguage);
  }

  /** @param asked in segments of its language, which then hold no other, if it has one */
  #ownNumbers({ term, ownLanguage: lang }: AskedTerm): Int32Array {
    const numbers = this.#numbers('own', term);
    if (lang !== null) {
      this.#segments.forEach(({ segment }, s) => {
        if (!segment.languages.includes(lang)) numbers[s] = -1;
      });
    }
    return numbers;
  }

  #ownTerm(asked: AskedTerm, weight: number, norm: Norm): OwnTerm | null {
    const numbers = this.#ownNumbers(asked);
    const postings = postingsOf(this.#segments, numbers);
    if (postings === 0) return null;
    const factor = weight * this.#idf(this.#corpus?.documentFrequency(asked, false) ?? postings);
    const largest = largestFrequency(this.#segments, numbers);
    return { factor, numbers, postings, bound: (factor * largest) / (largest + norm.least), norm };
  }

  #norm(view: LexicalView, mode: LexicalMode): Norm {
    const { byRow: lengths, average, shortest } = view.lengths(mode);
    const all = this.#corpus?.averageLength(view, mode) ?? average;
    const { base, slope } = lengthNorm(this.#parameters, all);
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

function keyOf({ term, ownLanguage, shares, drawn }: AskedTerm, mode: LexicalMode): string {
  return JSON.stringify([mode, ownLanguage, shares.length + drawn.length > 0, term]);
}

/** Adds the contributions of one term's frequencies, and clears these on the way. */
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
