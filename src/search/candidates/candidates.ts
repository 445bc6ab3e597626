/**
 * Ranks the passages of a store that lists candidates by itself. For each question the store's
 * lists are fetched, and an engine over their rows alone, with the statistics of all, scores them
 * exactly: the same code as for an index at hand, so that a passage has the same scores wherever it
 * is kept. What is approximate is only which rows are candidates.
 */

import { CachedEncoder } from '../../encode/cached-encoder.js';
import type { Encoder } from '../../encode/encoder.js';
import type { TermFactors } from '../../generate/generator.js';
import type { CorpusTotals } from '../../indexing/lexical/corpus-totals.js';
import { SegmentBuilder } from '../../indexing/lexical/segment-builder.js';
import type { LexicalRow, Snapshot } from '../../indexing/snapshot.js';
import type { TermBag } from '../../languages/terms.js';
import type { CandidateList, CandidateReader, FactCondition } from '../../store/candidate-store.js';
import type { IndexedPassage } from '../../store/store.js';
import type { SearchDefaults } from '../defaults.js';
import { JavaScriptScanner } from '../dense/javascript-scanner.js';
import { SearchEngine } from '../engine.js';
import type { RankingVector } from '../feedback.js';
import { LexicalIndex } from '../lexical/index.js';
import { lexicalModeOf, policyWeights, type SearchRequest } from '../request.js';
import { CountedStatistics } from './counted-statistics.js';
import { askedTerms, termClauses, type WeightedTerm } from './term-clauses.js';

/** Rows that the graph looks at for one that is wanted, and rows that are fetched for it. */
const BREADTH = 4;
const FETCHED = 2;
/**
 * Rows that are fetched at least: the first ten are lost more easily than two hundred, and as
 * quickly read.
 */
const LEAST = 100;
/** Rows of one list at most: the server's limit of a page. */
const MOST = 10_000;

/** What each leg needs of a row. */
const PLACE = ['id', 'lang'] as const;
const DENSE = ['vector', 'sums'] as const;
const LEXICAL = ['own', 'pivot'] as const;
type CandidateColumn = (typeof PLACE | typeof DENSE | typeof LEXICAL)[number] | 'drawn';
/** Columns that no leg needs are absent. */
type CandidateRow = {
  readonly seq: number;
  readonly row: Pick<IndexedPassage, (typeof PLACE)[number]> &
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
  /** The row as the lexical leg reads it. */
  readonly lexicalRow: (
    row: Pick<IndexedPassage, 'own' | 'pivot' | 'drawn' | 'lang'>,
  ) => LexicalRow;
  /** Rows looked at and fetched for one that is wanted; more find more. Default 4 and 2. */
  readonly oversampling?: { readonly breadth: number; readonly fetched: number };
}

/**
 * An engine over candidates, for the requests that they were found for; `seqs[r]` names row r in
 * the store.
 */
export interface CandidateEngine {
  readonly engine: SearchEngine;
  readonly snapshot: Snapshot;
  readonly seqs: readonly number[];
}

export class Candidates {
  readonly #options: CandidateOptions;
  readonly #encoder: Encoder;
  readonly #statistics: CountedStatistics;
  /** An engine over no row: it knows what questions ask for. */
  readonly blank: CandidateEngine;

  constructor(options: CandidateOptions) {
    this.#options = options;
    this.#encoder = new CachedEncoder(options.encoder);
    this.#statistics = new CountedStatistics(options.reader, options.totals);
    this.blank = this.#engineOver([]);
  }

  /**
   * An engine over all rows that the requests may rank.
   * @param also ids of passages that must be among them, if they are there at all
   */
  async around(
    requests: readonly SearchRequest[],
    filters: readonly FactCondition[] = [],
    also: readonly string[] = [],
  ): Promise<CandidateEngine> {
    const { reader } = this.#options;
    // Whoever names a passage has it explained, in both legs whatever the mode is.
    const explained = also.length > 0;
    const languages = [
      ...new Set(requests.flatMap((request) => this.#sumLanguages(request, explained))),
    ];
    const ownTerms = new Set(
      requests.flatMap((request) => this.#asked(request).map(({ term }) => term)),
    );
    const options = { filters, languages, ownTerms };
    const columns = this.#columns(requests, explained);
    const listed = async (lists: Promise<CandidateList[]>) =>
      (await reader.candidates(await lists, columns, options)).flat();
    const found = await Promise.all([
      // The one leg is listed while terms of the other are counted.
      ...requests.flatMap((request) => [
        listed(this.#denseLists(request, this.blank.engine.rankingVector(request))),
        listed(this.#termLists(request)),
      ]),
      also.length === 0 ? [] : reader.rows({ ids: also }, columns, options),
    ]);
    const rows = new Map<number, CandidateRow>();
    for (const row of found.flat()) rows.set(row.seq, row);
    const fed = requests.filter((request) => this.blank.engine.feedback(request) > 0);
    if (fed.length > 0) {
      // What is near to a question after its first pass may be other rows.
      const { engine } = this.#engineOver(inOrder(rows));
      const nearer = fed.map((request) =>
        listed(this.#denseLists(request, engine.rankingVector(request))),
      );
      for (const row of (await Promise.all(nearer)).flat()) rows.set(row.seq, row);
    }
    return this.#engineOver(inOrder(rows));
  }

  /** Rows that are fetched for a list, and rows that are looked at for them. */
  #sizes({ mode, k, topN }: SearchRequest): { readonly size: number; readonly breadth: number } {
    const depth = mode === 'hybrid' ? (topN ?? Math.max(this.#options.defaults.hybrid.topN, k)) : k;
    const { breadth = BREADTH, fetched = FETCHED } = this.#options.oversampling ?? {};
    const size = Math.min(MOST, Math.max(LEAST, depth * fetched));
    return { size, breadth: Math.min(MOST, Math.max(size, LEAST * BREADTH, depth * breadth)) };
  }

  /** What the requests are ranked by. @param explained passages may be explained, in both legs */
  #columns(requests: readonly SearchRequest[], explained: boolean): CandidateColumn[] {
    const needs = (other: SearchRequest['mode']) =>
      explained || requests.some(({ mode }) => mode !== other);
    const hasDrawn = [...this.#options.totals.drawnLength.values()].some((length) => length > 0);
    return [
      ...PLACE,
      ...(needs('lexical') ? DENSE : []),
      ...(needs('dense') ? [...LEXICAL, ...(hasDrawn ? (['drawn'] as const) : [])] : []),
    ];
  }

  /** @param vector (dim) that the rows are near to */
  async #denseLists(
    request: SearchRequest,
    vector: Promise<RankingVector>,
  ): Promise<CandidateList[]> {
    if (request.mode === 'lexical') return [];
    const { size, breadth } = this.#sizes(request);
    const { vector: near } = await vector;
    if (near.every((value) => value === 0)) return [];
    const list = (field: 'vector' | 'fused'): CandidateList => ({
      by: { field, near, breadth },
      size,
    });
    const { fusion } = this.#options.reader.shape;
    if (!request.augment || fusion === undefined) return [list('vector')];
    const { alpha, variant } = this.blank.engine.augmentation(request);
    // The graph was built for one alpha: another one ranks between the passages themselves and
    // their queries.
    const asBuilt = alpha === fusion.alpha && variant === fusion.variant;
    return asBuilt ? [list('fused')] : [list('fused'), list('vector')];
  }

  async #termLists(request: SearchRequest): Promise<CandidateList[]> {
    const terms = this.#asked(request);
    // Snippets and explanations weigh terms whatever the mode is.
    await this.#statistics.count(terms);
    if (request.mode === 'dense') return [];
    const clauses = termClauses(terms, this.#statistics, this.#options.defaults.expectedDf);
    return clauses.length === 0
      ? []
      : [{ by: { terms: clauses }, size: this.#sizes(request).size }];
  }

  #asked(request: SearchRequest): WeightedTerm[] {
    const questions = this.blank.engine.lexicalQuestions(request);
    return askedTerms(questions, lexicalModeOf(request), this.#statistics);
  }

  #sumLanguages(request: SearchRequest, explained: boolean): string[] {
    const { queryLanguages } = this.#options;
    if (!request.augment || (request.mode === 'lexical' && !explained)) return [];
    const { languages } = this.blank.engine.augmentation(request);
    return request.languages.flatMap(({ lang }) =>
      policyWeights(languages, lang, queryLanguages).map((used) => used.lang),
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

/** In the order of the store, as all rows would be. */
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
  readonly #rows: readonly CandidateRow[];

  constructor(
    rows: readonly CandidateRow[],
    { totals, reader, queryLanguages, queriesPerLanguage }: CandidateOptions,
  ) {
    this.ids = rows.map(({ row }) => row.id);
    this.langs = rows.map(({ row }) => row.lang);
    this.corpusLanguages = totals.languages;
    this.dim = reader.shape.dim;
    this.queryLanguages = queryLanguages;
    this.queriesPerLanguage = queriesPerLanguage;
    this.#rows = rows;
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

  #matrix(vectorOf: (row: CandidateRow) => Float32Array | undefined): Float32Array {
    const matrix = new Float32Array(this.#rows.length * this.dim);
    this.#rows.forEach((row, r) => {
      const vector = vectorOf(row);
      if (vector !== undefined) matrix.set(vector, r * this.dim);
    });
    return matrix;
  }
}
