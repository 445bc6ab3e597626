/** Questions as the dense leg reads them: their vectors, and the matrices that they are compared with. Knows no ranking. */
import type { Encoder } from '../encode/encoder.js';
import { comparedParts } from './compared.js';
import type { DenseQuestion } from './dense-leg.js';
import type { ScoredMatrix, SearchMatrix } from './exact/exact-top-k.js';
import { questionVectors } from './expansion.js';
import type { FusedMatrices, MatrixOf } from './fused-matrices.js';
import type { Augmentation, SearchRequest } from './request.js';
import type { Snapshot } from './snapshot.js';

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

  /** (dim) for each request, in their order, encoded together; null for one that asks the lexical leg alone. */
  async vectors(requests: readonly SearchRequest[]): Promise<(Float32Array | null)[]> {
    const asked = requests.filter(({ mode }) => mode !== 'lexical');
    if (asked.length === 0) return requests.map(() => null);
    const vectors = await questionVectors(this.#encoder, asked);
    const { dim } = this.#snapshot;
    let next = 0;
    return requests.map(({ mode }) =>
      mode === 'lexical' ? null : vectors.subarray(next * dim, ++next * dim),
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
        languages.length === 0 ? await this.#matrices.passages() : await matrixOf(augmentation!, languages);
      parts.push({ matrix, weight });
    }
    return parts;
  }

  /** Each with its matrices, whatever legs it asks. */
  async whole(requests: readonly SearchRequest[]): Promise<DenseQuestion<SearchMatrix>[]> {
    const vectors = await this.vectors(requests.map((request) => ({ ...request, mode: 'dense' })));
    const questions: DenseQuestion<SearchMatrix>[] = [];
    for (const [i, request] of requests.entries()) {
      questions.push({ vector: vectors[i]!, parts: await this.parts(request, this.#matrices.fused) });
    }
    return questions;
  }
}
