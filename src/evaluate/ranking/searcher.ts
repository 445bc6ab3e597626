/** What an evaluation asks of an engine: where the relevant passages stand. */
import type { LanguageWeight } from '../../languages/terms.js';
import type { EvaluationPassage } from '../data/collection.js';
import type { Qrels, RelevantRanks } from '../measures/metrics.js';
import type { System } from '../systems.js';

export interface AskedQuery {
  readonly id: string;
  readonly text: string;
  /** As the data have it; systems see `languages`. */
  readonly lang: string;
  /** One entry where the language is given; several where it is detected. */
  readonly languages: readonly LanguageWeight[];
}

/** Searches one set of passages. */
export interface Searcher {
  /** Number of passages. */
  readonly size: number;
  readonly passageLanguages: ReadonlySet<string>;
  /** True if the passage is there. */
  has(passageId: string): boolean;
  /**
   * Where the relevant passages of each query stand in the ranking of each system: by query, then
   * by system. A passage without a score (in lexical systems: without a matching term) or beyond
   * `depth` is not retrieved. Answers do not depend on which queries are asked together.
   *
   * @param qrels has an entry for every query
   */
  rank(
    queries: readonly AskedQuery[],
    qrels: Qrels,
    systems: readonly System[],
    depth: number,
  ): Promise<RelevantRanks[][]>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The systems that will search. */
  readonly systems: readonly System[];
  /**
   * Languages in which questions are asked, and so queries generated; the drawn ones never in
   * others.
   */
  readonly askerLanguages: readonly string[];
  /** True: the languages of questions are guessed, so that they may seem to be in any. */
  readonly detected: boolean;
}

/** Encodes the passages, once, and opens them to the systems. */
export type OpenSearcher = (
  passages: AsyncIterable<EvaluationPassage> | Iterable<EvaluationPassage>,
  options: OpenOptions,
) => Promise<Searcher>;

/** Whether systems are told the language of a question or have it detected. */
export type LanguageKnowledge = 'given' | 'detected';

/** Weighs the languages that a text may be written in. */
export type DetectLanguages = (text: string) => Promise<readonly LanguageWeight[]>;
