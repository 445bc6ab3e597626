/**
 * Opens the store of an index: the folder in its directory, or the cluster that its manifest names,
 * whose client is loaded only then.
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { requireTrust } from '../base/trust.js';
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
  await requireTrustedStore(dir, spec);
  const { OpenSearchStore } = await import('./opensearch/opensearch-store.js');
  const { parseAddress } = await import('./opensearch/address.js');
  const { ownerName } = await import('./opensearch/commit.js');
  return OpenSearchStore.create(parseAddress(spec), shape, ownerName(await realpath(dir)));
}

/** @throws XqgError XQG_STORE_MISSING, XQG_NOT_TRUSTED, and others of the store */
export async function openStore(dir: string, spec: string | undefined): Promise<PassageStore> {
  if (spec !== undefined) {
    await requireTrustedStore(dir, spec);
    return openCandidateStore(spec);
  }
  const { LanceStore } = await import('./lance/lance-store.js');
  return LanceStore.open(storeFolder(dir));
}

/**
 * The user and the password go to the store, so that an index alone does not say where it is.
 * @param spec as the manifest of the index names it
 * @throws XqgError XQG_NOT_TRUSTED
 */
async function requireTrustedStore(dir: string, spec: string): Promise<void> {
  const { parseAddress, storeEntries } = await import('./opensearch/address.js');
  const address = parseAddress(spec);
  await requireTrust({
    entries: storeEntries(address),
    who: `The index in ${dir}`,
    what: 'the store of its rows',
    option: `--store ${address.spec.split('?')[0]}`,
  });
}

/**
 * @param spec as the user names it
 * @throws XqgError XQG_STORE_MISSING, XQG_STORE_ADDRESS, and others of the store
 */
export async function openCandidateStore(spec: string): Promise<CandidateStore> {
  const { OpenSearchStore } = await import('./opensearch/opensearch-store.js');
  const { parseAddress } = await import('./opensearch/address.js');
  return OpenSearchStore.open(parseAddress(spec));
}
