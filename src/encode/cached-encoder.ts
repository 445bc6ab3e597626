/** An encoder that encodes a question once, however many systems ask it. */
import type { Encoder, EncoderIdentity, PassageText, QueryText } from './encoder.js';

/** Questions kept (dim x 4 bytes each); all are dropped when full. */
const KEPT = 20_000;

export class RememberingEncoder implements Encoder {
  readonly identity: EncoderIdentity;
  readonly #encoder: Encoder;
  readonly #known = new Map<string, Float32Array>();

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
    if (this.#known.size + queries.length > KEPT) this.#known.clear();
    const unknown = queries.filter((_, i) => !this.#known.has(keys[i]));
    const fresh = await this.#encoder.encodeQueries(unknown);
    let next = 0;
    queries.forEach((query, i) => {
      if (query !== unknown[next]) return;
      this.#known.set(keys[i], fresh.slice(next * dim, (next + 1) * dim));
      next++;
    });
    const out = new Float32Array(queries.length * dim);
    keys.forEach((key, i) => {
      out.set(this.#known.get(key)!, i * dim);
    });
    return out;
  }
}
