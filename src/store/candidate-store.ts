/**
 * A store that can be asked for what a question is about, beside what every store does: lists of
 * rows near a vector or with terms. It knows no question and no ranking: its lists are candidates,
 * to be scored exactly from the rows. Holds no logic.
 */
import type { Column, IndexedPassage, PassageStore, StoreReader } from './store.js';

/** A term that a row may have. */
export interface TermClause {
  readonly field: 'own' | 'pivot' | { readonly drawn: string };
  readonly term: string;
  /** What it counts, > 0. */
  readonly boost: number;
  /** Only in rows of this language. */
  readonly only?: string;
  /** Not in rows of this language. */
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
        /** Rows that are looked at, >= size: more find more of the nearest. */
        readonly breadth: number;
      }
    | { readonly terms: readonly TermClause[] };
  readonly size: number;
}

export interface PlacedRow<C extends Column> {
  /** Names the row within its store, in the order of `scan`; a whole number. */
  readonly seq: number;
  readonly row: Pick<IndexedPassage, C>;
}

export interface RowOptions {
  /** Rows that do not fulfil all of these are left out. */
  readonly filters?: readonly FactCondition[];
  /** Languages of the sums that are read; default: all. */
  readonly languages?: readonly string[];
  /** Own terms that are read; others count in the bag's `total` alone. Default: all. */
  readonly ownTerms?: ReadonlySet<string>;
}

export interface CandidateReader extends StoreReader {
  /** The rows of each list, best first. */
  candidates<C extends Column>(
    lists: readonly CandidateList[],
    columns: readonly C[],
    options?: RowOptions,
  ): Promise<PlacedRow<C>[][]>;
  /** Rows with these numbers or ids, in no order; those that are not there are left out. */
  rows<C extends Column>(
    which: { readonly seqs: readonly number[] } | { readonly ids: readonly string[] },
    columns: readonly C[],
    options?: RowOptions,
  ): Promise<PlacedRow<C>[]>;
  /** How many rows have one or more of the terms, for each list of terms. */
  countTerms(lists: readonly (readonly TermClause[])[]): Promise<number[]>;
  /** Rows that came or went after an earlier version; null if that is not known any more. */
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

/** Texts that a store keeps beside its rows. */
export type KeptText = 'manifest' | 'statistics' | 'glossary';

export interface CandidateStore extends PassageStore {
  snapshot(): Promise<CandidateReader>;
  at(version: string): Promise<CandidateReader>;
  read(what: KeptText): Promise<string | null>;
  write(what: KeptText, text: string): Promise<void>;
  /** Lets the next writer begin at once. */
  release(): Promise<void>;
}

export function isRankingStore(store: PassageStore): store is CandidateStore {
  return 'read' in store && 'release' in store;
}
