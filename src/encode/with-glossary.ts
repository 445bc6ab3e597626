/**
 * An encoder of a pack with a glossary: it sees a token in place of each of the glossary's terms,
 * the same in every language, whose meaning the pack has.
 */

import type { TermBag } from '../languages/terms.js';
import type { Glossary } from '../pack/glossary/glossary.js';
import type { BagEncoder, EncoderIdentity, PassageText, QueryText } from './encoder.js';

export class GlossaryEncoder implements BagEncoder {
  readonly identity: EncoderIdentity;
  readonly #encoder: BagEncoder;
  readonly #glossary: Glossary;

  /**
   * @param encoder over a pack with this glossary, which is part of the index's identity, not of
   * the encoder's
   */
  constructor(encoder: BagEncoder, glossary: Glossary) {
    this.#encoder = encoder;
    this.#glossary = glossary;
    this.identity = encoder.identity;
  }

  encodePassages(passages: readonly PassageText[]): Promise<Float32Array> {
    return this.#encoder.encodePassages(
      passages.map((passage) => this.#glossary.rewritten(passage)),
    );
  }

  encodeQueries(queries: readonly QueryText[]): Promise<Float32Array> {
    const seen = queries.map((query) => {
      const byWeight = [...query.languages].sort((a, b) => b.weight - a.weight);
      const text = byWeight.reduce(
        (rest, { lang }) => this.#glossary.rewrite(rest, lang),
        query.text,
      );
      return text === query.text ? query : { ...query, text };
    });
    return this.#encoder.encodeQueries(seen);
  }

  encodeMixtures(
    mixtures: readonly TermBag[],
    partOf: (name: string, lang: string) => TermBag,
    lang: string,
  ): Promise<Float32Array> {
    return this.#encoder.encodeMixtures(mixtures, partOf, lang);
  }
}
