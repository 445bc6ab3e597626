/**
 * Scores of the two legs over one set of passages, kept so that many settings of the hybrid can be
 * measured. Dense scores are kept for every alpha, lexical ones for the last parameters.
 */
import { fuse } from '../../augment/fuse.js';
import { PROFILES } from '../../augment/profiles.js';
import type { DistributionGenerator } from '../../generate/generator.js';
import type { LexicalIndex } from '../../search/lexical/index.js';
import { type QuestionTerms, questionTerms } from '../../search/lexical/question.js';
import type { LexicalMode } from '../../search/lexical/view.js';
import type { EvaluationQuery } from '../data/collection.js';
import type { Settings } from '../tune-grid.js';
import type { PassageIndex } from './passage-index.js';

/** The part of the settings that lexical scores depend on. */
export type LexicalSettings = Pick<
  Settings,
  'k1' | 'b' | 'generatedWeight' | 'translationWeight' | 'expectedDf' | 'relatedWeight'
>;

export class LegScores {
  readonly #index: PassageIndex;
  readonly #generator: DistributionGenerator;
  readonly #queries: readonly EvaluationQuery[];
  /** (queries x dim), row-major */
  readonly #vectors: Float32Array;
  readonly #bags: readonly QuestionTerms[];
  readonly #dense = new Map<number, Promise<Float32Array[]>>();
  #parameters = '';
  #lexical: LexicalIndex | null = null;
  #lexicalKey = '';
  #lexicalScores: Float64Array[] = [];

  private constructor(
    index: PassageIndex,
    generator: DistributionGenerator,
    queries: readonly EvaluationQuery[],
    vectors: Float32Array,
  ) {
    this.#index = index;
    this.#generator = generator;
    this.#queries = queries;
    this.#vectors = vectors;
    const passageLanguages = [...new Set(index.snapshot.langs)].sort();
    this.#bags = queries.map(({ text, lang }) =>
      questionTerms(text, lang, passageLanguages, generator.distribution.factors),
    );
  }

  static async create(
    index: PassageIndex,
    generator: DistributionGenerator,
    queries: readonly EvaluationQuery[],
  ): Promise<LegScores> {
    const texts = queries.map(({ id, text, lang }) => ({
      id,
      text,
      languages: [{ lang, weight: 1 }],
    }));
    return new LegScores(
      index,
      generator,
      queries,
      await index.options.encoder.encodeQueries(texts),
    );
  }

  /**
   * (n) a query: its products with the passages fused at `alpha` with the queries in its language;
   * 0: not augmented.
   */
  dense(alpha: number): Promise<Float32Array[]> {
    let scores = this.#dense.get(alpha);
    if (scores === undefined) {
      scores = this.#denseScores(alpha);
      this.#dense.set(alpha, scores);
    }
    return scores;
  }

  /** (n) a query: BM25; 0 where no term matches. */
  lexical(mode: LexicalMode, settings: LexicalSettings): Float64Array[] {
    const { k1, b, generatedWeight, translationWeight, expectedDf, relatedWeight } = settings;
    const parameters = JSON.stringify([k1, b]);
    if (this.#lexical === null || this.#parameters !== parameters) {
      this.#lexical = this.#index.lexical({ k1, b });
      this.#parameters = parameters;
    }
    const view = { generatedWeight, translationWeight, expectedDf, relatedWeight };
    const key = JSON.stringify([mode, parameters, view]);
    if (key === this.#lexicalKey) return this.#lexicalScores;
    const index = this.#lexical;
    const { factors } = this.#generator.distribution;
    this.#lexicalScores = this.#queries.map(({ lang }, q) =>
      index.score(this.#bags[q], index.view(lang, { ...view, factors }), mode),
    );
    this.#lexicalKey = key;
    return this.#lexicalScores;
  }

  async #denseScores(alpha: number): Promise<Float32Array[]> {
    const { snapshot } = this.#index;
    const { dim } = snapshot;
    const passages = await snapshot.passageVectors();
    const fused = new Map<string, Float32Array>();
    for (const lang of new Set(this.#queries.map((query) => query.lang))) {
      const language = {
        lang,
        sums: await snapshot.languageSum(lang),
        weight: 1,
        queries: snapshot.queriesPerLanguage,
      };
      const { variant, renormalize } = PROFILES.unit;
      fused.set(lang, fuse(passages, [language], { variant, renormalize, alpha, dim }));
    }
    return this.#queries.map(({ lang }, q) =>
      products(this.#vectors.subarray(q * dim, (q + 1) * dim), fused.get(lang)!),
    );
  }
}

/** (n): the products of one vector with every row of a matrix. */
function products(vector: Float32Array, matrix: Float32Array): Float32Array {
  const dim = vector.length;
  const scores = new Float32Array(matrix.length / dim);
  for (let row = 0, at = 0; row < scores.length; row++) {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += vector[d] * matrix[at++];
    scores[row] = sum;
  }
  return scores;
}
