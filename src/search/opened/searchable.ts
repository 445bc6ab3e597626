/**
 * What a search reads: one version of an index, opened with the engine that ranks it. Where its
 * rows are at hand, they are searched as they are; where a store ranks by itself, each search gets
 * the rows that it is about.
 */
import type { Manifest } from '../../indexing/manifest.js';
import type { IndexSnapshot } from '../../indexing/open.js';
import type { Recipe } from '../../indexing/recipe.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { Column, IndexedPassage, ScanOptions } from '../../store/store.js';
import type { LateScanner } from '../dense/open-scanner.js';
import type { SearchEngine } from '../engine.js';
import type { SearchRequest } from '../request.js';
import type { OpenedAnn } from './ann.js';

export interface SearchSnapshot extends Snapshot {
  /** Directory of the index. */
  readonly dir: string;
  readonly manifest: Manifest;
  /** Of the store. */
  readonly version: string;
  /** True if its rows already pass the filters of the search. */
  readonly filtered?: boolean;
  /** Row of a passage, or -1. */
  row(id: string): number;
  take<C extends Column>(
    rows: readonly number[],
    columns: readonly C[],
  ): Promise<Pick<IndexedPassage, C>[]>;
  scan<C extends Column>(
    columns: readonly C[],
    options?: ScanOptions,
  ): AsyncIterable<Pick<IndexedPassage, C>[]>;
}

/** Rows with the engine that ranks them. */
export interface SearchView {
  readonly snapshot: SearchSnapshot;
  readonly engine: SearchEngine;
  readonly recipe: Recipe;
  /** null: there is none. */
  readonly ann: OpenedAnn | null;
  /** Down to this rank, a ranking in one leg is exact; Infinity where all rows are at hand. */
  readonly exactDepth: number;
}

/** What the rows of a view are chosen by. */
export interface ViewOptions {
  /** Conditions that every row must pass; see `SearchOptions.filters`. */
  readonly filters?: readonly string[];
  /** Passages that must be among the rows, where they pass the filters. */
  readonly ids?: readonly string[];
}

/** One version of an index, opened. */
export interface Searchable {
  readonly manifest: Manifest;
  /** Of the store. */
  readonly version: string;
  /** The corpus as a whole: its languages, and how requests are read. It may lack every row. */
  readonly corpus: SearchView;
  /** The rows that these requests rank. */
  viewFor(requests: readonly SearchRequest[], options?: ViewOptions): Promise<SearchView>;
  /** The same for many requests, together where they share their rows; in their order. */
  viewsFor(
    requests: readonly SearchRequest[],
    filters: readonly string[],
  ): AsyncIterable<{ readonly view: SearchView; readonly requests: readonly SearchRequest[] }>;
  /**
   * The index with all its rows.
   * @param purpose what they are needed for
   * @throws XqgError XQG_STORE_WHOLE where they are not at hand
   */
  allRows(purpose: string): WholeIndex;
  /** True if another version was sealed since. */
  outdated(): Promise<boolean>;
  /** Prepares what the first questions would wait for; ends early when aborted. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Stays open until the returned function is called, also if it is closed meanwhile. */
  hold(): () => Promise<void>;
  close(): Promise<void>;
}

/** A version with all its rows at hand. */
export interface WholeIndex extends Searchable, SearchView {
  readonly snapshot: IndexSnapshot;
  readonly scanner: LateScanner;
}
