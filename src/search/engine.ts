/**
 * Ranks the passages of a snapshot for questions: the dense leg (exact search in fused matrices), the lexical leg (BM25 over
 * own, generated and translated terms) and their hybrid. A question in several languages scores SUM_l w_l score_l in each
 * leg. Knows no store, no file and no generator beyond its table.
 */
import type { Encoder } from '../encode/encoder.js';
import { XqgError } from '../errors/error.js';
import type { TermFactors } from '../generate/generator.js';
import type { NearRows } from './ann/near-rows.js';
import { SEARCH_DEFAULTS, type SearchDefaults } from './defaults.js';
import { type DenseQuestion, FEW, type ScannedPart, scanQuestions, sumParts } from './dense-leg.js';
import { exactScore, exactTopK, type ScoredMatrix, type SearchMatrix } from './exact/exact-top-k.js';
import type { Scanner } from './exact/scanner.js';
import { ownVector, questionVectors } from './expansion.js';
import { FusedMatrices, type MatrixOf } from './fused-matrices.js';
import { type DenseList, hitsOf } from './hits.js';
import type { LexicalIndex, LexicalTop } from './lexical/index.js';
import type { LexicalQuestion, ViewSettings } from './lexical/view.js';
import { type QuestionTerms, questionTerms } from './question.js';
import {
  type Augmentation,
  augmentationOf,
  checkRequest,
  lexicalModeOf,
  policyWeights,
  type SearchHit,
  type SearchRequest,
} from './request.js';
import { groupByMatrices } from './request-groups.js';
import { passageLanguages, type Snapshot } from './snapshot.js';
import { type RankedRows, rankOfIds, sortRows } from './top-k.js';
import { stillWanted } from './wanted.js';

export interface EngineOptions {
  readonly snapshot: Snapshot;
  readonly lexical: LexicalIndex;
  readonly encoder: Encoder;
  readonly scanner: Pick<Scanner, 'scan'>;
  /** The generator's table; null or absent: none, only drawn queries count as generated terms. */
  readonly factors?: TermFactors | null;
  readonly defaults?: SearchDefaults;
  /** Budget of fused matrices, in bytes; default 1 GiB. */
  readonly matrixBudgetBytes?: number;
  /** Finds candidates for the dense leg without a scan; null or absent: every row is scanned. */
  readonly near?: NearRows | null;
  /** How a question is analyzed; default `questionTerms`. */
  readonly analyze?: (text: string, lang: string) => QuestionTerms;
}

const GIBIBYTE = 2 ** 30;
/** Scores that one batch of questions may take: 32 MB of float32. */
const SCANNED_SCORES = 2 ** 23;
const NO_ROWS: RankedRows = { rows: new Uint32Array(0), scores: new Float64Array(0) };

export class SearchEngine {
  readonly snapshot: Snapshot;
  readonly lexical: LexicalIndex;
  readonly encoder: Encoder;
  readonly factors: TermFactors | null;
  readonly defaults: SearchDefaults;
  readonly #scanner: Pick<Scanner, 'scan'>;
  readonly #matrices: FusedMatrices;
  readonly #near: NearRows | null;
  readonly #analyze: (text: string, lang: string) => QuestionTerms;
  readonly #rank: Uint32Array;
  /** Reused by every question. */
  readonly #scanned: Float64Array;

  /** @throws XqgError XQG_DIMENSION_MISMATCH if the encoder's vectors do not fit the snapshot's */
  constructor(options: EngineOptions) {
    const { snapshot, lexical, encoder } = options;
    if (snapshot.ids.length > 0 && encoder.identity.dim !== snapshot.dim) {
      throw new XqgError('XQG_DIMENSION_MISMATCH', {
        what: `a vector of the encoder ${encoder.identity.name}`,
        found: encoder.identity.dim,
        expected: snapshot.dim,
        shape: 'as the index was built with',
      });
    }
    if (lexical.rows !== snapshot.ids.length) {
      throw new RangeError(`${lexical.rows} lexical rows do not fit ${snapshot.ids.length} passages`);
    }
    this.snapshot = snapshot;
    this.lexical = lexical;
    this.encoder = encoder;
    this.factors = options.factors ?? null;
    this.defaults = options.defaults ?? SEARCH_DEFAULTS;
    this.#scanner = options.scanner;
    this.#near = options.near ?? null;
    this.#matrices = new FusedMatrices(snapshot, options.matrixBudgetBytes ?? GIBIBYTE);
    const written = passageLanguages(snapshot);
    this.#analyze = options.analyze ?? ((text, lang) => questionTerms(text, lang, written, this.factors));
    this.#rank = rankOfIds(snapshot.ids);
    this.#scanned = new Float64Array(snapshot.ids.length);
  }

  /**
   * The best hits, score descending, then id ascending: at most min(k, n), and only passages that have a score. A lexical
   * hit has a matching term; a hybrid hit is in the first `topN` of a leg.
   *
   * @param signal when aborted, the question ends at its next stop (between legs) with the signal's reason
   * @throws XqgError XQG_NUMBER_OUT_OF_RANGE, XQG_UNKNOWN_PROFILE
   */
  async rank(request: SearchRequest, signal?: AbortSignal): Promise<SearchHit[]> {
    const [hits] = await this.rankBatch([request], signal);
    return hits;
  }

  /** The same as `rank` for each, in their order; faster, since one scan serves many questions. */
  async rankBatch(requests: readonly SearchRequest[], signal?: AbortSignal): Promise<SearchHit[][]> {
    for (const request of requests) checkRequest(request);
    const n = this.snapshot.ids.length;
    const answers = requests.map((): SearchHit[] => []);
    if (n === 0) return answers;
    const size = Math.max(1, Math.min(32, Math.floor(SCANNED_SCORES / n)));
    const scanning = new Set(requests.keys());
    if (this.#near !== null) {
      for (const [place, hits] of await this.#nearAnswers(this.#near, requests, signal)) {
        answers[place] = hits;
        scanning.delete(place);
      }
    }
    for (const group of groupByMatrices(requests)) {
      const places = group.filter((place) => scanning.has(place));
      for (let first = 0; first < places.length; first += size) {
        const batch = places.slice(first, first + size);
        signal?.throwIfAborted();
        const matrixOf = batch.length <= FEW ? this.#matrices.quick : this.#matrices.fused;
        const dense = await this.#denseQuestions(
          batch.map((place) => requests[place]),
          matrixOf,
        );
        await stillWanted(signal);
        const scanned = await scanQuestions(this.#scanner, dense);
        for (const [i, place] of batch.entries()) {
          await stillWanted(signal);
          answers[place] = this.#answer(requests[place], dense[i], scanned[i]);
        }
      }
    }
    return answers;
  }

  /** Makes ahead what the first question in each language would wait for; ends early when aborted. */
  async prepare(signal: AbortSignal): Promise<void> {
    if (this.snapshot.ids.length === 0) return;
    await this.#matrices.prepare(signal);
    for (const lang of this.snapshot.queryLanguages) {
      if (signal.aborted) return;
      await stillWanted(signal).catch(() => undefined);
      this.lexical.view([{ lang, weight: 1 }], this.#viewSettings).lengths('generated');
    }
  }

  get #viewSettings(): ViewSettings {
    const { generatedWeight, translationWeight, expectedDf, relatedWeight } = this.defaults;
    return { generatedWeight, translationWeight, expectedDf, relatedWeight, factors: this.factors };
  }

  /** Answers of the requests that need no scan, by place. */
  async #nearAnswers(
    near: NearRows,
    requests: readonly SearchRequest[],
    signal: AbortSignal | undefined,
  ): Promise<Map<number, SearchHit[]>> {
    const asked = [...requests.keys()].filter((place) => {
      const { mode, exact } = requests[place];
      return mode !== 'lexical' && !exact;
    });
    const answers = new Map<number, SearchHit[]>();
    if (asked.length === 0) return answers;
    const vectors = await questionVectors(
      this.encoder,
      asked.map((place) => requests[place]),
    );
    const { dim } = this.snapshot;
    for (const [i, place] of asked.entries()) {
      const vector = vectors.subarray(i * dim, (i + 1) * dim);
      if (vector.every((value) => value === 0)) continue;
      await stillWanted(signal);
      const hits = await this.#answerNear(near, requests[place], vector);
      if (hits !== null) answers.set(place, hits);
    }
    return answers;
  }

  /** How a request's passages are augmented, with the effective alpha for people to see. */
  augmentation(request: SearchRequest): Augmentation {
    const { queryLanguages, queriesPerLanguage } = this.snapshot;
    const { unitLength } = this.encoder.identity;
    return augmentationOf(request, { queryLanguages, queriesPerLanguage, unitLength }, this.defaults);
  }

  /** The question's vector and the matrices that it is compared with. */
  async denseQuestion(request: SearchRequest): Promise<DenseQuestion> {
    const [question] = await this.#denseQuestions([{ ...request, mode: 'dense' }], this.#matrices.quick);
    return question!;
  }

  /** The same for each, in their order; questions are encoded together. */
  async denseQuestions(requests: readonly SearchRequest[]): Promise<DenseQuestion<SearchMatrix>[]> {
    const dense = requests.map((request) => ({ ...request, mode: 'dense' as const }));
    return (await this.#denseQuestions(dense, this.#matrices.fused)) as DenseQuestion<SearchMatrix>[];
  }

  /**
   * The dense score of one passage, as the ranking has it.
   * @returns also `own`: what the question's own words give to it, as `ownVector` parts them from its expansion
   */
  async denseScore(
    request: SearchRequest,
    row: number,
  ): Promise<{ vector: Float32Array; score: number; own: number }> {
    const { vector, parts } = await this.denseQuestion(request);
    const score = exactScore(vector, parts, row);
    if (request.expansion == null) return { vector, score, own: score };
    return { vector, score, own: exactScore(await ownVector(this.encoder, request), parts, row) };
  }

  /** (dim): e(p) of one passage. */
  async passageVector(row: number): Promise<Float32Array> {
    const { vectors, dim } = await this.#matrices.passages();
    return vectors.subarray(row * dim, (row + 1) * dim);
  }

  /** The question's terms in each of its languages, and those of its expansion, with the lexical field that each sees. */
  lexicalQuestions(
    request: SearchRequest,
  ): (LexicalQuestion & { readonly lang: string; readonly expansion: boolean })[] {
    const policy = this.augmentation(request).languages;
    const { question, languages, expansion } = request;
    const questionIn = (text: string, lang: string, weight: number, expansion: boolean) => {
      const languages = policyWeights(policy, lang, this.snapshot.queryLanguages);
      const view = this.lexical.view(languages, this.#viewSettings);
      return { lang, bag: this.#analyze(text, lang), view, weight, expansion };
    };
    const asked = languages.map(({ lang, weight }) => ({ text: question, lang, weight, expanded: false }));
    for (const { lang, weight } of expansion?.languages ?? []) {
      const { text, lexicalWeight } = expansion!;
      asked.push({ text, lang, weight: weight * lexicalWeight, expanded: true });
    }
    return asked
      .filter(({ weight }) => weight > 0)
      .map(({ text, lang, weight, expanded }) => questionIn(text, lang, weight, expanded));
  }

  #answer(
    request: SearchRequest,
    dense: DenseQuestion | null,
    scanned: readonly ScannedPart[] | null,
  ): SearchHit[] {
    const depth = this.depth(request);
    const { mask = null } = request;
    const list =
      dense === null || scanned === null
        ? NO_ROWS
        : exactTopK(
            this.#scanned,
            sumParts(scanned, this.#scanned),
            dense.vector,
            dense.parts,
            depth,
            this.#rank,
            mask,
          );
    const score = (row: number): number | null =>
      scanned === null ? null : exactScore(dense!.vector, dense!.parts, row);
    return this.#hits(request, { list, score }, this.#lexicalTop(request, depth, list.rows));
  }

  /** The same through a graph of near neighbors; null where a scan is better. */
  async #answerNear(
    near: NearRows,
    request: SearchRequest,
    vector: Float32Array,
  ): Promise<SearchHit[] | null> {
    const depth = this.depth(request);
    const rows = near.rowsFor(vector, depth, request.mask ?? null);
    if (rows === null) return null;
    const augmentation = request.augment ? this.augmentation(request) : null;
    const list = sortRows(rows, await near.scores(request, augmentation, vector, rows), depth, this.#rank);
    const lexical = this.#lexicalTop(request, depth, list.rows);
    const others = lexical?.list.rows ?? NO_ROWS.rows;
    const scores = await near.scores(request, augmentation, vector, others);
    const known = new Map(Array.from(others, (row, i) => [row, scores[i]]));
    return this.#hits(request, { list, score: (row) => known.get(row) ?? null }, lexical);
  }

  /** Length of the lists that a request is answered from. */
  depth({ mode, k, topN }: SearchRequest): number {
    return mode === 'hybrid' ? (topN ?? Math.max(this.defaults.hybrid.topN, k)) : k;
  }

  #lexicalTop(request: SearchRequest, depth: number, also: Uint32Array): LexicalTop | null {
    if (request.mode === 'dense') return null;
    const { mask = null } = request;
    return this.lexical.top(this.lexicalQuestions(request), lexicalModeOf(request), {
      k: depth,
      rank: this.#rank,
      mask,
      also,
    });
  }

  #hits(request: SearchRequest, dense: DenseList, lexical: LexicalTop | null): SearchHit[] {
    const { snapshot, defaults } = this;
    return hitsOf(request, dense, lexical, { ids: snapshot.ids, rank: this.#rank, defaults });
  }

  async #denseQuestions<M extends ScoredMatrix>(
    requests: readonly SearchRequest[],
    matrixOf: MatrixOf<M>,
  ): Promise<(DenseQuestion<M | SearchMatrix> | null)[]> {
    const asked = requests.filter(({ mode }) => mode !== 'lexical');
    if (asked.length === 0) return requests.map(() => null);
    const vectors = await questionVectors(this.encoder, asked);
    const { dim } = this.snapshot;
    const questions: (DenseQuestion<M | SearchMatrix> | null)[] = [];
    let next = 0;
    for (const request of requests) {
      if (request.mode === 'lexical') questions.push(null);
      else {
        const vector = vectors.subarray(next * dim, ++next * dim);
        questions.push({ vector, parts: await this.#parts(request, matrixOf) });
      }
    }
    return questions;
  }

  /** One part per language of the question; languages that see the same matrix share one. */
  async #parts<M extends ScoredMatrix>(
    request: SearchRequest,
    matrixOf: MatrixOf<M>,
  ): Promise<DenseQuestion<M | SearchMatrix>['parts']> {
    if (!request.augment) return [{ matrix: await this.#matrices.passages(), weight: 1 }];
    const augmentation = this.augmentation(request);
    const weights = new Map<M | SearchMatrix, number>();
    for (const { lang, weight } of request.languages) {
      if (weight === 0) continue;
      const languages = policyWeights(augmentation.languages, lang, this.snapshot.queryLanguages);
      const matrix = await matrixOf(augmentation, languages);
      weights.set(matrix, (weights.get(matrix) ?? 0) + weight);
    }
    return [...weights].map(([matrix, weight]) => ({ matrix, weight }));
  }
}
