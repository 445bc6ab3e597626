/**
 * The static encoder: a text is the weighted sum of its words, each a mixture of the English stems that translate it. Two
 * parts, each of unit length before they are joined: a semantic one (learned from teachers) and a lexical one (hashed stems and romanized
 * n-grams). No neural network runs. Knows no generator.
 */
import { romanize, skeleton, type Word, wordsOf } from '../languages/analysis.js';
import { stem } from '../languages/stemming.js';
import type { TermBag } from '../languages/terms.js';
import type { Link } from '../pack/link.js';
import { type Pack, PIVOT } from '../pack/pack.js';
import type { BagEncoder, EncoderIdentity, PassageText, QueryText } from './encoder.js';
import { addSigns, hashOf } from './hashing.js';
import { Meanings } from './meanings.js';
import { PartVectors } from './part-vectors.js';

export interface StaticEncoderSettings {
  /** Dimensions of the hashed part. */
  readonly hashed: number;
  /** Share of the semantic part in a vector's squared length. */
  readonly semanticShare: number;
  /** Weight of a word's n-grams against its stems in the hashed part. */
  readonly gramWeight: number;
  /** Weight of a word's consonant skeleton against its stems in the hashed part. */
  readonly skeletonWeight: number;
  /** Weight of a word's romanized form as a whole. */
  readonly wholeWeight: number;
  /** Factor on n-grams and skeleton of foreign words that the table translates. */
  readonly translatedForm: number;
}

/** Tuned on MLQA-R (scripts/tune.mjs). */
export const STATIC_DEFAULTS: StaticEncoderSettings = {
  hashed: 256,
  semanticShare: 0.5,
  gramWeight: 0.75,
  skeletonWeight: 1.5,
  wholeWeight: 0.5,
  translatedForm: 0.2,
};

/** Weight of a word that no table knows. */
const UNKNOWN_WEIGHT = 0.9;
/** Word vectors kept, over all languages (2 KiB each). */
const MEMO_SIZE = 30_000;
/** Memory for the vectors of mixtures' parts. */
const PARTS_BYTES = 256 * 2 ** 20;
const NOTHING: TermBag = { terms: [], weights: new Float32Array(0) };

export class StaticEncoder implements BagEncoder {
  readonly identity: EncoderIdentity;
  readonly #pack: Pack;
  readonly #settings: StaticEncoderSettings;
  readonly #semantic: number;
  readonly #dim: number;
  readonly #memo = new Map<string, Float32Array>();
  readonly #meanings: Meanings;
  readonly #parts: PartVectors;
  #partOf: (name: string, lang: string) => TermBag = () => NOTHING;

  constructor(pack: Pack, settings: StaticEncoderSettings = STATIC_DEFAULTS) {
    this.#pack = pack;
    this.#settings = settings;
    this.#semantic = pack.pivot.dim;
    this.#dim = this.#semantic + settings.hashed;
    this.#meanings = new Meanings(pack.pivot, settings.hashed);
    this.#parts = new PartVectors(this.#dim, PARTS_BYTES, (name, lang, out) =>
      this.#addBag(this.#partOf(name, lang), lang, out),
    );
    this.identity = {
      name: `static/${pack.identity.name}`,
      dim: this.#dim,
      weights: pack.identity.sha256,
      unitLength: true,
      settings: { ...settings, icu: process.versions.icu ?? 'none' },
    };
  }

  async encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    return this.#encode(passages.length, (i, row) => {
      const { title, text, lang } = passages[i];
      for (const word of wordsOf(title ? `${title}\n${text}` : text, lang))
        addTo(row, this.#word(word, lang), 1);
    });
  }

  async encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    return this.#encode(queries.length, (i, row) => {
      const { text, languages } = queries[i];
      for (const { lang, weight } of languages) {
        for (const word of wordsOf(text, lang)) {
          // A word that this language's table lacks may belong to another one of the question's languages.
          const known = this.#knows(word, lang) || !languages.some((other) => this.#knows(word, other.lang));
          if (known) addTo(row, this.#word(word, lang), weight);
        }
      }
    });
  }

  async encodeMixtures(
    mixtures: readonly TermBag[],
    partOf: (name: string, lang: string) => TermBag,
    lang: string,
  ): Promise<Float32Array> {
    if (this.#partOf !== partOf) this.#parts.clear();
    this.#partOf = partOf;
    return this.#encode(mixtures.length, (i, row) => this.#parts.mix(mixtures[i], lang, row));
  }

  /** Adds the words of a bag to out[0 .. dim). */
  #addBag({ terms, weights }: TermBag, lang: string, out: Float32Array): void {
    const meaning = new Map<number, number>();
    for (let t = 0; t < terms.length; t++) {
      const word = { term: terms[t], surface: this.#pack.surface(terms[t], lang) };
      this.#addForm(word, lang, weights[t], meaning, out);
    }
    this.#meanings.add(meaning, out);
  }

  #knows(word: Pick<Word, 'term'>, lang: string): boolean {
    return this.#pack.toPivot(word.term, lang).length > 0;
  }

  /** Sums weighted word vectors per text, then brings each part and the whole to their lengths. */
  #encode(n: number, addWords: (i: number, row: Float32Array) => void): Float32Array {
    const out = new Float32Array(n * this.#dim);
    for (let i = 0; i < n; i++) {
      const row = out.subarray(i * this.#dim, (i + 1) * this.#dim);
      addWords(i, row);
      const { semanticShare } = this.#settings;
      scaleTo(row.subarray(0, this.#semantic), Math.sqrt(semanticShare));
      scaleTo(row.subarray(this.#semantic), Math.sqrt(1 - semanticShare));
      scaleTo(row, 1);
    }
    return out;
  }

  /** What a word means; a word that its own language's table lacks may be an English one, a name above all. */
  #links({ term, surface }: Pick<Word, 'term' | 'surface'>, lang: string): readonly Link[] {
    const links = this.#pack.toPivot(term, lang);
    if (links.length > 0 || lang === PIVOT) return links;
    const id = this.#pack.pivot.id(stem(surface, PIVOT));
    return id === undefined ? [] : [{ id, p: 1 }];
  }

  /** The unscaled vector of one word: (dim). */
  #word(word: Pick<Word, 'term' | 'surface'>, lang: string): Float32Array {
    const key = `${lang}\t${word.surface}`;
    let vector = this.#memo.get(key);
    if (vector) return vector;
    if (this.#memo.size >= MEMO_SIZE) this.#memo.clear();
    vector = new Float32Array(this.#dim);
    const meaning = new Map<number, number>();
    this.#addForm(word, lang, 1, meaning, vector);
    this.#meanings.add(meaning, vector);
    this.#memo.set(key, vector);
    return vector;
  }

  /** Adds what a word looks like to the hashed part of out, and what it means to the shares of pivot stems. */
  #addForm(
    { term, surface }: Pick<Word, 'term' | 'surface'>,
    lang: string,
    factor: number,
    meaning: Map<number, number>,
    out: Float32Array,
  ): void {
    const { pivot } = this.#pack;
    const { gramWeight, skeletonWeight, wholeWeight, translatedForm } = this.#settings;
    const links = this.#links({ term, surface }, lang);
    let weight = 0;
    for (const { id, p } of links) {
      const share = factor * p * pivot.weight(id);
      weight += share;
      meaning.set(id, (meaning.get(id) ?? 0) + share);
    }
    if (links.length === 0) {
      weight = factor * UNKNOWN_WEIGHT;
      this.#sign(hashOf(stem(surface, PIVOT)), weight, out);
    }
    // A foreign word that is translated seldom looks like the English one; a name does.
    const formWeight = links.length > 0 && lang !== PIVOT ? weight * translatedForm : weight;
    const romanized = romanize(surface);
    if (romanized) this.#sign(hashOf('#=', romanized), weight * wholeWeight, out);
    const consonants = skeleton(surface);
    if (consonants) this.#sign(hashOf(consonants), formWeight * skeletonWeight, out);
    const grams = encoderGrams(romanized);
    const perGram = (formWeight * gramWeight) / Math.sqrt(grams.length || 1);
    for (const gram of grams) this.#sign(gram, perGram, out);
  }

  #sign(hash: number, weight: number, out: Float32Array): void {
    addSigns(hash, weight, out, this.#semantic, this.#settings.hashed);
  }
}

function addTo(row: Float32Array, vector: Float32Array, weight: number): void {
  for (let d = 0; d < row.length; d++) row[d] += weight * vector[d];
}

/** Hashes of the 3- and 4-grams of a romanized word, with a mark that no stem has. */
function encoderGrams(romanized: string): number[] {
  const marked = `<${romanized}>`;
  const grams: number[] = [];
  for (const length of [3, 4])
    for (let i = 0; i + length <= marked.length; i++) grams.push(hashOf('#', marked, i, i + length));
  return grams;
}

function scaleTo(part: Float32Array, length: number): void {
  let square = 0;
  for (const x of part) square += x * x;
  if (square === 0) return;
  const factor = length / Math.sqrt(square);
  for (let d = 0; d < part.length; d++) part[d] *= factor;
}
