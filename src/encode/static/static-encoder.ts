/**
 * The static encoder: a text is the weighted sum of its words, each a mixture of the English stems
 * that translate it. Two parts, each of unit length before they are joined: a semantic one (learned
 * from teachers) and a lexical one (hashed stems and romanized n-grams). No neural network runs.
 */
import {
  passageWords,
  romanize,
  skeleton,
  WORD_RULES,
  type Word,
  wordsOf,
} from '../../languages/analysis.js';
import { stem } from '../../languages/stemming.js';
import type { LanguageWeight, TermBag } from '../../languages/terms.js';
import { type Pack, PIVOT } from '../../pack/pack.js';
import type { Link } from '../../pack/pivot.js';
import { bagOf } from '../../pack/table.js';
import type {
  BagEncoder,
  BagEncoding,
  EncoderIdentity,
  PassageText,
  QueryText,
} from '../encoder.js';
import { PartVectors } from './part-vectors.js';
import { addSigns, featureHash, WordMeanings } from './word-meanings.js';

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
  /**
   * How much of a language's mean vector is taken from its texts, in [0, 1]; 0 for packs that have
   * none.
   */
  readonly meanShare: number;
}

/** Tuned on MLQA-R (scripts/tune.ts). */
export const STATIC_DEFAULTS: StaticEncoderSettings = {
  hashed: 256,
  semanticShare: 0.5,
  gramWeight: 0.75,
  skeletonWeight: 1.5,
  wholeWeight: 0.5,
  translatedForm: 0.2,
  meanShare: 0,
};

/** Weight of a word that no table knows. */
const UNKNOWN_WEIGHT = 0.9;
/** Memory for the vectors of words. */
const WORDS_BYTES = 64 * 2 ** 20;
/** Memory for the vectors of mixtures' parts. */
const PARTS_BYTES = 256 * 2 ** 20;
const NOTHING: TermBag = { terms: [], weights: new Float32Array(0) };

export class StaticEncoder implements BagEncoder, BagEncoding {
  readonly identity: EncoderIdentity;
  readonly bags: BagEncoding = this;
  readonly tuning = 'static';
  readonly cost = 'negligible';
  readonly #pack: Pack;
  readonly #settings: StaticEncoderSettings;
  readonly #semantic: number;
  readonly #dim: number;
  readonly #meanings: WordMeanings;
  readonly #words: PartVectors;
  readonly #parts: PartVectors;
  #partOf: (name: string, lang: string) => TermBag = () => NOTHING;

  constructor(pack: Pack, settings: StaticEncoderSettings = STATIC_DEFAULTS) {
    this.#pack = pack;
    this.#settings = settings;
    this.#semantic = pack.pivot.dim;
    this.#dim = this.#semantic + settings.hashed;
    this.#meanings = new WordMeanings(pack.pivot, settings.hashed);
    this.#words = new PartVectors(this.#dim, WORDS_BYTES, (surface, lang, out) => {
      const meaning = new Map<number, number>();
      this.#addForm({ surface, term: stem(surface, lang) }, lang, 1, meaning, out);
      this.#meanings.add(meaning, out);
    });
    this.#parts = new PartVectors(this.#dim, PARTS_BYTES, (name, lang, out) =>
      this.#addBag(this.#partOf(name, lang), lang, out),
    );
    this.identity = {
      name: `static/${pack.identity.name}`,
      dim: this.#dim,
      weights: pack.identity.sha256,
      unitLength: true,
      settings: { ...settings, icu: process.versions.icu ?? 'none', wordRules: WORD_RULES },
    };
  }

  async encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    return this.#encode(passages.length, (i, row) => {
      const counts = new Map<string, number>();
      for (const { surface } of passageWords(passages[i]))
        counts.set(surface, (counts.get(surface) ?? 0) + 1);
      this.#words.addOnce(counts, passages[i].lang);
      this.#words.take(row);
      return [{ lang: passages[i].lang, weight: 1 }];
    });
  }

  async encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    return this.#encode(queries.length, (i, row) => {
      const { text, languages } = queries[i];
      for (const { lang, weight } of languages) {
        // A word that this language's table lacks may belong to another one of the question's
        // languages.
        const words = wordsOf(text, lang).filter(
          (word) =>
            this.#knows(word, lang) || !languages.some((other) => this.#knows(word, other.lang)),
        );
        this.#words.add(bagOf(words.map(({ surface }) => [surface, weight])), lang);
      }
      this.#words.take(row);
      return languages;
    });
  }

  async encodeMixtures(
    mixtures: readonly TermBag[],
    partOf: (name: string, lang: string) => TermBag,
    lang: string,
    out?: Float32Array,
  ): Promise<Float32Array> {
    if (this.#partOf !== partOf) this.#parts.clear();
    this.#partOf = partOf;
    const languages = [{ lang, weight: 1 }];
    const write = (i: number, row: Float32Array): readonly LanguageWeight[] => {
      this.#parts.add(mixtures[i], lang);
      this.#parts.take(row);
      return languages;
    };
    return this.#encode(mixtures.length, write, out);
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

  /**
   * Writes a sum per text, brings each part and the whole to their lengths, and takes from it what
   * all texts of its language share.
   * @param write returns the text's languages
   */
  #encode(
    n: number,
    write: (i: number, row: Float32Array) => readonly LanguageWeight[],
    out: Float32Array = new Float32Array(n * this.#dim),
  ): Float32Array {
    const { semanticShare } = this.#settings;
    for (let i = 0; i < n; i++) {
      const from = i * this.#dim;
      const to = from + this.#dim;
      const languages = write(i, out.subarray(from, to));
      scaleTo(out, from, from + this.#semantic, Math.sqrt(semanticShare));
      scaleTo(out, from + this.#semantic, to, Math.sqrt(1 - semanticShare));
      scaleTo(out, from, to, 1);
      if (this.#takeMeans(languages, out, from)) scaleTo(out, from, to, 1);
    }
    return out;
  }

  /** True if it changed numbers[from .. from + dim), which is not zero. */
  #takeMeans(languages: readonly LanguageWeight[], numbers: Float32Array, from: number): boolean {
    const { meanShare } = this.#settings;
    let changed = false;
    for (const { lang, weight } of meanShare === 0 ? [] : languages) {
      const mean = this.#pack.means?.get(lang);
      if (mean?.length !== this.#dim || isZero(numbers, from, from + this.#dim)) continue;
      const share = meanShare * weight;
      for (let d = 0; d < this.#dim; d++) numbers[from + d] -= share * mean[d];
      changed = true;
    }
    return changed;
  }

  /**
   * What a word means; a word that its own language's table lacks may be an English one, a name
   * above all.
   */
  #links({ term, surface }: Pick<Word, 'term' | 'surface'>, lang: string): readonly Link[] {
    const links = this.#pack.toPivot(term, lang);
    if (links.length > 0 || lang === PIVOT) return links;
    const id = this.#pack.pivot.id(stem(surface, PIVOT));
    return id === undefined ? [] : [{ id, p: 1 }];
  }

  /**
   * Adds what a word looks like to the hashed part of out, and what it means to the shares of pivot
   * stems.
   */
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
      this.#sign(featureHash(stem(surface, PIVOT)), weight, out);
    }
    // A foreign word that is translated seldom looks like the English one; a name does.
    const formWeight = links.length > 0 && lang !== PIVOT ? weight * translatedForm : weight;
    const romanized = romanize(surface);
    if (romanized) this.#sign(featureHash('#=', romanized), weight * wholeWeight, out);
    const consonants = skeleton(surface);
    if (consonants) this.#sign(featureHash(consonants), formWeight * skeletonWeight, out);
    const grams = encoderGrams(romanized);
    const perGram = (formWeight * gramWeight) / Math.sqrt(grams.length || 1);
    for (const gram of grams) this.#sign(gram, perGram, out);
  }

  #sign(hash: number, weight: number, out: Float32Array): void {
    addSigns(hash, weight, out, this.#semantic, this.#settings.hashed);
  }
}

/** Hashes of the 3- and 4-grams of a romanized word, with a mark that no stem has. */
function encoderGrams(romanized: string): number[] {
  const marked = `<${romanized}>`;
  const grams: number[] = [];
  for (const length of [3, 4])
    for (let i = 0; i + length <= marked.length; i++)
      grams.push(featureHash('#', marked, i, i + length));
  return grams;
}

function isZero(numbers: Float32Array, from: number, to: number): boolean {
  for (let d = from; d < to; d++) if (numbers[d] !== 0) return false;
  return true;
}

/** Brings numbers[from .. to) to a length, unless all are zero. */
function scaleTo(numbers: Float32Array, from: number, to: number, length: number): void {
  let square = 0;
  for (let d = from; d < to; d++) square += numbers[d] * numbers[d];
  if (square === 0) return;
  const factor = length / Math.sqrt(square);
  for (let d = from; d < to; d++) numbers[d] *= factor;
}
