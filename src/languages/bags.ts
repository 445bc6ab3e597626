/**
 * Bags of terms for the lexical leg: what a passage holds and what a question asks for. Romanized n-grams stand beside the
 * terms with a lower weight, so that names and loan words match across scripts.
 */
import { romanizedGrams, wordsOf } from './analysis.js';
import type { TermBag } from './terms.js';

/** Frequency of one romanized n-gram of a passage word, against 1 for the word's term. */
export const PASSAGE_GRAM = 0.25;
/** Weight of one romanized n-gram of a question word, against 1 for the word's term. */
export const QUESTION_GRAM = 0.3;

/** Terms of a passage in its own language; the title counts as text. */
export function passageBag(title: string, text: string, lang: string): TermBag {
  return bagOf(`${title}\n${text}`, lang, PASSAGE_GRAM);
}

/** Terms of a question as `lang` would analyze it. */
export function questionBag(text: string, lang: string): TermBag {
  return bagOf(text, lang, QUESTION_GRAM);
}

function bagOf(text: string, lang: string, gramWeight: number): TermBag {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text, lang)) {
    counts.set(word.term, (counts.get(word.term) ?? 0) + 1);
    for (const gram of romanizedGrams(word.surface)) counts.set(gram, (counts.get(gram) ?? 0) + gramWeight);
  }
  return { terms: [...counts.keys()], weights: Float32Array.from(counts.values()) };
}
