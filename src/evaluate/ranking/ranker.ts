/**
 * Where the relevant passages of questions stand in a variant's ranking of a pool. The search
 * engine's parts rank; this asks them. Ranks equal those of `xqg evaluate`.
 */
import { augmentationProfile } from '../../augment/profiles.js';
import type { EncoderIdentity } from '../../encode/encoder.js';
import type { Expansion } from '../../expand/apply.js';
import type { Generator } from '../../generate/generator.js';
import { passageLanguages } from '../../indexing/snapshot.js';
import type { LanguageWeight } from '../../languages/terms.js';
import {
  type DenseQuestion,
  ExactLists,
  scanQuestions,
  sumParts,
} from '../../search/dense/dense-leg.js';
import { exactScore, type MatrixPart, type SearchMatrix } from '../../search/dense/exact-top-k.js';
import { FusedMatrices } from '../../search/dense/fused-matrices.js';
import type { Scanner } from '../../search/dense/scanner.js';
import { SearchEngine } from '../../search/engine.js';
import { feedbackWeight, pulledToward } from '../../search/feedback.js';
import type { LexicalIndex } from '../../search/lexical/index.js';
import {
  lexicalModeOf,
  policyWeights,
  type SearchHit,
  type SearchRequest,
} from '../../search/request.js';
import { rankOfIds } from '../../search/top-k.js';
import type { EvaluationQuery, TestCollection } from '../data/collection.js';
import { policyOf, type Variant } from '../experiment/variant.js';
import type { RelevantRanks } from '../measures/metrics.js';
import { HeldQuestions } from './held-questions.js';
import { removeMeans } from './language-means.js';
import { fuseLegs, legList } from './leg-list.js';
import type { RankablePool, SumSource } from './pool.js';
import { QueryLegs } from './query-legs.js';
import {
  byteOrder,
  type RelevantRow,
  rankRows,
  rankScannedRows,
  relevantRows,
} from './row-ranks.js';
import { scannedScores } from './scanned-scores.js';

/** Questions in one language with their vectors. */
export interface AskedQuestions {
  readonly lang: string;
  readonly queries: readonly EvaluationQuery[];
  readonly qrels: TestCollection['qrels'];
  /** (queries x dim), row-major; those of expanded questions where they are expanded. */
  readonly vectors: Float32Array;
  /** In the order of the queries; null: the questions are as they are. */
  readonly expansions: readonly (Expansion | null)[] | null;
  /** In the order of the queries, where they were detected; null: all are in `lang`. */
  readonly languages: readonly (readonly LanguageWeight[])[] | null;
}

export interface RankerOptions {
  readonly encoder: EncoderIdentity;
  readonly generator: Generator;
  readonly scanner: Scanner;
  /** Languages in which queries can be generated. */
  readonly queryLanguages: readonly string[];
  readonly signal?: AbortSignal;
}

/** Scores that one scan may take: 32 MB of float32. */
const SCANNED_SCORES = 2 ** 23;
/** Memory for fused matrices of one source of queries. */
const MATRIX_BYTES = 2 ** 29;

/**
 * Ranks one pool in many variants. Variants that share a source should come one after the other.
 */
export class Ranker {
  readonly #pool: RankablePool;
  readonly #options: RankerOptions;
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #rank: Uint32Array;
  readonly #written: readonly string[];
  readonly #exact: ExactLists;
  readonly #order: Uint32Array;
  readonly #matrices = new Latest<Promise<FusedMatrices>>();
  readonly #lexical = new Latest<Promise<LexicalIndex>>();

  constructor(pool: RankablePool, options: RankerOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#rowOf = new Map(pool.ids.map((id, row) => [id, row]));
    this.#rank = rankOfIds(pool.ids);
    this.#written = passageLanguages(pool);
    this.#exact = new ExactLists(options.scanner, this.#rank);
    this.#order = byteOrder(pool.ids);
  }

  /**
   * Where the relevant passages of every question stand, in the order of the questions.
   * @param depth passages that are ranked for a question at most
   */
  async ranks(
    variant: Variant,
    asked: AskedQuestions,
    depth = this.#pool.ids.length,
  ): Promise<RelevantRanks[]> {
    const relevant = asked.queries.map(({ id }) => relevantRows(asked.qrels.get(id)!, this.#rowOf));
    const isDense = variant.system.mode === 'dense';
    if (isDense && asked.languages === null)
      return this.#denseRanks(variant, asked, relevant, depth);
    const engine = await this.#engine(variant, asked);
    const requests = asked.queries.map((_, q) => this.#request(variant, asked, q, depth));
    if (isDense) return this.#scannedRanks(engine, requests, relevant, depth);
    const fused = new Float64Array(this.#pool.ids.length);
    const ranks: RelevantRanks[] = [];
    for (const [q, request] of requests.entries()) {
      if (q % 64 === 0) this.#options.signal?.throwIfAborted();
      const scores = await this.#scores(engine, variant, request, fused);
      ranks.push(rankRows(relevant[q], scores, this.#order, depth));
    }
    return ranks;
  }

  /** Dense ranks of questions in any mixture of languages, many in one scan. */
  async #scannedRanks(
    engine: SearchEngine,
    requests: readonly SearchRequest[],
    relevant: readonly (readonly RelevantRow[])[],
    depth: number,
  ): Promise<RelevantRanks[]> {
    const ranks: RelevantRanks[] = [];
    const size = Math.max(1, Math.floor(SCANNED_SCORES / this.#pool.ids.length));
    for (let from = 0; from < requests.length; from += size) {
      this.#options.signal?.throwIfAborted();
      const batch = requests.slice(from, from + size);
      const scores = await scannedScores(engine, this.#options.scanner, batch);
      scores.forEach((each, i) => {
        ranks.push(rankScannedRows(relevant[from + i], each, this.#order, depth));
      });
    }
    return ranks;
  }

  /**
   * One scan for many questions; scores that rounding could put in another order are taken exactly.
   */
  async #denseRanks(
    variant: Variant,
    asked: AskedQuestions,
    relevant: readonly (readonly RelevantRow[])[],
    depth: number,
  ): Promise<RelevantRanks[]> {
    const vectors = await this.#prepared(variant, asked);
    const matrix = await this.#matrix(variant, asked.lang);
    const parts: MatrixPart<SearchMatrix>[] = [{ matrix, weight: 1 }];
    const { dim } = matrix;
    const n = this.#pool.ids.length;
    const size = Math.max(1, Math.floor(SCANNED_SCORES / n));
    const sums = new Float64Array(n);
    const ranks: RelevantRanks[] = [];
    for (let from = 0; from < relevant.length; from += size) {
      this.#options.signal?.throwIfAborted();
      const batch = relevant.slice(from, from + size).map((_, i) => ({
        vector: vectors.subarray((from + i) * dim, (from + i + 1) * dim),
        parts,
      }));
      const pulled = await this.#pulled(variant, batch);
      const scanned = await scanQuestions(this.#options.scanner, pulled);
      pulled.forEach(({ vector }, i) => {
        const ofQuestion = scanned[i];
        // A question of which the encoder knows no word has no scores.
        const { scores, error } =
          ofQuestion === null
            ? { scores: sums.fill(Number.NaN), error: 0 }
            : sumParts(ofQuestion, sums);
        const exact = (row: number) => exactScore(vector, parts, row);
        ranks.push(
          rankScannedRows(
            relevant[from + i],
            { scanned: scores, error, exact },
            this.#order,
            depth,
          ),
        );
      });
    }
    return ranks;
  }

  /** Questions after their first pass, as the search engine makes it. */
  async #pulled(
    { system, defaults, feedback }: Variant,
    questions: readonly DenseQuestion<SearchMatrix>[],
  ): Promise<readonly DenseQuestion<SearchMatrix>[]> {
    const weight = feedbackWeight(
      { mode: system.mode, feedback: feedback ?? undefined },
      defaults,
      this.#written,
    );
    if (weight === 0) return questions;
    const { dim } = this.#pool;
    const passages = await this.#pool.vectors();
    const first = await this.#exact.lists(
      questions.map((each) => ({ ...each, depth: 1, mask: null })),
    );
    return questions.map((question, i) => {
      const [row] = first[i].list.rows;
      if (row === undefined) return question;
      const passage = passages.subarray(row * dim, (row + 1) * dim);
      return { ...question, vector: pulledToward(question.vector, passage, weight).vector };
    });
  }

  /** The best `depth` hits of every question, as the search engine ranks them. */
  async best(variant: Variant, asked: AskedQuestions, depth: number): Promise<SearchHit[][]> {
    const engine = await this.#engine(variant, asked);
    return engine.rankBatch(
      asked.queries.map((_, q) => ({
        ...this.#request(variant, asked, q, depth),
        topN: this.#pool.ids.length,
      })),
    );
  }

  /** (n); NaN: no score. A hybrid is made of lists as long as the ranking, which may be whole. */
  async #scores(
    engine: SearchEngine,
    { defaults }: Variant,
    request: SearchRequest,
    fused: Float64Array,
  ): Promise<ArrayLike<number>> {
    const legs = new QueryLegs(engine);
    const lexical = legs.lexical(request);
    if (request.mode === 'lexical') return lexical.map((score) => (score > 0 ? score : Number.NaN));
    const dense = await legs.dense(request);
    const { topN, normalization, denseWeight } = defaults.hybrid;
    const shape = {
      topN: Math.min(Math.max(topN, request.k), this.#pool.ids.length),
      normalization,
      rank: this.#rank,
    };
    const matches = lexical.reduce((count, score) => count + (score > 0 ? 1 : 0), 0);
    const depth = dense === null ? Math.min(matches, shape.topN) : shape.topN;
    fuseLegs(
      legList(dense, null, depth, shape),
      legList(lexical, 0, depth, shape),
      denseWeight[lexicalModeOf(request)],
      fused,
    );
    return fused;
  }

  #request(variant: Variant, asked: AskedQuestions, q: number, k: number): SearchRequest {
    const { id, text, lang } = asked.queries[q];
    const expansion = asked.expansions?.[q];
    const { system, profile, alpha, languages, feedback } = variant;
    return {
      question: text,
      questionId: id,
      questionLang: lang,
      languages: asked.languages?.[q] ?? [{ lang, weight: 1 }],
      mode: system.mode,
      augment: system.augment !== 'off',
      translate: system.translate,
      profile,
      alpha,
      languagePolicy: policyOf(languages, lang, this.#options.queryLanguages),
      feedback: feedback ?? undefined,
      // The vectors that are held have it already.
      expansion: expansion && { ...expansion, dense: 0 },
      k,
    };
  }

  /** The one matrix that questions of a language are compared with. */
  async #matrix(
    { system, profile, alpha, languages, source }: Variant,
    asker: string,
  ): Promise<SearchMatrix> {
    const matrices = await this.#matrices.of(JSON.stringify(source), () =>
      this.#openMatrices(source),
    );
    if (system.augment === 'off') return matrices.passages();
    const { queryLanguages } = this.#options;
    const policy = policyOf(languages, asker, queryLanguages);
    const formula = augmentationProfile(profile, { alpha, languages: policy });
    return matrices.fused(formula, policyWeights(policy, asker, queryLanguages));
  }

  async #openMatrices(source: SumSource): Promise<FusedMatrices> {
    return new FusedMatrices(await this.#pool.snapshot(source), MATRIX_BYTES);
  }

  /** The questions' vectors as the variant's space has them. */
  async #prepared({ source }: Variant, { queries, vectors }: AskedQuestions) {
    const means = await this.#pool.means(source.means);
    if (means.size === 0) return vectors;
    const changed = vectors.slice();
    removeMeans(changed, (q) => queries[q].lang, this.#pool.dim, means);
    return changed;
  }

  async #engine(variant: Variant, asked: AskedQuestions): Promise<SearchEngine> {
    const { source, defaults, system } = variant;
    const { encoder, generator, scanner } = this.#options;
    const languages = this.#drawnLanguages(variant, asked);
    const lexicalKey = JSON.stringify([source, defaults.bm25, languages]);
    const vectors = await this.#prepared(variant, asked);
    return new SearchEngine({
      snapshot: await this.#pool.snapshot(source),
      lexical: await this.#lexical.of(lexicalKey, () =>
        this.#pool.lexical(source, languages, defaults.bm25),
      ),
      encoder: new HeldQuestions(encoder, asked.queries, vectors),
      scanner,
      factors:
        source.terms === 'expected' || system.augment === 'off'
          ? (generator.distribution?.factors ?? null)
          : null,
      defaults,
    });
  }

  /** Languages whose drawn queries the lexical leg has to know. */
  #drawnLanguages(
    { system, languages, source }: Variant,
    { lang, languages: detected }: AskedQuestions,
  ): readonly string[] {
    const { queryLanguages } = this.#options;
    if (source.terms === 'expected' || system.augment === 'off') return [];
    if (languages !== 'asker') return queryLanguages;
    const own = new Set(detected?.flatMap((each) => each.map((one) => one.lang)) ?? [lang]);
    return queryLanguages.filter((each) => own.has(each));
  }
}

/** Keeps what was made last. */
class Latest<T> {
  #key: string | null = null;
  #value: T | null = null;

  of(key: string, make: () => T): T {
    if (this.#key !== key || this.#value === null) {
      this.#key = key;
      this.#value = make();
    }
    return this.#value;
  }
}
