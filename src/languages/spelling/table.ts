/** What the tables of this folder are made of. */

/**
 * The variants of one script or language, as rules that turn each into one form. The form is only
 * matched, never shown.
 */
export interface SpellingTable {
  /** Languages in which the rules hold; absent: in all, wherever the letters are. */
  readonly languages?: ReadonlySet<string>;
  /** A word without any of these letters is left as it is. */
  readonly letters: RegExp;
  /** Patterns and what replaces them, in the order in which they are applied. */
  readonly rules: readonly (readonly [
    pattern: RegExp,
    form: string | ((match: string, ...groups: string[]) => string),
  ])[];
}
