/**
 * Asks the questions of a work item: opens its pool, takes the questions' vectors from the store,
 * and ranks.
 */

import { questionVectors } from '../../search/expansion.js';
import type { EvaluationQuery } from '../data/collection.js';
import { detectedLanguages } from '../detected-languages.js';
import type { RelevantRanks } from '../measures/metrics.js';
import type { RankedQuery } from '../measures/trec.js';
import { ANSWER_DEPTH } from '../measures/xor/answer-recall.js';
import type { ArtifactStore } from '../ranking/artifact-store.js';
import { codeIdentity, ENCODING_CODE } from '../ranking/code-identity.js';
import { Pool } from '../ranking/pool.js';
import { type AskedQuestions, Ranker } from '../ranking/ranker.js';
import { roundTripScores } from '../ranking/round-trip.js';
import { StreamedPool } from '../ranking/streamed-pool.js';
import type { ExperimentRecipes } from './recipe.js';
import type { ExperimentSpec } from './spec.js';
import type { Pairing, PoolPlan, WorkItem } from './work.js';

export interface AskerOptions {
  readonly spec: ExperimentSpec;
  readonly store: ArtifactStore;
  readonly signal?: AbortSignal;
  /** Told how far the reading of a pool is. */
  readonly tell?: (step: string, done: number, total: number) => void;
}

/** Holds the pool and ranker that were used last, since work comes sorted by pool. */
export class Asker {
  readonly #recipe: Pick<ExperimentRecipes, 'scanner'>;
  readonly #options: AskerOptions;
  #open: { key: string; pool: Pool | StreamedPool; ranker: Ranker } | null = null;

  constructor(recipe: Pick<ExperimentRecipes, 'scanner'>, options: AskerOptions) {
    this.#recipe = recipe;
    this.#options = options;
  }

  async ranks(item: WorkItem): Promise<RelevantRanks[]> {
    const { answers, pool } = item;
    if (answers === null) {
      const ranker = await this.#ranker(item);
      return ranker.ranks(item.variant, await this.#asked(item), pool.depth);
    }
    const textOf = new Map(
      pool.blocks.flatMap(({ block, idOf }) =>
        block.passages.map(({ id, text }) => [idOf(id), text]),
      ),
    );
    const ranked = await this.best(item, ANSWER_DEPTH);
    return ranked.map(({ queryId, hits }) =>
      answers.ranks(
        queryId,
        hits.map(({ id }) => textOf.get(id)!),
      ),
    );
  }

  async best(item: WorkItem, depth: number): Promise<RankedQuery[]> {
    const ranker = await this.#ranker(item);
    const hits = await ranker.best(item.variant, await this.#asked(item), depth);
    return item.test.queries.map(({ id }, q) => ({ queryId: id, hits: hits[q] }));
  }

  async close(): Promise<void> {
    const opened = this.#open;
    this.#open = null;
    if (opened?.pool instanceof StreamedPool) await opened.pool.close();
  }

  async #ranker({ pool: plan, pairing }: WorkItem): Promise<Ranker> {
    const key = `${plan.key} ${pairing.generatorName}`;
    if (this.#open?.key === key) return this.#open.ranker;
    await this.close();
    const { encoder, generator } = pairing;
    const { signal } = this.#options;
    const { scanner } = this.#recipe;
    const pool = plan.stream
      ? await this.#stream(plan.stream, pairing)
      : this.#pool(plan.blocks, pairing);
    const ranker = new Ranker(pool, {
      encoder: encoder.identity,
      generator,
      scanner,
      queryLanguages: generator.languages,
      signal,
    });
    this.#open = { key, pool, ranker };
    return ranker;
  }

  #pool(blocks: PoolPlan['blocks'], { encoder, generator, means }: Pairing): Pool {
    const { store, spec } = this.#options;
    const { scanner } = this.#recipe;
    const identity = { encoder: encoder.identity, generator: generator.identity, seed: spec.seed };
    return new Pool(blocks, {
      queryLanguages: generator.languages,
      trainingMeans: means,
      roundTrip: (each, place, lang, drawn) =>
        roundTripScores(each, place, lang, drawn, { scanner, store, identity }),
    });
  }

  #stream(
    { size, sources, read }: NonNullable<PoolPlan['stream']>,
    { encoder, generator }: Pairing,
  ): Promise<StreamedPool> {
    const { spec, signal, tell = () => {} } = this.#options;
    async function* counted() {
      let count = 0;
      for await (const passage of read()) {
        signal?.throwIfAborted();
        yield passage;
        if (++count % 1000 === 0) tell(`${count.toLocaleString('en-US')} passages`, count, size);
      }
    }
    return StreamedPool.build(counted(), { encoder, generator, seed: spec.seed, sources });
  }

  async #asked({ test, subject, pairing, variant }: WorkItem): Promise<AskedQuestions> {
    const { encoder, generator } = pairing;
    const lang = subject.queryLang;
    const changed = await variant.questions?.of(test.queries, lang);
    const questions = await Promise.all(
      test.queries.map(async ({ id, text, lang: own, langGiven }, q) => ({
        question: text,
        questionId: id,
        questionLang: own,
        languages:
          changed?.[q].languages ??
          (langGiven ? [{ lang: own, weight: 1 }] : await detectedLanguages(text, generator)),
        expansion: changed?.[q].expansion,
      })),
    );
    const isGiven = changed?.[0]?.languages === undefined && test.queries.every(isLanguageGiven);
    const languages = isGiven ? null : questions.map((each) => each.languages);
    const expansions = changed?.map(({ expansion = null }) => expansion) ?? null;
    const identity = {
      encoder: encoder.identity,
      code: codeIdentity(ENCODING_CODE),
      lang,
      questions: test.queries.map(({ id, text }) => [id, text]),
      ...(languages === null ? {} : { languages }),
      ...(expansions === null ? {} : { expansions }),
    };
    const vectors =
      variant.system.mode === 'lexical'
        ? new Float32Array(questions.length * encoder.identity.dim)
        : await this.#options.store.floats('questions', identity, () =>
            questionVectors(encoder, questions),
          );
    const { queries, qrels } = test;
    return { lang, queries, qrels, vectors, expansions, languages };
  }
}

function isLanguageGiven({ langGiven }: EvaluationQuery): boolean {
  return langGiven;
}
