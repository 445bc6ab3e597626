/**
 * Where the relevant passages of questions stand in the rankings of systems over a pool: the pool
 * is a snapshot, the search engine scores its rows, and ranks are counted.
 */
import type { LanguageCentroids } from '../../encode/centroids.js';
import type { Encoder, EncoderIdentity, QueryText } from '../../encode/encoder.js';
import type { Expansion } from '../../expand/apply.js';
import type { Generator } from '../../generate/generator.js';
import type { LanguageWeight } from '../../languages/terms.js';
import type { Scanner } from '../../search/dense/scanner.js';
import { SearchEngine } from '../../search/engine.js';
import type { LexicalIndex } from '../../search/lexical/index.js';
import { lexicalModeOf, type SearchHit, type SearchRequest } from '../../search/request.js';
import type { EvaluationQuery, TestCollection } from '../data/collection.js';
import type { RelevantRanks } from '../measures/metrics.js';
import { removeMeans } from './language-means.js';
import type { Pool } from './pool.js';
import { byteOrder, ranksOf, relevantRows } from './row-ranks.js';
import { policyOf, type SystemSettings } from './system-settings.js';

/** Questions whose data name one language, with their vectors. */
export interface QuestionBatch {
  readonly lang: string;
  readonly queries: readonly EvaluationQuery[];
  readonly qrels: TestCollection['qrels'];
  /** True: the passage with the id of a question is not ranked for it. */
  readonly leavesOutOwnId?: boolean;
  /** (queries x dim), row-major; those of expanded questions where they are expanded. */
  readonly vectors: Float32Array;
  /**
   * The languages that each question seems to be in, in the order of the queries; null: all are in
   * `lang`.
   */
  readonly languages: readonly (readonly LanguageWeight[])[] | null;
  /** In the order of the queries; null: the questions are as they are. */
  readonly expansions: readonly (Expansion | null)[] | null;
}

export interface RankerOptions {
  readonly encoder: Pick<Encoder, 'identity' | 'centroids'>;
  readonly generator: Generator;
  readonly scanner: Scanner;
  /** Languages in which queries can be generated. */
  readonly queryLanguages: readonly string[];
  readonly signal?: AbortSignal;
}

/** Memory for fused matrices of one engine. */
const MATRIX_BYTES = 2 ** 29;
/** Of a number of a fused matrix: 32 bits, and 8 in its scan. */
const NUMBER_BYTES = 5;

/**
 * Ranks one pool by many systems. Systems that share a source of queries should come one after the
 * other.
 */
export class Ranker {
  readonly #pool: Pool;
  readonly #options: RankerOptions;
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #order: Uint32Array;
  readonly #encoder: PrecomputedQuestions;
  #engine: { readonly key: string; readonly engine: SearchEngine } | null = null;
  #lexical: { readonly key: string; readonly index: LexicalIndex } | null = null;

  constructor(pool: Pool, options: RankerOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#rowOf = new Map(pool.ids.map((id, row) => [id, row]));
    this.#order = byteOrder(pool.ids);
    this.#encoder = new PrecomputedQuestions(options.encoder);
  }

  /**
   * Where the relevant passages of every question stand, by system in the given order, then by
   * question. Systems that share a leg share its scores.
   *
   * @param depth passages beyond this rank count as not retrieved; default: none
   */
  async ranks(
    systems: readonly SystemSettings[],
    questions: QuestionBatch,
    depth = this.#pool.ids.length,
  ): Promise<RelevantRanks[][]> {
    const relevant = questions.queries.map(({ id }) =>
      relevantRows(questions.qrels.get(id)!, this.#rowOf),
    );
    const ranks = systems.map((): RelevantRanks[] => []);
    for (const group of this.#groups(systems, questions)) {
      const engine = await this.#open(systems[group[0]], questions);
      const requests = questions.queries.flatMap((_, q) =>
        group.map((s) => this.#request(systems[s], questions, q, depth)),
      );
      let next = 0;
      for await (const scores of engine.rankAll(requests, this.#options.signal)) {
        const [q, s] = [Math.floor(next / group.length), group[next % group.length]];
        const own = questions.leavesOutOwnId ? this.#rowOf.get(questions.queries[q].id) : undefined;
        ranks[s].push(ranksOf(relevant[q], scores, this.#order, depth, own));
        next++;
      }
    }
    return ranks;
  }

  /** The best `depth` hits of every question, as the search engine ranks them. */
  async best(
    system: SystemSettings,
    questions: QuestionBatch,
    depth: number,
  ): Promise<SearchHit[][]> {
    const engine = await this.#open(system, questions);
    const k = questions.leavesOutOwnId ? depth + 1 : depth;
    const ranked = await engine.rankBatch(
      questions.queries.map((_, q) => this.#request(system, questions, q, k)),
      this.#options.signal,
    );
    if (!questions.leavesOutOwnId) return ranked;
    return ranked.map((hits, q) =>
      hits.filter(({ id }) => id !== questions.queries[q].id).slice(0, depth),
    );
  }

  /**
   * Places of systems that one engine ranks together: as many as there is room for their matrices.
   */
  #groups(systems: readonly SystemSettings[], questions: QuestionBatch): number[][] {
    const { ids, dim } = this.#pool;
    const room = Math.max(1, Math.floor(MATRIX_BYTES / (ids.length * dim * NUMBER_BYTES)) - 1);
    const byEngine = new Map<string, number[]>();
    systems.forEach((system, s) => {
      const key = this.#engineKey(system, questions);
      byEngine.set(key, [...(byEngine.get(key) ?? []), s]);
    });
    return [...byEngine.values()].flatMap((group) =>
      Array.from({ length: Math.ceil(group.length / room) }, (_, i) =>
        group.slice(i * room, (i + 1) * room),
      ),
    );
  }

  #request(
    { system, profile, alpha, languages, feedback, topN, defaults, ...settings }: SystemSettings,
    questions: QuestionBatch,
    q: number,
    k: number,
  ): SearchRequest {
    const { id, text, lang } = questions.queries[q];
    const expansion = questions.expansions?.[q];
    const { augment, translate, mode } = system;
    const { normalization, denseWeight } = defaults.hybrid;
    const n = this.#pool.ids.length;
    return {
      question: text,
      questionId: id,
      questionLang: lang,
      languages: questions.languages?.[q] ?? [{ lang, weight: 1 }],
      mode,
      augment: augment !== 'off',
      translate,
      profile,
      alpha,
      languagePolicy: policyOf(languages, lang, this.#options.queryLanguages),
      feedback: feedback ?? undefined,
      sentenceWeight: settings.sentenceWeight ?? defaults.sentenceWeight,
      centering: settings.centering,
      // The vectors of expanded questions have it already.
      expansion: expansion && { ...expansion, dense: 0 },
      k,
      topN: Math.min(topN ?? n, n),
      normalization,
      denseWeight: denseWeight[lexicalModeOf({ augment: augment !== 'off', translate })],
    };
  }

  async #open(system: SystemSettings, questions: QuestionBatch): Promise<SearchEngine> {
    const { source, defaults } = system;
    this.#encoder.set(questions.queries, await this.#vectors(system, questions));
    const key = this.#engineKey(system, questions);
    if (this.#engine?.key === key) return this.#engine.engine;
    const { generator, scanner } = this.#options;
    const engine = new SearchEngine({
      snapshot: await this.#pool.snapshot(source),
      lexical: await this.#lexicalIndex(system, questions),
      encoder: this.#encoder,
      scanner,
      factors: this.#usesTable(system) ? (generator.distribution?.factors ?? null) : null,
      defaults,
      matrixBudgetBytes: MATRIX_BYTES,
    });
    this.#engine = { key, engine };
    return engine;
  }

  /** Systems with equal keys are ranked by one engine; the rest is said by their requests. */
  #engineKey(system: SystemSettings, questions: QuestionBatch): string {
    const { source, defaults } = system;
    const { alpha, hybrid, sentenceWeight, ...others } = defaults;
    return JSON.stringify([
      source,
      others,
      this.#usesTable(system),
      this.#drawnLanguages(system, questions),
    ]);
  }

  async #lexicalIndex(system: SystemSettings, questions: QuestionBatch): Promise<LexicalIndex> {
    const { source, defaults } = system;
    const languages = this.#drawnLanguages(system, questions);
    const key = JSON.stringify([source, defaults.bm25, languages]);
    if (this.#lexical?.key !== key) {
      const index = await this.#pool.lexical(source, languages, defaults.bm25);
      this.#lexical = { key, index };
    }
    return this.#lexical.index;
  }

  /** The questions' vectors in the space of the system's passages. */
  async #vectors({ source }: SystemSettings, questions: QuestionBatch): Promise<Float32Array> {
    const { queries, vectors } = questions;
    const means = await this.#pool.means(source.means);
    if (means.size === 0) return vectors;
    const changed = vectors.slice();
    removeMeans(changed, (q) => queries[q].lang, this.#pool.dim, means);
    return changed;
  }

  /** True where the lexical leg takes generated terms from the generator's table. */
  #usesTable({ source, system }: SystemSettings): boolean {
    return source.terms === 'expected' || system.augment === 'off';
  }

  /** Languages whose drawn queries the lexical leg has to have. */
  #drawnLanguages(system: SystemSettings, questions: QuestionBatch): readonly string[] {
    const { queryLanguages } = this.#options;
    if (this.#usesTable(system)) return [];
    if (system.languages !== 'asker') return queryLanguages;
    const { lang, languages } = questions;
    const seen = new Set(languages?.flat().map((each) => each.lang) ?? [lang]);
    return queryLanguages.filter((each) => seen.has(each));
  }
}

/** An encoder of questions whose vectors were computed before. */
class PrecomputedQuestions implements Encoder {
  readonly identity: EncoderIdentity;
  readonly centroids: LanguageCentroids | undefined;
  readonly #vectors = new Map<string, Float32Array>();

  constructor({ identity, centroids }: Pick<Encoder, 'identity' | 'centroids'>) {
    this.identity = identity;
    this.centroids = centroids;
  }

  /**
   * Replaces all questions.
   * @param questions with their ids
   * @param vectors (questions x dim), row-major
   */
  set(questions: readonly { readonly id: string }[], vectors: Float32Array): void {
    const { dim } = this.identity;
    this.#vectors.clear();
    questions.forEach(({ id }, q) => {
      this.#vectors.set(id, vectors.subarray(q * dim, (q + 1) * dim));
    });
  }

  async encodePassages(): Promise<Float32Array> {
    throw new RangeError('this encoder has only vectors of questions');
  }

  async encodeQueries(questions: readonly QueryText[]): Promise<Float32Array> {
    const { dim } = this.identity;
    const out = new Float32Array(questions.length * dim);
    questions.forEach(({ id, text }, q) => {
      const vector = this.#vectors.get(id ?? '');
      if (vector === undefined) throw new RangeError(`the question "${text}" has no vector`);
      out.set(vector, q * dim);
    });
    return out;
  }
}
