/** The format of measured results, which is the same for all data sets, and their provenance. */
import { version } from '../../base/version.js';
import type { DataSource, ParallelSetting } from '../data/collection.js';

/**
 * `mono`: questions and passages in one language. `cross`: in two, each ordered pair of languages.
 * `multi`: one pool with the passages of all languages. `xor`: predictions for XOR-Retrieve. `beir`
 * and `run`: as the data has it.
 */
export type Setting = ParallelSetting | 'xor' | 'beir' | 'run';

/** One figure. Results are a flat list of them. */
export interface ResultRow {
  readonly dataset: string;
  readonly setting: Setting;
  /** ISO 639-1 code; `mixed` if the queries are in several languages. */
  readonly queryLang: string;
  /**
   * ISO 639-1 code; `all` for the pool of all languages; `mixed` if the passages of another pool
   * are in several languages.
   */
  readonly passageLang: string;
  readonly system: string;
  readonly metric: string;
  /** Mean over the queries of the qrels. */
  readonly value: number;
  /**
   * The kind of generator whose queries the augmented systems used, e.g. `lexicon`; `none` for a
   * run from a file.
   */
  readonly generator: string;
  /** Whether the system was told the language of the question or had to guess it. */
  readonly language: 'given' | 'detected';
  /** Number of queries over which `value` is the mean. */
  readonly queries: number;
}

/** The value of a single query. */
export interface PerQueryRow extends Omit<ResultRow, 'queries'> {
  readonly query: string;
}

export interface MadeBy {
  readonly tool: 'xqg';
  readonly version: string;
  readonly node: string;
  readonly icu: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly command: string;
  readonly data: readonly DataSource[];
  /**
   * Identities and settings of the components used: encoder, generator, pack, lexical leg, fusion.
   */
  readonly identities: Readonly<Record<string, unknown>>;
}

export interface EvaluationResult {
  readonly results: readonly ResultRow[];
  readonly perQuery?: readonly PerQueryRow[];
  /** What a reader should know, e.g. data that is not the published one. */
  readonly notes: readonly string[];
  readonly madeBy: MadeBy;
}

/** Hears how far an evaluation is: `done` of `total` steps. */
export type Progress = (step: string, done: number, total: number) => void;

/** The provenance of a result that is being measured now. */
export function madeBy(
  command: string,
  data: readonly DataSource[],
  identities: Readonly<Record<string, unknown>>,
): MadeBy {
  return {
    tool: 'xqg',
    version: version(),
    node: process.version,
    icu: process.versions.icu ?? 'none',
    date: new Date().toISOString(),
    command,
    data,
    identities,
  };
}
