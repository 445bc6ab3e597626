/**
 * An encoder of a pack with a glossary: it sees a token in place of each of the glossary's terms,
 * the same in every language, whose meaning the pack has. Bags of words name the tokens already.
 */

import type { Glossary } from '../pack/glossary/glossary.js';
import { type Encoder, EncoderWrapper, type PassageText, type QueryText } from './encoder.js';

export class GlossaryEncoder extends EncoderWrapper {
  /**
   * @param encoder over a pack with this glossary, which is part of the index's identity, not of
   * the encoder's
   */
  constructor(
    encoder: Encoder,
    private readonly glossary: Glossary,
  ) {
    super(encoder);
  }

  override encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    return super.encodePassages(passages.map((passage) => this.glossary.rewritten(passage)));
  }

  override encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    const rewritten = queries.map((query) => {
      const byWeight = [...query.languages].sort((a, b) => b.weight - a.weight);
      const text = byWeight.reduce(
        (rest, { lang }) => this.glossary.rewrite(rest, lang),
        query.text,
      );
      return text === query.text ? query : { ...query, text };
    });
    return super.encodeQueries(rewritten);
  }
}
