/**
 * Mean vectors of languages, which encode the language of a text rather than its meaning and can be
 * subtracted. They are computed from sentences of the training text, never from passages or
 * questions.
 */
import type { EncoderIdentity } from '../encode/encoder.js';
import { STATIC_DEFAULTS, StaticEncoder } from '../encode/static/static-encoder.js';
import { type Pack, PIVOT } from '../pack/pack.js';
import { type DataPolicy, readBitext } from './corpora.js';

/** Number of sentences of a language, evenly spaced in its bitext. */
const MAX_SENTENCES = 2000;
const BATCH = 512;

export interface MeansOptions {
  readonly policy: DataPolicy;
  /** Path of the bitext of a language. */
  readonly bitextOf: (lang: string) => string;
}

/**
 * The mean vector (dim) of each language's sentences, which the static encoder encodes at unit
 * length and without subtracting means.
 */
export async function languageMeans(
  pack: Pack,
  languages: readonly string[],
  options: MeansOptions,
): Promise<ReadonlyMap<string, Float32Array>> {
  const encoder = new StaticEncoder(pack, { ...STATIC_DEFAULTS, meanShare: 0 });
  const pivot = new MeanVector(encoder.identity);
  const means = new Map<string, Float32Array>();
  for (const lang of languages) {
    const mean = new MeanVector(encoder.identity);
    for await (const rows of sample(options.bitextOf(lang), options.policy)) {
      mean.add(
        await encoder.encodePassages(
          rows.map(({ foreign }) => ({ title: '', text: foreign, lang })),
        ),
      );
      pivot.add(
        await encoder.encodePassages(
          rows.map((row) => ({ title: '', text: row.pivot, lang: PIVOT })),
        ),
      );
    }
    means.set(lang, mean.value());
  }
  return means.set(PIVOT, pivot.value());
}

/** Batches of evenly spaced rows, at most MAX_SENTENCES of them in all. */
async function* sample(
  path: string,
  policy: DataPolicy,
): AsyncGenerator<{ pivot: string; foreign: string }[]> {
  let count = 0;
  for await (const _ of readBitext(path, policy)) count++;
  const stride = Math.max(1, count / MAX_SENTENCES);
  let number = 0;
  let next = 0;
  let batch: { pivot: string; foreign: string }[] = [];
  for await (const row of readBitext(path, policy)) {
    if (number++ < next) continue;
    next += stride;
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

class MeanVector {
  readonly #sum: Float64Array;
  #rows = 0;

  constructor({ dim }: EncoderIdentity) {
    this.#sum = new Float64Array(dim);
  }

  /** @param vectors (n x dim) */
  add(vectors: Float32Array): void {
    const dim = this.#sum.length;
    for (let i = 0; i < vectors.length; i++) this.#sum[i % dim] += vectors[i];
    this.#rows += vectors.length / dim;
  }

  value(): Float32Array {
    return Float32Array.from(this.#sum, (sum) => sum / Math.max(1, this.#rows));
  }
}
