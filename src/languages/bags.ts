/**
 * Bags of terms of passages and of drawn queries, for the lexical leg. Passages also get romanized
 * n-grams and consonant skeletons, so that names and loan words match across scripts.
 */
import {
  type AnalyzedPassage,
  analyzedText,
  passageWords,
  romanizedGrams,
  skeleton,
  termsOf,
} from './analysis.js';
import { stem } from './stemming.js';
import type { TermBag } from './terms.js';

/** What one romanized n-gram counts; the word's term and its skeleton count 1. */
const GRAM_FREQUENCY = 0.25;

/** Terms, n-grams and skeletons of a passage's words with their frequencies. */
export function passageBag(passage: AnalyzedPassage): TermBag {
  if (wordKeys.size >= MAX_WORDS || counters.size >= MAX_COUNTERS) {
    wordKeys.clear();
    counters.clear();
  }
  bags++;
  const terms: string[] = [];
  const counts: number[] = [];
  const add = (counter: Counter, count: number): void => {
    if (counter.bag === bags) counts[counter.index] += count;
    else {
      counter.bag = bags;
      counter.index = terms.push(counter.term) - 1;
      counts.push(count);
    }
  };
  for (const word of passageWords(passage)) {
    add(counterOf(word.term), 1);
    const { grams, consonants } = keysOf(word.surface);
    for (const gram of grams) add(gram, GRAM_FREQUENCY);
    if (consonants) add(consonants, 1);
  }
  for (const joined of hyphenated(passage)) add(counterOf(joined), 1);
  return { terms, weights: Float32Array.from(counts) };
}

const HYPHENATED = /[-‐‑]\p{L}/u;

/** The terms of words with hyphens as people write them without: "e-mail" is "email", too. */
function hyphenated(passage: AnalyzedPassage): readonly string[] {
  const text = analyzedText(passage);
  if (!HYPHENATED.test(text)) return NONE;
  const normalized = text.normalize('NFC');
  const words = passageWords(passage);
  const joined: string[] = [];
  for (let i = 0; i + 1 < words.length; i++) {
    const { end, surface } = words[i];
    if (words[i + 1].start !== end + 1 || !isHyphen(normalized.charCodeAt(end))) continue;
    const whole = surface + words[i + 1].surface;
    if (!/\d/.test(whole)) joined.push(stem(whole, passage.lang));
  }
  return joined;
}

const NONE: readonly string[] = [];

/** @param code of a UTF-16 unit */
export function isHyphen(code: number): boolean {
  return code === 0x2d || code === 0x2010 || code === 0x2011;
}

/**
 * Counts a term within the current bag. A word's counters are looked up once a word, which avoids
 * a map lookup for each of its n-grams in every passage.
 */
interface Counter {
  readonly term: string;
  /** Number of the last bag that has the term, and the term's index there. */
  bag: number;
  index: number;
}

/** Terms of drawn queries with the number of times that they occur. */
export function queriesBag(queries: readonly string[], lang: string): TermBag {
  const counts = new Map<string, number>();
  for (const query of queries) {
    for (const term of termsOf(query, lang)) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return { terms: [...counts.keys()], weights: Float32Array.from(counts.values()) };
}

/** The keys under which a word matches across scripts. */
interface WordKeys {
  readonly grams: readonly Counter[];
  readonly consonants: Counter | null;
}

/** Caches by surface and by term. Both are emptied when one is full: memory stays bounded. */
const MAX_WORDS = 50_000;
const MAX_COUNTERS = 200_000;
const wordKeys = new Map<string, WordKeys>();
const counters = new Map<string, Counter>();
/** Number of bags counted so far. */
let bags = 0;

function counterOf(term: string): Counter {
  let counter = counters.get(term);
  if (counter === undefined) {
    counter = { term, bag: 0, index: 0 };
    counters.set(term, counter);
  }
  return counter;
}

function keysOf(surface: string): WordKeys {
  let keys = wordKeys.get(surface);
  if (keys === undefined) {
    const consonants = skeleton(surface);
    keys = {
      grams: romanizedGrams(surface).map(counterOf),
      consonants: consonants === null ? null : counterOf(consonants),
    };
    wordKeys.set(surface, keys);
  }
  return keys;
}
