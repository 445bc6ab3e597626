/**
 * One question, ranked with the generated queries and without: both answers, and where each found
 * passage stands in the other ranking. Both rankings are as deep as moves are looked for; only what
 * is shown is read.
 */
import { XqgError } from '../base/errors.js';
import type { Recipe } from '../indexing/recipe.js';
import { answersTo } from './answer.js';
import type { Searchable } from './opened/searchable.js';
import type { Hit, SearchOptions, SearchResult } from './options.js';

export interface ComparedPassage extends Hit {
  /** Place in the other ranking, from 1; null where it is not among its first `compared`. */
  readonly otherRank: number | null;
}

export interface ComparedAnswer extends Omit<SearchResult, 'hits'> {
  readonly hits: readonly ComparedPassage[];
}

export interface Comparison {
  readonly with: ComparedAnswer;
  readonly without: ComparedAnswer;
  /** Depth to which the rankings were compared. */
  readonly compared: number;
}

/** Depth to which two rankings are compared, or k if it is more. */
const COMPARED = 100;

/** @throws XqgError XQG_NO_GENERATED_QUERIES, and those of a search */
export async function compareRankings(
  index: Searchable,
  recipe: Recipe,
  question: string,
  options: SearchOptions,
): Promise<Comparison> {
  if (index.manifest.identity.queryLanguages.length === 0) {
    throw new XqgError('XQG_NO_GENERATED_QUERIES', { what: 'comparing with them' });
  }
  const compared = Math.max(options.k ?? 0, COMPARED);
  const both = [
    { ...options, augment: true },
    { ...options, augment: false },
  ];
  const opened = await index.around(question, both, { depth: compared });
  const [withXqg, without] = await answersTo(opened, recipe, question, both, compared);
  return {
    with: beside(withXqg.answer, without.order),
    without: beside(without.answer, withXqg.order),
    compared,
  };
}

function beside(answer: SearchResult, other: readonly string[]): ComparedAnswer {
  const ranks = new Map(other.map((id, i) => [id, i + 1]));
  return {
    ...answer,
    hits: answer.hits.map((hit) => ({ ...hit, otherRank: ranks.get(hit.id) ?? null })),
  };
}
