/**
 * What questions are answered from: an opened version with all its rows, or, where a store ranks by itself, the rows that a question is
 * about. Holds no logic.
 */
import type { Manifest } from '../../indexing/manifest.js';
import type { Makers } from '../../indexing/recipe.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import type { Column, IndexedPassage, ScanOptions } from '../../store/store.js';
import type { AskedQuestion, ExpandedQuestion } from '../answer.js';
import type { SearchEngine } from '../engine.js';
import type { SearchOptions } from '../options.js';
import type { QuestionLanguages } from '../question-language.js';
import type { OpenedIndex } from './local.js';

export interface SearchedSnapshot extends Snapshot {
  readonly dir: string;
  readonly manifest: Manifest;
  /** Of the store. */
  readonly version: string;
  /** True if the rows are those that pass the filters that were asked for. */
  readonly filtered?: boolean;
  /** Row of a passage, or -1. */
  row(id: string): number;
  take<C extends Column>(rows: readonly number[], columns: readonly C[]): Promise<Pick<IndexedPassage, C>[]>;
  scan<C extends Column>(
    columns: readonly C[],
    options?: ScanOptions,
  ): AsyncIterable<Pick<IndexedPassage, C>[]>;
}

export interface SearchedIndex {
  readonly snapshot: SearchedSnapshot;
  readonly engine: SearchEngine;
  /** Places of a ranking in one leg that are sure; absent: all. */
  readonly sureTo?: number;
  /** The question's expansion, where it had to be known before; else absent. */
  readonly expanded?: ExpandedQuestion;
}

/** One version of an index, opened. */
export interface AskableIndex {
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
  ): Promise<SearchedIndex>;
  /** What many questions need, in their order. */
  aroundEach<Q extends AskedQuestion>(
    questions: readonly Q[],
    options: SearchOptions,
  ): AsyncIterable<{ readonly index: SearchedIndex; readonly questions: readonly Q[] }>;
  /** The languages in which a question is searched. */
  languages(question: string, lang: SearchOptions['lang'], makers: Makers): Promise<QuestionLanguages>;
  /** The passages with these ids that pass the filters, if no others. */
  passages(ids: readonly string[], filters: readonly string[]): Promise<SearchedIndex>;
  /** True if another version was sealed since. */
  outdated(): Promise<boolean>;
  /** All rows. @throws XqgError XQG_STORE_WHOLE where they are not at hand */
  whole(what: string): OpenedIndex;
  /** Makes ahead what the first questions would wait for; ends early when aborted. */
  prepare(signal: AbortSignal): Promise<void>;
  use<T>(work: (opened: AskableIndex) => Promise<T>): Promise<T>;
  hold(): () => Promise<void>;
  close(): Promise<void>;
}
