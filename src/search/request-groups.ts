/** Which requests are scanned together. Knows no matrix. */
import type { SearchRequest } from './request.js';

/**
 * Places of requests that need the same matrices, together: a batch holds no more matrices than one of its questions, so
 * that the budget holds for batches in many languages too.
 */
export function groupByMatrices(requests: readonly SearchRequest[]): number[][] {
  const groups = new Map<string, number[]>();
  requests.forEach(({ mode, augment, profile, alpha, languagePolicy, languages }, place) => {
    const asked = languages.map(({ lang }) => lang).sort();
    const key = JSON.stringify([mode === 'lexical', augment, profile, alpha, languagePolicy, asked]);
    groups.set(key, [...(groups.get(key) ?? []), place]);
  });
  return [...groups.values()];
}
