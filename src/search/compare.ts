/**
 * One question, ranked with the generated queries and without: both results, and the rank of each
 * hit in the other one. Both rankings are as deep as moves are looked for; only what is shown is
 * read.
 */
import { XqgError } from '../base/errors.js';
import { answerVariants } from './answer.js';
import type { Searchable } from './opened/searchable.js';
import type { SearchOptions } from './options.js';
import type { Hit, SearchResult } from './result.js';

export interface ComparedHit extends Hit {
  /** Rank in the other ranking, from 1; null where it is not among its first `compared`. */
  readonly otherRank: number | null;
}

export interface ComparedResult extends Omit<SearchResult, 'hits'> {
  readonly hits: readonly ComparedHit[];
}

export interface Comparison {
  readonly with: ComparedResult;
  readonly without: ComparedResult;
  /** Depth to which the rankings were compared. */
  readonly compared: number;
}

/** Depth to which two rankings are compared, or k if it is more. */
const COMPARED = 100;

/** @throws XqgError XQG_NO_GENERATED_QUERIES, and those of a search */
export async function compareRankings(
  index: Searchable,
  question: string,
  options: SearchOptions,
): Promise<Comparison> {
  if (index.manifest.identity.queryLanguages.length === 0) {
    throw new XqgError('XQG_NO_GENERATED_QUERIES', { what: 'comparing with them' });
  }
  const compared = Math.max(options.k ?? 0, COMPARED);
  const both = [true, false].map((augment) => ({ ...options, augment }));
  const [withXqg, without] = await answerVariants(index, question, both, compared);
  return {
    with: withOtherRanks(withXqg.result, without.order),
    without: withOtherRanks(without.result, withXqg.order),
    compared,
  };
}

function withOtherRanks(result: SearchResult, other: readonly string[]): ComparedResult {
  const ranks = new Map(other.map((id, i) => [id, i + 1]));
  return {
    ...result,
    hits: result.hits.map((hit) => ({ ...hit, otherRank: ranks.get(hit.id) ?? null })),
  };
}
