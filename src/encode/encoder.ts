/**
 * The door of encode/: text in, vectors out. Queries and passages are different verbs, so that a
 * wrong prefix is hard to write. An encoder knows neither generation nor augmentation.
 */
import type { LanguageWeight, TermBag } from '../languages/terms.js';

/** What made a vector; two indexes or an index and an encoder fit if these are equal as JSON. */
export interface EncoderIdentity {
  readonly name: string;
  /** Length of a vector. */
  readonly dim: number;
  /** sha256 of the weights (hex). */
  readonly weights: string;
  /** True if vectors have unit length (or are all zero). */
  readonly unitLength: boolean;
  /**
   * Anything else that changes the vectors: pooling, prefixes, dtype, maximum tokens, ICU version,
   * ...
   */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

export interface PassageText {
  /** Absent where a passage has none; read by encoders whose vectors were made elsewhere. */
  readonly id?: string;
  readonly title: string;
  readonly text: string;
  readonly lang: string;
}

export interface QueryText {
  /**
   * The question's id, or that of a generated query (see `generatedQueryId`); absent where it has
   * none.
   */
  readonly id?: string;
  /** The language that the data give it, where `languages` may be guesses. */
  readonly lang?: string;
  readonly text: string;
  /** One entry where the language is known; several where it is guessed. */
  readonly languages: readonly LanguageWeight[];
}

/**
 * The id of a passage's generated query, e.g. `p12#de#0`.
 * @param index from 0, in the order of the generator
 */
export function generatedQueryId(passageId: string, lang: string, index: number): string {
  return `${passageId}#${lang}#${index}`;
}

export interface Encoder {
  readonly identity: EncoderIdentity;
  /** (passages.length x dim), row-major. A passage without a known token is a zero vector. */
  encodePassages(passages: readonly PassageText[]): Promise<Float32Array>;
  /** (queries.length x dim), row-major. */
  encodeQueries(queries: readonly QueryText[]): Promise<Float32Array>;
  /** Lets go of threads and files, where an encoder has any. */
  close?(): Promise<void>;
}

/**
 * An encoder whose vector of a weighted bag of words is defined: it can take a generator's
 * expectation.
 */
export interface BagEncoder extends Encoder {
  /**
   * Encodes mixtures of bags as one query each: mixture m is the sum over its terms t of weight(t)
   * x partOf(t), where partOf(t, lang) is a bag of words in `lang`. The vectors of parts are
   * remembered for as long as the same function comes.
   * @param out (mixtures.length x dim) to write to and to return; a new array if absent
   * @returns (mixtures.length x dim), row-major
   */
  encodeMixtures(
    mixtures: readonly TermBag[],
    partOf: (name: string, lang: string) => TermBag,
    lang: string,
    out?: Float32Array,
  ): Promise<Float32Array>;
}
