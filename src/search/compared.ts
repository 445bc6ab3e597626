/**
 * What of an index a question is compared with: for each set of languages whose generated queries are fused with the passages, how much
 * it counts. The one place that says so for every way to find and to score, so that sums round alike in all. Knows no vector.
 */
import type { LanguageWeight } from '../languages/terms.js';
import { type Augmentation, policyWeights } from './request.js';

export interface ComparedPart {
  /** Languages whose queries count, in ascending order, weights above 0; none: the passages themselves. */
  readonly languages: readonly LanguageWeight[];
  /** Of the product with these vectors in the question's score, > 0. */
  readonly weight: number;
}

/**
 * Languages of the question that see the same vectors share a part.
 * @param asked languages of the question
 * @param augmentation null: without generated queries
 * @param queryLanguages of the index
 */
export function comparedParts(
  asked: readonly LanguageWeight[],
  augmentation: Augmentation | null,
  queryLanguages: readonly string[],
): ComparedPart[] {
  const parts = new Map<string, ComparedPart>();
  for (const { lang, weight } of asked) {
    if (weight === 0) continue;
    const languages =
      augmentation === null || augmentation.alpha === 0
        ? []
        : policyWeights(augmentation.languages, lang, queryLanguages)
            .filter((each) => each.weight > 0 && queryLanguages.includes(each.lang))
            .sort((a, b) => (a.lang < b.lang ? -1 : 1));
    const key = JSON.stringify(languages.map((each) => [each.lang, each.weight]));
    parts.set(key, { languages, weight: weight + (parts.get(key)?.weight ?? 0) });
  }
  return [...parts.values()];
}
