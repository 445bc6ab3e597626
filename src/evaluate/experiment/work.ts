/**
 * The work of an experiment, as a list: which variants are to be ranked for which questions about
 * which pool. From it come the plan that people see and the run.
 */
import { sha256 } from '../../base/identity.js';
import { hasDistribution } from '../../generate/generator.js';
import type { TestCollection } from '../data/collection.js';
import type { AnswerSearch } from '../measures/xor/answer-recall.js';
import type { ArtifactStore, Identity } from '../ranking/artifact-store.js';
import {
  Block,
  type BlockRecipe,
  type PassageSource,
  type PlacedBlock,
  passagesInMemory,
} from '../ranking/block.js';
import { codeIdentity, RANKING_CODE } from '../ranking/code-identity.js';
import type { Setting } from '../report/results.js';
import type { PairingContext } from './condition.js';
import type { Subject } from './measurement.js';
import type { ReportedData } from './open-data.js';
import type { ReportedSet, TestPool } from './reported-set.js';
import type { FurtherPassages, Variant } from './variant.js';

/** One encoder with one generator. */
export interface Pairing extends PairingContext {
  readonly variants: readonly Variant[];
}

/** One ranking of a pool for the questions in one language, in one variant. */
export interface WorkItem {
  readonly pairing: Pairing;
  readonly subject: Subject;
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
  readonly size: number;
  /** Passages that are ranked for a question at most. */
  readonly depth: number;
}

/** Gives blocks of the same passages and recipe only once. */
export class Blocks {
  readonly #store: ArtifactStore;
  readonly #seed: number;
  readonly #options: Pick<BlockRecipe, 'signal' | 'progress'>;
  readonly #blocks = new Map<string, Block>();

  constructor(
    store: ArtifactStore,
    seed: number,
    options: Pick<BlockRecipe, 'signal' | 'progress'> = {},
  ) {
    this.#store = store;
    this.#seed = seed;
    this.#options = options;
  }

  of(name: string, passages: PassageSource, pairing: Omit<Pairing, 'variants'>): Block {
    const key = JSON.stringify([name, pairing.encoderName, pairing.generatorName]);
    let block = this.#blocks.get(key);
    if (block === undefined) {
      const { encoder, generator } = pairing;
      block = new Block(passages, {
        encoder,
        generator,
        store: this.#store,
        seed: this.#seed,
        ...this.#options,
      });
      this.#blocks.set(key, block);
    }
    return block;
  }
}

export interface WorkOptions {
  readonly reported: readonly ReportedData[];
  readonly pairings: readonly Pairing[];
  readonly blocks: Blocks;
  readonly seed: number;
}

/**
 * Items in groups that are ranked together: of one pool, source of queries and language of
 * questions. Groups that share a pool, and within it a source, come one after the other.
 */
export function* workOf(options: WorkOptions): Generator<readonly WorkItem[]> {
  for (const { set, setting, pairing, pool } of poolsOf(options)) {
    for (const [further, variants] of groupBy(pairing.variants, (each) => each.further)) {
      const plan = planOf(set.name, pool, further, options.blocks, pairing);
      const ofSources = groupBy(variants, ({ source }) => JSON.stringify(source));
      for (const ofSource of ofSources.values())
        yield* groupsOf(set, setting, pool, pairing, ofSource, plan, options.seed);
    }
  }
}

/** Every pool of the reported data with every pairing. */
function* poolsOf({ reported, pairings }: Pick<WorkOptions, 'reported' | 'pairings'>) {
  for (const { spec, set } of reported) {
    const settings = spec.settings.map((setting) => ({ setting, pools: set.pools(setting) }));
    for (const pairing of pairings) {
      for (const { setting, pools } of settings)
        for (const pool of pools) yield { set, setting, pairing, pool };
    }
  }
}

/** One group for each language of the questions. */
function* groupsOf(
  { name, answers }: ReportedSet,
  setting: Setting,
  { passageLang, tests }: TestPool,
  pairing: Pairing,
  variants: readonly Variant[],
  pool: PoolPlan,
  seed: number,
): Generator<readonly WorkItem[]> {
  const { encoderName: encoder, generatorName: generator } = pairing;
  for (const { queryLang, test } of tests) {
    const subject = { dataset: name, setting, queryLang, passageLang, encoder, generator };
    yield variants.map((variant): WorkItem => {
      const identity = identityOf(pairing, variant, pool, { test, queryLang, answers }, seed);
      return { pairing, subject, test, variant, pool, answers, identity };
    });
  }
}

function planOf(
  dataset: string,
  { passageLang, parts, depth }: TestPool,
  further: FurtherPassages | null,
  blocks: Blocks,
  pairing: Pairing,
): PoolPlan {
  const placed = parts.map(({ name, passages, idOf }): PlacedBlock => {
    return { block: blocks.of(name, passages, pairing), idOf };
  });
  if (further !== null) {
    const passages = passagesInMemory(further.passages);
    placed.push({
      block: blocks.of(`further ${further.name}`, passages, pairing),
      idOf: (id) => id,
    });
  }
  const size = placed.reduce((sum, { block }) => sum + block.size, 0);
  return {
    key: JSON.stringify([dataset, passageLang, further?.name, pairing.encoderName]),
    blocks: placed,
    size,
    depth: Math.min(size, depth ?? size),
  };
}

function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
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
  const { system, profile, alpha, languages, source, defaults, feedback, topN, questions } =
    variant;
  const { mode, augment, translate } = system;
  const augmented = augment !== 'off';
  const drawn = augmented && source.queries !== 'expected';
  return {
    pool: pool.blocks.map(({ block, idOf }) => [block.passages.digest, idOf('')]),
    ...(pool.depth < pool.size ? { depth: pool.depth } : {}),
    questions: questionsDigest(test),
    ...(test.leavesOutOwnId ? { ownIds: 'left out' } : {}),
    queryLang,
    ...(test.queries.every(({ langGiven }) => langGiven) ? {} : { words: generator.identity }),
    ...(answers === null ? {} : { answers: answers.identity }),
    mode,
    translate,
    means: source.means,
    code: codeIdentity([...RANKING_CODE, 'evaluate/experiment/work-ranker', 'expand/apply']),
    encoder: mode === 'lexical' ? null : encoder.identity,
    generator: mode === 'dense' && !augmented ? null : generator.identity,
    table: hasDistribution(generator),
    augmentation: augmented ? { profile, alpha, languages, source } : null,
    seed: drawn ? seed : null,
    feedback: mode === 'dense' ? (feedback ?? defaults.feedback) : feedback,
    topN: mode === 'hybrid' ? topN : null,
    depth: pool.depth < pool.size ? pool.depth : null,
    // Alpha is part of the augmentation; a dense leg alone reads no other default.
    defaults: mode === 'dense' ? null : { ...defaults, alpha: null, feedback: null },
    ...questions?.identity(system),
  };
}

const digests = new WeakMap<TestCollection, string>();

function questionsDigest(test: TestCollection): string {
  let digest = digests.get(test);
  if (digest === undefined) {
    digest = sha256(
      JSON.stringify(
        test.queries.map(({ id, text, lang, langGiven }) => [
          ...[id, text, lang, langGiven],
          [...test.qrels.get(id)!],
        ]),
      ),
    );
    digests.set(test, digest);
  }
  return digest;
}
