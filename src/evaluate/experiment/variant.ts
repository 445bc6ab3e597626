/** A variant: one way to rank, as a plain record of what the ranker reads. */
import type { Expansion } from '../../expand/apply.js';
import type { LanguageWeight } from '../../languages/terms.js';
import type { EvaluationPassage, EvaluationQuery } from '../data/collection.js';
import type { Identity } from '../ranking/artifact-store.js';
import { EXPECTED_QUERIES } from '../ranking/block.js';
import type { SumSource } from '../ranking/pool.js';
import type { SystemSettings } from '../ranking/system-settings.js';
import type { System } from '../systems.js';

/** Passages that a condition adds to a pool; their ids are unlike those of any data set. */
export interface FurtherPassages {
  readonly name: string;
  readonly passages: readonly EvaluationPassage[];
}

/** What a condition knows better about a question; what is absent stays as the data have it. */
interface ChangedQuestion {
  readonly languages?: readonly LanguageWeight[];
  readonly expansion?: Expansion;
}

/** How a condition asks the questions. */
export interface QuestionChange {
  /** Whether systems are told the language of a question. */
  readonly language: 'given' | 'detected';
  /** What the ranks of a system depend on besides; nothing where it does not see the change. */
  identity(system: System): Identity;
  /** In the order of the questions, which are all in one language. */
  of(questions: readonly EvaluationQuery[], lang: string): Promise<readonly ChangedQuestion[]>;
}

/** A system with its settings, and where it belongs in the experiment. */
export interface Variant extends SystemSettings {
  /** Its own within the experiment, e.g. `dense+xqg` or `dense+xqg, alpha 0.3`. */
  readonly name: string;
  /** Key of the condition that made it; `system`: none did. */
  readonly condition: string;
  /** Where on the condition's axis; '' for systems. */
  readonly point: string | number;
  /**
   * The share of the queries' mean; null without augmentation, and where it differs from passage to
   * passage.
   */
  readonly alphaEffective: number | null;
  /** null: the pool is that of the data. */
  readonly further: FurtherPassages | null;
  /** null: the questions are those of the data. */
  readonly questions: QuestionChange | null;
}

/** Queries a passage and language that a sum is over. */
export function countOf({ queries }: SumSource): number {
  return queries === 'expected' ? EXPECTED_QUERIES : queries;
}
