/**
 * The door of expand/: a question in, a text out that is searched with it: a pseudo-document that
 * would answer it, or the question in other words (arXiv 2511.19325).
 */

export interface QuestionToExpand {
  readonly text: string;
  /**
   * ISO 639-1 code of the language to write the text in: the question's own unless `ExpandOptions`
   * names another.
   */
  readonly lang: string;
}

/** What writes the texts; equal identities write alike, as far as a model does. */
export interface ExpanderIdentity {
  readonly name: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

export interface WrittenExpansion {
  readonly text: string;
  /** ISO 639-1 code. */
  readonly lang: string;
}

export interface Expander {
  readonly identity: ExpanderIdentity;
  /**
   * In the order of the questions.
   * @param signal aborted when the texts are no longer needed
   */
  expand(questions: readonly QuestionToExpand[], signal?: AbortSignal): Promise<WrittenExpansion[]>;
  close?(): Promise<void>;
}
