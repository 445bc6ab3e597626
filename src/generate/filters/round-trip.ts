/**
 * Does a query find its own passage? (Doc2Query--, arXiv 2301.03266.) Scored as the reciprocal rank of the passage among those
 * that are searched, which the caller brings: usually an index of the passages alone, by the encoder that will search them.
 */
import type { GeneratorInput } from '../generator.js';
import type { QueryScorer } from './scorer.js';

/** The ranks of a passage for some questions in a language, from 1; null: not among those that were found. */
export type RankPassage = (
  passageId: string,
  lang: string,
  questions: readonly string[],
) => Promise<readonly (number | null)[]>;

/** @param over says what is searched, and with what */
export function roundTripScorer(rank: RankPassage, over: string): QueryScorer {
  return {
    name: 'round-trip',
    version: '1',
    over,
    async score({ id }: GeneratorInput, lang, queries) {
      return (await rank(id, lang, queries)).map((found) => (found === null ? 0 : 1 / found));
    },
  };
}
