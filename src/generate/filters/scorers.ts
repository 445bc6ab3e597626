/**
 * The scorers that need nothing but the queries: their language, whether they repeat each other,
 * and their form.
 */
import { detectLanguage } from '../../languages/detect.js';
import type { GeneratorInput } from '../generator.js';

/** The share of the evidence that speaks for the language of the query. */
export const languageScorer: QueryScorer = {
  name: 'language',
  version: '1',
  async score(_passage, lang, queries) {
    const detected = await Promise.all(queries.map((query) => detectLanguage(query)));
    return detected.map(
      ({ candidates }) => candidates.find((each) => each.lang === lang)?.weight ?? 0,
    );
  },
};

/**
 * 1 less the largest overlap (Jaccard, of letter trigrams) with an earlier query of the passage in
 * the language.
 */
export const noveltyScorer: QueryScorer = {
  name: 'novelty',
  version: '1',
  async score(_passage, _lang, queries) {
    const grams = queries.map(trigrams);
    return grams.map(
      (own, q) => 1 - Math.max(0, ...grams.slice(0, q).map((earlier) => overlap(own, earlier))),
    );
  },
};

/** What models say instead of a query, or around it. */
const META =
  /^(?:sure|certainly|of course|here (?:is|are)|i (?:can|cannot|am)|as an ai|question|query|answer|title|passage)\b.{0,40}:|^(?:sure|certainly)[,!]|as an ai|```|["{[]\s*$|^[{[]|\{(?:language|passage|title|n)\}/i;
const SHORTEST = 2;
const LONGEST = 300;

/**
 * 0 for what is too short or long, speaks about itself, repeats one word on and on, or copies the
 * passage; else 1.
 */
export const formScorer: QueryScorer = {
  name: 'form',
  version: '1',
  async score({ text }, _lang, queries) {
    return queries.map((query) => {
      const { length } = [...query.trim()];
      const words = query.trim().split(/\s+/);
      const repeats = words.length >= 6 && new Set(words).size <= words.length / 3;
      const copied = length > 80 && text.includes(query.trim());
      return length < SHORTEST || length > LONGEST || META.test(query.trim()) || repeats || copied
        ? 0
        : 1;
    });
  },
};

export const SCORERS: readonly QueryScorer[] = [languageScorer, noveltyScorer, formScorer];

function trigrams(text: string): Set<string> {
  const letters = [
    ...text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim(),
  ];
  if (letters.length < 3) return new Set([letters.join('')]);
  return new Set(letters.slice(2).map((_, i) => letters.slice(i, i + 3).join('')));
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const gram of a) if (b.has(gram)) both++;
  return both / (a.size + b.size - both);
}

/**
 * What can be said of a generated query, as numbers in [0, 1], more being better. Scored once;
 * which ones are good enough is decided later.
 */
export interface QueryScorer {
  readonly name: string;
  /** Changes with its scores: cached ones of another version are not used. */
  readonly version: string;
  /** What it looks at besides passage and queries; part of the identity of what it filters. */
  readonly over?: string;
  /** One score a query, in their order. */
  score(passage: GeneratorInput, lang: string, queries: readonly string[]): Promise<number[]>;
}

/**
 * The ranks of a passage for some questions in a language, from 1; null: it is not among the hits.
 */
export type RankPassage = (
  passageId: string,
  lang: string,
  questions: readonly string[],
) => Promise<readonly (number | null)[]>;

/** @param over says what is searched, and with what */
export function scorerOfRanks(rank: RankPassage, over: string): QueryScorer {
  return {
    name: 'round-trip',
    version: '1',
    over,
    async score({ id }: GeneratorInput, lang, queries) {
      return (await rank(id, lang, queries)).map((position) =>
        position === null ? 0 : 1 / position,
      );
    },
  };
}
