/**
 * What questions are answered from: an opened version with all its rows, or, where a store ranks by
 * itself, the rows that a question is about. Holds no logic.
 */
import type { Manifest } from '../../indexing/manifest.js';
import type { IndexSnapshot } from '../../indexing/open.js';
import type { Recipe } from '../../indexing/recipe.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { Column, IndexedPassage, ScanOptions } from '../../store/store.js';
import type { LateScanner } from '../dense/open-scanner.js';
import type { SearchEngine } from '../engine.js';
import type { ExpandedQuestion, Question, SearchOptions } from '../options.js';
import type { QuestionLanguages } from '../question-language.js';
import type { OpenedAnn } from './ann.js';

export interface SearchSnapshot extends Snapshot {
  readonly dir: string;
  readonly manifest: Manifest;
  /** Of the store. */
  readonly version: string;
  /** True if the rows are those that pass the filters that were asked for. */
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

export interface SearchView {
  readonly snapshot: SearchSnapshot;
  readonly engine: SearchEngine;
  /** Places of a ranking in one leg that are sure; absent: all. */
  readonly sureTo?: number;
  /** The question's expansion, where it had to be known before; else absent. */
  readonly expanded?: ExpandedQuestion;
}

/** A version with all its rows at hand. */
export interface WholeIndex extends SearchView {
  readonly snapshot: IndexSnapshot;
  readonly scanner: LateScanner;
  /** null: there is none. */
  readonly ann: OpenedAnn | null;
}

/** One version of an index, opened. */
export interface Searchable {
  readonly manifest: Manifest;
  readonly version: string;
  /**
   * What one question needs, asked with each of the options.
   * @param more.depth rank so many
   * @param more.also ids of passages that have to be among the rows
   */
  around(
    question: string,
    asked: readonly SearchOptions[],
    more?: { readonly depth?: number; readonly also?: readonly string[] },
  ): Promise<SearchView>;
  /** What many questions need, in their order. */
  aroundEach<Q extends Question>(
    questions: readonly Q[],
    options: SearchOptions,
  ): AsyncIterable<{ readonly index: SearchView; readonly questions: readonly Q[] }>;
  /** The languages in which a question is searched. */
  languages(
    question: string,
    lang: SearchOptions['lang'],
    recipe: Recipe,
  ): Promise<QuestionLanguages>;
  /** The passages with these ids that pass the filters, if no others. */
  passages(ids: readonly string[], filters: readonly string[]): Promise<SearchView>;
  /** True if another version was sealed since. */
  outdated(): Promise<boolean>;
  /** All rows. @throws XqgError XQG_STORE_WHOLE where they are not at hand */
  whole(what: string): WholeIndex;
  /** Makes ahead what the first questions would wait for; ends early when aborted. */
  prepare(signal: AbortSignal): Promise<void>;
  use<T>(work: (opened: Searchable) => Promise<T>): Promise<T>;
  hold(): () => Promise<void>;
  close(): Promise<void>;
}
