/** A variant: one way to rank, as a plain record of what the search engine is asked for. */
import type { LanguagePolicy, ProfileName } from '../../augment/profiles.js';
import type { Expansion } from '../../expand/apply.js';
import type { LanguageWeight } from '../../languages/terms.js';
import type { SearchDefaults } from '../../search/defaults.js';
import type { EvaluationPassage, EvaluationQuery } from '../data/collection.js';
import type { Identity } from '../ranking/artifact-store.js';
import { EXPECTED_QUERIES } from '../ranking/block.js';
import type { SumSource } from '../ranking/pool.js';
import type { System } from '../systems.js';

/** Whose generated queries count: as in search, or all but the asker's, or all but one language. */
export type VariantLanguages = 'asker' | 'all' | 'others' | { readonly without: string };

/** Passages that a condition adds to a pool; their ids are unlike those of any data set. */
export interface FurtherPassages {
  readonly name: string;
  readonly passages: readonly EvaluationPassage[];
}

/** What a condition knows better about a question; what is absent stays as the data have it. */
export interface ChangedQuestion {
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

export interface Variant {
  /** Its own within the experiment, e.g. `dense+xqg` or `dense+xqg, alpha 0.3`. */
  readonly name: string;
  readonly system: System;
  /** Key of the condition that made it; `system`: none did. */
  readonly condition: string;
  /** Where on the condition's axis; '' for systems. */
  readonly point: string | number;
  readonly profile: ProfileName;
  readonly alpha: number;
  /**
   * The share of the queries' mean; null without augmentation, and where it differs from passage to
   * passage.
   */
  readonly alphaEffective: number | null;
  readonly languages: VariantLanguages;
  readonly source: SumSource;
  readonly defaults: SearchDefaults;
  /** Weight of a first pass; null: that of search. */
  readonly feedback: number | null;
  /** null: the pool is that of the data. */
  readonly further: FurtherPassages | null;
  /** null: the questions are asked as the data have them. */
  readonly questions: QuestionChange | null;
}

/** Queries a passage and language that a sum is over. */
export function countOf({ queries }: SumSource): number {
  return queries === 'expected' ? EXPECTED_QUERIES : queries;
}

/** What search calls the variant's languages for a question in `asker`. */
export function policyOf(
  languages: VariantLanguages,
  asker: string,
  queryLanguages: readonly string[],
): LanguagePolicy {
  if (languages === 'asker' || languages === 'all') return languages;
  const left = languages === 'others' ? asker : languages.without;
  return Object.fromEntries(
    queryLanguages.filter((lang) => lang !== left).map((lang) => [lang, 1]),
  );
}
