/**
 * A reported data set as an experiment sees it: for each setting, pools of passages and the
 * questions about them, by language. Parallel sets have many pools; a BEIR folder and
 * XOR-TyDi have one.
 */
import {
  ALL_LANGUAGES,
  type Collection,
  type DataSource,
  type ParallelSetting,
  pairsOf,
  pooledId,
  type TestCollection,
  testCollectionOf,
} from '../data/collection.js';
import type { AnswerSearch } from '../measures/xor/answer-recall.js';
import { type PassageSource, passagesInMemory } from '../ranking/block.js';
import type { Setting } from '../report/results.js';

/** Passages that are encoded together and may be part of many pools. */
interface PoolPart {
  /** Its own within the experiment. */
  readonly name: string;
  readonly passages: PassageSource;
  /** A passage's id in the pool. */
  readonly idOf: (id: string) => string;
}

/** A pool with its questions. */
export interface TestPool {
  readonly passageLang: string;
  readonly parts: readonly PoolPart[];
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
}

export function parallelSet(collection: Collection): ReportedSet {
  const { name, parts, sources, notes } = collection;
  const passages = new Map(
    [...parts].map(([lang, part]) => [lang, passagesInMemory(part.passages)]),
  );
  return {
    name,
    sources,
    notes,
    questionIds: new Set([...parts.values()].flatMap(({ questions }) => [...questions.keys()])),
    answers: null,
    pools: (setting) => {
      const pairs = pairsOf([...parts.keys()], setting as ParallelSetting);
      return [...new Set(pairs.map(({ passageLang }) => passageLang))].map((passageLang) => ({
        passageLang,
        parts: partsOf(name, passages, passageLang),
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
  };
}

function partsOf(
  name: string,
  passages: ReadonlyMap<string, PassageSource>,
  passageLang: string,
): PoolPart[] {
  const all = passageLang === ALL_LANGUAGES;
  return (all ? [...passages.keys()] : [passageLang]).map((lang) => ({
    name: `${name} ${lang}`,
    passages: passages.get(lang)!,
    idOf: (id) => (all ? pooledId(id, lang) : id),
  }));
}

export interface SinglePool {
  readonly name: string;
  /** The one setting that it has. */
  readonly setting: Setting;
  readonly passages: PassageSource;
  /** By language of the questions. */
  readonly tests: ReadonlyMap<string, TestCollection>;
  /** Passages that are ranked for a question at most; default: all. */
  readonly depth?: number;
  readonly sources: readonly DataSource[];
  readonly notes: readonly string[];
  readonly answers?: AnswerSearch;
}

/** One pool, over which all questions are ranked. */
export function singlePoolSet(pool: SinglePool): ReportedSet {
  const { name, setting, passages, depth = null } = pool;
  const { sources, notes, answers = null } = pool;
  const langs = new Set(passages.langs);
  const [passageLang] = langs.size === 1 ? langs : ['mixed'];
  const tests = [...pool.tests]
    .filter(([, { queries }]) => queries.length > 0)
    .map(([queryLang, test]) => ({ queryLang, test }));
  const parts = [{ name, passages, idOf: (id: string) => id }];
  return {
    ...{ name, sources, notes, answers },
    questionIds: new Set(tests.flatMap(({ test }) => test.queries.map(({ id }) => id))),
    pools: (each) => (each === setting ? [{ passageLang, parts, depth, tests }] : []),
  };
}
