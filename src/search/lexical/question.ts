/**
 * A question as the lexical leg asks it. A word that its language's table knows is asked by its
 * translations, and by itself only where passages are written in that language: spelled alike,
 * words of two languages seldom mean the same. A word that the table lacks is most often a name: it
 * is asked as every language of the passages would write it, by its n-grams and by its consonants.
 */
import type { TermFactors } from '../../generate/generator.js';
import { romanizedGrams, skeleton, wordsOf } from '../../languages/analysis.js';
import { stem } from '../../languages/stemming.js';
import type { TermBag } from '../../languages/terms.js';

/**
 * Where a term may be found. `anywhere`: in every passage's own words, and by generation and
 * translation. `asked`: likewise, but in own words only of passages in the question's language.
 * `own`: in own words alone.
 */
export type TermField = 'anywhere' | 'asked' | 'own';

export interface QuestionTerms extends TermBag {
  /** The question's language, as it was analyzed; needed where a field is `asked`. */
  readonly lang?: string;
  /** By term; absent: every term `anywhere`, which is plain BM25. */
  readonly fields?: readonly TermField[];
}

/**
 * Weights of what a word is asked by, for words that the table knows and for others; tuned on
 * MLQA-R. The parts of a known word are weighed against the word, those of an unknown one against
 * 1.
 */
const WEIGHTS = {
  known: { gram: 0.1, skeleton: 0.1 },
  unknown: { word: 0.7, gram: 0.3, skeleton: 1 },
} as const;

/**
 * The weight of a translated word is what it says about a text, taken to this power: in a small
 * collection the document frequency of "which" or "many" is little more than chance, while in the
 * language at large it is known.
 */
const SAYS = 0.5;
/**
 * Words below this weight are left out, unless there are no others: they read long postings for
 * nothing.
 */
const LEAST_WEIGHT = 0.3;

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
  const words = wordsOf(text, lang).map((word) => {
    const within = phrases.some(({ start, end }) => word.start >= start && word.end <= end);
    return {
      ...word,
      within,
      ...(within ? { known: true, weight: 1 } : asked(word.term, lang, factors)),
    };
  });
  const saying = words.filter(({ weight }) => weight >= LEAST_WEIGHT);
  for (const { surface, term, within, known, weight } of saying.length > 0 ? saying : words) {
    // The words of a phrase stand for themselves: what they would be translated to, the phrase is
    // not.
    add(term, weight, within ? 'own' : known ? 'asked' : 'anywhere');
    if (!known) {
      const spellings = new Set(passageLanguages.map((other) => stem(surface, other)));
      spellings.delete(term);
      for (const spelling of spellings) add(spelling, weight, 'own');
    }
    const parts = known ? WEIGHTS.known : WEIGHTS.unknown;
    const against = known ? weight : 1;
    for (const key of romanizedGrams(surface)) add(key, parts.gram * against, 'own');
    const consonants = skeleton(surface);
    if (consonants) add(consonants, parts.skeleton * against, 'own');
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
 * Whether the table knows a word, and how much the word counts. Without a table every word counts
 * the same.
 */
function asked(
  term: string,
  lang: string,
  factors: TermFactors | null,
): { readonly known: boolean; readonly weight: number } {
  if (factors === null) return { known: false, weight: 1 };
  const known = factors.knows(term, lang);
  const translated = known || factors.translate(term, lang).terms.length > 0;
  return {
    known,
    weight: translated ? factors.termWeight(term, lang) ** SAYS : WEIGHTS.unknown.word,
  };
}
