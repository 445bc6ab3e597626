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
import { centeringFor } from './dense/centering.js';
import { DenseLeg, type FoundSentence, type TermOptions } from './dense/dense-leg.js';
import { BATCH_SCORES, type DenseList, type RowScores } from './dense/exact-search.js';
import type { NearRows } from './dense/near-rows.js';
import { groupByMatrices } from './dense/questions.js';
import type { TermSettings } from './dense/row-terms.js';
import type { Scanner } from './dense/scanner.js';
import { feedbackWeight, type RankingVector } from './feedback.js';
import { hitsOf } from './hits.js';
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
import { RowScoring } from './row-scores.js';
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
/** Questions that `rankBatch` ranks at once, at most. */
const BATCH_QUESTIONS = 32;

export class SearchEngine {
  readonly snapshot: Snapshot;
  readonly lexical: LexicalIndex;
  readonly encoder: Encoder;
  readonly factors: TermFactors | null;
  readonly defaults: SearchDefaults;
  readonly #dense: DenseLeg;
  readonly #lexicalQuestions: LexicalQuestions;
  readonly #passageLanguages: readonly string[];
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
    this.#rank = rankOfIds(snapshot.ids);
    this.#passageLanguages = passageLanguages(snapshot);
    this.#dense = new DenseLeg({
      snapshot,
      encoder,
      scanner: options.scanner,
      rank: this.#rank,
      matrixBudgetBytes: options.matrixBudgetBytes ?? GIBIBYTE,
      near: options.near ?? null,
      augmentation: (request) => this.augmentation(request),
      terms: (request) => this.denseTerms(request),
      feedback: (request) => this.feedback(request),
      depth: (request) => this.depth(request),
    });
    this.#lexicalQuestions = new LexicalQuestions({
      lexical,
      queryLanguages: snapshot.queryLanguages,
      defaults: this.defaults,
      factors: this.factors,
      analyze:
        options.analyze ??
        ((text, lang) => questionTerms(text, lang, this.#passageLanguages, this.factors)),
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
    this.#check(requests);
    const n = this.snapshot.ids.length;
    const answers = requests.map((): SearchHit[] => []);
    if (n === 0) return answers;
    const size = Math.max(1, Math.min(BATCH_QUESTIONS, Math.floor(BATCH_SCORES / n)));
    for (const group of groupByMatrices(requests)) {
      for (let first = 0; first < group.length; first += size) {
        const batch = group.slice(first, first + size);
        signal?.throwIfAborted();
        const dense = await this.#dense.lists(
          batch.map((at) => requests[at]),
          signal,
        );
        for (const [i, at] of batch.entries()) {
          await cancellationPoint(signal);
          answers[at] = this.#hits(requests[at], dense[i]);
        }
      }
    }
    return answers;
  }

  /** Words of the question that no table has, and those that were searched in their place, too. */
  corrections(
    request: SearchRequest,
  ): readonly { readonly word: string; readonly read: readonly string[] }[] {
    const words = new Map<string, Set<string>>();
    for (const { bag } of this.lexicalQuestions(request)) {
      for (const { by, word, surface } of bag.standIns?.values() ?? []) {
        if (by !== 'correction') continue;
        words.set(word, (words.get(word) ?? new Set()).add(surface));
      }
    }
    return [...words].map(([word, read]) => ({ word, read: [...read] }));
  }

  /**
   * The scores of all rows for each request, in their order: NaN for a row that `rank` would not
   * find with k = n. Every row is scanned, also where there is a graph. Legs that requests of a
   * batch share are scored once, so requests of one question should stand together.
   *
   * @returns scores that are valid until the next are read
   * @throws XqgError XQG_NUMBER_OUT_OF_RANGE, XQG_UNKNOWN_PROFILE
   */
  async *rankAll(
    requests: readonly SearchRequest[],
    signal?: AbortSignal,
  ): AsyncGenerator<RowScores, void, undefined> {
    this.#check(requests);
    const n = this.snapshot.ids.length;
    const scores = new Float64Array(n);
    const size = Math.max(1, Math.floor(BATCH_SCORES / Math.max(1, n)));
    const options = {
      dense: this.#dense,
      lexical: this.lexical,
      lexicalQuestions: (request: SearchRequest) => this.lexicalQuestions(request),
      augmentation: (request: SearchRequest) => this.augmentation(request),
      depth: (request: SearchRequest) => this.depth(request),
      rank: this.#rank,
      defaults: this.defaults,
    };
    for (let first = 0; first < requests.length; first += size) {
      const batch = requests.slice(first, first + size);
      const scoring = await RowScoring.begin(batch, options, scores, signal);
      for (const i of batch.keys()) {
        if (i % 64 === 0) await cancellationPoint(signal);
        yield scoring.of(i);
      }
    }
  }

  /**
   * Makes ahead what the first question in each language would wait for; ends early when aborted.
   */
  async prepare(signal: AbortSignal): Promise<void> {
    if (this.snapshot.ids.length === 0) return;
    await this.#dense.prepare(signal);
    await this.#lexicalQuestions.prepare(signal);
  }

  /** How a request's passages are augmented, with the effective alpha for people to see. */
  augmentation(request: SearchRequest): Augmentation {
    const { queryLanguages, queriesPerLanguage, encodesQueries = true } = this.snapshot;
    const { unitLength } = this.encoder.identity;
    return augmentationOf(
      request,
      { queryLanguages, queriesPerLanguage, encodesQueries, unitLength },
      this.defaults,
    );
  }

  /**
   * What the dense leg counts beside the fused vectors. A question is centered as far as it is in
   * another language than all passages.
   */
  denseTerms({ sentenceWeight, centering = true, languages }: TermOptions): TermSettings {
    const { defaults, snapshot, encoder } = this;
    const isCentered = centering && encoder.centroids !== undefined;
    return {
      sentenceWeight:
        snapshot.sentences === undefined ? 0 : (sentenceWeight ?? defaults.sentenceWeight),
      centering: isCentered
        ? centeringFor(defaults.centering, languages, this.#passageLanguages)
        : null,
    };
  }

  /**
   * Weight of the best passage of a first pass in the question (see feedback.ts); 0: there is no
   * first pass.
   */
  feedback(request: SearchRequest): number {
    return feedbackWeight(request, this.defaults, this.#passageLanguages);
  }

  /**
   * What ranks the passages for a question in the dense leg; all zero where the encoder knows none
   * of its words.
   */
  async rankingVector(request: SearchRequest): Promise<RankingVector> {
    // The dense leg alone, as it is in the request's mode.
    const dense: SearchRequest = { ...request, mode: 'dense', feedback: this.feedback(request) };
    const [vector] = await this.#dense.rankingVectors([dense]);
    return vector!;
  }

  /**
   * The dense score of one passage, as the ranking has it.
   * @param vector (dim) that ranks
   */
  denseScore(request: SearchRequest, vector: Float32Array, row: number): Promise<number> {
    return this.#dense.score(request, vector, row);
  }

  /**
   * The sentence by which the dense leg finds a passage; null where sentences do not count.
   * @param vector (dim) that ranks
   */
  bestSentence(
    request: SearchRequest,
    vector: Float32Array,
    row: number,
  ): Promise<FoundSentence | null> {
    return this.#dense.bestSentence(request, vector, row);
  }

  /** (dim) A question's vector as it is compared, before feedback. */
  centered(request: SearchRequest, question: Float32Array): Promise<Float32Array> {
    return this.#dense.centered(request, question);
  }

  /**
   * (dim) The vector whose nearest passages are candidates for a question.
   * @param vector (dim) that ranks
   */
  proposal(request: SearchRequest, vector: Float32Array): Promise<Float32Array> {
    return this.#dense.proposal(request, vector);
  }

  /** (dim): e(p) of one passage. */
  passageVector(row: number): Promise<Float32Array> {
    return this.#dense.passageVector(row);
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

  #check(requests: readonly SearchRequest[]): void {
    for (const request of requests) {
      checkRequest(request);
      if (request.augment) this.augmentation(request);
    }
  }

  #hits(request: SearchRequest, dense: DenseList): SearchHit[] {
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
