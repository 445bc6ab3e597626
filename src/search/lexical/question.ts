/**
 * The terms of a question for the lexical leg. A word in the language's translation table matches
 * by its translations, and literally only in passages of that language, because words of two
 * languages that are spelled alike seldom mean the same. A word outside the table is most often a
 * name: it matches as any language of the passages would spell it, by its n-grams and by its
 * consonants.
 */
import type { TermFactors } from '../../generate/generator.js';
import { romanizedGrams, skeleton, type Word, wordsOf } from '../../languages/analysis.js';
import { isHyphen } from '../../languages/bags.js';
import { alternatives } from '../../languages/spelling/alternatives.js';
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
  /** By term that is not in the question: the word that it stands for, and why. */
  readonly standIns?: ReadonlyMap<string, StandIn>;
}

/** Why a term is searched that is not in the question. */
export interface StandIn {
  /** The word of the question. */
  readonly word: string;
  /** The written form of the term, for display. */
  readonly surface: string;
  /**
   * `spelling`: another way to write the word. `part`: a part of a compound. `joined`: two words as
   * one. `correction`: a known word of which it may be a misspelling.
   */
  readonly by: 'spelling' | 'part' | 'joined' | 'correction';
}

/**
 * Weights of the keys of words that are in the table and of words that are not; tuned on MLQA-R.
 * Those of a known word are relative to the word's weight, those of an unknown word to 1.
 */
const WEIGHTS = {
  known: { gram: 0.1, skeleton: 0.1 },
  unknown: { word: 0.7, gram: 0.3, skeleton: 1 },
} as const;

/** Weights of stand-ins relative to their words; tuned on MLQA-R. */
const STAND_IN_WEIGHTS = {
  spelling: 0.8,
  part: 0.5,
  joined: 0.5,
  /** By the number of letters that differ; none where only accents do. */
  correction: [0.9, 0.4, 0.25],
};
/** Shorter words are not joined: "on" and "line" are, "in" and "to" are not. */
const SHORTEST_JOINED = 3;

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
  const standIns = new Map<string, StandIn>();
  const stand: Stand = (standIn, term, weight, field) => {
    if (!weights.has(term)) standIns.set(term, standIn);
    add(term, weight, field);
  };
  const normalized = text.normalize('NFC');
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
  const searched = important.length > 0 ? important : words;
  for (const word of searched) {
    const { surface, term, inPhrase, known, weight } = word;
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
    if (!inPhrase) standInsOf(word, isName(normalized, word.start, lang), lang, factors, stand);
  }
  for (const { word, surface, weight } of joined(normalized, searched)) {
    const term = stem(surface, lang);
    const known = factors?.knows(term, lang) === true;
    if (known || !word.includes(' '))
      stand({ word, surface, by: 'joined' }, term, weight, known ? 'same-language' : 'own');
  }
  const entries = [...weights.values()];
  return {
    lang,
    terms: [...weights.keys()],
    weights: Float32Array.from(entries, ({ weight }) => weight),
    fields: entries.map(({ field }) => field),
    standIns,
  };
}

/** A word as it is weighted. */
interface QuestionWord extends Word {
  readonly known: boolean;
  readonly weight: number;
}

type Stand = (standIn: StandIn, term: string, weight: number, field: TermField) => void;

/** What is searched in addition to one word. */
function standInsOf(
  { surface, term, known, weight }: QuestionWord,
  name: boolean,
  lang: string,
  factors: TermFactors | null,
  stand: Stand,
): void {
  let understood = known;
  for (const other of alternatives(surface, lang)) {
    const otherTerm = stem(other, lang);
    if (otherTerm === term) continue;
    const { known: otherKnown, weight: otherWeight } = weightOf(otherTerm, lang, factors);
    stand(
      { word: surface, surface: other, by: 'spelling' },
      otherTerm,
      STAND_IN_WEIGHTS.spelling * (otherKnown ? otherWeight : weight),
      otherKnown && !known ? 'same-language' : 'own',
    );
    understood ||= otherKnown;
  }
  if (factors === null) return;
  const parts = factors.compound?.(term, lang) ?? [];
  for (const part of parts)
    stand(
      { word: surface, surface: part, by: 'part' },
      part,
      STAND_IN_WEIGHTS.part * factors.termWeight(part, lang) ** FREQUENCY_EXPONENT,
      known ? 'same-language' : 'own',
    );
  if (understood || parts.length > 0 || name) return;
  for (const { term: other, surface: shown, distance, share } of factors.corrections?.(
    term,
    lang,
  ) ?? [])
    stand(
      { word: surface, surface: shown, by: 'correction' },
      other,
      STAND_IN_WEIGHTS.correction[distance] *
        share *
        factors.termWeight(other, lang) ** FREQUENCY_EXPONENT,
      'same-language',
    );
}

/** True for a capital within a sentence, but for German, where nouns have one. */
function isName(text: string, start: number, lang: string): boolean {
  return lang !== 'de' && start > 0 && /^\p{Lu}/u.test(text.slice(start, start + 2));
}

/** Neighbors that people also write as one word: "data base", "e-mail". */
function* joined(
  text: string,
  words: readonly QuestionWord[],
): Generator<{ word: string; surface: string; weight: number }> {
  for (let i = 0; i + 1 < words.length; i++) {
    const [left, right] = [words[i], words[i + 1]];
    const between = text.slice(left.end, right.start);
    const hyphen = between.length === 1 && isHyphen(between.charCodeAt(0));
    if (!hyphen && between !== ' ') continue;
    if (/\d/.test(left.surface + right.surface)) continue;
    if (!hyphen && Math.min(left.surface.length, right.surface.length) < SHORTEST_JOINED) continue;
    yield {
      word: `${left.surface}${between}${right.surface}`,
      surface: left.surface + right.surface,
      weight: STAND_IN_WEIGHTS.joined * Math.max(left.weight, right.weight),
    };
  }
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
