/**
 * A generator of a pack with a glossary: it sees a token in place of each of the glossary's terms,
 * which the pack's tables translate as one word, and people see the terms. Also what prompts say of
 * a glossary.
 */

import type { TermBag } from '../languages/terms.js';
import type { Concept, Glossary } from '../pack/glossary/glossary.js';
import type { GlossaryPack } from '../pack/glossary/glossary-pack.js';
import type { Pack } from '../pack/pack.js';
import { bagOf } from '../pack/table.js';
import type { DistributionGenerator, GeneratorInput, TermPhrase } from './generator.js';
import type { LexiconGenerator } from './lexicon.js';

/** A generator that is made of a pack alone. */
type PackGenerator = new (pack: Pack) => LexiconGenerator;

/**
 * That generator of the pack; the glossary is part of the index's identity, not of the generator's.
 */
export function withGlossary(Made: PackGenerator, pack: GlossaryPack): DistributionGenerator {
  const { glossary, pivot: stems } = pack;
  return new (class extends Made {
    override async draw(
      passages: readonly GeneratorInput[],
      lang: string,
      n: number,
      seed: number,
    ): Promise<string[][]> {
      const seen = passages.map((passage) => glossary.rewritten(passage));
      const drawn = await super.draw(seen, lang, n, seed);
      return drawn.map((queries) => queries.map((query) => glossary.shown(query, lang)));
    }

    override pivot(passage: GeneratorInput): TermBag {
      return super.pivot(glossary.rewritten(passage));
    }

    override translate(term: string, lang: string): TermBag {
      return bagOf(pack.translations(term, lang).map(({ id, p }) => [stems.stem(id), p]));
    }

    phrases(text: string, lang: string): readonly TermPhrase[] {
      return glossary
        .spans(text, lang)
        .map(({ start, end, concept }) => ({ start, end, term: concept.token }));
    }
  })(pack);
}

/**
 * The glossary's terms of a passage as a prompt names them, each with its translations; '' without
 * any.
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
