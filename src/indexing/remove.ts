/**
 * Takes documents or a whole source out of an index. Readers open the version that was sealed last:
 * what an interrupted removal took out of the store alone is counted and sealed by the next one.
 */
import { XqgError } from '../base/errors.js';
import type { PassageStore, StoreReader } from '../store/store.js';
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
    const stored = await asStored(writer, removal);
    // Said before, so that a purge that is killed between the two is finished by the next writer.
    if (purge) await writer.save({ purging: true });
    const before = await removedUnsealed(writer, stored);
    const deleted =
      'source' in stored
        ? await writer.store.deleteSource(stored.source)
        : await writer.store.deleteDocuments(stored.documents);
    const removed = before + deleted;
    if (purge) await writer.purge();
    else if (removed > 0) await writer.seal(writer.manifest.state);
    return removed;
  });
}

const NON_ASCII = /[^\0-\x7f]/;

/**
 * The removal with names as the store has them: an accented letter of a file name may be one
 * character or two, and nobody sees which.
 */
async function asStored({ store }: IndexWriter, removal: RemoveTarget): Promise<RemoveTarget> {
  const names = 'source' in removal ? [removal.source] : removal.documents;
  if (!names.some((name) => NON_ASCII.test(name))) return removal;
  const given = new Set(names.map((name) => name.normalize('NFC')));
  const stored = new Set<string>();
  const newest = await store.snapshot();
  try {
    for await (const rows of newest.scan(['documentId', 'source'])) {
      for (const { documentId, source } of rows) {
        const name = 'source' in removal ? source : documentId;
        if (given.has(name.normalize('NFC'))) stored.add(name);
      }
    }
  } finally {
    newest.close();
  }
  if ('documents' in removal) return { documents: [...new Set([...names, ...stored])] };
  const [source = removal.source] = stored;
  return { source: stored.has(removal.source) ? removal.source : source };
}

/** Passages that readers see, but that the store no longer has. */
async function removedUnsealed(
  { manifest, store }: IndexWriter,
  removal: RemoveTarget,
): Promise<number> {
  const { sealed } = manifest;
  const newest = await store.snapshot();
  try {
    if (sealed === null || sealed.version === newest.version) return 0;
    const seen = await openedOrGone(store, sealed.version);
    if (seen === null) return 0;
    try {
      return Math.max(0, (await countIn(seen, removal)) - (await countIn(newest, removal)));
    } finally {
      seen.close();
    }
  } finally {
    newest.close();
  }
}

async function openedOrGone(store: PassageStore, version: string): Promise<StoreReader | null> {
  try {
    return await store.at(version);
  } catch (error) {
    if (error instanceof XqgError && error.code === 'XQG_STORE_VERSION_GONE') return null;
    throw error;
  }
}

async function countIn(reader: StoreReader, removal: RemoveTarget): Promise<number> {
  const documents = new Set('documents' in removal ? removal.documents : []);
  let passages = 0;
  for await (const rows of reader.scan(['documentId', 'source'])) {
    for (const { documentId, source } of rows)
      if ('source' in removal ? source === removal.source : documents.has(documentId)) passages++;
  }
  return passages;
}
