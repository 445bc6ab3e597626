/**
 * A generator of a pack with a glossary: it sees a token in place of each of the glossary's terms, which the pack's tables
 * translate as one word, and people see the terms. Also what prompts say of a glossary. Knows no table.
 */
import type { Concept, Glossary } from '../glossary/glossary.js';
import type { GlossaryPack } from '../glossary/glossary-pack.js';
import type { TermBag } from '../languages/terms.js';
import { bagOf } from '../pack/table.js';
import type { DistributionGenerator, GeneratorIdentity, GeneratorInput, TermPhrase } from './generator.js';

export class GlossaryGenerator implements DistributionGenerator {
  readonly identity: GeneratorIdentity;
  readonly languages: readonly string[];
  readonly drawsFewer: boolean | undefined;
  readonly #generator: DistributionGenerator;
  readonly #pack: GlossaryPack;

  /** @param generator of that pack; the glossary is part of the index's identity, not of the generator's */
  constructor(generator: DistributionGenerator, pack: GlossaryPack) {
    this.#generator = generator;
    this.#pack = pack;
    this.identity = generator.identity;
    this.languages = generator.languages;
    this.drawsFewer = generator.drawsFewer;
  }

  async draw(
    passages: readonly GeneratorInput[],
    lang: string,
    n: number,
    seed: number,
  ): Promise<string[][]> {
    const { glossary } = this.#pack;
    const seen = passages.map((passage) => glossary.rewritten(passage));
    const drawn = await this.#generator.draw(seen, lang, n, seed);
    return drawn.map((queries) => queries.map((query) => glossary.shown(query, lang)));
  }

  pivot(passage: GeneratorInput): TermBag {
    return this.#generator.pivot(this.#pack.glossary.rewritten(passage));
  }

  expectation(pivot: TermBag, lang: string): TermBag {
    return this.#generator.expectation(pivot, lang);
  }

  knows(term: string, lang: string): boolean {
    return this.#generator.knows(term, lang);
  }

  generatedFrom(term: string, lang: string): TermBag {
    return this.#generator.generatedFrom(term, lang);
  }

  translate(term: string, lang: string): TermBag {
    const { pivot } = this.#pack;
    return bagOf(this.#pack.translations(term, lang).map(({ id, p }) => [pivot.stem(id), p]));
  }

  relatives(stem: string): TermBag {
    return this.#generator.relatives(stem);
  }

  termWeight(term: string, lang: string): number {
    return this.#generator.termWeight(term, lang);
  }

  generatedMass(stem: string, lang: string): number {
    return this.#generator.generatedMass(stem, lang);
  }

  phrases(text: string, lang: string): readonly TermPhrase[] {
    return this.#pack.glossary
      .spans(text, lang)
      .map(({ start, end, concept }) => ({ start, end, term: concept.token }));
  }
}

/**
 * The glossary's terms of a passage as a prompt names them, each with its translations; '' without any.
 * @param languages in which queries are asked for
 */
export function glossaryNote(
  glossary: Glossary | undefined,
  { title, text, lang }: GeneratorInput,
  languages: readonly string[],
): string {
  if (glossary === undefined) return '';
  const notes = glossary.conceptsIn(`${title}\n${text}`, [lang]).map(({ terms }: Concept) => {
    const others = languages.filter((other) => other !== lang && other in terms);
    return others.length === 0
      ? ''
      : `${terms[lang][0]} = ${others.map((other) => named(terms[other][0], other, others)).join(', ')}`;
  });
  const known = notes.filter((note) => note !== '');
  return known.length === 0 ? '' : `Use these terms: ${known.join('; ')}.`;
}

/** With its language, where several are asked for. */
function named(term: string, lang: string, langs: readonly string[]): string {
  return langs.length === 1 ? term : `${term} (${lang})`;
}
