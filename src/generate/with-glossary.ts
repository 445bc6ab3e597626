/**
 * A glossary in generators: those of a pack see a token in place of each of its terms, the same in
 * every language; those that are prompted are told which terms to use.
 */

import type { TermBag } from '../languages/terms.js';
import type { Concept, Glossary } from '../pack/glossary/glossary.js';
import {
  type DistributionGenerator,
  type DrawArguments,
  type GeneratorInput,
  GeneratorWrapper,
  type QueryDistribution,
} from './generator.js';

export class GlossaryGenerator extends GeneratorWrapper {
  override readonly distribution: QueryDistribution;

  /**
   * @param generator over a pack with this glossary, which is part of the index's identity, not of
   * the generator's
   */
  constructor(
    generator: DistributionGenerator,
    private readonly glossary: Glossary,
  ) {
    super(generator);
    const { distribution } = generator;
    this.distribution = {
      pivot: (passage) => distribution.pivot(glossary.rewritten(passage)),
      expectation: (pivot, lang): TermBag => distribution.expectation(pivot, lang),
      factors: distribution.factors,
    };
  }

  override async draw(...[passages, lang, n, seed]: DrawArguments): Promise<string[][]> {
    const rewritten = passages.map((passage) => this.glossary.rewritten(passage));
    const drawn = await super.draw(rewritten, lang, n, seed);
    return drawn.map((queries) => queries.map((query) => this.glossary.shown(query, lang)));
  }
}

/**
 * The glossary's terms of a passage as a prompt names them, each with its translations; '' without
 * any.
 * @param languages of the queries
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

/** With its language, where there are several. */
function named(term: string, lang: string, langs: readonly string[]): string {
  return langs.length === 1 ? term : `${term} (${lang})`;
}
