/** What the encoder and its threads say to each other. Holds no logic. */
import type { ErrorCode } from '../../base/error-catalogue.js';

/** What a thread starts with. */
export interface ThreadSetup {
  /** Absolute path of the graph. */
  readonly graph: string;
  /** Absolute path of tokenizer.json, or of the vocabulary of xqg's own tokenizer. */
  readonly tokenizer: string;
  /** The token that fills up shorter texts of a batch. */
  readonly paddingId: number;
  /** Threads within one run. */
  readonly threads: number;
  /** Texts that are run together. */
  readonly batch: number;
}

/** The first thing that a thread says. */
export interface ThreadReady {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface EncodeTask {
  readonly texts: readonly string[];
  readonly pooling: 'cls' | 'mean' | 'last' | 'given';
  readonly normalize: boolean;
  /** Longest text in tokens, special ones among them. */
  readonly longest: number;
}

export interface EncodeDone {
  /** (texts.length x dim), row-major; its buffer is handed over. */
  readonly vectors: Float32Array;
  /** Tokens that were run, special ones among them. */
  readonly tokens: number;
  /** Texts that were longer than the limit and were cut. */
  readonly cut: number;
}

export type ThreadAnswer =
  | { readonly kind: 'ready'; readonly ready: ThreadReady }
  | { readonly kind: 'done'; readonly done: EncodeDone }
  | { readonly kind: 'failed'; readonly reason: string; readonly report?: ErrorReport };

/** What an `XqgError` is restored from. */
interface ErrorReport {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;
}
