/**
 * What a dense score counts beside the passages' own or fused vectors: the best sentence of each
 * passage, and the terms of centering.
 */
import { centroidOf, type LanguageCentroids, type LanguageSums } from '../../encode/centroids.js';
import { passageLanguages, type SentenceVectors, type Snapshot } from '../../indexing/snapshot.js';
import type { LanguageWeight } from '../../languages/terms.js';
import { Centering, CenteringTerms, type CenteringWeights } from './centering.js';
import type { MatrixPart, SearchMatrix } from './exact-top-k.js';
import { SentenceMatrix } from './sentence-matrix.js';

export interface TermSettings {
  /** Weight of the best sentence, in [0, 1]; the passage's vector has the rest. */
  readonly sentenceWeight: number;
  /** null: scores are not centered. */
  readonly centering: CenteringWeights | null;
}

export type RowTerm = SentenceMatrix | CenteringTerms;

export interface RowTermsOptions {
  readonly snapshot: Snapshot;
  readonly passages: () => Promise<SearchMatrix>;
  /** Of the encoder; absent: scores cannot be centered. */
  readonly shipped: LanguageCentroids | undefined;
  /**
   * Of the vectors of the whole corpus; null where its rows are not at hand: the shipped centroids
   * stand for those of the corpus.
   */
  readonly sums: (() => Promise<LanguageSums>) | null;
}

/** What rows that are read one by one count beside their fused vectors. */
export interface SingleRowTerms {
  /** Weight of the best sentence, and of the fused vectors beside it; 0 and 1 without sentences. */
  readonly sentenceWeight: number;
  readonly fusedShare: number;
  /** null: scores are not centered. */
  readonly centering: { readonly centering: Centering; readonly weights: CenteringWeights } | null;
}

export class RowTerms {
  readonly #options: RowTermsOptions;
  #sentences: Promise<SentenceVectors | null> | null = null;
  #centering: Promise<Centering> | null = null;
  #passageCentralities: Promise<Float32Array> | null = null;
  #sentenceCentralities: Promise<Float32Array> | null = null;

  constructor(options: RowTermsOptions) {
    this.#options = options;
  }

  sentences(): Promise<SentenceVectors | null> {
    this.#sentences ??= this.#options.snapshot.sentences?.() ?? Promise.resolve(null);
    return this.#sentences;
  }

  /** Null where the encoder has no centroids. */
  async centering(): Promise<Centering | null> {
    const { shipped } = this.#options;
    if (shipped === undefined) return null;
    this.#centering ??= this.#newCentering(shipped);
    return this.#centering;
  }

  /** (dim) The vector of a question as it is compared; the given one is not changed. */
  async question(
    vector: Float32Array,
    languages: readonly LanguageWeight[],
    { centering: weights }: TermSettings,
  ): Promise<Float32Array> {
    const centering = weights === null ? null : await this.centering();
    return centering?.question(vector, languages, weights!) ?? vector;
  }

  /** @param hasSentences whether the rows have sentences */
  async ofSingleRows(
    { sentenceWeight, centering: weights }: TermSettings,
    hasSentences: boolean,
  ): Promise<SingleRowTerms> {
    const centering = weights === null ? null : await this.centering();
    return {
      sentenceWeight: hasSentences ? sentenceWeight : 0,
      fusedShare: hasSentences && sentenceWeight > 0 ? 1 - sentenceWeight : 1,
      centering: centering && { centering, weights: weights! },
    };
  }

  /**
   * The sentences as they are scored; null where there are none, or they do not count.
   */
  async sentenceMatrix(settings: TermSettings): Promise<SentenceMatrix | null> {
    const { parts } = await this.parts(settings);
    const [matrix] = parts.flatMap((part) =>
      part.matrix instanceof SentenceMatrix ? [part.matrix] : [],
    );
    return matrix ?? null;
  }

  /** The terms with their weights, and the share of the fused vectors beside them. */
  async parts({
    sentenceWeight,
    centering: weights,
  }: TermSettings): Promise<{ fusedShare: number; parts: readonly MatrixPart<RowTerm>[] }> {
    const sentences = sentenceWeight > 0 ? await this.sentences() : null;
    const centering = weights === null ? null : await this.centering();
    const fusedShare = sentences === null ? 1 : 1 - sentenceWeight;
    const parts: MatrixPart<RowTerm>[] = [];
    if (sentences === null && centering === null) return { fusedShare, parts };
    const passages = await this.#options.passages();
    const central =
      centering === null ? null : await this.#centralitiesOfPassages(centering, passages);
    if (sentences !== null) {
      const centralities = centering && {
        passages: central!,
        sentences: await this.#centralitiesOfSentences(centering, sentences),
        weight: weights!.centrality,
      };
      const matrix = new SentenceMatrix(passages, sentences, centralities);
      parts.push({ matrix, weight: sentenceWeight });
    }
    if (centering !== null) {
      const { dim } = this.#options.snapshot;
      // The sentences have theirs within.
      const beside = { ...weights!, centrality: fusedShare * weights!.centrality };
      parts.push({ matrix: new CenteringTerms(centering, central!, beside, dim), weight: 1 });
    }
    return { fusedShare, parts };
  }

  async #newCentering(shipped: LanguageCentroids): Promise<Centering> {
    const { snapshot, sums } = this.#options;
    const centroids =
      sums === null
        ? new Map(
            [...new Set([...passageLanguages(snapshot), ...snapshot.langs])]
              .sort()
              .map((lang) => [lang, centroidOf(shipped.passages, lang)!]),
          )
        : (await sums()).centroids(shipped.passages);
    return new Centering(shipped, snapshot, centroids);
  }

  #centralitiesOfPassages(centering: Centering, passages: SearchMatrix): Promise<Float32Array> {
    this.#passageCentralities ??= centering.passageCentralities(passages);
    return this.#passageCentralities;
  }

  #centralitiesOfSentences(
    centering: Centering,
    sentences: SentenceVectors,
  ): Promise<Float32Array> {
    this.#sentenceCentralities ??= centering.sentenceCentralities(sentences);
    return this.#sentenceCentralities;
  }
}
