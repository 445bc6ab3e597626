/**
 * Ranks the work of an experiment: opens the pool of a work item, takes the questions' vectors from
 * the store, and asks the ranker.
 */
import { questionVectors } from '../../search/expansion.js';
import { detectedLanguages } from '../detected-languages.js';
import type { RelevantRanks } from '../measures/metrics.js';
import type { RankedQuery } from '../measures/trec.js';
import { ANSWER_DEPTH } from '../measures/xor/answer-recall.js';
import type { ArtifactStore } from '../ranking/artifact-store.js';
import { codeIdentity, ENCODING_CODE } from '../ranking/code-identity.js';
import { Pool } from '../ranking/pool.js';
import { type QuestionBatch, Ranker } from '../ranking/ranker.js';
import { roundTripScores } from '../ranking/round-trip.js';
import type { SystemSettings } from '../ranking/system-settings.js';
import type { ExperimentRecipes } from './recipe.js';
import type { ExperimentSpec } from './spec.js';
import type { Pairing, PoolPlan, WorkItem } from './work.js';

export interface WorkRankerOptions {
  readonly spec: ExperimentSpec;
  readonly store: ArtifactStore;
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
    const ranks = new Map<WorkItem, RelevantRanks[]>();
    const byQuestions = new Map<unknown, WorkItem[]>();
    for (const item of items) {
      if (item.answers !== null) {
        ranks.set(item, await this.#answerRanks(item, item.answers));
        continue;
      }
      const { questions } = item.variant;
      byQuestions.set(questions, [...(byQuestions.get(questions) ?? []), item]);
    }
    for (const group of byQuestions.values()) {
      // Questions have vectors where any of the systems has a dense leg.
      const withVectors = group.find(({ variant }) => variant.system.mode !== 'lexical');
      const questions = await this.#questions(withVectors ?? group[0]);
      const ranker = this.#ranker(group[0]);
      const { pool } = group[0];
      const systems = group.map(({ variant }) => withListsOf(pool, variant));
      const ofGroup = await ranker.ranks(systems, questions, pool.depth);
      for (const [i, item] of group.entries()) ranks.set(item, ofGroup[i]);
    }
    return items.map((item) => ranks.get(item)!);
  }

  async best(item: WorkItem, depth: number): Promise<RankedQuery[]> {
    const questions = await this.#questions(item);
    const ranker = this.#ranker(item);
    const hits = await ranker.best(item.variant, questions, depth);
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

  #ranker({ pool: plan, pairing }: WorkItem): Ranker {
    const key = `${plan.key} ${pairing.generatorName}`;
    if (this.#open?.key === key) return this.#open.ranker;
    const pool = this.#pool(plan, pairing);
    const { encoder, generator } = pairing;
    const ranker = new Ranker(pool, {
      encoder,
      generator,
      scanner: this.#recipe.scanner,
      queryLanguages: generator.languages,
      signal: this.#options.signal,
    });
    this.#open = { key, ranker };
    return ranker;
  }

  #pool({ blocks }: PoolPlan, { encoder, generator, means }: Pairing): Pool {
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

  async #questions({ test, subject, pairing, variant }: WorkItem): Promise<QuestionBatch> {
    const { encoder, generator } = pairing;
    const { queries, qrels, leavesOutOwnId } = test;
    const lang = subject.queryLang;
    const changed = await variant.questions?.of(queries, lang);
    const questions = await Promise.all(
      queries.map(async ({ id, text, lang: own, langGiven }, q) => ({
        question: text,
        questionId: id,
        questionLang: own,
        languages:
          changed?.[q].languages ??
          (langGiven ? [{ lang: own, weight: 1 }] : await detectedLanguages(text, generator)),
        expansion: changed?.[q].expansion,
      })),
    );
    const areGiven =
      changed?.[0]?.languages === undefined && queries.every(({ langGiven }) => langGiven);
    const languages = areGiven ? null : questions.map((each) => each.languages);
    const expansions = changed?.map(({ expansion = null }) => expansion) ?? null;
    const identity = {
      encoder: encoder.identity,
      code: codeIdentity(ENCODING_CODE),
      lang,
      questions: queries.map(({ id, text }) => [id, text]),
      ...(languages === null ? {} : { languages }),
      ...(expansions === null ? {} : { expansions }),
    };
    const vectors =
      variant.system.mode === 'lexical'
        ? new Float32Array(questions.length * encoder.identity.dim)
        : await this.#options.store.floats('questions', identity, () =>
            questionVectors(encoder, questions),
          );
    return { lang, queries, qrels, leavesOutOwnId, vectors, languages, expansions };
  }
}

/** A hybrid's lists are as long as in search, or as a ranking that is cut there. */
function withListsOf({ depth, size }: PoolPlan, system: SystemSettings): SystemSettings {
  if (depth === size) return system;
  return { ...system, topN: Math.max(system.defaults.hybrid.topN, depth) };
}
