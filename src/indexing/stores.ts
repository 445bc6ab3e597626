/** What a store and its manifest have to agree on, wherever the rows are. */

import { mkdir } from 'node:fs/promises';
import { PROFILES } from '../augment/profiles.js';
import { XqgError } from '../base/errors.js';
import { allowHere } from '../base/trust.js';
import { isCandidateStore } from '../store/candidate-store.js';
import { openCandidateStore } from '../store/open-store.js';
import { parseAddress, storeEntries } from '../store/opensearch/address.js';
import type { PassageStore, StoreShape } from '../store/store.js';
import {
  checkedManifest,
  checkIdentity,
  findManifest,
  type Manifest,
  writeManifest,
} from './manifest.js';
import { fetchGlossary } from './stored-glossary.js';

/** What the rows of an identity look like, wherever they are. */
export function rowShape({
  encoder,
  queryLanguages,
  sumBits,
  sentences,
}: Manifest['identity']): StoreShape {
  const shape = { dim: encoder.dim, queryLanguages, sumBits };
  return sentences === undefined ? shape : { ...shape, sentences };
}

/** What is fixed when the store of an index is made. */
export function storeShape({ identity, store, augmentation }: Manifest): StoreShape {
  const { queriesPerLanguage } = identity;
  const shape = rowShape(identity);
  if (store === undefined || augmentation === undefined) return shape;
  const { variant, renormalize } = PROFILES[augmentation.profile];
  const { alpha } = augmentation;
  return { ...shape, fusion: { variant, renormalize, alpha, queries: queriesPerLanguage } };
}

/**
 * The manifest as it was written last: another machine may have written to the store since.
 * @throws XqgError XQG_INDEX_IDENTITY if the store holds rows of another recipe
 */
export async function latestManifest(
  dir: string,
  local: Manifest,
  store: PassageStore,
): Promise<Manifest> {
  if (!isCandidateStore(store)) return local;
  const text = await store.read('manifest');
  if (text === null) return local;
  const stored = checkedManifest(text, local.store!, dir);
  checkIdentity(dir, stored.identity, local.identity);
  const { created, sealed, counts, purging, copying } = stored;
  return { ...local, created, sealed, counts, purging, copying };
}

/**
 * The manifest of the index in a directory. Where there is none, but one in the store, the
 * directory becomes its control folder.
 *
 * @param address `opensearch://...`; undefined: what the directory says
 * @returns null if there is no index
 * @throws XqgError XQG_STORE_OTHER, XQG_STORE_ADDRESS, XQG_STORE_UNREACHABLE and others of the
 * store
 */
export async function attachedManifest(
  dir: string,
  address: string | undefined,
): Promise<Manifest | null> {
  const found = await findManifest(dir);
  if (address === undefined) return found;
  const named = parseAddress(address);
  allowHere(storeEntries(named));
  const store = named.spec;
  if (found === null) {
    return attach(dir, store);
  }
  if (found.store !== undefined && sameStore(found.store, store)) return found;
  throw new XqgError('XQG_STORE_OTHER', {
    dir,
    index: found.store ?? 'its directory',
    given: store,
  });
}

/** The settings of a store are fixed when it is made: an address may leave them out. */
export function sameStore(one: string, other: string): boolean {
  return one.split('?')[0] === other.split('?')[0];
}

async function attach(dir: string, spec: string): Promise<Manifest | null> {
  const store = await openCandidateStore(spec).catch((error: { code?: string }) => {
    if (error.code === 'XQG_STORE_MISSING') return null;
    throw error;
  });
  try {
    const text = (await store?.read('manifest')) ?? null;
    if (text === null) return null;
    const manifest = { ...checkedManifest(text, spec, dir), store: spec };
    await mkdir(dir, { recursive: true });
    const { glossary } = manifest.identity;
    if (glossary !== undefined) await fetchGlossary(dir, glossary, store!);
    await writeManifest(dir, manifest);
    return manifest;
  } finally {
    store?.close();
  }
}
