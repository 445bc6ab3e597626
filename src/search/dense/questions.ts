/**
 * Prepares questions for the dense leg: their vectors, and the matrices that they are scored
 * against.
 */
import type { Encoder } from '../../encode/encoder.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { LanguageWeight } from '../../languages/terms.js';
import { questionVectors } from '../expansion.js';
import { type Augmentation, policyWeights, type SearchRequest } from '../request.js';
import type { DenseQuestion } from './exact-search.js';
import type { ScoredMatrix, SearchMatrix } from './exact-top-k.js';
import type { FusedMatrices, MatrixOf } from './fused-matrices.js';
import type { RowTerm, RowTerms, TermSettings } from './row-terms.js';

export interface DenseQuestionsOptions {
  readonly snapshot: Snapshot;
  readonly encoder: Encoder;
  readonly matrices: FusedMatrices;
  readonly terms: RowTerms;
  /** How the passages are augmented for a request. */
  readonly augmentation: (request: SearchRequest) => Augmentation;
  /** What a request counts beside the fused vectors. */
  readonly settings: (request: SearchRequest) => TermSettings;
}

export class DenseQuestions {
  readonly #snapshot: Snapshot;
  readonly #encoder: Encoder;
  readonly #matrices: FusedMatrices;
  readonly #terms: RowTerms;
  readonly #augmentation: (request: SearchRequest) => Augmentation;
  readonly #settings: (request: SearchRequest) => TermSettings;

  constructor({ snapshot, encoder, matrices, terms, ...options }: DenseQuestionsOptions) {
    this.#snapshot = snapshot;
    this.#encoder = encoder;
    this.#matrices = matrices;
    this.#terms = terms;
    this.#augmentation = options.augmentation;
    this.#settings = options.settings;
  }

  /**
   * (dim) for each request, in their order, encoded together, each question once; null for a
   * request in the mode `lexical`. Equal questions share a vector, which is not to be changed.
   */
  async vectors(requests: readonly SearchRequest[]): Promise<(Float32Array | null)[]> {
    const numberOf = new Map<string, number>();
    const distinct: SearchRequest[] = [];
    const numbers = requests.map((request) => {
      if (request.mode === 'lexical') return null;
      const { question, questionId, questionLang, languages, expansion } = request;
      const key = JSON.stringify([question, questionId, questionLang, languages, expansion]);
      let number = numberOf.get(key);
      if (number === undefined) {
        number = distinct.length;
        numberOf.set(key, number);
        distinct.push(request);
      }
      return number;
    });
    if (distinct.length === 0) return requests.map(() => null);
    const vectors = await questionVectors(this.#encoder, distinct);
    const { dim } = this.#snapshot;
    return numbers.map((number) =>
      number === null ? null : vectors.subarray(number * dim, (number + 1) * dim),
    );
  }

  /** The matrices that a question is scored against, with their weights. */
  async parts<M extends ScoredMatrix>(
    request: SearchRequest,
    matrixOf: MatrixOf<M>,
  ): Promise<DenseQuestion<M | SearchMatrix | RowTerm>['parts']> {
    const augmentation = request.augment ? this.#augmentation(request) : null;
    const { fusedShare, parts: terms } = await this.#terms.parts(this.#settings(request));
    const parts: DenseQuestion<M | SearchMatrix | RowTerm>['parts'][number][] = [];
    for (const { languages, weight } of fusedPartsOf(
      request.languages,
      augmentation,
      this.#snapshot.queryLanguages,
    )) {
      const matrix =
        languages.length === 0
          ? await this.#matrices.passages()
          : await matrixOf(augmentation!, languages);
      if (fusedShare > 0) parts.push({ matrix, weight: fusedShare * weight });
    }
    return [...parts, ...terms];
  }
}

/** One set of fused vectors that a question is scored against. */
export interface FusedPart {
  /**
   * Languages whose queries are fused with the passages, in ascending order, with weights > 0;
   * empty for the passages alone.
   */
  readonly languages: readonly LanguageWeight[];
  /** Weight > 0 of the inner product with these vectors in the question's score. */
  readonly weight: number;
}

/**
 * Which fused vectors a question is scored against. Every search and scorer uses this function, so
 * that their sums round alike. Languages of the question with the same fused vectors share a part.
 * @param questionLanguages with their weights
 * @param augmentation null to ignore the generated queries
 * @param queryLanguages languages of the index's generated queries
 */
export function fusedPartsOf(
  questionLanguages: readonly LanguageWeight[],
  augmentation: Augmentation | null,
  queryLanguages: readonly string[],
): FusedPart[] {
  const parts = new Map<string, FusedPart>();
  for (const { lang, weight } of questionLanguages) {
    if (weight === 0) continue;
    const languages =
      augmentation === null || augmentation.alpha === 0
        ? []
        : policyWeights(augmentation.languages, lang, queryLanguages)
            .filter((each) => each.weight > 0 && queryLanguages.includes(each.lang))
            .sort((a, b) => (a.lang < b.lang ? -1 : 1));
    const key = JSON.stringify(languages.map((each) => [each.lang, each.weight]));
    parts.set(key, { languages, weight: weight + (parts.get(key)?.weight ?? 0) });
  }
  return [...parts.values()];
}

/**
 * The indexes of requests, grouped by the matrices that they need. A group needs no more matrices
 * than one of its requests, so that batches in many languages stay within the budget too.
 */
export function groupByMatrices(requests: readonly SearchRequest[]): number[][] {
  const groups = new Map<string, number[]>();
  requests.forEach(({ mode, augment, profile, alpha, languagePolicy, languages }, index) => {
    const langs = languages.map(({ lang }) => lang).sort();
    const key = JSON.stringify([
      mode === 'lexical',
      augment,
      profile,
      alpha,
      languagePolicy,
      langs,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), index]);
  });
  return [...groups.values()];
}
