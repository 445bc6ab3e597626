/**
 * What search sees of a corpus: rows in a fixed order, wherever they are stored. Implemented over a
 * store (an opened index) and over plain arrays (evaluation).
 */
import type { TermBag } from '../languages/terms.js';
import type { ByteMatrix } from '../vectors/byte-matrix.js';

/** One passage as the lexical leg needs it. */
export interface LexicalRow {
  /** Terms of the passage itself, analyzed in its own language, romanized n-grams among them. */
  readonly own: TermBag;
  /** Pivot stems g(e, p), where the generator has a distribution; else null. */
  readonly pivot: TermBag | null;
  /** Terms of drawn queries by language, where the generator has no distribution; else null. */
  readonly drawn: ReadonlyMap<string, TermBag> | null;
  readonly lang: string;
}

/**
 * Vectors of the sentences of passages, in 8 bits. Those of row r are rows `starts[r]` to
 * `starts[r + 1] - 1` of the matrix, in the order of the text; a passage of one sentence has none.
 */
export interface SentenceVectors {
  /** (n + 1), ascending from 0. */
  readonly starts: Uint32Array;
  /** (sentences x dim): each number times its row's scale, rounded to 32 bits. */
  readonly matrix: ByteMatrix;
}

/** A frozen view of n passages. Row r of every array and matrix is the same passage. */
export interface Snapshot {
  /** Passage ids by row. */
  readonly ids: readonly string[];
  /** Language of each passage by row. */
  readonly langs: readonly string[];
  /**
   * The languages of all passages, where the rows are only some of them; absent: those of `langs`.
   */
  readonly corpusLanguages?: readonly string[];
  readonly dim: number;
  /** Languages in which queries were generated. */
  readonly queryLanguages: readonly string[];
  /** False where generated queries serve the lexical leg alone; default true. */
  readonly encodesQueries?: boolean;
  /** Number of generated queries per passage and language that a language's sum stands for. */
  readonly queriesPerLanguage: number;
  /** (n x dim), row-major: e(p). */
  passageVectors(): Promise<Float32Array>;
  /**
   * (n x dim), row-major: the sum of e(q) over the generated queries in `lang`; a zero row where
   * there are none.
   */
  languageSum(lang: string): Promise<Float32Array>;
  /**
   * The same in 8 bits, where that is how they are stored, else null: each number times its row's
   * scale, rounded to 32 bits, is that of `languageSum`. Where a snapshot does not have this, there
   * is no late fusion.
   */
  languageBytes?(lang: string): Promise<ByteMatrix | null>;
  /**
   * Absent or null: there are none.
   * @throws RangeError where there are more than a matrix holds (`ByteMatrix.fits`)
   */
  sentences?(): Promise<SentenceVectors | null>;
  /**
   * The sums of one passage by language, each (dim); languages without queries are absent. Where a
   * snapshot does not have this, explaining a hit reads whole matrices.
   */
  languageSumsOf?(row: number): Promise<ReadonlyMap<string, Float32Array>>;
}

/** The languages that passages are written in. */
export function passageLanguages({
  langs,
  corpusLanguages,
}: Pick<Snapshot, 'langs' | 'corpusLanguages'>): readonly string[] {
  return corpusLanguages ?? [...new Set(langs)].sort();
}
