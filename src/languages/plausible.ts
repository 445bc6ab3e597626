/** Narrows the detected languages of a question to those in which it is searched. */
import { ENCODER_LANGUAGES } from './languages.js';
import type { LanguageWeight } from './terms.js';
import type { KnownWords } from './vocabulary.js';

/** A language without tables is taken from twice the weight of the best one that has them. */
const CLEARLY = 2;

/**
 * The language of a question to a multilingual encoder that the pack has no tables for, if it
 * clearly is in one; else null.
 *
 * @param candidates heaviest first
 */
export function languageWithoutTables(
  candidates: readonly LanguageWeight[],
  { languages }: Pick<KnownWords, 'languages'>,
): string | null {
  const [{ lang, weight }] = candidates;
  if (languages.includes(lang) || !ENCODER_LANGUAGES.has(lang)) return null;
  const known = candidates.find((candidate) => languages.includes(candidate.lang));
  return known === undefined || weight >= CLEARLY * known.weight ? lang : null;
}

/** Languages whose weight is below this share of the likeliest one's are dropped. */
const MIN_SHARE = 0.1;
/** At most this many languages are searched, because each costs a scan. */
const MAX_LANGUAGES = 4;

/**
 * The candidates that the pack covers; all candidates if the pack covers none. A language without
 * tables adds nothing to a search, because shared words and romanized n-grams match in every
 * language; its weight would only be lost to the languages that have the words ("Wann fährt der
 * Zug" also looks like Luxembourgish).
 *
 * @param candidates heaviest first; weights sum to 1
 * @returns heaviest first; weights sum to 1
 */
export function plausibleLanguages(
  candidates: readonly LanguageWeight[],
  { languages }: Pick<KnownWords, 'languages'>,
): readonly LanguageWeight[] {
  const known = candidates.filter(({ lang }) => languages.includes(lang));
  if (known.length === 0) return candidates;
  return normalized(
    known.filter(({ weight }) => weight >= MIN_SHARE * known[0].weight).slice(0, MAX_LANGUAGES),
  );
}

function normalized(languages: readonly LanguageWeight[]): LanguageWeight[] {
  const sum = languages.reduce((all, { weight }) => all + weight, 0);
  return languages.map(({ lang, weight }) => ({ lang, weight: weight / sum }));
}
