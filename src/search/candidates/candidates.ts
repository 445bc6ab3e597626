/**
 * Ranks the passages of a remote store that lists candidates itself. For each question, candidates
 * are fetched from the store, and an engine over these rows, with the statistics of the whole
 * corpus, scores them exactly. The code is that of a local index, so that a passage gets the same
 * score wherever it is stored; only the choice of candidates is approximate.
 */

import { CachedEncoder } from '../../encode/cached-encoder.js';
import type { Encoder } from '../../encode/encoder.js';
import type { TermFactors } from '../../generate/generator.js';
import type { CorpusTotals } from '../../indexing/lexical/corpus-totals.js';
import { SegmentBuilder } from '../../indexing/lexical/segment-builder.js';
import type { LexicalRow, SentenceVectors, Snapshot } from '../../indexing/snapshot.js';
import type { TermBag } from '../../languages/terms.js';
import type { CandidateList, CandidateReader, FactCondition } from '../../store/candidate-store.js';
import { rowsOfBytes } from '../../store/quantize.js';
import type { IndexedPassage } from '../../store/store.js';
import { ByteMatrix } from '../../vectors/byte-matrix.js';
import type { SearchDefaults } from '../defaults.js';
import { JavaScriptScanner } from '../dense/javascript-scanner.js';
import { SearchEngine } from '../engine.js';
import type { RankingVector } from '../feedback.js';
import { LexicalIndex } from '../lexical/index.js';
import { lexicalModeOf, policyWeights, type SearchRequest } from '../request.js';
import { CountedStatistics } from './counted-statistics.js';
import { termClauses, type WeightedTerm, weightedTerms } from './term-clauses.js';

/** Rows that the graph search visits, and rows to fetch, per row of the result. */
const BREADTH = 4;
const FETCHED = 2;
/** Minimum number of rows to fetch: for ten rows, the approximation would lose too many. */
const MIN_FETCHED = 100;
/** Maximum number of rows of a list, which is the server's page limit. */
const MAX_FETCHED = 10_000;

/** The columns that every ranking, the dense leg and the lexical leg need. */
const COMMON = ['id', 'lang'] as const;
const DENSE = ['vector', 'sums'] as const;
const LEXICAL = ['own', 'pivot'] as const;
type CandidateColumn =
  | (typeof COMMON | typeof DENSE | typeof LEXICAL)[number]
  | 'sentences'
  | 'drawn';
/** A row of the store, with only the columns that a leg needs. */
type CandidateRow = {
  readonly seq: number;
  readonly row: Pick<IndexedPassage, (typeof COMMON)[number]> &
    Partial<Pick<IndexedPassage, CandidateColumn>>;
};
const NO_TERMS: TermBag = { terms: [], weights: new Float32Array(0) };

export interface CandidateOptions {
  readonly reader: CandidateReader;
  readonly totals: CorpusTotals;
  readonly encoder: Encoder;
  readonly factors: TermFactors | null;
  readonly defaults: SearchDefaults;
  readonly queryLanguages: readonly string[];
  readonly queriesPerLanguage: number;
  readonly encodesQueries: boolean;
  /** Converts a row for the lexical leg. */
  readonly lexicalRow: (
    row: Pick<IndexedPassage, 'own' | 'pivot' | 'drawn' | 'lang'>,
  ) => LexicalRow;
  /**
   * Rows to visit and rows to fetch per row of the result; 4 and 2 by default. Larger numbers give
   * better recall.
   */
  readonly oversampling?: { readonly breadth: number; readonly fetched: number };
}

/** An engine over the candidates of some requests; `seqs[r]` identifies row r in the store. */
export interface CandidateEngine {
  readonly engine: SearchEngine;
  readonly snapshot: Snapshot;
  readonly seqs: readonly number[];
}

export class Candidates {
  readonly #options: CandidateOptions;
  readonly #encoder: Encoder;
  readonly #statistics: CountedStatistics;
  /** An engine without rows, which analyzes questions. */
  readonly blank: CandidateEngine;

  constructor(options: CandidateOptions) {
    this.#options = options;
    this.#encoder = new CachedEncoder(options.encoder);
    this.#statistics = new CountedStatistics(options.reader, options.totals);
    this.blank = this.#engineOver([]);
  }

  /**
   * An engine over the candidates of the requests.
   * @param also ids of passages to include, if the store has them; they can then be explained
   */
  async around(
    requests: readonly SearchRequest[],
    filters: readonly FactCondition[] = [],
    also: readonly string[] = [],
  ): Promise<CandidateEngine> {
    const { reader } = this.#options;
    // A passage is explained in both legs, whatever the mode is.
    const explained = also.length > 0;
    const languages = [
      ...new Set(requests.flatMap((request) => this.#sumLanguages(request, explained))),
    ];
    const ownTerms = new Set(
      requests.flatMap((request) => this.#terms(request).map(({ term }) => term)),
    );
    const options = { filters, languages, ownTerms };
    const columns = this.#columns(requests, explained);
    const listed = async (lists: Promise<CandidateList[]>) =>
      (await reader.candidates(await lists, columns, options)).flat();
    const lists = await Promise.all([
      // The dense list is fetched while the lexical terms are counted.
      ...requests.flatMap((request) => [
        listed(this.#denseLists(request, this.blank.engine.rankingVector(request))),
        listed(this.#termLists(request)),
      ]),
      also.length === 0 ? [] : reader.rows({ ids: also }, columns, options),
    ]);
    const rows = new Map<number, CandidateRow>();
    for (const row of lists.flat()) rows.set(row.seq, row);
    const withFeedback = requests.filter((request) => this.blank.engine.feedback(request) > 0);
    if (withFeedback.length > 0) {
      // Feedback moves the question's vector, which may have other nearest rows then.
      const { engine } = this.#engineOver(inOrder(rows));
      const secondPass = withFeedback.map((request) =>
        listed(this.#denseLists(request, engine.rankingVector(request))),
      );
      for (const row of (await Promise.all(secondPass)).flat()) rows.set(row.seq, row);
    }
    return this.#engineOver(inOrder(rows));
  }

  /** The number of rows to fetch for a list, and the number of rows that the graph visits. */
  #sizes({ mode, k, topN }: SearchRequest): { readonly size: number; readonly breadth: number } {
    const depth = mode === 'hybrid' ? (topN ?? Math.max(this.#options.defaults.hybrid.topN, k)) : k;
    const { breadth = BREADTH, fetched = FETCHED } = this.#options.oversampling ?? {};
    const size = Math.min(MAX_FETCHED, Math.max(MIN_FETCHED, depth * fetched));
    const visited = Math.max(size, MIN_FETCHED * BREADTH, depth * breadth);
    return { size, breadth: Math.min(MAX_FETCHED, visited) };
  }

  /**
   * The columns that the requests are ranked by.
   * @param explained whether passages are explained, which needs the columns of both legs
   */
  #columns(requests: readonly SearchRequest[], explained: boolean): CandidateColumn[] {
    const needs = (other: SearchRequest['mode']) =>
      explained || requests.some(({ mode }) => mode !== other);
    // Their vectors are most of a row's bytes.
    const needsSentences =
      this.#options.reader.shape.sentences === true &&
      requests.some(
        (request) =>
          (explained || request.mode !== 'lexical') &&
          this.blank.engine.denseTerms(request).sentenceWeight > 0,
      );
    const hasDrawn = [...this.#options.totals.drawnLength.values()].some((length) => length > 0);
    return [
      ...COMMON,
      ...(needs('lexical') ? DENSE : []),
      ...(needsSentences ? (['sentences'] as const) : []),
      ...(needs('dense') ? [...LEXICAL, ...(hasDrawn ? (['drawn'] as const) : [])] : []),
    ];
  }

  /** @param vector (dim) whose nearest rows are listed */
  async #denseLists(
    request: SearchRequest,
    vector: Promise<RankingVector>,
  ): Promise<CandidateList[]> {
    if (request.mode === 'lexical') return [];
    const { size, breadth } = this.#sizes(request);
    const { vector: ranking } = await vector;
    if (ranking.every((value) => value === 0)) return [];
    const near = await this.blank.engine.proposal(request, ranking);
    const list = (field: 'vector' | 'fused'): CandidateList => ({
      by: { field, near, breadth },
      size,
    });
    const { fusion } = this.#options.reader.shape;
    if (!request.augment || fusion === undefined) return [list('vector')];
    const { alpha, variant } = this.blank.engine.augmentation(request);
    // The graph was built for one alpha. For another one, the lists of the fused vectors and of the
    // passages alone are combined.
    const asBuilt = alpha === fusion.alpha && variant === fusion.variant;
    return asBuilt ? [list('fused')] : [list('fused'), list('vector')];
  }

  async #termLists(request: SearchRequest): Promise<CandidateList[]> {
    const terms = this.#terms(request);
    // Snippets and explanations need term weights in every mode.
    await this.#statistics.count(terms);
    if (request.mode === 'dense') return [];
    const clauses = termClauses(terms, this.#statistics, this.#options.defaults.expectedDf);
    return clauses.length === 0
      ? []
      : [{ by: { terms: clauses }, size: this.#sizes(request).size }];
  }

  #terms(request: SearchRequest): WeightedTerm[] {
    const questions = this.blank.engine.lexicalQuestions(request);
    return weightedTerms(questions, lexicalModeOf(request), this.#statistics);
  }

  #sumLanguages(request: SearchRequest, explained: boolean): string[] {
    const { queryLanguages } = this.#options;
    if (!request.augment || (request.mode === 'lexical' && !explained)) return [];
    const { languages } = this.blank.engine.augmentation(request);
    return request.languages.flatMap(({ lang }) =>
      policyWeights(languages, lang, queryLanguages).map((query) => query.lang),
    );
  }

  #engineOver(rows: readonly CandidateRow[]): CandidateEngine {
    const { factors, defaults, lexicalRow } = this.#options;
    const builder = new SegmentBuilder();
    for (const { row } of rows) {
      const { own = NO_TERMS, pivot = null, drawn = null, lang } = row;
      builder.add(lexicalRow({ own, pivot, drawn, lang }));
    }
    const segments = rows.length === 0 ? [] : [builder.open()];
    const snapshot = new CandidateSnapshot(rows, this.#options);
    const engine = new SearchEngine({
      snapshot,
      lexical: new LexicalIndex(segments, defaults.bm25, this.#statistics),
      encoder: this.#encoder,
      scanner: new JavaScriptScanner(),
      factors,
      defaults,
    });
    return { engine, snapshot, seqs: rows.map(({ seq }) => seq) };
  }
}

/** In the order of the store, which is the order of rows in a local index. */
function inOrder(rows: ReadonlyMap<number, CandidateRow>): CandidateRow[] {
  return [...rows.values()].sort((a, b) => a.seq - b.seq);
}

class CandidateSnapshot implements Snapshot {
  readonly ids: readonly string[];
  readonly langs: readonly string[];
  readonly corpusLanguages: readonly string[];
  readonly dim: number;
  readonly queryLanguages: readonly string[];
  readonly queriesPerLanguage: number;
  readonly encodesQueries: boolean;
  readonly sentences?: () => Promise<SentenceVectors>;
  readonly #rows: readonly CandidateRow[];

  constructor(
    rows: readonly CandidateRow[],
    { totals, reader, queryLanguages, queriesPerLanguage, encodesQueries }: CandidateOptions,
  ) {
    this.ids = rows.map(({ row }) => row.id);
    this.langs = rows.map(({ row }) => row.lang);
    this.corpusLanguages = totals.languages;
    this.dim = reader.shape.dim;
    this.queryLanguages = queryLanguages;
    this.queriesPerLanguage = queriesPerLanguage;
    this.encodesQueries = encodesQueries;
    this.#rows = rows;
    if (reader.shape.sentences === true) this.sentences = async () => this.#sentences();
  }

  async passageVectors(): Promise<Float32Array> {
    return this.#matrix(({ row }) => row.vector);
  }

  async languageSum(lang: string): Promise<Float32Array> {
    return this.#matrix(({ row }) => row.sums?.get(lang));
  }

  async languageSumsOf(row: number): Promise<ReadonlyMap<string, Float32Array>> {
    return this.#rows[row].row.sums ?? new Map();
  }

  #sentences(): SentenceVectors {
    const rows = this.#rows.map(({ row }) => rowsOfBytes(row.sentences ?? null, this.dim));
    const starts = new Uint32Array(rows.length + 1);
    rows.forEach(({ scales }, r) => {
      starts[r + 1] = starts[r] + scales.length;
    });
    const matrix = ByteMatrix.exactly(starts[rows.length], this.dim);
    let next = 0;
    for (const each of rows) next = matrix.fillRows(next, each);
    return { starts, matrix };
  }

  #matrix(vectorOf: (row: CandidateRow) => Float32Array | undefined): Float32Array {
    const matrix = new Float32Array(this.#rows.length * this.dim);
    this.#rows.forEach((row, r) => {
      const vector = vectorOf(row);
      if (vector !== undefined) matrix.set(vector, r * this.dim);
    });
    return matrix;
  }
}
