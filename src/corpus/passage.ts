/** What the way through the folders is about. Holds no logic. */

/** A value of document metadata that filters can compare. */
export type MetadataValue = string | number | boolean | readonly string[];

/** One document as a reader found it, before splitting. */
export interface SourceDocument {
  /**
   * Unique within an index. For files: the path relative to the argument that named it; for rows:
   * the row's own id.
   */
  readonly id: string;
  /**
   * The argument of `xqg index` that brought it (absolute path); `xqg remove --source` takes this.
   */
  readonly source: string;
  /** File that holds it (absolute path), shown with results. */
  readonly path: string;
  /** Where it begins in a file of several documents that has lines, from 1. */
  readonly line?: number;
  readonly title: string;
  /** ISO 639-1 code if the data or the user gave one. */
  readonly lang?: string;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  /** Text in reading order. */
  readonly blocks: readonly Block[];
  /**
   * True: one passage exactly as it is, never split (a row of JSONL, BEIR or SQuAD that is a
   * passage by definition).
   */
  readonly whole?: boolean;
}

/** A run of text under one heading trail. */
export interface Block {
  readonly headings: readonly string[];
  readonly text: string;
}

/** The unit that is indexed and found. */
export interface Passage {
  /**
   * `documentId` if the document is one passage, else `documentId#ordinal`. A document that may be
   * split and whose own id ends like that (`a#1`) always gets the ordinal, so that no two documents
   * share a passage id.
   */
  readonly id: string;
  readonly documentId: string;
  readonly source: string;
  readonly path: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly text: string;
  readonly lang: string;
  /** 1 if the language was given; else the detector's probability in [0, 1]. */
  readonly langConfidence: number;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  /** Position within the document, from 0. */
  readonly ordinal: number;
}
