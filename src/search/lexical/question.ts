/**
 * The terms of a question for the lexical leg. A word in the language's translation table matches
 * by its translations, and literally only in passages of that language, because words of two
 * languages that are spelled alike seldom mean the same. A word outside the table is most often a
 * name: it matches as any language of the passages would spell it, by its n-grams and by its
 * consonants.
 */
import type { TermFactors } from '../../generate/generator.js';
import { romanizedGrams, skeleton, wordsOf } from '../../languages/analysis.js';
import { stem } from '../../languages/stemming.js';
import type { TermBag } from '../../languages/terms.js';

/**
 * What a term is matched in. `anywhere`: the passages' own words, generated text and translations.
 * `same-language`: likewise, but own words only of passages in the question's language. `own`: own
 * words only.
 */
export type TermField = 'anywhere' | 'same-language' | 'own';

export interface QuestionTerms extends TermBag {
  /** Language of the question; required if a field is `same-language`. */
  readonly lang?: string;
  /** By term; by default every term matches `anywhere`. */
  readonly fields?: readonly TermField[];
}

/**
 * Weights of the keys of words that are in the table and of words that are not; tuned on MLQA-R.
 * Those of a known word are relative to the word's weight, those of an unknown word to 1.
 */
const WEIGHTS = {
  known: { gram: 0.1, skeleton: 0.1 },
  unknown: { word: 0.7, gram: 0.3, skeleton: 1 },
} as const;

/**
 * A translated word is weighted by its smooth inverse frequency in the language, raised to this
 * power: in a small collection, the document frequency of "which" or "many" is little more than
 * chance.
 */
const FREQUENCY_EXPONENT = 0.5;
/**
 * Words below this weight are dropped, unless there are no others: they would cost long postings
 * for nothing.
 */
const MIN_WEIGHT = 0.3;

/**
 * @param passageLanguages the languages of the passages
 * @param factors the generator's table; null treats every word as unknown
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
  for (const { term } of phrases) add(term, 1, 'same-language');
  const words = wordsOf(text, lang).map((word) => {
    const inPhrase = phrases.some(({ start, end }) => word.start >= start && word.end <= end);
    return {
      ...word,
      inPhrase,
      ...(inPhrase ? { known: true, weight: 1 } : weightOf(word.term, lang, factors)),
    };
  });
  const important = words.filter(({ weight }) => weight >= MIN_WEIGHT);
  for (const { surface, term, inPhrase, known, weight } of important.length > 0
    ? important
    : words) {
    // The words of a phrase match only literally: the phrase has its own translation.
    add(term, weight, inPhrase ? 'own' : known ? 'same-language' : 'anywhere');
    if (!known) {
      const spellings = new Set(passageLanguages.map((other) => stem(surface, other)));
      spellings.delete(term);
      for (const spelling of spellings) add(spelling, weight, 'own');
    }
    const parts = known ? WEIGHTS.known : WEIGHTS.unknown;
    const unit = known ? weight : 1;
    for (const key of romanizedGrams(surface)) add(key, parts.gram * unit, 'own');
    const consonants = skeleton(surface);
    if (consonants) add(consonants, parts.skeleton * unit, 'own');
  }
  const entries = [...weights.values()];
  return {
    lang,
    terms: [...weights.keys()],
    weights: Float32Array.from(entries, ({ weight }) => weight),
    fields: entries.map(({ field }) => field),
  };
}

/**
 * Whether the table has a word, and the word's weight. Without a table all words weigh the same.
 */
function weightOf(
  term: string,
  lang: string,
  factors: TermFactors | null,
): { readonly known: boolean; readonly weight: number } {
  if (factors === null) return { known: false, weight: 1 };
  const known = factors.knows(term, lang);
  const translated = known || factors.translate(term, lang).terms.length > 0;
  return {
    known,
    weight: translated
      ? factors.termWeight(term, lang) ** FREQUENCY_EXPONENT
      : WEIGHTS.unknown.word,
  };
}
