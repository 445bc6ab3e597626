/**
 * A reported data set as an experiment sees it: for each setting, pools of passages and the
 * questions about them, by language. Parallel sets have many pools; a BEIR folder and
 * XOR-TyDi have one.
 */
import {
  ALL_LANGUAGES,
  type Collection,
  type DataSource,
  type EvaluationPassage,
  type ParallelSetting,
  pairsOf,
  pooledId,
  type TestCollection,
  testCollectionOf,
} from '../data/collection.js';
import type { AnswerSearch } from '../measures/xor/answer-recall.js';
import type { Setting } from '../report/results.js';

/** Passages that are encoded together and may stand in many pools. */
export interface PoolPart {
  /** Its own within the experiment. */
  readonly name: string;
  readonly passages: readonly EvaluationPassage[];
  /** A passage's id in the pool. */
  readonly idOf: (id: string) => string;
}

/** Passages that are read anew each time, so that a pool need not be in memory. */
export interface PassageStream {
  readonly size: number;
  /** What the passages are, as JSON values. */
  readonly identity: unknown;
  read(): AsyncIterable<EvaluationPassage> | Iterable<EvaluationPassage>;
}

/** A pool with its questions. */
export interface TestPool {
  readonly passageLang: string;
  /** Empty where the pool is a stream. */
  readonly parts: readonly PoolPart[];
  readonly stream: PassageStream | null;
  /** Passages that are ranked for a question at most; null: all. */
  readonly depth: number | null;
  /** By language of the questions; languages without a judged question are left out. */
  readonly tests: readonly { readonly queryLang: string; readonly test: TestCollection }[];
}

export interface ReportedSet {
  readonly name: string;
  readonly sources: readonly DataSource[];
  readonly notes: readonly string[];
  readonly questionIds: ReadonlySet<string>;
  /** Where an answer in a text is what is looked for; null: where judged passages are. */
  readonly answers: AnswerSearch | null;
  pools(setting: Setting): readonly TestPool[];
  /** The same with all passages in memory. */
  inMemory(): Promise<ReportedSet>;
}

export function parallelSet(collection: Collection): ReportedSet {
  const { name, parts, sources, notes } = collection;
  const set: ReportedSet = {
    name,
    sources,
    notes,
    questionIds: new Set([...parts.values()].flatMap(({ questions }) => [...questions.keys()])),
    answers: null,
    pools: (setting) => {
      const pairs = pairsOf([...parts.keys()], setting as ParallelSetting);
      return [...new Set(pairs.map(({ passageLang }) => passageLang))].map((passageLang) => ({
        passageLang,
        parts: partsOf(collection, passageLang),
        stream: null,
        depth: null,
        tests: pairs
          .filter((pair) => pair.passageLang === passageLang)
          .map(({ queryLang }) => ({
            queryLang,
            test: testCollectionOf(collection, queryLang, passageLang),
          }))
          .filter(({ test }) => test.queries.length > 0),
      }));
    },
    inMemory: async () => set,
  };
  return set;
}

function partsOf({ name, parts }: Collection, passageLang: string): PoolPart[] {
  const all = passageLang === ALL_LANGUAGES;
  return (all ? [...parts.keys()] : [passageLang]).map((lang) => ({
    name: `${name} ${lang}`,
    passages: parts.get(lang)!.passages,
    idOf: (id) => (all ? pooledId(id, lang) : id),
  }));
}

export interface SinglePool {
  readonly name: string;
  /** The one setting that it has. */
  readonly setting: Setting;
  readonly passages: readonly EvaluationPassage[] | PassageStream;
  /** Language of the passages, `mixed` where they have several. */
  readonly passageLang: string;
  /** By language of the questions. */
  readonly tests: ReadonlyMap<string, TestCollection>;
  /** Passages that are ranked for a question at most; default: all. */
  readonly depth?: number;
  readonly sources: readonly DataSource[];
  readonly notes: readonly string[];
  readonly answers?: AnswerSearch;
}

/** One pool that all questions are asked of. */
export function singlePoolSet(pool: SinglePool): ReportedSet {
  const { name, setting, passages, passageLang, sources, notes, answers = null } = pool;
  const tests = [...pool.tests]
    .filter(([, { queries }]) => queries.length > 0)
    .map(([queryLang, test]) => ({ queryLang, test }));
  const stream = 'read' in passages ? passages : null;
  const parts = 'read' in passages ? [] : [{ name, passages, idOf: (id: string): string => id }];
  const set: ReportedSet = {
    ...{ name, sources, notes, answers },
    questionIds: new Set(tests.flatMap(({ test }) => test.queries.map(({ id }) => id))),
    pools: (each) =>
      each === setting ? [{ passageLang, parts, stream, depth: pool.depth ?? null, tests }] : [],
    inMemory: async () => {
      if (stream === null) return set;
      const all: EvaluationPassage[] = [];
      for await (const passage of stream.read()) all.push(passage);
      return singlePoolSet({ ...pool, passages: all });
    },
  };
  return set;
}
