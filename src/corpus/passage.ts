/** Documents and passages. */

/** A value of document metadata that filters can compare. */
export type MetadataValue = string | number | boolean | readonly string[];

/** A document from a reader, before it is split into passages. */
export interface SourceDocument {
  /**
   * Unique within an index. For files: the path relative to the argument that named it; for rows:
   * the row's own id.
   */
  readonly id: string;
  /**
   * The argument of `xqg index` that named it (absolute path), as for `xqg remove --source`.
   */
  readonly source: string;
  /** The file that contains it (absolute path), shown with results. */
  readonly path: string;
  /** Its first line in a file of several documents, from 1. */
  readonly line?: number;
  readonly title: string;
  /** ISO 639-1 code, if the data or the user states one. */
  readonly lang?: string;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  /** Text in reading order. */
  readonly blocks: readonly Block[];
  /**
   * True: a single passage that is never split (a row of BEIR or SQuAD is a passage by definition).
   */
  readonly whole?: boolean;
}

/** Consecutive text under the same headings. */
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
  /** 1 if the language is stated; else the detector's probability in [0, 1]. */
  readonly langConfidence: number;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  /** Position within the document, from 0. */
  readonly ordinal: number;
}
