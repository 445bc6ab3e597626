/**
 * Ranks the passages of a snapshot for questions: the dense leg (exact search in fused matrices), the lexical leg (BM25 over
 * own, generated and translated terms) and their hybrid. A question in several languages scores SUM_l w_l score_l in each
 * leg. Knows no store, no file and no generator beyond its table.
 */
import type { Encoder } from '../encode/encoder.js';
import { XqgError } from '../errors/error.js';
import type { TermFactors } from '../generate/generator.js';
import { SEARCH_DEFAULTS, type SearchDefaults } from './defaults.js';
import { type DenseQuestion, type ScannedPart, scanQuestions, sumParts } from './dense-leg.js';
import { exactScore, exactTopK, type MatrixPart } from './exact/exact-top-k.js';
import type { Scanner } from './exact/scanner.js';
import { FusedMatrices } from './fused-matrices.js';
import { hybrid } from './fusion.js';
import type { LexicalIndex } from './lexical/index.js';
import type { LexicalQuestion } from './lexical/view.js';
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
import { passageLanguages, type Snapshot } from './snapshot.js';
import { type RankedRows, rankOfIds } from './top-k.js';

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
   * @throws XqgError XQG_NUMBER_OUT_OF_RANGE, XQG_UNKNOWN_PROFILE
   */
  async rank(request: SearchRequest): Promise<SearchHit[]> {
    const [hits] = await this.rankBatch([request]);
    return hits;
  }

  /** The same as `rank` for each, in their order; faster, since one scan serves many questions. */
  async rankBatch(requests: readonly SearchRequest[]): Promise<SearchHit[][]> {
    for (const request of requests) checkRequest(request);
    const n = this.snapshot.ids.length;
    const answers = requests.map((): SearchHit[] => []);
    if (n === 0) return answers;
    const size = Math.max(1, Math.min(32, Math.floor(SCANNED_SCORES / n)));
    for (const places of groupByMatrices(requests)) {
      for (let first = 0; first < places.length; first += size) {
        const batch = places.slice(first, first + size);
        const dense = await this.#denseQuestions(batch.map((place) => requests[place]));
        const scanned = await scanQuestions(this.#scanner, dense);
        batch.forEach((place, i) => {
          answers[place] = this.#answer(requests[place], dense[i], scanned[i]);
        });
      }
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
    const [question] = await this.denseQuestions([request]);
    return question;
  }

  /** The same for each, in their order; questions are encoded together. */
  async denseQuestions(requests: readonly SearchRequest[]): Promise<DenseQuestion[]> {
    const questions = await this.#denseQuestions(requests.map((request) => ({ ...request, mode: 'dense' })));
    return questions as DenseQuestion[];
  }

  /** The dense score of one passage, as the ranking has it. */
  async denseScore(request: SearchRequest, row: number): Promise<{ vector: Float32Array; score: number }> {
    const { vector, parts } = await this.denseQuestion(request);
    return { vector, score: exactScore(vector, parts, row) };
  }

  /** (dim): e(p) of one passage. */
  async passageVector(row: number): Promise<Float32Array> {
    const { vectors, dim } = await this.#matrices.passages();
    return vectors.subarray(row * dim, (row + 1) * dim);
  }

  /** The question's terms in each of its languages, with the lexical field that each sees. */
  lexicalQuestions(request: SearchRequest): (LexicalQuestion & { readonly lang: string })[] {
    const { generatedWeight, translationWeight, expectedDf } = this.defaults;
    const settings = { generatedWeight, translationWeight, expectedDf, factors: this.factors };
    const policy = this.augmentation(request).languages;
    return request.languages
      .filter(({ weight }) => weight > 0)
      .map(({ lang, weight }) => {
        const languages = policyWeights(policy, lang, this.snapshot.queryLanguages);
        return {
          lang,
          bag: this.#analyze(request.question, lang),
          view: this.lexical.view(languages, settings),
          weight,
        };
      });
  }

  #answer(
    request: SearchRequest,
    dense: DenseQuestion | null,
    scanned: readonly ScannedPart[] | null,
  ): SearchHit[] {
    const { mode, k, mask = null } = request;
    const { topN: listLength, normalization, denseWeight } = this.defaults.hybrid;
    const depth = mode === 'hybrid' ? (request.topN ?? Math.max(listLength, k)) : k;
    const denseList =
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
    const lexical =
      mode === 'dense'
        ? null
        : this.lexical.top(this.lexicalQuestions(request), lexicalModeOf(request), {
            k: depth,
            rank: this.#rank,
            mask,
            also: denseList.rows,
          });
    const lexicalList = lexical?.list ?? NO_ROWS;
    const { ids } = this.snapshot;
    if (mode !== 'hybrid') {
      const { rows, scores } = mode === 'dense' ? denseList : lexicalList;
      return Array.from(rows, (row, i) => ({
        row,
        id: ids[row],
        score: scores[i],
        dense: mode === 'dense' ? scores[i] : null,
        lexical: mode === 'lexical' ? scores[i] : null,
      }));
    }
    const legs = [
      {
        list: denseList,
        score: (row: number) => (scanned === null ? null : exactScore(dense!.vector, dense!.parts, row)),
        weight: denseWeight[lexicalModeOf(request)],
        missing: null,
      },
      {
        list: lexicalList,
        score: (row: number) => lexical?.others.get(row) || null,
        weight: 1,
        missing: 0,
      },
    ];
    return hybrid(legs, normalization, k, this.#rank).map(({ row, score, legs: [denseScore, lexical] }) => ({
      row,
      id: ids[row],
      score,
      dense: denseScore,
      lexical,
    }));
  }

  async #denseQuestions(requests: readonly SearchRequest[]): Promise<(DenseQuestion | null)[]> {
    const asked = requests.filter(({ mode }) => mode !== 'lexical');
    if (asked.length === 0) return requests.map(() => null);
    const vectors = await this.encoder.encodeQueries(
      asked.map(({ question, questionId, questionLang, languages }) => ({
        id: questionId,
        lang: questionLang,
        text: question,
        languages,
      })),
    );
    const { dim } = this.snapshot;
    const questions: (DenseQuestion | null)[] = [];
    let next = 0;
    for (const request of requests) {
      if (request.mode === 'lexical') questions.push(null);
      else {
        const vector = vectors.subarray(next * dim, ++next * dim);
        questions.push({ vector, parts: await this.#parts(request) });
      }
    }
    return questions;
  }

  /** One part per language of the question; languages that see the same matrix share one. */
  async #parts(request: SearchRequest): Promise<MatrixPart[]> {
    if (!request.augment) return [{ matrix: await this.#matrices.passages(), weight: 1 }];
    const augmentation = this.augmentation(request);
    const weights = new Map<MatrixPart['matrix'], number>();
    for (const { lang, weight } of request.languages) {
      if (weight === 0) continue;
      const languages = policyWeights(augmentation.languages, lang, this.snapshot.queryLanguages);
      const matrix = await this.#matrices.fused(augmentation, languages);
      weights.set(matrix, (weights.get(matrix) ?? 0) + weight);
    }
    return [...weights].map(([matrix, weight]) => ({ matrix, weight }));
  }
}

/**
 * Places of requests that need the same matrices, together: a batch holds no more matrices than one of its questions, so
 * that the budget holds for batches in many languages too.
 */
function groupByMatrices(requests: readonly SearchRequest[]): number[][] {
  const groups = new Map<string, number[]>();
  requests.forEach(({ mode, augment, profile, alpha, languagePolicy, languages }, place) => {
    const asked = languages.map(({ lang }) => lang).sort();
    const key = JSON.stringify([mode === 'lexical', augment, profile, alpha, languagePolicy, asked]);
    groups.set(key, [...(groups.get(key) ?? []), place]);
  });
  return [...groups.values()];
}
