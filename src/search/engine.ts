/**
 * Ranks the passages of a snapshot for questions: the dense leg (near rows of a graph where there
 * is one, else exact search), the lexical leg (BM25 over own, generated and translated terms) and
 * their hybrid. A question in several languages scores SUM_l w_l score_l in each leg.
 */

import { cancellationPoint } from '../base/abort.js';
import { XqgError } from '../base/errors.js';
import type { Encoder } from '../encode/encoder.js';
import type { TermFactors } from '../generate/generator.js';
import { passageLanguages, type Snapshot } from '../indexing/snapshot.js';
import { SEARCH_DEFAULTS, type SearchDefaults } from './defaults.js';
import { type DenseQuestion, ExactLists, FEW } from './dense/dense-leg.js';
import { exactScore, type SearchMatrix } from './dense/exact-top-k.js';
import { FusedMatrices } from './dense/fused-matrices.js';
import type { NearRows } from './dense/near-rows.js';
import { DenseQuestions, groupByMatrices } from './dense/questions.js';
import type { Scanner } from './dense/scanner.js';
import { feedbackWeight, pulledToward, type RankingVector } from './feedback.js';
import { type DenseList, hitsOf, NO_LIST } from './hits.js';
import type { LexicalIndex, LexicalTop } from './lexical/index.js';
import { type QuestionTerms, questionTerms } from './lexical/question.js';
import { LexicalQuestions } from './lexical/questions.js';
import type { LexicalQuestion } from './lexical/view.js';
import {
  type Augmentation,
  augmentationOf,
  checkRequest,
  lexicalModeOf,
  type SearchHit,
  type SearchRequest,
} from './request.js';
import { rankOfIds } from './top-k.js';

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

export class SearchEngine {
  readonly snapshot: Snapshot;
  readonly lexical: LexicalIndex;
  readonly encoder: Encoder;
  readonly factors: TermFactors | null;
  readonly defaults: SearchDefaults;
  readonly #matrices: FusedMatrices;
  readonly #dense: DenseQuestions;
  readonly #exact: ExactLists;
  readonly #near: NearRows | null;
  readonly #lexicalQuestions: LexicalQuestions;
  readonly #written: readonly string[];
  readonly #rank: Uint32Array;

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
      throw new RangeError(
        `${lexical.rows} lexical rows do not fit ${snapshot.ids.length} passages`,
      );
    }
    this.snapshot = snapshot;
    this.lexical = lexical;
    this.encoder = encoder;
    this.factors = options.factors ?? null;
    this.defaults = options.defaults ?? SEARCH_DEFAULTS;
    this.#near = options.near ?? null;
    this.#matrices = new FusedMatrices(snapshot, options.matrixBudgetBytes ?? GIBIBYTE);
    this.#dense = new DenseQuestions(snapshot, encoder, this.#matrices, (request) =>
      this.augmentation(request),
    );
    this.#rank = rankOfIds(snapshot.ids);
    this.#exact = new ExactLists(options.scanner, this.#rank);
    this.#written = passageLanguages(snapshot);
    this.#lexicalQuestions = new LexicalQuestions({
      lexical,
      queryLanguages: snapshot.queryLanguages,
      defaults: this.defaults,
      factors: this.factors,
      analyze:
        options.analyze ?? ((text, lang) => questionTerms(text, lang, this.#written, this.factors)),
    });
  }

  /**
   * The best hits, score descending, then id ascending: at most min(k, n), and only passages that
   * have a score. A lexical hit has a matching term; a hybrid hit is in the first `topN` of a leg.
   *
   * @param signal when aborted, the question ends at its next stop (between legs) with the signal's
   * reason
   * @throws XqgError XQG_NUMBER_OUT_OF_RANGE, XQG_UNKNOWN_PROFILE
   */
  async rank(request: SearchRequest, signal?: AbortSignal): Promise<SearchHit[]> {
    const [hits] = await this.rankBatch([request], signal);
    return hits;
  }

  /** The same as `rank` for each, in their order; faster, since one scan serves many questions. */
  async rankBatch(
    requests: readonly SearchRequest[],
    signal?: AbortSignal,
  ): Promise<SearchHit[][]> {
    for (const request of requests) {
      checkRequest(request);
      if (request.augment) this.augmentation(request);
    }
    const n = this.snapshot.ids.length;
    const answers = requests.map((): SearchHit[] => []);
    if (n === 0) return answers;
    const size = Math.max(1, Math.min(32, Math.floor(SCANNED_SCORES / n)));
    for (const places of groupByMatrices(requests)) {
      for (let first = 0; first < places.length; first += size) {
        const batch = places.slice(first, first + size);
        signal?.throwIfAborted();
        const dense = await this.#denseLists(
          batch.map((place) => requests[place]),
          signal,
        );
        for (const [i, place] of batch.entries()) {
          await cancellationPoint(signal);
          answers[place] = this.#answer(requests[place], dense[i]);
        }
      }
    }
    return answers;
  }

  /**
   * Makes ahead what the first question in each language would wait for; ends early when aborted.
   */
  async prepare(signal: AbortSignal): Promise<void> {
    if (this.snapshot.ids.length === 0) return;
    await this.#matrices.prepare(signal);
    await this.#lexicalQuestions.prepare(signal);
  }

  /** How a request's passages are augmented, with the effective alpha for people to see. */
  augmentation(request: SearchRequest): Augmentation {
    const { queryLanguages, queriesPerLanguage } = this.snapshot;
    const { unitLength } = this.encoder.identity;
    return augmentationOf(
      request,
      { queryLanguages, queriesPerLanguage, unitLength },
      this.defaults,
    );
  }

  /**
   * Weight of the best passage of a first pass in the question (see feedback.ts); 0: there is no
   * first pass.
   */
  feedback(request: SearchRequest): number {
    return feedbackWeight(request, this.defaults, this.#written);
  }

  /**
   * What ranks the passages for a question in the dense leg; all zero where the encoder knows none
   * of its words.
   */
  async rankingVector(request: SearchRequest): Promise<RankingVector> {
    const [vector] = await this.#rankingVectors([this.#denseLegOf(request)]);
    return vector!;
  }

  /**
   * What ranks for each question, and the matrices that it is compared with; in their order, each
   * whole whatever legs are asked.
   */
  async denseQuestions(requests: readonly SearchRequest[]): Promise<DenseQuestion<SearchMatrix>[]> {
    const dense = requests.map((request) => ({ ...this.#denseLegOf(request), exact: true }));
    const vectors = await this.#rankingVectors(dense);
    const questions: DenseQuestion<SearchMatrix>[] = [];
    for (const [i, request] of dense.entries())
      questions.push({
        vector: vectors[i]!.vector,
        parts: await this.#dense.parts(request, this.#matrices.fused),
      });
    return questions;
  }

  /**
   * The dense score of one passage, as the ranking has it.
   * @param vector (dim) that ranks
   */
  async denseScore(request: SearchRequest, vector: Float32Array, row: number): Promise<number> {
    if (this.#near !== null)
      return this.#near.scorer(request, this.#augmentationOf(request), vector).score(row);
    return exactScore(vector, await this.#dense.parts(request, this.#matrices.quick), row);
  }

  /** (dim): e(p) of one passage. */
  async passageVector(row: number): Promise<Float32Array> {
    if (this.#near !== null) return this.#near.passage(row);
    const { vectors, dim } = await this.#matrices.passages();
    return vectors.subarray(row * dim, (row + 1) * dim);
  }

  /** The question's terms in each of its languages, with the lexical field that each sees. */
  lexicalQuestions(
    request: SearchRequest,
  ): (LexicalQuestion & { readonly lang: string; readonly expansion: boolean })[] {
    return this.#lexicalQuestions.of(request, this.augmentation(request).languages);
  }

  /** Length of the lists that a request is answered from. */
  depth({ mode, k, topN }: SearchRequest): number {
    return mode === 'hybrid' ? (topN ?? Math.max(this.defaults.hybrid.topN, k)) : k;
  }

  /** The dense leg of each request, in their order. */
  async #denseLists(
    requests: readonly SearchRequest[],
    signal?: AbortSignal,
  ): Promise<DenseList[]> {
    const vectors = await this.#rankingVectors(requests, signal);
    return this.#listsBy(
      requests,
      vectors.map((each) => each?.vector ?? null),
      signal,
    );
  }

  /** In the order of the requests; null for one that asks the lexical leg alone. */
  async #rankingVectors(
    requests: readonly SearchRequest[],
    signal?: AbortSignal,
  ): Promise<(RankingVector | null)[]> {
    const own = await this.#dense.vectors(requests);
    const fed = [...requests.keys()].filter(
      (i) => own[i] !== null && this.feedback(requests[i]) > 0,
    );
    const found = own.map(
      (vector) => vector && { question: vector, vector, toward: null as RankingVector['toward'] },
    );
    if (fed.length === 0) return found;
    const first = await this.#listsBy(
      fed.map((i) => ({ ...requests[i], mode: 'dense', k: 1 })),
      fed.map((i) => own[i]),
      signal,
    );
    for (const [at, i] of fed.entries()) {
      const [row] = first[at].list.rows;
      if (row === undefined) continue;
      const weight = this.feedback(requests[i]);
      const { vector, kept } = pulledToward(own[i]!, await this.passageVector(row), weight);
      found[i] = { question: own[i]!, vector, toward: { row, weight, kept } };
    }
    return found;
  }

  /**
   * The best rows by these vectors: through the graph where that is better, else by one scan for
   * all.
   */
  async #listsBy(
    requests: readonly SearchRequest[],
    vectors: readonly (Float32Array | null)[],
    signal?: AbortSignal,
  ): Promise<DenseList[]> {
    const lists = requests.map(() => NO_LIST);
    const scanned: number[] = [];
    for (const [i, request] of requests.entries()) {
      const vector = vectors[i];
      if (vector === null || vector.every((value) => value === 0)) continue;
      await cancellationPoint(signal);
      const near = request.exact ? null : await this.#nearList(request, vector, signal);
      if (near === null) scanned.push(i);
      else lists[i] = near;
    }
    if (scanned.length === 0) return lists;
    const matrixOf = scanned.length <= FEW ? this.#matrices.quick : this.#matrices.fused;
    const questions = [];
    for (const i of scanned) {
      const { mask = null } = requests[i];
      const parts = await this.#dense.parts(requests[i], matrixOf);
      questions.push({ vector: vectors[i]!, parts, depth: this.depth(requests[i]), mask });
    }
    for (const [at, list] of (await this.#exact.lists(questions, signal)).entries())
      lists[scanned[at]] = list;
    return lists;
  }

  /** null where a scan is better. */
  async #nearList(
    request: SearchRequest,
    vector: Float32Array,
    signal?: AbortSignal,
  ): Promise<DenseList | null> {
    if (this.#near === null) return null;
    const question = {
      request,
      augmentation: this.#augmentationOf(request),
      vector,
      depth: this.depth(request),
    };
    return this.#near.list(question, this.#rank, signal);
  }

  /** null: without generated queries */
  #augmentationOf(request: SearchRequest): Augmentation | null {
    return request.augment ? this.augmentation(request) : null;
  }

  /** The dense leg of a request alone, as it is in its mode. */
  #denseLegOf(request: SearchRequest): SearchRequest {
    return { ...request, mode: 'dense', feedback: this.feedback(request) };
  }

  #answer(request: SearchRequest, dense: DenseList): SearchHit[] {
    const { snapshot, defaults } = this;
    const lexical = request.mode === 'dense' ? null : this.#lexicalTop(request, dense.list.rows);
    return hitsOf(request, dense, lexical, { ids: snapshot.ids, rank: this.#rank, defaults });
  }

  #lexicalTop(request: SearchRequest, also: Uint32Array): LexicalTop {
    const { mask = null } = request;
    return this.lexical.top(this.lexicalQuestions(request), lexicalModeOf(request), {
      k: this.depth(request),
      rank: this.#rank,
      mask,
      also,
    });
  }
}
