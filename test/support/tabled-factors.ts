/** A small table between terms and pivot stems, in memory, for tests of search. */
import type { TermFactors } from '../../src/generate/generator.js';
import type { TermBag } from '../../src/languages/terms.js';

export function bag(weights: Record<string, number>): TermBag {
  return { terms: Object.keys(weights), weights: Float32Array.from(Object.values(weights)) };
}

/**
 * P(term | stem) and P(stem | term), each `table[lang][stem][term]`, and nearness as
 * `relatives[stem][relative]`.
 */
export class TabledFactors implements TermFactors {
  readonly #generation: Record<string, Record<string, Record<string, number>>>;
  readonly #translation: Record<string, Record<string, Record<string, number>>>;

  readonly #relatives: Record<string, Record<string, number>>;

  constructor(
    generation: Record<string, Record<string, Record<string, number>>>,
    translation: Record<string, Record<string, Record<string, number>>> = {},
    relatives: Record<string, Record<string, number>> = {},
  ) {
    this.#generation = generation;
    this.#translation = translation;
    this.#relatives = relatives;
  }

  knows(term: string, lang: string): boolean {
    return this.translate(term, lang).terms.length > 0;
  }

  generatedFrom(term: string, lang: string): TermBag {
    const stems = Object.entries(this.#generation[lang] ?? {}).filter(
      ([, terms]) => terms[term] > 0,
    );
    return bag(Object.fromEntries(stems.map(([stem, terms]) => [stem, terms[term]])));
  }

  translate(term: string, lang: string): TermBag {
    const stems = Object.entries(this.#translation[lang] ?? {}).filter(
      ([, terms]) => terms[term] > 0,
    );
    return bag(Object.fromEntries(stems.map(([stem, terms]) => [stem, terms[term]])));
  }

  relatives(stem: string): TermBag {
    return bag(this.#relatives[stem] ?? {});
  }

  termWeight(): number {
    return 1;
  }

  generatedMass(stem: string, lang: string): number {
    return Object.values(this.#generation[lang]?.[stem] ?? {}).reduce((sum, p) => sum + p, 0);
  }
}
