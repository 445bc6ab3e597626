/** An encoder of questions whose vectors are known already. */
import type { Encoder, EncoderIdentity, QueryText } from '../../encode/encoder.js';

export class HeldQuestions implements Encoder {
  readonly identity: EncoderIdentity;
  readonly #vectors = new Map<string, Float32Array>();

  /**
   * @param questions with their ids
   * @param vectors (questions x dim), row-major
   */
  constructor(
    identity: EncoderIdentity,
    questions: readonly { readonly id: string }[],
    vectors: Float32Array,
  ) {
    this.identity = identity;
    questions.forEach(({ id }, q) => {
      this.#vectors.set(id, vectors.subarray(q * identity.dim, (q + 1) * identity.dim));
    });
  }

  async encodePassages(): Promise<Float32Array> {
    throw new RangeError('only questions are held');
  }

  async encodeQueries(questions: readonly QueryText[]): Promise<Float32Array> {
    const { dim } = this.identity;
    const out = new Float32Array(questions.length * dim);
    questions.forEach(({ id, text }, q) => {
      const vector = this.#vectors.get(id ?? '');
      if (vector === undefined)
        throw new RangeError(`no vector is held for the question "${text}"`);
      out.set(vector, q * dim);
    });
    return out;
  }
}
