/**
 * Language-aware BM25 over all segments, with statistics of the whole index. The field that was generated for a passage in a
 * language is not stored: a question term's frequency in it follows exactly from the pivot stems,
 * tf(t, p) = tf_own(t, p) + c SUM_e P(t | e) g(e, p), inside one saturating function. Knows no vectors and no ids.
 */
import type { LanguageWeight, TermBag } from '../../languages/terms.js';
import { type Bm25Parameters, inverseDocumentFrequency, lengthNorm, termScore } from './bm25.js';
import { type PlacedSegment, TermFrequencies } from './frequencies.js';
import { halfValues } from './half.js';
import type { FieldName, LexicalSegment } from './segment.js';
import {
  type Lengths,
  type LexicalMode,
  LexicalView,
  lengthsOf,
  type PivotShare,
  type ViewSettings,
} from './view.js';

/** How one question term contributes to the score of one passage. */
export interface TermExplanation {
  readonly term: string;
  /** Weight in the question. */
  readonly weight: number;
  readonly tfOwn: number;
  /** c SUM_e P(t | e) g(e, p), and c times the drawn queries' frequency. */
  readonly tfGenerated: number;
  /** By translation of the question's term. */
  readonly tfTranslated: number;
  readonly documentFrequency: number;
  readonly idf: number;
  /** The share of the passage's score. */
  readonly contribution: number;
  /** The pivot stems behind it with what each adds to the frequency, most first. */
  readonly via: readonly { stem: string; by: 'generated' | 'translated'; frequency: number }[];
}

interface DrawnField {
  readonly field: FieldName;
  readonly factor: number;
}

/** Views of one table; more are forgotten, oldest first (each holds 4 bytes a passage). */
const KEPT_VIEWS = 64;
const NO_FACTORS = {};

export class LexicalIndex {
  /** Number of passages. */
  readonly rows: number;
  readonly #segments: readonly PlacedSegment[];
  readonly #parameters: Bm25Parameters;
  readonly #own: Lengths;
  readonly #frequencies: TermFrequencies;
  readonly #views = new WeakMap<object, Map<string, LexicalView>>();
  /** Numbers of pivot stems by segment: stems are few, and a generated term needs many of them. */
  readonly #stemNumbers = new Map<string, Int32Array>();

  /** @param segments in the order of the snapshot's rows */
  constructor(segments: readonly LexicalSegment[], parameters: Bm25Parameters) {
    let rows = 0;
    this.#segments = segments.map((segment) => {
      const firstRow = rows;
      rows += segment.rows;
      return { segment, firstRow };
    });
    this.rows = rows;
    this.#parameters = parameters;
    const own = new Float32Array(rows);
    for (const { segment, firstRow } of this.#segments) {
      const lengths = segment.field('own')?.lengths;
      if (lengths !== undefined) own.set(lengths, firstRow);
    }
    this.#own = lengthsOf(own);
    this.#frequencies = new TermFrequencies(rows);
  }

  /** What questions in `languages` (a code, or several with the weights of their generated fields) see. */
  view(languages: string | readonly LanguageWeight[], settings: ViewSettings): LexicalView {
    const weights = typeof languages === 'string' ? [{ lang: languages, weight: 1 }] : languages;
    const of = settings.factors ?? NO_FACTORS;
    let views = this.#views.get(of);
    if (views === undefined) {
      views = new Map();
      this.#views.set(of, views);
    }
    const { generatedWeight, translationWeight, expectedDf } = settings;
    const key = JSON.stringify([
      weights.map(({ lang, weight }) => [lang, weight]),
      generatedWeight,
      translationWeight,
      expectedDf,
    ]);
    let view = views.get(key);
    if (view === undefined) {
      const segments = this.#segments.map(({ segment }) => segment);
      view = new LexicalView(weights, settings, segments, this.#own);
      if (views.size >= KEPT_VIEWS) views.delete(views.keys().next().value!);
      views.set(key, view);
    }
    return view;
  }

  /**
   * Scores of all passages.
   *
   * @param question distinct terms with their weights (a word that occurs twice: 2)
   * @returns (rows), float64; > 0 for a passage with at least one of the terms. 0 means that there is no score: the passage
   * is no hit, and its reciprocal rank is 0.
   */
  score(question: TermBag, view: LexicalView, mode: LexicalMode): Float64Array {
    const scores = new Float64Array(this.rows);
    const { byRow: lengths, average } = view.lengths(mode);
    const { base, slope } = lengthNorm(this.#parameters, average);
    const drawn = this.#drawn(view, mode);
    for (let q = 0; q < question.terms.length; q++) {
      const term = question.terms[q];
      const weight = question.weights[q];
      const shares = view.shares(term, mode);
      if (shares.length === 0 && drawn.length === 0) {
        this.#scoreOwn(term, weight, lengths, base, slope, scores);
        continue;
      }
      const tf = this.#collect(term, shares, drawn);
      const factor =
        weight * inverseDocumentFrequency(this.rows, tf.documentFrequency(view.settings.expectedDf));
      for (let i = 0; i < tf.count; i++) {
        const row = tf.rows[i];
        const frequency = tf.byRow[row];
        scores[row] += (factor * frequency) / (frequency + base + slope * lengths[row]);
      }
      tf.clear();
    }
    return scores;
  }

  /** Why a passage has its score: every question term that it has, in the order of the question. */
  explain(question: TermBag, view: LexicalView, mode: LexicalMode, row: number): TermExplanation[] {
    const { byRow: lengths, average } = view.lengths(mode);
    const { base, slope } = lengthNorm(this.#parameters, average);
    const drawn = this.#drawn(view, mode);
    const placed = this.#segments.findLast(({ firstRow }) => firstRow <= row)!;
    const language = placed.segment.languages[placed.segment.rowLanguages[row - placed.firstRow]];
    const explanations: TermExplanation[] = [];
    question.terms.forEach((term, q) => {
      const shares = view.shares(term, mode);
      const tf = this.#collect(term, shares, drawn);
      const frequency = tf.byRow[row];
      const documentFrequency = tf.documentFrequency(view.settings.expectedDf);
      tf.clear();
      if (frequency === 0) return;
      const weight = question.weights[q];
      const idf = inverseDocumentFrequency(this.rows, documentFrequency);
      const via = shares
        .filter(({ lang }) => lang !== language)
        .map(({ stem, by, factor }) => ({
          stem,
          by,
          frequency: factor * frequencyIn(placed, 'pivot', stem, row),
        }))
        .filter((share) => share.frequency > 0)
        .sort((a, b) => b.frequency - a.frequency);
      const sum = (by: string): number =>
        via.reduce((total, share) => total + (share.by === by ? share.frequency : 0), 0);
      explanations.push({
        term,
        weight,
        tfOwn: frequencyIn(placed, 'own', term, row),
        tfGenerated: drawn.reduce(
          (total, { field, factor }) => total + factor * frequencyIn(placed, field, term, row),
          sum('generated'),
        ),
        tfTranslated: sum('translated'),
        documentFrequency,
        idf,
        contribution: termScore(frequency, base + slope * lengths[row], idf, weight),
        via,
      });
    });
    return explanations;
  }

  /** Fills the shared frequencies of one term; the caller clears them. */
  #collect(term: string, shares: readonly PivotShare[], drawn: readonly DrawnField[]): TermFrequencies {
    const tf = this.#frequencies;
    tf.addOwn(this.#segments, this.#numbers('own', term));
    for (const share of shares) tf.addShare(this.#segments, this.#stem(share.stem), share);
    for (const { field, factor } of drawn) {
      const numbers = this.#numbers(field, term);
      this.#segments.forEach((placed, s) => {
        if (numbers[s] >= 0) tf.add(placed, placed.segment.field(field)!, numbers[s], factor);
      });
    }
    return tf;
  }

  /** Drawn queries that count in `mode` and that some segment has. */
  #drawn(view: LexicalView, mode: LexicalMode): DrawnField[] {
    return view
      .drawn(mode)
      .map(({ lang, factor }): DrawnField => ({ field: `drawn:${lang}`, factor }))
      .filter(({ field }) => this.#segments.some(({ segment }) => segment.field(field) !== null));
  }

  #scoreOwn(
    term: string,
    weight: number,
    lengths: Float32Array,
    base: number,
    slope: number,
    scores: Float64Array,
  ): void {
    const numbers = this.#numbers('own', term);
    let documentFrequency = 0;
    this.#segments.forEach(({ segment }, s) => {
      const t = numbers[s];
      if (t >= 0) documentFrequency += segment.field('own')!.postingEnds[t] - segment.field('own')!.start(t);
    });
    const factor = weight * inverseDocumentFrequency(this.rows, documentFrequency);
    this.#segments.forEach(({ segment, firstRow }, s) => {
      const t = numbers[s];
      if (t < 0) return;
      const field = segment.field('own')!;
      const { rows, frequencies } = field;
      const end = field.postingEnds[t];
      for (let i = field.start(t); i < end; i++) {
        const row = firstRow + rows[i];
        const frequency = halfValues[frequencies[i]];
        scores[row] += (factor * frequency) / (frequency + base + slope * lengths[row]);
      }
    });
  }

  #numbers(name: FieldName, term: string): Int32Array {
    const bytes = Buffer.from(term, 'utf8');
    return Int32Array.from(this.#segments, ({ segment }) => segment.field(name)?.find(bytes) ?? -1);
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

/** The frequency of a term in one field of one passage, 0 if it is absent. */
function frequencyIn(placed: PlacedSegment, name: FieldName, term: string, row: number): number {
  const field = placed.segment.field(name);
  const t = field?.find(Buffer.from(term, 'utf8')) ?? -1;
  if (t < 0) return 0;
  const rows = field!.rows.subarray(field!.start(t), field!.postingEnds[t]);
  const at = rows.indexOf(row - placed.firstRow);
  return at < 0 ? 0 : halfValues[field!.frequencies[field!.start(t) + at]];
}
