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
