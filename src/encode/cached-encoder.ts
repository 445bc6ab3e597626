/** An encoder that encodes a question once, however many systems ask it. */
import { LRUCache } from 'lru-cache';
import type { Encoder, EncoderIdentity, PassageText, QueryText } from './encoder.js';

/** Questions whose vectors are cached (dim x 4 bytes each). */
const KEPT = 20_000;

export class RememberingEncoder implements Encoder {
  readonly identity: EncoderIdentity;
  readonly #encoder: Encoder;
  readonly #known = new LRUCache<string, Float32Array>({ max: KEPT });

  constructor(encoder: Encoder) {
    this.identity = encoder.identity;
    this.#encoder = encoder;
  }

  encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    return this.#encoder.encodePassages(passages);
  }

  async encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    const { dim } = this.identity;
    const keys = queries.map(({ id, lang, text, languages }) =>
      JSON.stringify([id, lang, text, languages]),
    );
    // Looked up before anything is added: a large batch would push out its own questions.
    const vectors = keys.map((key) => this.#known.get(key));
    const missing = queries.filter((_, i) => vectors[i] === undefined);
    const fresh = await this.#encoder.encodeQueries(missing);
    const out = new Float32Array(queries.length * dim);
    let next = 0;
    vectors.forEach((cached, i) => {
      let vector = cached;
      if (vector === undefined) {
        vector = fresh.slice(next * dim, (next + 1) * dim);
        next++;
        this.#known.set(keys[i], vector);
      }
      out.set(vector, i * dim);
    });
    return out;
  }
}
