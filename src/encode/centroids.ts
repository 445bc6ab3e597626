/**
 * Language centroids: the mean vectors of general text in each language, as questions and as
 * passages. What a vector says about its language lies along them (Libovický, Rosa and Fraser, "On
 * the Language Neutrality of Pre-trained Multilingual Representations", Findings of EMNLP 2020).
 */
import { readFile } from 'node:fs/promises';
import { XqgError } from '../base/errors.js';
import { sha256 } from '../base/identity.js';
import { decodeSafetensors } from '../pack/safetensors.js';

/** (dim) by language. */
export type Centroids = ReadonlyMap<string, Float32Array>;

export interface LanguageCentroids {
  /** Of texts that are encoded as questions. */
  readonly queries: Centroids;
  /** Of texts that are encoded as passages. */
  readonly passages: Centroids;
  /** sha256 (hex) of the file that they come from. */
  readonly sha256: string;
}

/** Its name in the folder of a model. */
export const CENTROIDS_FILE = 'language-centroids.safetensors';

/**
 * Reads a file of two tensors, `queries` and `passages` (languages x dim), with the languages of
 * their rows, separated by spaces, in its metadata.
 * @throws XqgError XQG_PACK_DAMAGED when it is no such file, or of another dimension
 */
export async function readCentroids(path: string, dim: number): Promise<LanguageCentroids> {
  const bytes = await readFile(path);
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const languages = (metadata.languages ?? '').split(' ').filter((lang) => lang !== '');
  const centroidsOf = (name: 'queries' | 'passages'): Centroids => {
    const { shape, data } = tensors[name] ?? { shape: [], data: null };
    if (!(data instanceof Float32Array) || shape[0] !== languages.length || shape[1] !== dim) {
      const why = `its tensor "${name}" is not ${languages.length} x ${dim} numbers in float32`;
      throw new XqgError('XQG_PACK_DAMAGED', { path, why });
    }
    return new Map(languages.map((lang, i) => [lang, data.slice(i * dim, (i + 1) * dim)]));
  };
  return {
    queries: centroidsOf('queries'),
    passages: centroidsOf('passages'),
    sha256: sha256(bytes),
  };
}

/**
 * That of a language; of one without a centroid, the mean of all centroids. Null where there are
 * none.
 */
export function centroidOf(centroids: Centroids, lang: string): Float32Array | null {
  const own = centroids.get(lang);
  if (own !== undefined || centroids.size === 0) return own ?? null;
  const [first] = centroids.values();
  const mean = new Float64Array(first.length);
  for (const centroid of centroids.values())
    for (let d = 0; d < mean.length; d++) mean[d] += centroid[d] / centroids.size;
  return Float32Array.from(mean);
}

/**
 * The weight of shipped centroids against those of the passages themselves, in passages: a language
 * with so many passages has a centroid halfway between both.
 */
const SHIPPED_WEIGHT = 100;
/** Numbers are summed as integers of this many steps to 1: no order of rows matters. */
const FRACTION = 2 ** 24;

/** Sums of the passage vectors of a corpus by language, from which its centroids follow. */
export class LanguageSums {
  readonly #dim: number;
  readonly #sums = new Map<string, { readonly sum: Float64Array; count: number }>();

  constructor(dim: number) {
    this.#dim = dim;
  }

  /**
   * @param vectors (n x dim), row-major, of unit length
   * @param langs of each row
   */
  static of(vectors: Float32Array, langs: readonly string[], dim: number): LanguageSums {
    const sums = new LanguageSums(dim);
    for (const [row, lang] of langs.entries())
      sums.add(lang, vectors.subarray(row * dim, (row + 1) * dim));
    return sums;
  }

  /**
   * Those that `numbers` wrote.
   * @param langs of each row of the corpus
   * @returns null where there are not as many numbers as these languages have
   */
  static read(numbers: Float64Array, langs: readonly string[], dim: number): LanguageSums | null {
    const sums = new LanguageSums(dim);
    const ordered = [...new Set(langs)].sort();
    if (numbers.length !== ordered.length * dim) return null;
    for (const [i, lang] of ordered.entries())
      sums.#sums.set(lang, { sum: numbers.slice(i * dim, (i + 1) * dim), count: 0 });
    for (const lang of langs) sums.#sums.get(lang)!.count++;
    return sums;
  }

  /** @param vector (dim) */
  add(lang: string, vector: Float32Array): void {
    let entry = this.#sums.get(lang);
    if (entry === undefined) {
      entry = { sum: new Float64Array(this.#dim), count: 0 };
      this.#sums.set(lang, entry);
    }
    const { sum } = entry;
    for (let d = 0; d < sum.length; d++) sum[d] += Math.round(vector[d] * FRACTION);
    entry.count++;
  }

  /** (languages x dim), row-major, the languages in ascending order. */
  numbers(): Float64Array {
    const langs = [...this.#sums.keys()].sort();
    const numbers = new Float64Array(langs.length * this.#dim);
    for (const [i, lang] of langs.entries()) numbers.set(this.#sums.get(lang)!.sum, i * this.#dim);
    return numbers;
  }

  /**
   * The centroids of the corpus, one for each of its languages: those that come with the encoder
   * give way to the mean of the passages of a language, the more there are.
   * @param shipped of passages; not empty
   */
  centroids(shipped: Centroids): Centroids {
    return new Map(
      [...this.#sums.keys()].sort().map((lang) => {
        const { sum, count } = this.#sums.get(lang)!;
        const general = centroidOf(shipped, lang)!;
        const total = count + SHIPPED_WEIGHT;
        return [
          lang,
          Float32Array.from(sum, (s, d) => (s / FRACTION + SHIPPED_WEIGHT * general[d]) / total),
        ];
      }),
    );
  }
}
