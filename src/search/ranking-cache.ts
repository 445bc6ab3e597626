/**
 * The last baselines of a version. Alpha and the languages of the generated queries do not shape
 * them, so they are not ranked again while those move beside them.
 */

import { LRUCache } from 'lru-cache';
import type { SearchView } from './opened/searchable.js';
import type { SearchHit, SearchRequest } from './request.js';

/** Rankings that are remembered for one version, and hits of the longest of them. */
const REMEMBERED = 16;
const LONGEST = 1000;

const baselines = new WeakMap<SearchView, LRUCache<string, readonly SearchHit[]>>();

/**
 * As `rankBatch` of the engine.
 * @param filters that the masks of the requests come from
 */
export async function rankRemembering(
  opened: SearchView,
  requests: readonly SearchRequest[],
  filters: readonly string[],
  signal?: AbortSignal,
): Promise<(readonly SearchHit[])[]> {
  const known =
    baselines.get(opened) ?? new LRUCache<string, readonly SearchHit[]>({ max: REMEMBERED });
  baselines.set(opened, known);
  const keys = requests.map((request) => (isBaseline(request) ? keyOf(request, filters) : null));
  const ranked = keys.map((key) => (key === null ? undefined : known.get(key)));
  const missing = requests.filter((_, place) => ranked[place] === undefined);
  const fresh = missing.length === 0 ? [] : await opened.engine.rankBatch(missing, signal);
  return ranked.map((remembered, place) => {
    const hits = remembered ?? fresh[missing.indexOf(requests[place])];
    const key = keys[place];
    if (key !== null && hits.length <= LONGEST) known.set(key, hits);
    return hits;
  });
}

/** Query translation reads the tables of the languages that the policy names. */
function isBaseline({ augment, translate = false }: SearchRequest): boolean {
  return !augment && !translate;
}

function keyOf(request: SearchRequest, filters: readonly string[]): string {
  const { question, languages, mode, expansion, feedback, k, topN, exact } = request;
  return JSON.stringify([question, languages, mode, expansion, feedback, k, topN, exact, filters]);
}
