/** Hits of one document together, for people. Knows only the order of the hits. */

export interface DocumentGroup<Hit> {
  readonly documentId: string;
  /** Best first; the first one gives the group its place. */
  readonly hits: readonly Hit[];
}

/**
 * Groups in the order of their best hits.
 *
 * @param hits best first
 * @param documentOf the document of a hit
 */
export function groupByDocument<Hit>(
  hits: readonly Hit[],
  documentOf: (hit: Hit) => string,
): DocumentGroup<Hit>[] {
  const groups = new Map<string, Hit[]>();
  for (const hit of hits) {
    const documentId = documentOf(hit);
    const group = groups.get(documentId);
    if (group === undefined) groups.set(documentId, [hit]);
    else group.push(hit);
  }
  return [...groups].map(([documentId, members]) => ({ documentId, hits: members }));
}
