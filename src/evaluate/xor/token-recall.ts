/**
 * R@2kt and the like as measures of a question whose one rank is counted in tokens: how many tokens, from the first retrieved
 * one on, hold an answer whole (see answer-recall.ts). Knows no text.
 */
import type { Measure } from '../metrics.js';

/** Rank of an answer that stands in nothing that was looked at. */
export const NO_ANSWER = 2 ** 31 - 1;

/** `R@2kt`, or `R@50t` where the limit is no whole thousand. */
export function tokenRecallName(limit: number): string {
  return limit % 1000 === 0 ? `R@${limit / 1000}kt` : `R@${limit}t`;
}

/** The limit that a name gives, in tokens; null: it is no such measure. */
export function tokenLimitOf(name: string): number | null {
  const [, digits, thousand] = /^R@([1-9]\d{0,5})(k?)t$/i.exec(name) ?? [];
  return digits === undefined ? null : Number(digits) * (thousand === '' ? 1 : 1000);
}

/** 1 where the answer ends within the first `limit` tokens, else 0. */
export function tokenRecall(limit: number): Measure {
  return {
    name: tokenRecallName(limit),
    of: ({ ranks }) => (ranks.length > 0 && ranks[0] <= limit ? 1 : 0),
  };
}
