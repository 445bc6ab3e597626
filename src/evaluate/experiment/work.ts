/**
 * The work of an experiment, as a list: which variants are to be ranked for which questions about
 * which pool. From it come the plan that people see and the run. Ranks nothing itself.
 */
import { sha256 } from '../../base/identity.js';
import type { Encoder } from '../../encode/encoder.js';
import { type Generator, hasDistribution } from '../../generate/generator.js';
import type { EvaluationPassage, TestCollection } from '../data/collection.js';
import type { AnswerSearch } from '../measures/xor/answer-recall.js';
import type { ArtifactStore, Identity } from '../ranking/artifact-store.js';
import { Block, type PlacedBlock, passagesInMemory } from '../ranking/block.js';
import { codeIdentity, RANKING_CODE } from '../ranking/code-identity.js';
import type { LanguageMeans } from '../ranking/language-means.js';
import type { ExperimentExpansions } from './expansions.js';
import type { MeasuredPlace } from './measurement.js';
import type { Distractors, ReportedData } from './open-data.js';
import type { PoolPart } from './reported-set.js';
import type { Variant } from './variants.js';

/** One encoder with one generator. */
export interface Pairing {
  readonly encoderName: string;
  readonly generatorName: string;
  readonly encoder: Encoder;
  readonly generator: Generator;
  readonly means: LanguageMeans;
  readonly variants: readonly Variant[];
}

/** One ranking of a pool for the questions in one language, in one variant. */
export interface WorkItem {
  readonly pairing: Pairing;
  readonly place: MeasuredPlace;
  readonly test: TestCollection;
  readonly variant: Variant;
  readonly pool: PoolPlan;
  /** Finds answers where the data set judges no passages. */
  readonly answers: AnswerSearch | null;
  readonly identity: Identity;
}

/** A pool before anything of it is encoded. */
export interface PoolPlan {
  readonly key: string;
  readonly blocks: readonly PlacedBlock[];
}

/** Gives blocks of the same passages and recipe only once. */
export class Blocks {
  readonly #store: ArtifactStore;
  readonly #seed: number;
  readonly #signal: AbortSignal | undefined;
  readonly #known = new Map<string, Block>();

  constructor(store: ArtifactStore, seed: number, signal: AbortSignal | undefined) {
    this.#store = store;
    this.#seed = seed;
    this.#signal = signal;
  }

  of(
    name: string,
    passages: readonly EvaluationPassage[],
    pairing: Omit<Pairing, 'variants'>,
  ): Block {
    const key = JSON.stringify([name, pairing.encoderName, pairing.generatorName]);
    let block = this.#known.get(key);
    if (block === undefined) {
      const { encoder, generator } = pairing;
      block = new Block(passagesInMemory(passages), {
        encoder,
        generator,
        store: this.#store,
        seed: this.#seed,
        signal: this.#signal,
      });
      this.#known.set(key, block);
    }
    return block;
  }
}

export interface WorkOptions {
  readonly reported: readonly ReportedData[];
  readonly distractors: readonly Distractors[];
  readonly pairings: readonly Pairing[];
  readonly blocks: Blocks;
  readonly expansions: ExperimentExpansions;
  readonly seed: number;
}

/** Items that share a pool, and within it a source of queries, come one after the other. */
export function workOf({
  reported,
  distractors,
  pairings,
  blocks,
  expansions,
  seed,
}: WorkOptions): WorkItem[] {
  const items: WorkItem[] = [];
  for (const { spec, set } of reported) {
    const settings = spec.settings.map((setting) => ({ setting, pools: set.pools(setting) }));
    for (const pairing of pairings) {
      for (const { setting, pools } of settings) {
        for (const { passageLang, parts, asked } of pools) {
          for (const name of [null, ...distractors.map((each) => each.name)]) {
            const further = distractors.find((each) => each.name === name) ?? null;
            const pool = poolPlan(set.name, passageLang, parts, further, blocks, pairing);
            for (const variant of pairing.variants.filter((each) => each.distractors === name)) {
              for (const { queryLang, test } of asked) {
                const place = {
                  dataset: set.name,
                  setting,
                  queryLang,
                  passageLang,
                  encoder: pairing.encoderName,
                  generator: pairing.generatorName,
                };
                const { answers } = set;
                const questions = { test, queryLang, answers };
                const ofRanks = identityOf(pairing, variant, pool, questions, seed);
                const identity = { ...ofRanks, ...expansions.identity(variant) };
                items.push({ pairing, place, test, variant, pool, answers, identity });
              }
            }
          }
        }
      }
    }
  }
  return items;
}

function poolPlan(
  dataset: string,
  passageLang: string,
  parts: readonly PoolPart[],
  distractors: Distractors | null,
  blocks: Blocks,
  pairing: Pairing,
): PoolPlan {
  const placed = parts.map(({ name, passages, idOf }): PlacedBlock => {
    return { block: blocks.of(name, passages, pairing), idOf };
  });
  if (distractors !== null) {
    const block = blocks.of(`distractors ${distractors.name}`, distractors.passages, pairing);
    placed.push({ block, idOf: (id) => id });
  }
  return {
    key: JSON.stringify([dataset, passageLang, distractors?.name, pairing.encoderName]),
    blocks: placed,
  };
}

/**
 * Everything that ranks depend on, and nothing else, so that a variant that does not use something
 * shares its ranks.
 */
function identityOf(
  { encoder, generator }: Pairing,
  variant: Variant,
  pool: PoolPlan,
  { test, queryLang, answers }: Pick<WorkItem, 'test' | 'answers'> & { readonly queryLang: string },
  seed: number,
): Identity {
  const { system, profile, alpha, languages, source, defaults, feedback, topN } = variant;
  const { mode, augment, translate } = system;
  const augmented = augment !== 'off';
  const drawn = augmented && source.queries !== 'expected';
  return {
    pool: pool.blocks.map(({ block, idOf }) => [block.passages.digest, idOf('')]),
    questions: questionsDigest(test),
    queryLang,
    ...(answers === null ? {} : { answers: answers.identity }),
    mode,
    translate,
    means: source.means,
    code: codeIdentity([...RANKING_CODE, 'evaluate/experiment/work-ranker']),
    encoder: mode === 'lexical' ? null : encoder.identity,
    generator: mode === 'dense' && !augmented ? null : generator.identity,
    table: hasDistribution(generator),
    augmentation: augmented ? { profile, alpha, languages, source } : null,
    seed: drawn ? seed : null,
    feedback: mode === 'dense' ? (feedback ?? defaults.feedback) : feedback,
    topN: mode === 'hybrid' ? topN : null,
    // Alpha is part of the augmentation; a dense leg alone reads no other default.
    defaults: mode === 'dense' ? null : { ...defaults, alpha: null, feedback: null },
  };
}

const digests = new WeakMap<TestCollection, string>();

function questionsDigest(test: TestCollection): string {
  let digest = digests.get(test);
  if (digest === undefined) {
    digest = sha256(
      JSON.stringify(
        test.queries.map(({ id, text, lang }) => [id, text, lang, [...test.qrels.get(id)!]]),
      ),
    );
    digests.set(test, digest);
  }
  return digest;
}
