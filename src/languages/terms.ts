/** Types that analysis, generation and lexical search share. */

/** Distinct terms and their (fractional) frequencies; `terms[i]` has frequency `weights[i]` > 0. */
export interface TermBag {
  readonly terms: readonly string[];
  readonly weights: Float32Array;
  /**
   * Sum of the frequencies of all terms, if `terms` lists only some of them. Defaults to the sum of
   * `weights`.
   */
  readonly total?: number;
}

/** A language (ISO 639-1 code) and its probability; the weights of a list sum to 1. */
export interface LanguageWeight {
  readonly lang: string;
  readonly weight: number;
}

/** Words that are one term to a table; offsets are UTF-16 units of the text in NFC. */
export interface TermPhrase {
  readonly start: number;
  readonly end: number;
  readonly term: string;
}
