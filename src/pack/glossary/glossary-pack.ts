/**
 * A pack whose translations a glossary overrides. Each concept becomes a pivot stem of its own, so
 * that passages without glossary terms are indexed as before. In a language for which a concept has
 * no term, the pack's translations of its words are used.
 */
import { wordsOf } from '../../languages/analysis.js';
import type { TermPhrase } from '../../languages/terms.js';
import type { Vocabulary } from '../../languages/vocabulary.js';
import { type CorrectedTerm, Pack, PIVOT } from '../pack.js';
import { type Link, PivotVocabulary } from '../pivot.js';
import { type Concept, firstLanguage, type Glossary } from './glossary.js';

interface ConceptStem {
  readonly id: number;
  readonly concept: Concept;
  /** The pack's stems for the words of its first term, with shares that sum to 1. */
  readonly stems: readonly Link[];
}

export class GlossaryPack extends Pack {
  readonly glossary: Glossary;
  readonly #base: Pack;
  readonly #byToken: ReadonlyMap<string, ConceptStem>;
  /** By a stem of the pack: the concepts whose first term has it, with its share there. */
  readonly #byStem: ReadonlyMap<
    number,
    readonly { readonly concept: ConceptStem; readonly p: number }[]
  >;

  constructor(base: Pack, glossary: Glossary) {
    const concepts = glossary.concepts.map((concept, c) => ({
      id: base.pivot.size + c,
      concept,
      stems: stemsOf(concept, base),
    }));
    super(
      base.identity,
      base.languages,
      new GlossaryPivot(base.pivot, concepts),
      (lang) => base.table(lang)!,
      base.means,
    );
    this.glossary = glossary;
    this.#base = base;
    this.#byToken = new Map(concepts.map((each) => [each.concept.token, each]));
    const byStem = new Map<number, { concept: ConceptStem; p: number }[]>();
    for (const concept of concepts)
      for (const { id, p } of concept.stems)
        byStem.set(id, [...(byStem.get(id) ?? []), { concept, p }]);
    this.#byStem = byStem;
  }

  override knows(term: string, lang: string): boolean {
    return this.#byToken.has(term) || super.knows(term, lang);
  }

  override vocabulary(lang: string): Vocabulary | null {
    return this.#base.vocabulary(lang);
  }

  override toPivot(term: string, lang: string): Link[] {
    const concept = this.#byToken.get(term);
    return concept === undefined ? super.toPivot(term, lang) : [{ id: concept.id, p: 1 }];
  }

  /**
   * `toPivot` for a question's term, plus the concepts that have no term in its language but whose
   * words the pack translates into this one.
   */
  override translations(term: string, lang: string): Link[] {
    const links = this.toPivot(term, lang);
    return [...links, ...this.#concepts(links, lang)];
  }

  /** The terms of the glossary. */
  override phrases(text: string, lang: string): readonly TermPhrase[] {
    const spans = this.glossary.spans(text, lang);
    return spans.map(({ start, end, concept }) => ({ start, end, term: concept.token }));
  }

  override corrections(term: string, lang: string): readonly CorrectedTerm[] {
    return this.#base.corrections(term, lang);
  }

  override fromPivot(stem: string, lang: string): readonly { term: string; p: number }[] {
    const concept = this.#byToken.get(stem);
    if (concept === undefined) return super.fromPivot(stem, lang);
    if (lang in concept.concept.terms) return [{ term: stem, p: 1 }];
    const sums = new Map<string, number>();
    for (const { id, p: share } of concept.stems)
      for (const { term, p } of this.#base.fromPivot(this.#base.pivot.stem(id), lang))
        sums.set(term, (sums.get(term) ?? 0) + share * p);
    return [...sums]
      .map(([term, p]) => ({ term, p }))
      .sort((a, b) => b.p - a.p || (a.term < b.term ? -1 : 1));
  }

  override translates(stem: string, lang: string): boolean {
    const concept = this.#byToken.get(stem);
    if (concept === undefined) return super.translates(stem, lang);
    const { pivot } = this.#base;
    return (
      lang in concept.concept.terms ||
      concept.stems.some(({ id }) => super.translates(pivot.stem(id), lang))
    );
  }

  override stemsGenerating(term: string, lang: string): Link[] {
    const concept = this.#byToken.get(term);
    if (concept !== undefined) return [{ id: concept.id, p: 1 }];
    const links = super.stemsGenerating(term, lang);
    return [...links, ...this.#concepts(links, lang)];
  }

  override surface(term: string, lang: string): string {
    return this.#byToken.has(term) ? term : super.surface(term, lang);
  }

  /** The concepts without a term in `lang` that share stems with `links`. */
  #concepts(links: readonly Link[], lang: string): Link[] {
    const sums = new Map<number, number>();
    for (const { id, p } of links) {
      for (const { concept, p: share } of this.#byStem.get(id) ?? [])
        if (!(lang in concept.concept.terms))
          sums.set(concept.id, (sums.get(concept.id) ?? 0) + p * share);
    }
    return [...sums].map(([id, p]) => ({ id, p }));
  }
}

/** The pack's stems for the words of a concept's first term, with equal shares. */
function stemsOf({ terms }: Concept, base: Pack): Link[] {
  const lang = firstLanguage(terms);
  const stems = wordsOf(terms[lang][0], lang).flatMap(({ term }) => {
    const links = base.toPivot(term, lang);
    return lang === PIVOT ? links : links.slice(0, 1);
  });
  const ids = [...new Set(stems.map(({ id }) => id))];
  return ids.map((id) => ({ id, p: 1 / ids.length }));
}

/** The pack's pivot vocabulary, with the concepts appended. */
class GlossaryPivot extends PivotVocabulary {
  readonly #base: PivotVocabulary;
  readonly #concepts: readonly ConceptStem[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(base: PivotVocabulary, concepts: readonly ConceptStem[]) {
    super({
      // Only the length is read: the methods that read the stems are overridden.
      stems: new Array<string>(base.size + concepts.length),
      surfaces: [],
      counts: new Float32Array(0),
      total: 1,
      vectors: new Int8Array(0),
      scales: new Float32Array(0),
      dim: base.dim,
    });
    this.#base = base;
    this.#concepts = concepts;
    this.#ids = new Map(concepts.map(({ id, concept }) => [concept.token, id]));
  }

  override id(stem: string): number | undefined {
    return this.#ids.get(stem) ?? this.#base.id(stem);
  }

  override stem(id: number): string {
    return id < this.#base.size ? this.#base.stem(id) : this.#of(id).concept.token;
  }

  override surface(id: number): string {
    return id < this.#base.size ? this.#base.surface(id) : this.#of(id).concept.token;
  }

  /** Concepts weigh as much as unknown words: a term that somebody listed is an important one. */
  override weight(id: number | undefined): number {
    return this.#base.weight(id !== undefined && id >= this.#base.size ? undefined : id);
  }

  override relatives(id: number): readonly Link[] {
    return id < this.#base.size ? this.#base.relatives(id) : [];
  }

  /** The vector of a concept is the mean of its words' vectors. */
  override vector(id: number): { readonly bytes: Int8Array; readonly scale: number } | null {
    if (id < this.#base.size) return this.#base.vector(id);
    const sum = new Float32Array(this.dim);
    for (const { id: stem, p } of this.#of(id).stems) {
      const vector = this.#base.vector(stem);
      if (vector === null) continue;
      for (let d = 0; d < sum.length; d++) sum[d] += p * vector.scale * vector.bytes[d];
    }
    const largest = sum.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) return null;
    const scale = largest / 127;
    return { bytes: Int8Array.from(sum, (value) => Math.round(value / scale)), scale };
  }

  #of(id: number): ConceptStem {
    return this.#concepts[id - this.#base.size];
  }
}
