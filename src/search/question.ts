/**
 * A question as the lexical leg asks it. A word that its language's table knows is asked by its translations, and by itself only
 * where passages are written in that language: spelled alike, words of two languages seldom mean the same. A word that the table lacks is most
 * often a name: it is asked as every language of the passages would write it, by its n-grams and by its consonants. Knows no index.
 */
import type { TermFactors } from '../generate/generator.js';
import { romanizedGrams, skeleton, wordsOf } from '../languages/analysis.js';
import { stem } from '../languages/stemming.js';
import type { TermBag } from '../languages/terms.js';

/**
 * Where a term may be found. `anywhere`: in every passage's own words, and by generation and translation. `asked`: likewise, but in own words only
 * of passages in the question's language. `own`: in own words alone.
 */
export type TermField = 'anywhere' | 'asked' | 'own';

export interface QuestionTerms extends TermBag {
  /** The question's language, as it was analyzed; needed where a field is `asked`. */
  readonly lang?: string;
  /** By term; absent: every term `anywhere`, which is plain BM25. */
  readonly fields?: readonly TermField[];
}

/** Weights against 1 for a word's term, for words that the table knows and for others; tuned on MLQA-R. */
const WEIGHTS = {
  known: { gram: 0.1, skeleton: 0.1 },
  unknown: { gram: 0.3, skeleton: 1 },
} as const;

/**
 * @param passageLanguages the languages that the passages are written in
 * @param factors the generator's table; null: no word is known
 */
export function questionTerms(
  text: string,
  lang: string,
  passageLanguages: readonly string[],
  factors: TermFactors | null,
): QuestionTerms {
  const weights = new Map<string, { weight: number; field: TermField }>();
  const add = (term: string, weight: number, field: TermField) => {
    const entry = weights.get(term);
    if (entry) entry.weight += weight;
    else weights.set(term, { weight, field });
  };
  const phrases = factors?.phrases?.(text, lang) ?? [];
  for (const { term } of phrases) add(term, 1, 'asked');
  for (const { surface, term, start, end } of wordsOf(text, lang)) {
    const within = phrases.some((phrase) => start >= phrase.start && end <= phrase.end);
    const known = within || (factors?.knows(term, lang) ?? false);
    // The words of a phrase stand for themselves: what they would be translated to, the phrase is not.
    add(term, 1, within ? 'own' : known ? 'asked' : 'anywhere');
    if (!known) {
      const spellings = new Set(passageLanguages.map((other) => stem(surface, other)));
      spellings.delete(term);
      for (const spelling of spellings) add(spelling, 1, 'own');
    }
    const { gram, skeleton: consonantWeight } = known ? WEIGHTS.known : WEIGHTS.unknown;
    for (const key of romanizedGrams(surface)) add(key, gram, 'own');
    const consonants = skeleton(surface);
    if (consonants) add(consonants, consonantWeight, 'own');
  }
  const entries = [...weights.values()];
  return {
    lang,
    terms: [...weights.keys()],
    weights: Float32Array.from(entries, ({ weight }) => weight),
    fields: entries.map(({ field }) => field),
  };
}
