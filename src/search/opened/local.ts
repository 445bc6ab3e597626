/** One version of an index with all its rows at hand, and the engine that ranks them. */

import { UseCounted } from '../../base/use-count.js';
import { CachedEncoder } from '../../encode/cached-encoder.js';
import { statedIn } from '../../generate/generator.js';
import { findManifest, type Manifest } from '../../indexing/manifest.js';
import { type IndexSnapshot, openSnapshot } from '../../indexing/open.js';
import type { Recipe } from '../../indexing/recipe.js';
import { SEARCH_DEFAULTS, searchDefaults } from '../defaults.js';
import { LateScanner } from '../dense/open-scanner.js';
import { SearchEngine } from '../engine.js';
import { LexicalIndex } from '../lexical/index.js';
import type { SearchRequest } from '../request.js';
import { type OpenedAnn, openAnn } from './ann.js';
import type { WholeIndex } from './searchable.js';

/** A question is encoded once for its ranking, its snippets and its explanations. */
const CACHED_QUESTIONS = 32;

export interface SearchSettings {
  /** Budget of fused matrices, in bytes. Default 1 GiB. */
  readonly matrixBudgetBytes?: number;
  /** Threads of the native scan, and of indexing. Default: one for each core. */
  readonly threads?: number;
}

export class LocalIndex extends UseCounted implements WholeIndex {
  readonly exactDepth = Infinity;

  private constructor(
    readonly snapshot: IndexSnapshot,
    readonly engine: SearchEngine,
    readonly recipe: Recipe,
    readonly scanner: LateScanner,
    readonly ann: OpenedAnn | null,
  ) {
    super();
  }

  /** @throws XqgError XQG_INDEX_MISSING, XQG_INDEX_IDENTITY, and the others of `openSnapshot` */
  static async open(dir: string, recipe: Recipe, settings: SearchSettings): Promise<LocalIndex> {
    const { encoder, generator, pack, glossary } = recipe;
    const snapshot = await openSnapshot(dir, {
      encoder: encoder.identity,
      // Searching needs no generator where an index has no queries.
      ...(generator === null ? {} : { generator: generator.identity }),
      pack,
      glossary: glossary?.sha256,
    });
    try {
      const scanner = new LateScanner({ threads: settings.threads });
      const segments = await snapshot.segments();
      const ann = await openAnn(snapshot);
      const engine = new SearchEngine({
        snapshot,
        lexical: new LexicalIndex(segments, SEARCH_DEFAULTS.bm25),
        encoder: new CachedEncoder(encoder, CACHED_QUESTIONS),
        scanner,
        defaults: searchDefaults(
          encoder,
          generator ?? statedIn(snapshot.manifest.identity.generator),
        ),
        factors: generator?.distribution?.factors ?? null,
        matrixBudgetBytes: settings.matrixBudgetBytes,
        near: ann?.near,
      });
      return new LocalIndex(snapshot, engine, recipe, scanner, ann);
    } catch (error) {
      await snapshot.close();
      throw error;
    }
  }

  get manifest(): Manifest {
    return this.snapshot.manifest;
  }

  get version(): string {
    return this.snapshot.version;
  }

  get corpus(): this {
    return this;
  }

  async viewFor(): Promise<this> {
    return this;
  }

  async *viewsFor(
    requests: readonly SearchRequest[],
  ): AsyncGenerator<{ readonly view: LocalIndex; readonly requests: readonly SearchRequest[] }> {
    yield { view: this, requests };
  }

  allRows(): this {
    return this;
  }

  async outdated(): Promise<boolean> {
    const { dir, manifest } = this.snapshot;
    return (await findManifest(dir))?.sealed?.version !== manifest.sealed?.version;
  }

  async prepare(signal: AbortSignal): Promise<void> {
    await this.engine.prepare(signal);
  }

  protected async free(): Promise<void> {
    this.ann?.close();
    await this.scanner.close();
    await this.snapshot.close();
  }
}
