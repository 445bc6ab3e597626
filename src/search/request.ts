/** A question with everything that decides its ranking, as the engine reads it. */

import {
  type AugmentationProfile,
  alphaEffective,
  augmentationProfile,
  type LanguagePolicy,
  PROFILES,
  type ProfileName,
} from '../augment/profiles.js';
import { XqgError } from '../base/errors.js';
import type { Expansion } from '../expand/apply.js';
import { requireLanguage } from '../languages/tags.js';
import type { LanguageWeight } from '../languages/terms.js';
import type { SearchDefaults } from './defaults.js';
import type { Normalization } from './fusion.js';
import type { LexicalMode } from './lexical/view.js';
import type { SearchMode, SearchOptions } from './options.js';

/** The options that change the scores of passages; the others choose and show them. */
type ScoringOptions = Omit<
  SearchOptions,
  'mode' | 'augment' | 'lang' | 'filters' | 'groupBy' | 'k' | 'ann' | 'expand' | 'signal'
>;

export interface SearchRequest extends ScoringOptions {
  readonly question: string;
  /**
   * For encoders whose vectors were made elsewhere: the question's id and the language that its
   * data give it.
   */
  readonly questionId?: string;
  readonly questionLang?: string;
  /**
   * The question's language or, where it is guessed, every plausible one; at least one, weights
   * summing to 1.
   */
  readonly languages: readonly LanguageWeight[];
  readonly mode: SearchMode;
  /** With the generated queries (xQG) or without, in both legs. */
  readonly augment: boolean;
  /** A text that is searched with the question. Default: none. */
  readonly expansion?: Expansion | null;
  /** At most so many hits, >= 1. */
  readonly k: number;
  /**
   * Length of the lists that a hybrid is made of; default: that of defaults.ts, or k if it is more.
   */
  readonly topN?: number;
  /** How the scores of a hybrid's legs become comparable; default: that of defaults.ts. */
  readonly normalization?: Normalization;
  /**
   * True: the dense leg scans every row, also where a graph of near neighbors is at hand. Default
   * false.
   */
  readonly exact?: boolean;
  /** (n) by row: 0 leaves a passage out. */
  readonly mask?: Uint8Array | null;
}

/** A passage that was found, by its row. */
export interface SearchHit {
  readonly row: number;
  readonly id: string;
  /**
   * What the hits are ordered by: the leg's own score, or the hybrid's (comparable within one
   * answer only).
   */
  readonly score: number;
  /**
   * Question . passage vector; null where the mode does not use it or the question has no vector.
   */
  readonly dense: number | null;
  /** BM25; null where the mode does not use it or no term matched. */
  readonly lexical: number | null;
}

/** The augmentation of a request, as it will be done. */
export interface Augmentation extends AugmentationProfile {
  readonly name: ProfileName;
  /** Share of the mean query in a fused vector, in [0, 1]. */
  readonly alphaEffective: number;
}

/** The languages and weights that a policy means for a question in `asker`. */
export function policyWeights(
  policy: LanguagePolicy,
  asker: string,
  queryLanguages: readonly string[],
): LanguageWeight[] {
  if (policy === 'asker') return [{ lang: asker, weight: 1 }];
  if (policy === 'all') return queryLanguages.map((lang) => ({ lang, weight: 1 }));
  return Object.entries(policy)
    .filter(([, weight]) => weight > 0)
    .map(([lang, weight]) => ({ lang: requireLanguage(lang, 'the language policy'), weight }));
}

/**
 * The profile of a request with its changes, and their effective weight.
 * @throws XqgError XQG_UNKNOWN_PROFILE; XQG_NUMBER_OUT_OF_RANGE for alpha or a language's weight
 */
export function augmentationOf(
  request: Pick<SearchRequest, 'profile' | 'alpha' | 'languagePolicy' | 'languages'>,
  corpus: {
    readonly queryLanguages: readonly string[];
    readonly queriesPerLanguage: number;
    readonly encodesQueries: boolean;
    readonly unitLength: boolean;
  },
  defaults: SearchDefaults,
): Augmentation {
  const name =
    request.profile ??
    (corpus.unitLength ? defaults.profile.unitLength : defaults.profile.anyLength);
  const usual = name === 'unit' ? defaults.alpha : PROFILES[name]?.alpha;
  // Without vectors of queries nothing is added, whatever the request says.
  const alpha = corpus.encodesQueries ? (request.alpha ?? usual) : 0;
  const profile = augmentationProfile(name, { alpha, languages: request.languagePolicy });
  const weights = policyWeights(
    profile.languages,
    request.languages[0]?.lang ?? '',
    corpus.queryLanguages,
  );
  const queries = weights
    .filter(({ lang }) => corpus.queryLanguages.includes(lang))
    .reduce((sum, { weight }) => sum + weight * corpus.queriesPerLanguage, 0);
  const summed = profile.variant === 'sum' ? queries : Math.min(queries, 1);
  return { ...profile, name, alphaEffective: alphaEffective(profile.alpha, summed) };
}

export function lexicalModeOf(request: Pick<SearchRequest, 'augment' | 'translate'>): LexicalMode {
  if (request.augment) return request.translate ? 'both' : 'generated';
  return request.translate ? 'translated' : 'plain';
}

/** @throws XqgError XQG_NUMBER_OUT_OF_RANGE for k, topN, feedback or a language weight */
export function checkRequest(request: SearchRequest): void {
  for (const [name, value] of [
    ['k', request.k],
    ['topN', request.topN ?? 1],
  ] as const) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new XqgError('XQG_NUMBER_OUT_OF_RANGE', {
        name,
        value,
        range: 'a whole number of 1 or more',
      });
    }
  }
  const { feedback = 0 } = request;
  if (!(feedback >= 0 && feedback < Infinity)) {
    throw new XqgError('XQG_NUMBER_OUT_OF_RANGE', {
      name: 'feedback',
      value: feedback,
      range: '0 or more',
    });
  }
  const total = request.languages.reduce(
    (sum, { weight }) => sum + (weight >= 0 ? weight : Number.NaN),
    0,
  );
  if (!(Math.abs(total - 1) < 1e-3)) {
    const name = "the sum of the question's language weights";
    throw new XqgError('XQG_NUMBER_OUT_OF_RANGE', { name, value: total, range: '1' });
  }
}
