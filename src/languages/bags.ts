/**
 * Bags of terms for the lexical leg: what a passage and its drawn queries hold. Romanized n-grams and consonant skeletons stand beside the terms, so
 * that names and loan words match across scripts.
 */
import { type AnalyzedPassage, passageWords, romanizedGrams, skeleton, termsOf } from './analysis.js';
import type { TermBag } from './terms.js';

/** Frequency of one romanized n-gram of a passage word, against 1 for the word's term and its skeleton. */
const PASSAGE_GRAM = 0.25;

/** Terms of a passage in its own language. */
export function passageBag(passage: AnalyzedPassage): TermBag {
  const counts = new Map<string, number>();
  const add = (term: string, count: number) => counts.set(term, (counts.get(term) ?? 0) + count);
  for (const word of passageWords(passage)) {
    add(word.term, 1);
    const { grams, consonants } = looksOf(word.surface);
    for (const gram of grams) add(gram, PASSAGE_GRAM);
    if (consonants) add(consonants, 1);
  }
  return { terms: [...counts.keys()], weights: Float32Array.from(counts.values()) };
}

/** Terms of drawn queries with how often they were drawn. */
export function queriesBag(queries: readonly string[], lang: string): TermBag {
  const counts = new Map<string, number>();
  for (const query of queries) {
    for (const term of termsOf(query, lang)) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return { terms: [...counts.keys()], weights: Float32Array.from(counts.values()) };
}

interface Looks {
  readonly grams: readonly string[];
  readonly consonants: string | null;
}

/** Surfaces met; emptied when full, so that memory stays bounded. */
const LOOKS_SIZE = 50_000;
const looks = new Map<string, Looks>();

/** What a word looks like in any script. */
function looksOf(surface: string): Looks {
  let known = looks.get(surface);
  if (known === undefined) {
    if (looks.size >= LOOKS_SIZE) looks.clear();
    known = { grams: romanizedGrams(surface), consonants: skeleton(surface) };
    looks.set(surface, known);
  }
  return known;
}
