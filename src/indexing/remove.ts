/** Takes documents or a whole source out of an index. */
import { IndexWriter } from './writer.js';

/** Documents by id, or everything that one argument of `xqg index` brought. */
export type RemoveTarget = { readonly documents: readonly string[] } | { readonly source: string };

export interface RemoveOptions {
  /**
   * Also rewrites the store and the segments, so that nothing of what was removed is left in any
   * file of the index, not in versions that readers still hold either: they must open the index
   * again.
   */
  readonly purge?: boolean;
}

/**
 * @returns the number of passages removed; 0 if nothing fits. With `purge` everything is rewritten
 * even then.
 * @throws XqgError XQG_INDEX_MISSING, XQG_INDEX_LOCKED, XQG_INDEX_FORMAT, XQG_DISK_FULL,
 * XQG_NO_PERMISSION
 */
export async function removeFromIndex(
  dir: string,
  removal: RemoveTarget,
  { purge = false }: RemoveOptions = {},
): Promise<number> {
  return IndexWriter.use(dir, async (writer) => {
    // Said before, so that a purge that is killed between the two is finished by the next writer.
    if (purge) await writer.save({ purging: true });
    const removed =
      'source' in removal
        ? await writer.store.deleteSource(removal.source)
        : await writer.store.deleteDocuments(removal.documents);
    if (purge) await writer.purge();
    else if (removed > 0) await writer.seal(writer.manifest.state);
    return removed;
  });
}
