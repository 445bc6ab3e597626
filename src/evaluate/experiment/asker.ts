/**
 * Asks the questions of a work item: opens its pool, takes the questions' vectors from the store,
 * and ranks.
 */

import { questionVectors } from '../../search/expansion.js';
import type { RelevantRanks } from '../measures/metrics.js';
import type { RankedQuery } from '../measures/trec.js';
import { ANSWER_DEPTH } from '../measures/xor/answer-recall.js';
import type { ArtifactStore } from '../ranking/artifact-store.js';
import { codeIdentity, ENCODING_CODE } from '../ranking/code-identity.js';
import { Pool } from '../ranking/pool.js';
import { type AskedQuestions, Ranker } from '../ranking/ranker.js';
import { roundTripScores } from '../ranking/round-trip.js';
import type { NamedRecipe } from './recipe.js';
import type { ExperimentSpec } from './spec.js';
import type { WorkItem } from './work.js';

export interface AskerOptions {
  readonly spec: ExperimentSpec;
  readonly store: ArtifactStore;
  readonly signal?: AbortSignal;
}

/** Holds the pool and ranker that were used last, since work comes sorted by pool. */
export class Asker {
  readonly #recipe: Pick<NamedRecipe, 'scanner'>;
  readonly #options: AskerOptions;
  #open: { key: string; ranker: Ranker } | null = null;

  constructor(recipe: Pick<NamedRecipe, 'scanner'>, options: AskerOptions) {
    this.#recipe = recipe;
    this.#options = options;
  }

  async ranks(item: WorkItem): Promise<RelevantRanks[]> {
    const { answers, pool } = item;
    if (answers === null) return this.#ranker(item).ranks(item.variant, await this.#asked(item));
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
    const hits = await this.#ranker(item).best(item.variant, await this.#asked(item), depth);
    return item.test.queries.map(({ id }, q) => ({ queryId: id, hits: hits[q] }));
  }

  #ranker({ pool, pairing }: WorkItem): Ranker {
    const key = `${pool.key} ${pairing.generatorName}`;
    if (this.#open?.key === key) return this.#open.ranker;
    const { encoder, generator } = pairing;
    const { store, spec, signal } = this.#options;
    const { scanner } = this.#recipe;
    const identity = { encoder: encoder.identity, generator: generator.identity, seed: spec.seed };
    const opened = new Pool(pool.blocks, {
      queryLanguages: generator.languages,
      trainingMeans: pairing.means,
      roundTrip: (each, place, lang, drawn) =>
        roundTripScores(each, place, lang, drawn, { scanner, store, identity }),
    });
    const ranker = new Ranker(opened, {
      encoder: encoder.identity,
      generator,
      scanner,
      queryLanguages: generator.languages,
      signal,
    });
    this.#open = { key, ranker };
    return ranker;
  }

  async #asked({ test, subject, pairing, variant }: WorkItem): Promise<AskedQuestions> {
    const { encoder } = pairing;
    const lang = subject.queryLang;
    const languages = [{ lang, weight: 1 }];
    const changed = await variant.questions?.of(test.queries, lang);
    const expansions = changed?.map(({ expansion = null }) => expansion) ?? null;
    const questions = test.queries.map(({ id, text }, q) => ({
      question: text,
      questionId: id,
      questionLang: lang,
      languages,
      expansion: expansions?.[q],
    }));
    const identity = {
      encoder: encoder.identity,
      code: codeIdentity(ENCODING_CODE),
      lang,
      questions: test.queries.map(({ id, text }) => [id, text]),
      ...(expansions === null ? {} : { expansions }),
    };
    const vectors =
      variant.system.mode === 'lexical'
        ? new Float32Array(questions.length * encoder.identity.dim)
        : await this.#options.store.floats('questions', identity, () =>
            questionVectors(encoder, questions),
          );
    return { lang, queries: test.queries, qrels: test.qrels, vectors, expansions };
  }
}
