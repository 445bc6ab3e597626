/**
 * Which of the detected languages a question is searched in. Two words seldom tell a detector the
 * language; the vocabularies of the languages do.
 */
import { termsOf } from './analysis.js';
import type { LanguageWeight } from './terms.js';

/** The vocabularies of a pack. */
export interface KnownWords {
  readonly languages: readonly string[];
  knows(term: string, lang: string): boolean;
}

/**
 * From this weight on the detector is believed without asking the vocabularies, which would have to
 * be read.
 */
const SURE = 0.8;
/** Languages below this share of the likeliest one are left out, ... */
const LEAST_SHARE = 0.1;
/** ... and those beyond this number: each costs a scan. */
const MOST_LANGUAGES = 4;

/**
 * The candidates whose language is known, weighted by how many of the words its vocabulary has; all
 * of them if none is known. A language without tables adds nothing to a search: shared words and
 * romanized n-grams match in every language, so that its weight only takes away from the ones that
 * know the words ("Wann fährt der Zug" also looks like Luxembourgish).
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
  if (known[0].weight >= SURE) return normalized(likeliest(known));
  const covered = known.map(({ lang, weight }) => ({
    lang,
    weight: weight * coverage(text, lang, words) ** 2,
  }));
  return normalized(
    likeliest(covered.sort((a, b) => b.weight - a.weight || (a.lang < b.lang ? -1 : 1))),
  );
}

/**
 * Share of the words that the language's vocabulary has, in (0, 1]; one more half a word keeps
 * every language possible.
 */
function coverage(text: string, lang: string, words: KnownWords): number {
  const terms = termsOf(text, lang);
  const found = terms.filter((term) => words.knows(term, lang)).length;
  return (found + 0.5) / (terms.length + 0.5);
}

function likeliest(languages: readonly LanguageWeight[]): readonly LanguageWeight[] {
  return languages
    .filter(({ weight }) => weight >= LEAST_SHARE * languages[0].weight)
    .slice(0, MOST_LANGUAGES);
}

function normalized(languages: readonly LanguageWeight[]): LanguageWeight[] {
  const sum = languages.reduce((all, { weight }) => all + weight, 0);
  return languages.map(({ lang, weight }) => ({ lang, weight: weight / sum }));
}
