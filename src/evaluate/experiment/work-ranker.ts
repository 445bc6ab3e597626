/**
 * Ranks the work of an experiment: opens the pool of a work item, takes the questions' vectors from
 * the store, and asks the ranker.
 */

import { questionVectors } from '../../search/expansion.js';
import type { RelevantRanks } from '../measures/metrics.js';
import type { RankedQuery } from '../measures/trec.js';
import { ANSWER_DEPTH } from '../measures/xor/answer-recall.js';
import type { ArtifactStore } from '../ranking/artifact-store.js';
import { codeIdentity, ENCODING_CODE } from '../ranking/code-identity.js';
import { Pool } from '../ranking/pool.js';
import { type QuestionBatch, Ranker } from '../ranking/ranker.js';
import { roundTripScores } from '../ranking/round-trip.js';
import type { ExperimentExpansions } from './expansions.js';
import type { ExperimentRecipes } from './recipe.js';
import type { ExperimentSpec } from './spec.js';
import type { WorkItem } from './work.js';

export interface WorkRankerOptions {
  readonly spec: ExperimentSpec;
  readonly store: ArtifactStore;
  readonly expansions: ExperimentExpansions;
  readonly signal?: AbortSignal;
}

/** Has the pool and ranker open that were used last, since work comes sorted by pool. */
export class WorkRanker {
  readonly #recipe: Pick<ExperimentRecipes, 'scanner'>;
  readonly #options: WorkRankerOptions;
  #open: { readonly key: string; readonly ranker: Ranker } | null = null;

  constructor(recipe: Pick<ExperimentRecipes, 'scanner'>, options: WorkRankerOptions) {
    this.#recipe = recipe;
    this.#options = options;
  }

  /**
   * The ranks of each item, in their order. Systems share the legs that are equal.
   * @param items of one pool, with the same questions
   */
  async ranks(items: readonly WorkItem[]): Promise<RelevantRanks[][]> {
    const byExpansion = new Map<string | null, WorkItem[]>();
    const ranks = new Map<WorkItem, RelevantRanks[]>();
    for (const item of items) {
      if (item.answers !== null) {
        ranks.set(item, await this.#answerRanks(item, item.answers));
        continue;
      }
      const { expansion } = item.variant;
      byExpansion.set(expansion, [...(byExpansion.get(expansion) ?? []), item]);
    }
    for (const group of byExpansion.values()) {
      // Questions have vectors where any of the systems has a dense leg.
      const withVectors = group.find(({ variant }) => variant.system.mode !== 'lexical');
      const questions = await this.#questions(withVectors ?? group[0]);
      const ofGroup = await this.#ranker(group[0]).ranks(
        group.map(({ variant }) => variant),
        questions,
      );
      for (const [i, item] of group.entries()) ranks.set(item, ofGroup[i]);
    }
    return items.map((item) => ranks.get(item)!);
  }

  async best(item: WorkItem, depth: number): Promise<RankedQuery[]> {
    const questions = await this.#questions(item);
    const hits = await this.#ranker(item).best(item.variant, questions, depth);
    return item.test.queries.map(({ id }, q) => ({ queryId: id, hits: hits[q] }));
  }

  async #answerRanks(
    item: WorkItem,
    answers: NonNullable<WorkItem['answers']>,
  ): Promise<RelevantRanks[]> {
    const textOf = new Map<string, string>();
    for (const { block, idOf } of item.pool.blocks) {
      for await (const { id, text } of block.passages.read()) textOf.set(idOf(id), text);
    }
    const ranked = await this.best(item, ANSWER_DEPTH);
    return ranked.map(({ queryId, hits }) =>
      answers.ranks(
        queryId,
        hits.map(({ id }) => textOf.get(id)!),
      ),
    );
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

  async #questions({ test, place, pairing, variant }: WorkItem): Promise<QuestionBatch> {
    const { encoder } = pairing;
    const lang = place.queryLang;
    const weights = [{ lang, weight: 1 }];
    const expansions = await this.#options.expansions.of(variant, test, lang);
    const questions = test.queries.map(({ id, text }, q) => ({
      question: text,
      questionId: id,
      questionLang: lang,
      languages: weights,
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
    return { lang, queries: test.queries, qrels: test.qrels, vectors, languages: null, expansions };
  }
}
