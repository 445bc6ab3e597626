/**
 * The lexical query generator: a passage's salient words, pivoted through English stems, each with
 * its best translations. What it generates from is a distribution, so that both legs can use the
 * expectation of many drawn queries; n keyword queries drawn from it are what people see.
 */

import { drawWithoutReplacement, seededRandom } from '../base/random.js';
import { passageWords, WORD_RULES } from '../languages/analysis.js';
import type { TermBag, TermPhrase } from '../languages/terms.js';
import type { Vocabulary } from '../languages/vocabulary.js';
import type { CorrectedTerm, Pack } from '../pack/pack.js';
import { bagOf } from '../pack/table.js';
import type {
  DistributionGenerator,
  DrawArguments,
  GeneratorIdentity,
  GeneratorInput,
  QueryDistribution,
  TermFactors,
} from './generator.js';

export interface LexiconGeneratorSettings {
  /** A stem is salient if its weight (smooth inverse frequency) is above this. */
  readonly salience: number;
  /** Terms of a drawn query. */
  readonly termsPerQuery: number;
}

export const LEXICON_DEFAULTS: LexiconGeneratorSettings = { salience: 0.25, termsPerQuery: 5 };

export class LexiconGenerator implements DistributionGenerator, QueryDistribution, TermFactors {
  readonly identity: GeneratorIdentity;
  readonly languages: readonly string[];
  readonly distribution: QueryDistribution = this;
  readonly factors: TermFactors = this;
  readonly cost = 'negligible';
  readonly #pack: Pack;
  readonly #settings: LexiconGeneratorSettings;

  /**
   * @param kind names it in its identity: generators that draw otherwise from the same distribution
   */
  constructor(pack: Pack, settings: LexiconGeneratorSettings = LEXICON_DEFAULTS, kind = 'lexicon') {
    this.#pack = pack;
    this.#settings = settings;
    this.languages = pack.languages;
    this.identity = {
      name: `${kind}/${pack.identity.name}`,
      weights: pack.identity.sha256,
      settings: { ...settings, icu: process.versions.icu ?? 'none', wordRules: WORD_RULES },
    };
  }

  pivot(passage: GeneratorInput): TermBag {
    const { pivot } = this.#pack;
    const sums = new Map<string, number>();
    for (const { term } of passageWords(passage)) {
      for (const { id, p } of this.#pack.toPivot(term, passage.lang)) {
        if (pivot.weight(id) < this.#settings.salience) continue;
        const stem = pivot.stem(id);
        sums.set(stem, (sums.get(stem) ?? 0) + p);
      }
    }
    return bagOf(sums);
  }

  expectation(bag: TermBag, lang: string): TermBag {
    const sums = new Map<string, number>();
    for (let e = 0; e < bag.terms.length; e++) {
      for (const { term, p } of this.#pack.fromPivot(bag.terms[e], lang))
        sums.set(term, (sums.get(term) ?? 0) + p * bag.weights[e]);
    }
    return bagOf(sums);
  }

  async draw(...[passages, lang, n, seed]: DrawArguments): Promise<string[][]> {
    return passages.map((passage) => {
      const expected = this.expectation(this.pivot(passage), lang);
      const random = seededRandom(`${seed}\t${lang}\t${passage.id}`);
      const weights = expected.weights.map(
        (weight, t) => weight * this.#pack.termWeight(expected.terms[t], lang),
      );
      return Array.from({ length: expected.terms.length === 0 ? 0 : n }, () =>
        drawWithoutReplacement(weights, this.#settings.termsPerQuery, random)
          .map((t) => this.#pack.surface(expected.terms[t], lang))
          .join(' '),
      );
    });
  }

  knows(term: string, lang: string): boolean {
    return this.#pack.knows(term, lang);
  }

  vocabulary(lang: string): Vocabulary | null {
    return this.#pack.vocabulary(lang);
  }

  generatedFrom(term: string, lang: string): TermBag {
    return bagOf(
      this.#pack.stemsGenerating(term, lang).map(({ id, p }) => [this.#pack.pivot.stem(id), p]),
    );
  }

  translate(term: string, lang: string): TermBag {
    return bagOf(
      this.#pack.translations(term, lang).map(({ id, p }) => [this.#pack.pivot.stem(id), p]),
    );
  }

  phrases(text: string, lang: string): readonly TermPhrase[] {
    return this.#pack.phrases(text, lang);
  }

  compound(term: string, lang: string): readonly string[] {
    return this.#pack.compound(term, lang);
  }

  corrections(term: string, lang: string): readonly CorrectedTerm[] {
    return this.#pack.corrections(term, lang);
  }

  relatives(stem: string): TermBag {
    const { pivot } = this.#pack;
    const id = pivot.id(stem);
    return bagOf(
      id === undefined ? [] : pivot.relatives(id).map((near) => [pivot.stem(near.id), near.p]),
    );
  }

  termWeight(term: string, lang: string): number {
    return this.#pack.termWeight(term, lang);
  }

  generatedMass(stem: string, lang: string): number {
    return this.#pack.translates(stem, lang) ? 1 : 0;
  }
}
