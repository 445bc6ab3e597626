/**
 * What an evaluation asks of an engine: scores of passages for many questions. Knows no engine; engine-searcher.ts is
 * the one over the search engine.
 */
import type { LanguageWeight } from '../languages/terms.js';
import type { EvaluationPassage } from './datasets/collection.js';
import type { Scores } from './metrics.js';
import type { System } from './systems.js';

export interface AskedQuery {
  readonly id: string;
  readonly text: string;
  /** One entry where the language is given; several where it is detected. */
  readonly languages: readonly LanguageWeight[];
}

/** Searches one set of passages. */
export interface Searcher {
  /** Number of passages. */
  readonly size: number;
  /** How many passages lie behind each language, for notes and rows. */
  readonly passageLanguages: ReadonlySet<string>;
  /** True if the passage is there. */
  has(passageId: string): boolean;
  /**
   * Scores by passage id, one map a query: the best `depth` passages that have a score. In lexical systems a passage
   * without a matching term has none.
   */
  search(system: System, queries: readonly AskedQuery[], depth: number): Promise<Scores[]>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The systems that will search. */
  readonly systems: readonly System[];
  /** Languages in which queries are drawn for the systems that use drawn ones. */
  readonly askerLanguages: readonly string[];
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
