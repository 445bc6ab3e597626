/**
 * Which of the detected languages a question is searched in. Knows no index.
 */
import type { LanguageWeight } from './terms.js';

/**
 * The candidates that are known, with their weights scaled to sum to 1; all of them if none is. A language without tables adds
 * nothing to a search: shared words and romanized n-grams match in every language, so that its weight only takes away from
 * the ones that know the words ("Wann fährt der Zug" also looks like Luxembourgish).
 *
 * @param candidates weights sum to 1
 */
export function plausibleLanguages(
  candidates: readonly LanguageWeight[],
  known: readonly string[],
): readonly LanguageWeight[] {
  const kept = candidates.filter(({ lang }) => known.includes(lang));
  const sum = kept.reduce((all, { weight }) => all + weight, 0);
  return sum > 0 ? kept.map(({ lang, weight }) => ({ lang, weight: weight / sum })) : candidates;
}
