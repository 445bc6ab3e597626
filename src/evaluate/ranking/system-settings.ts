/** A system with every setting that decides its ranking, as the ranker reads it. */
import type { LanguagePolicy, ProfileName } from '../../augment/profiles.js';
import type { SearchDefaults } from '../../search/defaults.js';
import type { System } from '../systems.js';
import type { SumSource } from './pool.js';

/** Whose generated queries count: as in search, or all but the asker's, or all but one language. */
export type QueryLanguages = 'asker' | 'all' | 'others' | { readonly without: string };

export interface SystemSettings {
  readonly system: System;
  readonly profile: ProfileName;
  readonly alpha: number;
  readonly languages: QueryLanguages;
  readonly source: SumSource;
  readonly defaults: SearchDefaults;
  /** Weight of a first pass; null: that of search. */
  readonly feedback: number | null;
  /**
   * Length of the lists that a hybrid is made of, at most the size of the pool; null: the legs'
   * whole lists.
   */
  readonly topN: number | null;
}

/** What search calls the languages whose queries count for a question in `asker`. */
export function policyOf(
  languages: QueryLanguages,
  asker: string,
  queryLanguages: readonly string[],
): LanguagePolicy {
  if (languages === 'asker' || languages === 'all') return languages;
  const left = languages === 'others' ? asker : languages.without;
  return Object.fromEntries(
    queryLanguages.filter((lang) => lang !== left).map((lang) => [lang, 1]),
  );
}
