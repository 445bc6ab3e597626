/** Which rows of a version pass a list of filters. Knows no question. */
import type { IndexSnapshot } from '../indexing/open.js';
import { parseFilters } from '../search/filters.js';

/**
 * (n) by row: 0 leaves a passage out; null if there are no filters.
 * @throws XqgError XQG_FILTER_SYNTAX
 */
export async function filterMask(
  snapshot: IndexSnapshot,
  filters: readonly string[],
): Promise<Uint8Array | null> {
  if (filters.length === 0) return null;
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
