/**
 * Leads an index back to its newest version that is whole, after a power failure or damage. What a
 * manifest names is on the disk before it does (`IndexWriter.checkpoint`), so that a power failure
 * can only have torn versions behind it; they are dropped. Where the version that it names is
 * damaged, the newest whole one stands in for it, and the index says so.
 */
import { setTimeout } from 'node:timers/promises';
import { XqgError } from '../../base/errors.js';
import {
  dropVersionsAfter,
  formatVersion,
  newestGeneration,
  parseVersion,
  type VersionNumber,
  versionFault,
  versionNumbers,
} from '../../store/lance/table-files.js';
import { storeFolder } from '../../store/open-store.js';
import { lockIndex } from '../locks.js';
import { type Manifest, type Recovery, readManifest, writeManifest } from '../manifest.js';

/** Looks at an index that a writer is changing, and the time between them (ms). */
const ATTEMPTS = 10;
const WAIT = 100;

/**
 * The manifest of an index, recovered first where its version cannot be read.
 * @throws XqgError XQG_INDEX_DAMAGED if nothing is left, or this process may not write, and those
 * of reading the manifest
 */
export async function readableManifest(dir: string): Promise<Manifest> {
  for (let attempt = 0; ; attempt++) {
    const manifest = await readManifest(dir);
    const reason = await faultOf(dir, manifest);
    if (reason === null) return manifest;
    try {
      const lock = await lockIndex(dir);
      try {
        const { manifest: recovered } = await recoverIndex(dir, await readManifest(dir));
        await writeManifest(dir, recovered);
      } finally {
        await lock.release();
      }
    } catch (cause) {
      // A writer recovers the index itself, and may have freed this version meanwhile.
      const isBusy = cause instanceof XqgError && cause.code === 'XQG_INDEX_LOCKED';
      if (isBusy && attempt < ATTEMPTS) {
        await setTimeout(WAIT);
        continue;
      }
      if (cause instanceof XqgError && cause.code === 'XQG_INDEX_DAMAGED') throw cause;
      throw new XqgError('XQG_INDEX_DAMAGED', { path: storeFolder(dir), reason }, { cause });
    }
  }
}

/**
 * For the holder of the lock: drops versions that may not be on the disk, and falls back where the
 * one that the manifest names is damaged.
 *
 * @returns the manifest to go on with, to be written
 * @throws XqgError XQG_INDEX_DAMAGED if no version is left
 */
export async function recoverIndex(
  dir: string,
  manifest: Manifest,
): Promise<{ readonly manifest: Manifest; readonly dropped: boolean }> {
  if (manifest.store !== undefined) return { manifest, dropped: false };
  const store = storeFolder(dir);
  const generation = await newestGeneration(store);
  if (generation === 0) {
    if (manifest.sealed === null) return { manifest, dropped: false };
    throw new XqgError('XQG_INDEX_DAMAGED', { path: store, reason: 'no version of it is left' });
  }
  const numbers = await versionNumbers(store, generation);
  const durable = durableVersion(manifest, generation);
  const dropped = durable !== null && numbers[0] > durable.number;
  if (dropped && numbers.includes(durable.number)) await dropVersionsAfter(store, durable);
  const expected = durable ?? { generation, number: numbers[0] };
  const reason = await versionFault(store, expected);
  if (reason === null) return { manifest, dropped };
  for (const number of await versionNumbers(store, generation)) {
    const version = { generation, number };
    if ((await versionFault(store, version)) !== null) continue;
    await dropVersionsAfter(store, version);
    return { manifest: fallenBack(dir, manifest, { expected, version, reason }), dropped: true };
  }
  throw new XqgError('XQG_INDEX_DAMAGED', { path: store, reason });
}

/** Why the version that readers open, or a newer one, cannot be opened; null if it can. */
async function faultOf(dir: string, manifest: Manifest): Promise<string | null> {
  if (manifest.store !== undefined) return null;
  const store = storeFolder(dir);
  const generation = await newestGeneration(store);
  if (generation === 0) return manifest.sealed === null ? null : 'no version of it is left';
  const [newest] = await versionNumbers(store, generation);
  const durable = durableVersion(manifest, generation);
  const sealed = manifest.sealed === null ? durable : parseVersion(manifest.sealed.version);
  const opened = sealed?.generation === generation ? sealed : durable;
  // Lance opens the newest one before any other.
  const versions = new Set([opened?.number ?? newest, newest]);
  for (const number of versions) {
    const reason = await versionFault(store, { generation, number });
    if (reason !== null) return reason;
  }
  return null;
}

/** The newest version of a table that the manifest says is on the disk; null if it names none. */
function durableVersion({ durable, sealed }: Manifest, generation: number): VersionNumber | null {
  const known = [durable, sealed?.version]
    .flatMap((version) => (version === undefined ? [] : parseVersion(version)))
    .filter((version) => version.generation === generation)
    .map(({ number }) => number);
  return known.length === 0 ? null : { generation, number: Math.max(...known) };
}

function fallenBack(
  dir: string,
  manifest: Manifest,
  {
    expected,
    version,
    reason,
  }: { expected: VersionNumber; version: VersionNumber; reason: string },
): Manifest {
  const recovered: Recovery = {
    lost: formatVersion(expected),
    version: formatVersion(version),
    reason,
    at: new Date().toISOString(),
  };
  const { message, remedy } = new XqgError('XQG_INDEX_RECOVERED', { dir, ...recovered });
  process.emitWarning(message, { type: 'XqgWarning', code: 'XQG_INDEX_RECOVERED', detail: remedy });
  return {
    ...manifest,
    recovered,
    durable: recovered.version,
    // A version of these rows is sealed by the next writer; until then segments are built by need.
    sealed: null,
    state: { ...manifest.state, status: 'indexing', expected: null },
  };
}
