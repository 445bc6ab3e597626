/**
 * The dense leg: what ranks the passages for a question (its vector, moved by feedback where there
 * is a first pass), the best rows by it (through a graph of near neighbors where there is one, else
 * by exact search), and the scores of all rows.
 */

import { cancellationPoint } from '../../base/abort.js';
import { LanguageSums } from '../../encode/centroids.js';
import type { Encoder } from '../../encode/encoder.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import { moveToward, type RankingVector } from '../feedback.js';
import type { Augmentation, SearchRequest } from '../request.js';
import { type DenseList, ExactSearch, FEW, NO_LIST, type RowScores } from './exact-search.js';
import { exactScore } from './exact-top-k.js';
import { FusedMatrices } from './fused-matrices.js';
import type { NearQuestion, NearRows } from './near-rows.js';
import { DenseQuestions } from './questions.js';
import type { RowScorer } from './row-scorer.js';
import { RowTerms, type TermSettings } from './row-terms.js';
import type { Scanner } from './scanner.js';
import type { BestSentence } from './sentence-matrix.js';

/** The sentence by which a passage is found. */
export interface FoundSentence extends BestSentence {
  /** (dim) */
  readonly vector: Float32Array;
}

/** What decides the terms of a request; absent: their defaults. */
export type TermOptions = Pick<SearchRequest, 'sentenceWeight' | 'centering'> &
  Partial<Pick<SearchRequest, 'languages'>>;

export interface DenseLegOptions {
  readonly snapshot: Snapshot;
  readonly encoder: Encoder;
  readonly scanner: Pick<Scanner, 'scan'>;
  /** (n) of `rankOfIds`. */
  readonly rank: Uint32Array;
  /** Budget of fused matrices, in bytes. */
  readonly matrixBudgetBytes: number;
  /** Finds candidates without a scan; null: every row is scanned. */
  readonly near: NearRows | null;
  /** How the passages are augmented for a request. */
  readonly augmentation: (request: SearchRequest) => Augmentation;
  /** What a request counts beside the fused vectors. */
  readonly terms: (request: TermOptions) => TermSettings;
  /** Weight of the best passage of a first pass; 0: there is none. */
  readonly feedback: (request: SearchRequest) => number;
  /** Length of a request's list. */
  readonly depth: (request: SearchRequest) => number;
}

export class DenseLeg {
  readonly #options: DenseLegOptions;
  readonly #matrices: FusedMatrices;
  readonly #questions: DenseQuestions;
  readonly #exact: ExactSearch;
  readonly #terms: RowTerms;

  constructor(options: DenseLegOptions) {
    const { snapshot, encoder, scanner, rank, matrixBudgetBytes, near } = options;
    this.#options = options;
    this.#matrices = new FusedMatrices(snapshot, matrixBudgetBytes);
    this.#terms = new RowTerms({
      snapshot,
      passages: () => this.#matrices.passages(),
      shipped: encoder.centroids,
      sums: () => near?.languageSums() ?? this.#languageSums(),
      // The rows of a store that ranks by itself come and go.
      ...(snapshot.corpusLanguages === undefined ? {} : { sums: null }),
    });
    this.#questions = new DenseQuestions({
      snapshot,
      encoder,
      matrices: this.#matrices,
      terms: this.#terms,
      augmentation: options.augmentation,
      settings: options.terms,
    });
    this.#exact = new ExactSearch(scanner, rank);
  }

  /**
   * Makes ahead what the first question in each language would wait for; ends early when aborted.
   */
  async prepare(signal: AbortSignal): Promise<void> {
    // A graph is there so that no matrix needs to be read.
    if (this.#options.near !== null) {
      await this.#terms.centering();
      return;
    }
    await this.#matrices.prepare(signal);
    if (!signal.aborted) await this.#terms.parts(this.#options.terms({}));
  }

  /**
   * Requests with equal keys have the same scores in this leg.
   * @param request not in the mode `lexical`
   */
  keyOf(request: SearchRequest): string {
    const { question, questionId, questionLang, languages, expansion } = request;
    const augmentation = this.#augmentationOf(request);
    return JSON.stringify([
      [question, questionId, questionLang, languages, expansion],
      this.#options.feedback(request),
      this.#options.terms(request),
      augmentation && [augmentation.variant, augmentation.alpha, augmentation.renormalize],
      augmentation?.languages,
    ]);
  }

  /**
   * What ranks for each request, in their order; null for one in the mode `lexical`.
   */
  async rankingVectors(
    requests: readonly SearchRequest[],
    signal?: AbortSignal,
  ): Promise<(RankingVector | null)[]> {
    const { feedback } = this.#options;
    const questions = await this.#questions.vectors(requests);
    const vectors: (RankingVector | null)[] = [];
    for (const [i, question] of questions.entries()) {
      const { languages } = requests[i];
      const vector =
        question &&
        (await this.#terms.question(question, languages, this.#options.terms(requests[i])));
      vectors.push(question && { question, vector: vector!, toward: null });
    }
    const withFeedback = [...requests.keys()].filter(
      (i) => questions[i] !== null && feedback(requests[i]) > 0,
    );
    if (withFeedback.length === 0) return vectors;
    const first = await this.#listsBy(
      withFeedback.map((i) => ({ ...requests[i], mode: 'dense', k: 1 })),
      withFeedback.map((i) => vectors[i]!.vector),
      signal,
    );
    for (const [at, i] of withFeedback.entries()) {
      const [row] = first[at].list.rows;
      if (row === undefined) continue;
      const { question, vector: centered } = vectors[i]!;
      const weight = feedback(requests[i]);
      const moved = moveToward(centered, await this.passageVector(row), weight);
      const { vector, questionShare } = moved;
      vectors[i] = { question, vector, toward: { row, weight, questionShare } };
    }
    return vectors;
  }

  /** The best rows of each request, in their order. */
  async lists(requests: readonly SearchRequest[], signal?: AbortSignal): Promise<DenseList[]> {
    const vectors = await this.rankingVectors(requests, signal);
    return this.#listsBy(
      requests,
      vectors.map((each) => each?.vector ?? null),
      signal,
    );
  }

  /**
   * The scores of all rows, in the order of the requests; null for a question without a vector.
   * Every row is scanned, also where there is a graph.
   *
   * @param requests none in the mode `lexical`
   * @param exactly by request, true: every score is exact; false: those of a scan
   */
  async scores(
    requests: readonly SearchRequest[],
    exactly: readonly boolean[],
    signal?: AbortSignal,
  ): Promise<(RowScores | null)[]> {
    const scanned = requests.map((request) => ({ ...request, exact: true }));
    const vectors = await this.rankingVectors(scanned, signal);
    const questions = [];
    for (const [i, request] of requests.entries()) {
      const parts = await this.#questions.parts(request, this.#matrices.fused);
      questions.push({ vector: vectors[i]!.vector, parts });
    }
    return this.#exact.scores(questions, exactly, signal);
  }

  /**
   * The score of one passage, as the ranking has it.
   * @param vector (dim) that ranks
   */
  async score(request: SearchRequest, vector: Float32Array, row: number): Promise<number> {
    const scorer = await this.#rowScorer(request, vector);
    if (scorer !== null) return scorer.score(row);
    return exactScore(vector, await this.#questions.parts(request, this.#matrices.quick), row);
  }

  /**
   * The sentence by which a passage is found; null where sentences do not count.
   * @param vector (dim) that ranks
   */
  async bestSentence(
    request: SearchRequest,
    vector: Float32Array,
    row: number,
  ): Promise<FoundSentence | null> {
    const scorer = await this.#rowScorer(request, vector);
    if (scorer !== null) {
      const best = scorer.bestSentence(row);
      return best && { ...best, vector: scorer.sentenceVector(row, best.number) };
    }
    const matrix = await this.#terms.sentenceMatrix(this.#options.terms(request));
    if (matrix === null) return null;
    const best = matrix.best(vector, row);
    return { ...best, vector: matrix.vector(row, best.number) };
  }

  /**
   * (dim) The vector whose nearest passages are candidates for a question.
   * @param vector (dim) that ranks
   */
  async proposal(request: SearchRequest, vector: Float32Array): Promise<Float32Array> {
    const { centering: weights } = this.#options.terms(request);
    const centering = weights === null ? null : await this.#terms.centering();
    return centering?.proposal(vector, weights!) ?? vector;
  }

  /** (dim) A question's vector as it is compared, without feedback. */
  centered(request: SearchRequest, question: Float32Array): Promise<Float32Array> {
    return this.#terms.question(question, request.languages, this.#options.terms(request));
  }

  /** (dim): e(p) of one passage. */
  async passageVector(row: number): Promise<Float32Array> {
    const { near } = this.#options;
    if (near !== null) return near.passage(row);
    const { vectors, dim } = await this.#matrices.passages();
    return vectors.subarray(row * dim, (row + 1) * dim);
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
      const parts = await this.#questions.parts(requests[i], matrixOf);
      const depth = this.#options.depth(requests[i]);
      questions.push({ vector: vectors[i]!, parts, depth, mask });
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
    const { near, rank, depth } = this.#options;
    if (near === null) return null;
    const question = {
      ...(await this.#nearQuestion(near, request, vector)),
      depth: depth(request),
    };
    return near.list(question, rank, signal);
  }

  /** null where no graph has rows of its own. */
  async #rowScorer(request: SearchRequest, vector: Float32Array): Promise<RowScorer | null> {
    const { near } = this.#options;
    if (near === null) return null;
    return near.scorer(await this.#nearQuestion(near, request, vector));
  }

  async #nearQuestion(
    near: NearRows,
    request: SearchRequest,
    vector: Float32Array,
  ): Promise<Omit<NearQuestion, 'depth'>> {
    const settings = this.#options.terms(request);
    const terms = await this.#terms.ofSingleRows(settings, near.hasSentences);
    return { request, augmentation: this.#augmentationOf(request), vector, terms };
  }

  async #languageSums(): Promise<LanguageSums> {
    const { vectors, dim } = await this.#matrices.passages();
    return LanguageSums.of(vectors, this.#options.snapshot.langs, dim);
  }

  /** null: without generated queries */
  #augmentationOf(request: SearchRequest): Augmentation | null {
    return request.augment ? this.#options.augmentation(request) : null;
  }
}
