/**
 * Bags of terms for the lexical leg: what a passage and its drawn queries hold. Romanized n-grams
 * and consonant skeletons stand beside the terms, so that names and loan words match across
 * scripts.
 */
import {
  type AnalyzedPassage,
  passageWords,
  romanizedGrams,
  skeleton,
  termsOf,
} from './analysis.js';
import type { TermBag } from './terms.js';

/**
 * Frequency of one romanized n-gram of a passage word, against 1 for the word's term and its
 * skeleton.
 */
const PASSAGE_GRAM = 0.25;

/** Terms of a passage in its own language. */
export function passageBag(passage: AnalyzedPassage): TermBag {
  if (looks.size >= LOOKS_SIZE || counters.size >= COUNTERS_SIZE) {
    looks.clear();
    counters.clear();
  }
  bags++;
  const terms: string[] = [];
  const counts: number[] = [];
  const add = (counter: Counter, count: number): void => {
    if (counter.bag === bags) counts[counter.place] += count;
    else {
      counter.bag = bags;
      counter.place = terms.push(counter.term) - 1;
      counts.push(count);
    }
  };
  for (const word of passageWords(passage)) {
    add(counterOf(word.term), 1);
    const { grams, consonants } = looksOf(word.surface);
    for (const gram of grams) add(gram, PASSAGE_GRAM);
    if (consonants) add(consonants, 1);
  }
  return { terms, weights: Float32Array.from(counts) };
}

/**
 * Where a term is counted, found once for a word and not for each of its n-grams in every passage.
 */
interface Counter {
  readonly term: string;
  /** The last bag that has the term, and its place there. */
  bag: number;
  place: number;
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
  readonly grams: readonly Counter[];
  readonly consonants: Counter | null;
}

/** Surfaces and terms met; emptied when full, so that memory stays bounded. */
const LOOKS_SIZE = 50_000;
const COUNTERS_SIZE = 200_000;
const looks = new Map<string, Looks>();
const counters = new Map<string, Counter>();
let bags = 0;

function counterOf(term: string): Counter {
  let counter = counters.get(term);
  if (counter === undefined) {
    counter = { term, bag: 0, place: 0 };
    counters.set(term, counter);
  }
  return counter;
}

/** What a word looks like in any script. */
function looksOf(surface: string): Looks {
  let known = looks.get(surface);
  if (known === undefined) {
    const consonants = skeleton(surface);
    known = {
      grams: romanizedGrams(surface).map(counterOf),
      consonants: consonants === null ? null : counterOf(consonants),
    };
    looks.set(surface, known);
  }
  return known;
}
