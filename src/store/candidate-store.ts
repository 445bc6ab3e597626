/**
 * The interface of a store that also searches: it lists rows near a vector or with terms. The lists
 * are candidates, which search scores exactly from the rows.
 */
import type { Column, IndexedPassage, PassageStore, StoreReader } from './store.js';

/** A term that a row may have. */
export interface TermClause {
  readonly field: 'own' | 'pivot' | { readonly drawn: string };
  readonly term: string;
  /** Factor of its score, > 0. */
  readonly boost: number;
  /** Counts only in rows of this language. */
  readonly only?: string;
  /** Does not count in rows of this language. */
  readonly except?: string;
}

/** One condition of a filter: a row passes if it has one of the facts. */
export interface FactCondition {
  readonly key: string;
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: string;
}

export interface CandidateList {
  readonly by:
    | {
        /** `vector`: e(p); `fused`: with the queries of all languages. */
        readonly field: 'vector' | 'fused';
        readonly near: Float32Array;
        /** Number of rows to examine, >= size: a larger number finds more of the nearest. */
        readonly breadth: number;
      }
    | { readonly terms: readonly TermClause[] };
  readonly size: number;
}

export interface PlacedRow<C extends Column> {
  /** Number of the row within its store, ascending in the order of `scan`. */
  readonly seq: number;
  readonly row: Pick<IndexedPassage, C>;
}

export interface RowOptions {
  /** Only rows that fulfill all of these. */
  readonly filters?: readonly FactCondition[];
  /** Languages of the sums that are read; default: all. */
  readonly languages?: readonly string[];
  /** Own terms to read; others count only in the bag's `total`. Default: all. */
  readonly ownTerms?: ReadonlySet<string>;
}

export interface CandidateReader extends StoreReader {
  /** The rows of each list, best first. */
  candidates<C extends Column>(
    lists: readonly CandidateList[],
    columns: readonly C[],
    options?: RowOptions,
  ): Promise<PlacedRow<C>[][]>;
  /** The rows with these numbers or ids that exist, in no particular order. */
  rows<C extends Column>(
    which: { readonly seqs: readonly number[] } | { readonly ids: readonly string[] },
    columns: readonly C[],
    options?: RowOptions,
  ): Promise<PlacedRow<C>[]>;
  /** How many rows have one or more of the terms, for each list of terms. */
  countTerms(lists: readonly (readonly TermClause[])[]): Promise<number[]>;
  /** Rows that were added or removed after an earlier version; null if no longer known. */
  changesSince<C extends Column>(
    version: string,
    columns: readonly C[],
  ): Promise<AsyncIterable<
    { readonly came: boolean; readonly row: Pick<IndexedPassage, C> }[]
  > | null>;
  /** @throws XqgError XQG_STORE_VERSION_GONE if the rows of this version were freed */
  requireHere(): Promise<void>;
  documents(): Promise<number>;
  /** Bytes on the disks of the cluster, replicas included. */
  bytes(): Promise<number>;
}

/** Texts that a store has besides its rows. */
export type StoredText = 'manifest' | 'statistics' | 'glossary';

export interface CandidateStore extends PassageStore {
  readonly listsCandidates: true;
  snapshot(): Promise<CandidateReader>;
  at(version: string): Promise<CandidateReader>;
  read(what: StoredText): Promise<string | null>;
  write(what: StoredText, text: string): Promise<void>;
  /** Lets the next writer begin at once. */
  release(): Promise<void>;
}

export function isCandidateStore(store: PassageStore): store is CandidateStore {
  return store.listsCandidates;
}
