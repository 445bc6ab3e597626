/**
 * What an encoder is: text in, vectors out. Queries and passages are different verbs, so that a
 * wrong prefix is hard to write. What an encoder can do beyond that it states in its optional
 * properties, which a wrapper passes on.
 */
import type { LanguageWeight, TermBag } from '../languages/terms.js';
import type { RunningCost } from '../models/cost.js';
import type { LanguageCentroids } from './centroids.js';

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

/**
 * The id of a passage's sentence that is encoded alone, e.g. `p12#sentence#0`.
 * @param index from 0, in the order of the text
 */
export function sentenceId(passageId: string, index: number): string {
  return `${passageId}#sentence#${index}`;
}

export interface Encoder {
  readonly identity: EncoderIdentity;
  /** Vectors of weighted bags of words; absent where only texts have vectors. */
  readonly bags?: BagEncoding;
  /**
   * Which tuned settings fit its vectors (augment/tuned.ts, search/defaults.ts). Default `neural`:
   * those of neural sentence encoders.
   */
  readonly tuning?: EncoderTuning;
  /** Default `time`. */
  readonly cost?: RunningCost;
  /** Mean vectors of general text by language; absent where they are not known. */
  readonly centroids?: LanguageCentroids;
  /** (passages.length x dim), row-major. A passage without a known token is a zero vector. */
  encodePassages(passages: readonly PassageText[]): Promise<Float32Array>;
  /** (queries.length x dim), row-major. */
  encodeQueries(queries: readonly QueryText[]): Promise<Float32Array>;
  /** Releases threads and files, where an encoder has any. */
  close?(): Promise<void>;
}

export type EncoderTuning = 'static' | 'neural';

/** Encodes weighted bags of words: so an encoder can take a generator's distribution. */
export interface BagEncoding {
  /**
   * Encodes mixtures of bags as one query each: mixture m is the sum over its terms t of weight(t)
   * x partOf(t), where partOf(t, lang) is a bag of words in `lang`. The vectors of parts are cached
   * for as long as the same function comes.
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

/** An encoder that has vectors of bags. */
export type BagEncoder = Encoder & { readonly bags: BagEncoding };

export function encodesBags(encoder: Encoder): encoder is BagEncoder {
  return encoder.bags !== undefined;
}

/** An encoder around another one: passes everything on, but for what a subclass overrides. */
export abstract class EncoderWrapper implements Encoder {
  readonly identity: EncoderIdentity;
  readonly bags: BagEncoding | undefined;
  readonly tuning: EncoderTuning | undefined;
  readonly cost: RunningCost | undefined;
  readonly centroids: LanguageCentroids | undefined;

  constructor(protected readonly inner: Encoder) {
    this.identity = inner.identity;
    this.bags = inner.bags;
    this.tuning = inner.tuning;
    this.cost = inner.cost;
    this.centroids = inner.centroids;
  }

  encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    return this.inner.encodePassages(passages);
  }

  encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    return this.inner.encodeQueries(queries);
  }

  async close(): Promise<void> {
    await this.inner.close?.();
  }
}
