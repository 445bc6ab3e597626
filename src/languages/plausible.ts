/**
 * Narrows the detected languages of a question to those whose vocabulary has its words. A question
 * of two words is often too short for the detector, but not for a dictionary.
 */
import { termsOf } from './analysis.js';
import { ENCODER_LANGUAGES } from './languages.js';
import type { LanguageWeight } from './terms.js';

/** The vocabularies of a pack. */
export interface KnownWords {
  readonly languages: readonly string[];
  knows(term: string, lang: string): boolean;
}

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
  { languages }: KnownWords,
): string | null {
  const [{ lang, weight }] = candidates;
  if (languages.includes(lang) || !ENCODER_LANGUAGES.has(lang)) return null;
  const known = candidates.find((candidate) => languages.includes(candidate.lang));
  return known === undefined || weight >= CLEARLY * known.weight ? lang : null;
}

/** From this weight on the detector is trusted, which saves reading the vocabularies. */
const CERTAIN = 0.8;
/** Languages whose weight is below this share of the likeliest one's are dropped. */
const MIN_SHARE = 0.1;
/** At most this many languages are searched, because each costs a scan. */
const MAX_LANGUAGES = 4;

/**
 * The candidates that the pack covers, weighted by the share of the question's words that their
 * vocabulary has; all candidates if the pack covers none. A language without tables adds nothing to
 * a search, because shared words and romanized n-grams match in every language; its weight would
 * only be lost to the languages that have the words ("Wann fährt der Zug" also looks like
 * Luxembourgish).
 *
 * @param candidates heaviest first; weights sum to 1
 * @returns heaviest first; weights sum to 1
 */
export function plausibleLanguages(
  text: string,
  candidates: readonly LanguageWeight[],
  words: KnownWords,
): readonly LanguageWeight[] {
  const known = normalized(candidates.filter(({ lang }) => words.languages.includes(lang)));
  if (known.length === 0) return candidates;
  if (known[0].weight >= CERTAIN) return normalized(likeliest(known));
  const weighted = known.map(({ lang, weight }) => ({
    lang,
    weight: weight * coverage(text, lang, words) ** 2,
  }));
  return normalized(
    likeliest(weighted.sort((a, b) => b.weight - a.weight || (a.lang < b.lang ? -1 : 1))),
  );
}

/**
 * Share of the text's words that the language's vocabulary has, in (0, 1]. Half a word is added to
 * both counts, so that no language is ruled out.
 */
function coverage(text: string, lang: string, words: KnownWords): number {
  const terms = termsOf(text, lang);
  const nKnown = terms.filter((term) => words.knows(term, lang)).length;
  return (nKnown + 0.5) / (terms.length + 0.5);
}

function likeliest(languages: readonly LanguageWeight[]): readonly LanguageWeight[] {
  return languages
    .filter(({ weight }) => weight >= MIN_SHARE * languages[0].weight)
    .slice(0, MAX_LANGUAGES);
}

function normalized(languages: readonly LanguageWeight[]): LanguageWeight[] {
  const sum = languages.reduce((all, { weight }) => all + weight, 0);
  return languages.map(({ lang, weight }) => ({ lang, weight: weight / sum }));
}
