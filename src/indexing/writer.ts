/**
 * A directory as its one writer sees it: locked, with its store open and its manifest at hand, and
 * what an interrupted purge left undone finished. Sealing ends every change.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../base/errors.js';
import { version } from '../base/version.js';
import { type CandidateStore, isCandidateStore } from '../store/candidate-store.js';
import { createStore, storeFolder } from '../store/open-store.js';
import type { PassageStore } from '../store/store.js';
import { writeChecksums } from './durability/checksums.js';
import { requireConfined } from './durability/confined.js';
import { recoverIndex } from './durability/recovery.js';
import { totalsOf } from './lexical/corpus-totals.js';
import { planSegments, removeOtherSegments, writeSegments } from './lexical/segments.js';
import { leasedVersions, lockIndex } from './locks.js';
import {
  findManifest,
  type IndexState,
  type Manifest,
  manifestText,
  readManifest,
  writeManifest,
} from './manifest.js';
import { latestManifest, storeShape } from './stores.js';

export class IndexWriter {
  #manifest: Manifest;

  private constructor(
    readonly dir: string,
    readonly store: PassageStore,
    manifest: Manifest,
    /** True if the writer before this one was killed. */
    private readonly afterCrash: boolean,
  ) {
    this.#manifest = manifest;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /**
   * Locks the index in `dir`, does the work and unlocks.
   *
   * @param create gives the manifest of a new index, or checks and renews the one that is there;
   * without it the index must be there
   * @throws XqgError XQG_INDEX_LOCKED, XQG_INDEX_MISSING, XQG_INDEX_FORMAT, XQG_INDEX_DAMAGED, and
   * what `create` throws
   */
  static async use<T>(
    dir: string,
    work: (writer: IndexWriter) => Promise<T>,
    create?: (found: Manifest | null) => Manifest,
  ): Promise<T> {
    // Before the lock, so that a wrong directory stays as it is.
    const found = create === undefined ? await readManifest(dir) : await findManifest(dir);
    if (found !== null) await requireConfined(dir);
    create?.(found);
    const lock = await lockIndex(dir);
    try {
      const { found, dropped } = await recovered(dir);
      const there = create === undefined ? found! : create(found);
      const afterCrash = lock.afterCrash || dropped;
      if (afterCrash) await removeTemporaryFiles(dir);
      await writeManifest(dir, there);
      const store = await createStore(dir, there.store, storeShape(there));
      let reached = true;
      try {
        const manifest = await latestManifest(dir, there, store);
        const writer = new IndexWriter(dir, store, manifest, afterCrash);
        // A new table, or one that an earlier release wrote without syncing.
        if (manifest.durable === undefined) await writer.checkpoint({});
        if (manifest.purging) await writer.purge();
        return await work(writer);
      } catch (error) {
        // Nobody should wait again for a store that does not answer.
        reached = !(error instanceof XqgError && error.code.startsWith('XQG_STORE_'));
        throw error;
      } finally {
        if (isCandidateStore(store) && reached) await store.release().catch(() => undefined);
        store.close();
      }
    } finally {
      await lock.release();
    }
  }

  async save(changes: Partial<Manifest>): Promise<void> {
    this.#manifest = {
      ...this.#manifest,
      ...changes,
      tool: { version: version(), node: process.version },
      updated: new Date().toISOString(),
    };
    await writeManifest(this.dir, this.#manifest);
    if (isCandidateStore(this.store))
      await this.store.write('manifest', manifestText(this.#manifest));
  }

  /**
   * As `save`, once all that is written is on the disk: what the manifest says to be done outlives
   * a power failure.
   */
  async checkpoint(changes: Partial<Manifest>): Promise<void> {
    const durable = await this.store.sync();
    await this.save(durable === null ? changes : { ...changes, durable });
  }

  /**
   * Makes the current version the one that readers open: builds its lexical segments, and frees
   * what no reader holds.
   *
   * @param onRows called with how many rows have their segments, all together
   */
  async seal(state: IndexState, onRows?: (rows: number) => void): Promise<void> {
    if (isCandidateStore(this.store)) return this.#sealInStore(this.store, state, onRows);
    const { sealed: before, durable } = this.#manifest;
    const kept = await leasedVersions(this.dir);
    // Until the new version is on the disk, a power failure leads back to these.
    if (before !== null) kept.push(before.version);
    if (durable !== undefined) kept.push(durable);
    const compacted = await this.store.compact(kept, {
      // A killed writer may have left files that no version names.
      force: this.afterCrash,
    });
    const reader = await this.store.snapshot();
    try {
      const { segments, documents, passages } = await planSegments(reader);
      let done = 0;
      await writeSegments(this.dir, reader, segments, (rows) => {
        done += rows;
        onRows?.(done);
      });
      const sealed = { version: reader.version, segments };
      const counts = { documents, passages };
      await writeChecksums(storeFolder(this.dir));
      await this.checkpoint({
        ...{ sealed, state, counts, purging: false },
        ...(state.status === 'complete' ? { recovered: undefined } : {}),
      });
      await removeOtherSegments(this.dir, segments);
      // What was sealed before could only be freed once readers no longer come to it. What is
      // sealed now is current, and needs no more joining.
      if (compacted) await this.store.compact(await leasedVersions(this.dir), { force: true });
    } finally {
      reader.close();
    }
  }

  /** A store that ranks by itself needs no segments, but the sums of its rows. */
  async #sealInStore(
    store: CandidateStore,
    state: IndexState,
    onRows?: (rows: number) => void,
  ): Promise<void> {
    const written = await store.snapshot();
    let done = 0;
    // Before rows are freed: those that died are taken from the sums.
    const totals = await totalsOf(store, written, (rows) => {
      done += rows;
      onRows?.(done);
    });
    const before = this.#manifest.sealed;
    const held = await leasedVersions(this.dir);
    const compacted = await store.compact(before === null ? held : [before.version, ...held], {
      force: this.afterCrash,
    });
    const reader = await store.snapshot();
    const counts = { documents: await reader.documents(), passages: await reader.count() };
    await store.write('statistics', totals.written(reader.version));
    const sealed = { version: reader.version, segments: [] };
    await this.save({ sealed, state, counts, purging: false });
    if (compacted) await store.compact(await leasedVersions(this.dir), { force: true });
  }

  /** Rewrites everything without the deleted rows, also if it takes several attempts. */
  async purge(): Promise<void> {
    await this.save({ purging: true });
    await this.store.purge();
    await this.checkpoint({});
    await this.seal(this.#manifest.state);
  }
}

/** What is there for a writer, led back to a version that is on the disk. */
async function recovered(dir: string): Promise<{ found: Manifest | null; dropped: boolean }> {
  const found = await findManifest(dir);
  if (found === null) return { found, dropped: false };
  const { manifest, dropped } = await recoverIndex(dir, found);
  return { found: manifest, dropped };
}

async function removeTemporaryFiles(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (name.endsWith('.tmp')) await rm(join(dir, name), { force: true });
  }
}
