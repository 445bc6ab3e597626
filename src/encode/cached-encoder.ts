/** An encoder that encodes a question once, however many systems rank it. */
import { LRUCache } from 'lru-cache';
import { type Encoder, EncoderWrapper, type QueryText } from './encoder.js';

/** Vectors of questions in the cache (dim x 4 bytes each). */
const QUESTIONS = 20_000;

export class CachedEncoder extends EncoderWrapper {
  readonly #vectors: LRUCache<string, Float32Array>;

  /** @param questions whose vectors are cached */
  constructor(inner: Encoder, questions = QUESTIONS) {
    super(inner);
    this.#vectors = new LRUCache({ max: questions });
  }

  override async encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    const { dim } = this.identity;
    const keys = queries.map(({ id, lang, text, languages }) =>
      JSON.stringify([id, lang, text, languages]),
    );
    const cached = keys.map((key) => this.#vectors.get(key));
    const missing = [...queries.keys()].filter((q) => cached[q] === undefined);
    const encoded = await super.encodeQueries(missing.map((q) => queries[q]));
    missing.forEach((q, i) => {
      cached[q] = encoded.slice(i * dim, (i + 1) * dim);
      this.#vectors.set(keys[q], cached[q]);
    });
    const out = new Float32Array(queries.length * dim);
    cached.forEach((vector, q) => {
      out.set(vector!, q * dim);
    });
    return out;
  }
}
