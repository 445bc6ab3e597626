/** The messages between a run and the process that reads files for it. */
import type { ErrorCode } from '../../base/error-catalogue.js';
import type { SourceDocument } from '../passage.js';
import type { CorpusFile, SkipReason } from '../reader.js';

/** An XqgError on its way to another process. */
export interface SentError {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;
}

/** `file`: read it, with the reader of this name; `more`: go on after the last items. */
export type ReaderOrder =
  | {
      readonly file: CorpusFile;
      readonly reader: string;
      /** Of the file, in bytes. */
      readonly size: number;
      /** Of processor time, until the first items or the end, and from items to items. */
      readonly seconds: number;
    }
  | 'more';

/** What a reader yields and reports, in its order. */
export type ReadItem =
  | { readonly document: SourceDocument }
  | { readonly skip: SkipReason; readonly path: string; readonly line?: number }
  | { readonly note: string; readonly path: string }
  | { readonly badRow: SentError };

/** After `items` the process waits for `more`; the others end the file. */
export type ReaderMessage =
  | 'ready'
  | { readonly items: readonly ReadItem[] }
  /** `rss`: memory of the process, in bytes. */
  | { readonly end: true; readonly rss: number }
  | { readonly error: SentError }
  /** Anything else that a reader or a library throws. */
  | { readonly fault: string };

/** What the watchdog writes to stderr before it ends the process. */
export const OVER_TIME = 'xqg: over the limit of time';
export const OVER_MEMORY = 'xqg: over the limit of memory';
/** What V8 writes there. */
export const HEAP_FULL = /heap out of memory|Zone Allocation failed|allocation failure/i;

/** Shared with the watchdog: numbers of 64 bits. */
export const CLOCK = {
  /** Processor microseconds of the process at which it ends; 0 while it waits. */
  processor: 0,
  /** Milliseconds of `Date.now()`, likewise: for what waits for a disk. */
  wall: 1,
  size: 2,
} as const;

export interface WatchdogStart {
  readonly clock: Float64Array;
  readonly memoryBytes: number;
  readonly parent: number;
}
