/**
 * One index of a server: opened when it is first needed, and replaced by a newer version while
 * searches end in the old one.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asXqgError, XqgError } from '../base/errors.js';
import { findManifest } from '../indexing/manifest.js';
import { openIndex, type XqgIndex } from '../xqg-index.js';

export type IndexCondition = 'missing' | 'closed' | 'opening' | 'open' | 'failed';

export interface ServedIndexOptions {
  /** Name or folder of the pack, where the index was made by none of xqg. */
  readonly pack?: string;
  /** Threads of the native scan. */
  readonly threads?: number;
}

/** How often the directory is checked for a newer version, in milliseconds. */
const CHECK_EVERY_MS = 500;
/**
 * An index that is being made for the first time has no sealed version; what is there is reopened
 * this often.
 */
const UNSEALED_EVERY_MS = 3000;
/** A version that has been open for so long is prepared for all languages. */
const PREPARE_AFTER_MS = 1000;

export class ServedIndex {
  #opening: Promise<XqgIndex> | null = null;
  #condition: IndexCondition = 'closed';
  #failure: XqgError | null = null;
  #lastCheck = 0;
  #refreshed = 0;
  #modified = 0;
  #sealed: string | null = null;
  #refreshing: Promise<void> | null = null;
  /** Aborted when another version replaces this one. */
  #preparing = new AbortController();

  constructor(
    readonly name: string,
    /** Absolute path. */
    readonly directory: string,
    readonly options: ServedIndexOptions = {},
  ) {}

  get condition(): IndexCondition {
    return this.#condition;
  }

  /** Why it could not be opened; null where it could, or is missing. */
  get failure(): XqgError | null {
    return this.#failure;
  }

  /**
   * Works with the newest version that is open.
   * @throws XqgError XQG_INDEX_MISSING and others of `openIndex`
   */
  async use<T>(work: (index: XqgIndex) => Promise<T>): Promise<T> {
    try {
      const index = await this.#open();
      this.#checkForNewer(index);
      try {
        return await work(index);
      } catch (error) {
        if ((error as { code?: string }).code !== 'XQG_STORE_VERSION_GONE') throw error;
        // A writer on another machine does not see who reads, and has deleted this version.
        await this.refresh();
        return await work(await this.#open());
      }
    } catch (error) {
      throw error instanceof XqgError ? this.#shownError(error) : error;
    }
  }

  /** Switches to the newest version; resolves when it is open. */
  async refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async close(): Promise<void> {
    this.#preparing.abort();
    const index = await this.#opening?.catch(() => null);
    this.#opening = null;
    this.#condition = 'closed';
    await index?.close();
  }

  /** A text for clients: the name of the index stands for its directory. */
  shown(text: string): string {
    return text.replaceAll(this.directory, this.name);
  }

  #shownError(error: XqgError): XqgError {
    const details = Object.entries(error.details).map(
      ([key, value]) => [key, typeof value === 'string' ? this.shown(value) : value] as const,
    );
    return XqgError.restore(error.code, Object.fromEntries(details), { cause: error });
  }

  #open(): Promise<XqgIndex> {
    if (this.#opening === null) {
      this.#condition = 'opening';
      this.#opening = this.#openNew();
      this.#opening.then(
        (index) => {
          this.#condition = 'open';
          this.#failure = null;
          this.#prepare(index);
        },
        (thrown: unknown) => {
          const error = asXqgError(thrown);
          this.#opening = null;
          this.#condition = error.code === 'XQG_INDEX_MISSING' ? 'missing' : 'failed';
          this.#failure = error.code === 'XQG_INDEX_MISSING' ? null : this.#shownError(error);
        },
      );
    }
    return this.#opening;
  }

  async #openNew(): Promise<XqgIndex> {
    await this.#recordVersion();
    const index = await openIndex(this.directory, this.options);
    try {
      // The first question also builds what is built once.
      await index.search('a', { k: 1 });
    } catch (error) {
      await index.close();
      throw error;
    }
    return index;
  }

  /** Checks for a newer version in the background. */
  #checkForNewer(index: XqgIndex): void {
    const now = Date.now();
    if (now - this.#lastCheck < CHECK_EVERY_MS) return;
    this.#lastCheck = now;
    this.#isNewer(index).then(
      (newer) => (newer ? this.refresh() : undefined),
      () => undefined,
    );
  }

  async #isNewer(index: XqgIndex): Promise<boolean> {
    const modified = await this.#modifiedAt();
    // Of rows elsewhere the directory shows only what was written from this machine.
    if (modified === this.#modified)
      return (await index.manifest()).store !== undefined && index.outdated();
    const sealed = (await findManifest(this.directory))?.sealed?.version ?? null;
    return (
      sealed !== this.#sealed ||
      (sealed === null && Date.now() - this.#refreshed > UNSEALED_EVERY_MS)
    );
  }

  async #refresh(): Promise<void> {
    const index = await this.#opening?.catch(() => null);
    if (!index) {
      await this.#open().catch(() => undefined);
      return;
    }
    try {
      await this.#recordVersion();
      this.#preparing.abort();
      await index.refresh();
      this.#prepare(index);
    } catch {
      // It was replaced or deleted: what is there now is opened as a new index.
      await this.close();
      await this.#open().catch(() => undefined);
    }
  }

  #prepare(index: XqgIndex): void {
    this.#preparing = new AbortController();
    const { signal } = this.#preparing;
    const begin = setTimeout(() => {
      // A failure here recurs for the question that needs it, and is reported there.
      if (!signal.aborted) index.prepare(signal).catch(() => undefined);
    }, PREPARE_AFTER_MS);
    begin.unref();
  }

  /** Before opening: what is written after that counts as newer. */
  async #recordVersion(): Promise<void> {
    this.#refreshed = Date.now();
    this.#modified = await this.#modifiedAt();
    this.#sealed = (await findManifest(this.directory))?.sealed?.version ?? null;
  }

  async #modifiedAt(): Promise<number> {
    return (await stat(join(this.directory, 'xqg.json')).catch(() => null))?.mtimeMs ?? 0;
  }
}

/**
 * The indexes of a server by name: that of the directory, or NAME=DIRECTORY.
 * @throws XqgError XQG_INDEX_NAMED_TWICE
 */
export function servedIndexes(
  named: readonly { readonly name: string; readonly directory: string }[],
  options: ServedIndexOptions,
): ReadonlyMap<string, ServedIndex> {
  const indexes = new Map<string, ServedIndex>();
  for (const { name, directory } of named) {
    const before = indexes.get(name);
    if (before !== undefined) {
      throw new XqgError('XQG_INDEX_NAMED_TWICE', {
        name,
        first: before.directory,
        second: directory,
      });
    }
    indexes.set(name, new ServedIndex(name, directory, options));
  }
  return indexes;
}
