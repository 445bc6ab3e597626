/**
 * Opens the store of an index: the folder in its directory, or the cluster that its manifest names,
 * whose client is loaded only then.
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { CandidateStore } from './candidate-store.js';
import type { PassageStore, StoreShape } from './store.js';

/** Folder of the embedded store within an index. */
const FOLDER = 'store';

/** Where the embedded store of an index lies. */
export function storeFolder(dir: string): string {
  return join(dir, FOLDER);
}

/**
 * Creates an empty store, or opens an existing one, for writing.
 * @param dir of the index; its lock is held
 * @param spec `opensearch://...`; undefined: the embedded store
 */
export async function createStore(
  dir: string,
  spec: string | undefined,
  shape: StoreShape,
): Promise<PassageStore> {
  if (spec === undefined) {
    const { LanceStore } = await import('./lance/lance-store.js');
    return LanceStore.create(storeFolder(dir), shape);
  }
  const { OpenSearchStore } = await import('./opensearch/opensearch-store.js');
  const { parseAddress } = await import('./opensearch/address.js');
  const { ownerName } = await import('./opensearch/commit.js');
  return OpenSearchStore.create(parseAddress(spec), shape, ownerName(await realpath(dir)));
}

/** @throws XqgError XQG_STORE_MISSING, and others of the store */
export async function openStore(dir: string, spec: string | undefined): Promise<PassageStore> {
  if (spec !== undefined) return openCandidateStore(spec);
  const { LanceStore } = await import('./lance/lance-store.js');
  return LanceStore.open(storeFolder(dir));
}

/** @throws XqgError XQG_STORE_MISSING, XQG_STORE_ADDRESS, and others of the store */
export async function openCandidateStore(spec: string): Promise<CandidateStore> {
  const { OpenSearchStore } = await import('./opensearch/opensearch-store.js');
  const { parseAddress } = await import('./opensearch/address.js');
  return OpenSearchStore.open(parseAddress(spec));
}
