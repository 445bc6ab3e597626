/**
 * Queries that read like sentences: sentences of the passage, each glossed word by word in another
 * language by the pack's tables, in the passage's order. For neural encoders, which make more of
 * them than of keyword lists (docs/models.md). What the lexical leg takes is the lexicon
 * generator's distribution, unchanged.
 */

import { drawWithoutReplacement, seededRandom } from '../base/random.js';
import { segmenterOf } from '../base/segmenter.js';
import { wordsOf } from '../languages/analysis.js';
import type { Pack } from '../pack/pack.js';
import type { DrawArguments, GeneratorInput } from './generator.js';
import { LEXICON_DEFAULTS, LexiconGenerator, type LexiconGeneratorSettings } from './lexicon.js';

/** Written without blanks between words. */
const UNSPACED = new Set(['ja', 'th', 'zh']);

export class GlossGenerator extends LexiconGenerator {
  readonly drawsFewer = true;
  readonly tuning = 'gloss';
  readonly #pack: Pack;

  constructor(pack: Pack, settings: LexiconGeneratorSettings = LEXICON_DEFAULTS) {
    super(pack, settings, 'gloss');
    this.#pack = pack;
  }

  /** At most one query a sentence. */
  override async draw(...[passages, lang, n, seed]: DrawArguments): Promise<string[][]> {
    return passages.map((passage) => {
      const sentences = sentencesOf(passage);
      const random = seededRandom(`${seed}\t${lang}\t${passage.id}`);
      return drawWithoutReplacement(new Float32Array(sentences.length).fill(1), n, random)
        .sort((a, b) => a - b)
        .map((s) => this.#gloss(sentences[s], passage.lang, lang))
        .filter((query) => query !== '');
    });
  }

  /** Each word by its best translation; words that no table knows stay as they are. */
  #gloss(sentence: string, from: string, to: string): string {
    return wordsOf(sentence, from)
      .map(({ term, surface }) => {
        const pivot = best(this.#pack.toPivot(term, from));
        const translation =
          pivot && best(this.#pack.fromPivot(this.#pack.pivot.stem(pivot.id), to));
        return translation ? this.#pack.surface(translation.term, to) : surface;
      })
      .join(UNSPACED.has(to) ? '' : ' ');
  }
}

function best<T extends { readonly p: number }>(links: readonly T[]): T | undefined {
  return links.reduce<T | undefined>(
    (top, link) => (top === undefined || link.p > top.p ? link : top),
    undefined,
  );
}

/** Shorter ones are remains of a list or a heading. */
const SHORTEST = 4;

function sentencesOf({ text, lang }: GeneratorInput): string[] {
  const segments = segmenterOf(lang, 'sentence').segment(text);
  return Array.from(segments, ({ segment }) => segment.trim()).filter(
    ({ length }) => length >= SHORTEST,
  );
}
