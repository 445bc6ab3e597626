/** A system with every setting that decides its ranking, as the ranker reads it. */
import type { LanguagePolicy, ProfileName } from '../../augment/profiles.js';
import type { Encoder } from '../../encode/encoder.js';
import { type Generator, hasDistribution } from '../../generate/generator.js';
import type { SearchDefaults } from '../../search/defaults.js';
import { DRAWN_QUERIES, type System } from '../systems.js';
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
  /** Weight of the best sentence in the dense leg; null: that of the defaults, 0: none. */
  readonly sentenceWeight: number | null;
  /** Whether dense scores are centered, where the encoder has centroids. */
  readonly centering: boolean;
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

/**
 * The queries of an index: the generator's expectation where the encoder can take it, else as many
 * as are drawn there or as the generator has.
 *
 * @param drawn queries a passage and language that are stored
 */
export function sourceOf(
  { drawn: isDrawn }: Pick<System, 'drawn'>,
  encoder: Pick<Encoder, 'bags'>,
  generator: Generator,
  drawn: number = generator.queriesPerLanguage ?? DRAWN_QUERIES,
): SumSource {
  const expected = hasDistribution(generator) && !isDrawn;
  const count = generator.queriesPerLanguage ?? DRAWN_QUERIES;
  return {
    queries: expected && encoder.bags !== undefined ? 'expected' : count,
    // Whatever the encoder takes, the lexical leg of an index reads the generator's tables.
    terms: expected ? 'expected' : 'drawn',
    dropBelow: 0,
    means: 'none',
    drawn,
  };
}
