/**
 * Questions as the dense leg reads them: their vectors, and the matrices that they are compared
 * with.
 */
import type { Encoder } from '../../encode/encoder.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { LanguageWeight } from '../../languages/terms.js';
import { questionVectors } from '../expansion.js';
import { type Augmentation, policyWeights, type SearchRequest } from '../request.js';
import type { DenseQuestion } from './exact-search.js';
import type { ScoredMatrix, SearchMatrix } from './exact-top-k.js';
import type { FusedMatrices, MatrixOf } from './fused-matrices.js';

export class DenseQuestions {
  readonly #snapshot: Snapshot;
  readonly #encoder: Encoder;
  readonly #matrices: FusedMatrices;
  readonly #augmentation: (request: SearchRequest) => Augmentation;

  constructor(
    snapshot: Snapshot,
    encoder: Encoder,
    matrices: FusedMatrices,
    augmentation: (request: SearchRequest) => Augmentation,
  ) {
    this.#snapshot = snapshot;
    this.#encoder = encoder;
    this.#matrices = matrices;
    this.#augmentation = augmentation;
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

  /** One part per set of languages that the question's languages see. */
  async parts<M extends ScoredMatrix>(
    request: SearchRequest,
    matrixOf: MatrixOf<M>,
  ): Promise<DenseQuestion<M | SearchMatrix>['parts']> {
    const augmentation = request.augment ? this.#augmentation(request) : null;
    const parts: DenseQuestion<M | SearchMatrix>['parts'][number][] = [];
    for (const { languages, weight } of comparedParts(
      request.languages,
      augmentation,
      this.#snapshot.queryLanguages,
    )) {
      const matrix =
        languages.length === 0
          ? await this.#matrices.passages()
          : await matrixOf(augmentation!, languages);
      parts.push({ matrix, weight });
    }
    return parts;
  }
}

/**
 * What of an index a question is compared with: for each set of languages whose generated queries
 * are fused with the passages, how much it counts. The one place that says so for every way to find
 * and to score, so that sums round alike in all.
 */
export interface ComparedPart {
  /**
   * Languages whose queries count, in ascending order, weights above 0; none: the passages
   * themselves.
   */
  readonly languages: readonly LanguageWeight[];
  /** Of the product with these vectors in the question's score, > 0. */
  readonly weight: number;
}

/**
 * Languages of the question that see the same vectors share a part.
 * @param questionLanguages with their weights
 * @param augmentation null: without generated queries
 * @param queryLanguages of the index
 */
export function comparedParts(
  questionLanguages: readonly LanguageWeight[],
  augmentation: Augmentation | null,
  queryLanguages: readonly string[],
): ComparedPart[] {
  const parts = new Map<string, ComparedPart>();
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
 * Indexes of requests that need the same matrices, together: a batch holds no more matrices than one
 * of its questions, so that the budget holds for batches in many languages too.
 */
export function groupByMatrices(requests: readonly SearchRequest[]): number[][] {
  const groups = new Map<string, number[]>();
  requests.forEach(({ mode, augment, profile, alpha, languagePolicy, languages }, index) => {
    const codes = languages.map(({ lang }) => lang).sort();
    const key = JSON.stringify([
      mode === 'lexical',
      augment,
      profile,
      alpha,
      languagePolicy,
      codes,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), index]);
  });
  return [...groups.values()];
}
