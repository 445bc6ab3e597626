/** Which rows of a version pass a list of filters. Knows no question. */
import { parseFilters } from '../search/filters.js';
import type { SearchedSnapshot } from './searched-index.js';

/** Lists of filters that are kept for one version: a byte a row each. */
const KEPT = 16;

/** A version never changes, so its masks are kept with it, least recently used first. */
const masks = new WeakMap<SearchedSnapshot, Map<string, Promise<Uint8Array>>>();

/**
 * (n) by row: 0 leaves a passage out; null if there are no filters.
 * @throws XqgError XQG_FILTER_SYNTAX
 */
export async function filterMask(
  snapshot: SearchedSnapshot,
  filters: readonly string[],
): Promise<Uint8Array | null> {
  if (filters.length === 0 || snapshot.filtered) return null;
  const known = masks.get(snapshot) ?? new Map<string, Promise<Uint8Array>>();
  masks.set(snapshot, known);
  const key = JSON.stringify([...new Set(filters)].sort());
  const mask = known.get(key) ?? readMask(snapshot, filters);
  known.delete(key);
  known.set(key, mask);
  mask.catch(() => known.delete(key));
  if (known.size > KEPT) known.delete(known.keys().next().value!);
  return mask;
}

async function readMask(snapshot: SearchedSnapshot, filters: readonly string[]): Promise<Uint8Array> {
  const passes = parseFilters(filters);
  const mask = new Uint8Array(snapshot.ids.length);
  let row = 0;
  for await (const passages of snapshot.scan([
    'id',
    'documentId',
    'source',
    'path',
    'title',
    'lang',
    'metadata',
  ])) {
    for (const passage of passages) mask[row++] = passes(passage) ? 1 : 0;
  }
  return mask;
}
