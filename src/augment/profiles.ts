/** Augmentation profiles: named settings of the variant, alpha and languages. */
import { XqgError } from '../base/errors.js';

/**
 * Whose generated queries count for a question: those in the question's language (`asker`), those
 * in all languages with weight 1, or those in the given languages with the given weights.
 */
export type LanguagePolicy = 'asker' | 'all' | Readonly<Record<string, number>>;

/**
 * How a passage vector P and the sums S_l of its generated queries' vectors are fused. `sum`:
 * (1 - alpha) P + alpha SUM_l w_l S_l. `mean`: (1 - alpha) P + alpha (SUM_l w_l S_l) / (SUM_l w_l
 * n_l).
 */
export interface AugmentationProfile {
  readonly variant: 'sum' | 'mean';
  /**
   * In [0, 1]; 0 means the passage alone. Not comparable across variants or numbers of queries (see
   * `alphaEffective`).
   */
  readonly alpha: number;
  /** Whether fused vectors are scaled to unit length; zero vectors stay zero. */
  readonly renormalize: boolean;
  readonly languages: LanguagePolicy;
}

/**
 * `paper`, for encoders whose vectors vary in length: the formula of Zhuang, Shou and Zuccon (SIGIR
 * 2023), a plain sum over all languages. `unit`, for encoders with unit-length vectors: the mean of
 * the queries in the question's language.
 */
export const PROFILES = {
  paper: { variant: 'sum', alpha: 0.01, renormalize: false, languages: 'all' },
  unit: { variant: 'mean', alpha: 0.4, renormalize: true, languages: 'asker' },
} as const satisfies Record<string, AugmentationProfile>;

export type ProfileName = keyof typeof PROFILES;

/**
 * The profile of that name, with alpha or the languages overridden by `changes`.
 *
 * @throws XqgError XQG_UNKNOWN_PROFILE when there is no such profile
 * @throws XqgError XQG_NUMBER_OUT_OF_RANGE when alpha is outside [0, 1], or a language weight is
 * not a finite number >= 0
 */
export function augmentationProfile(
  name: string,
  changes: { alpha?: number; languages?: LanguagePolicy } = {},
): AugmentationProfile {
  if (!Object.hasOwn(PROFILES, name)) {
    throw new XqgError('XQG_UNKNOWN_PROFILE', {
      profile: name,
      known: Object.keys(PROFILES).join(', '),
    });
  }
  const profile = PROFILES[name as ProfileName];
  const alpha = changes.alpha ?? profile.alpha;
  requireAlpha(alpha);
  const languages = changes.languages ?? profile.languages;
  if (typeof languages === 'object') {
    for (const [lang, weight] of Object.entries(languages)) requireWeight(lang, weight);
  }
  return { ...profile, alpha, languages };
}

/**
 * alpha_eff, the share in [0, 1] that the mean of n queries has in their sum with the passage:
 * alpha n / ((1 - alpha) + alpha n). For alpha 0.01 and 35 queries it is 0.26.
 *
 * @param alpha in [0, 1]
 * @param n number of queries in the sum, >= 0; 1 for the mean variant
 */
export function alphaEffective(alpha: number, n: number): number {
  requireAlpha(alpha);
  const queries = alpha * n;
  return queries === 0 ? 0 : queries / (1 - alpha + queries);
}

/** @throws XqgError XQG_NUMBER_OUT_OF_RANGE when alpha is not in [0, 1] */
export function requireAlpha(alpha: number): void {
  if (!(alpha >= 0 && alpha <= 1)) {
    throw new XqgError('XQG_NUMBER_OUT_OF_RANGE', {
      name: 'alpha',
      value: alpha,
      range: 'from 0 to 1',
    });
  }
}

/**
 * @throws XqgError XQG_NUMBER_OUT_OF_RANGE when the weight of a language is not a finite number >=
 * 0
 */
export function requireWeight(lang: string, weight: number): void {
  if (!(weight >= 0 && weight < Infinity)) {
    const name = `the weight of language ${lang}`;
    throw new XqgError('XQG_NUMBER_OUT_OF_RANGE', { name, value: weight, range: '0 or more' });
  }
}
