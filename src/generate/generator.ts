/**
 * What a generator is: a passage in, queries in other languages out. What a generator can do beyond
 * drawing queries it states in its optional properties, which a wrapper passes on.
 *
 * One with probabilities states the distribution that queries are drawn from, as a product of two
 * factors: the passage's salient pivot stems g(e, p), and a table P(term | e) per language. The
 * expectation of many drawn queries is their matrix product, so an index needs to keep only g.
 */
import type { TermBag, TermPhrase } from '../languages/terms.js';
import type { Vocabulary } from '../languages/vocabulary.js';
import type { RunningCost } from '../models/cost.js';
import type { CorrectedTerm } from '../pack/pack.js';

export interface GeneratorIdentity {
  readonly name: string;
  /** sha256 of what it generates from (pack tables, model weights, prompt). */
  readonly weights: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

export interface GeneratorInput {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly lang: string;
}

/** What `draw` takes. */
export type DrawArguments = readonly [
  passages: readonly GeneratorInput[],
  lang: string,
  /** Queries for each passage. */
  n: number,
  seed: number,
];

export interface Generator {
  readonly identity: GeneratorIdentity;
  /** The languages in which it can write queries. */
  readonly languages: readonly string[];
  /** What queries are drawn from, with probabilities; absent where they can only be drawn. */
  readonly distribution?: QueryDistribution;
  /**
   * True: fewer than n queries may come; each then counts for more, so that a sum stands for n all
   * the same.
   */
  readonly drawsFewer?: boolean;
  /** The most queries that it has for each passage and language; absent: any number. */
  readonly queriesPerLanguage?: number;
  /**
   * True: it also writes queries in a passage's own language, which join the passage's words
   * (Doc2Query, Nogueira and Lin 2019). Default false: a table translates no language to itself.
   */
  readonly ownLanguage?: boolean;
  /** Whether it has queries for a passage; absent: it writes them for any. */
  has?(passage: GeneratorInput): Promise<boolean>;
  /** Which tuned weights fit its queries (search/defaults.ts). Default: those of the encoder. */
  readonly tuning?: GeneratorTuning;
  /** Default `time`. */
  readonly cost?: RunningCost;
  /** What is left out of its queries; absent: nothing. */
  readonly filter?: QueryFilter;
  /**
   * `n` queries per passage in `lang`, in the order of the passages. Seeded by passage id, language
   * and `seed`: the answer does not depend on the batch.
   */
  draw(...request: DrawArguments): Promise<string[][]>;
  /** Releases models and files, where a generator has any. */
  close?(): Promise<void>;
}

/** Writes nothing: for systems without generated queries. */
export const NO_GENERATOR: Generator = {
  identity: { name: 'none', weights: 'none', settings: {} },
  languages: [],
  cost: 'negligible',
  draw: async (passages) => passages.map(() => []),
};

/** `gloss`: sentences glossed word by word. `questions`: what a language model wrote. */
export type GeneratorTuning = 'gloss' | 'questions';

/**
 * What language models state. It is part of their identity, so that an index says which weights fit
 * its queries where the generator itself is not at hand.
 */
export const QUESTIONS = { ownLanguage: true, tuning: 'questions' } as const;

/** What the identity of a generator says of it. */
export function statedIn(identity: GeneratorIdentity | null): Pick<Generator, 'tuning'> | null {
  return identity && (identity.settings.tuning === QUESTIONS.tuning ? QUESTIONS : {});
}

/** True where queries in `lang` are generated for passages in `passageLang`. */
export function writesIn(
  { ownLanguage = false }: Pick<Generator, 'ownLanguage'>,
  lang: string,
  passageLang: string,
): boolean {
  return ownLanguage || lang !== passageLang;
}

export interface QueryDistribution {
  /** g(e, p): the salient pivot stems of a passage with their frequencies. */
  pivot(passage: GeneratorInput): TermBag;
  /**
   * The expected term frequencies in `lang` of a passage with these pivot stems: sum over e of g(e,
   * p) P(term | e).
   */
  expectation(pivot: TermBag, lang: string): TermBag;
  /** P(term | e). */
  readonly factors: TermFactors;
}

/** A generator that states a distribution. */
export type DistributionGenerator = Generator & { readonly distribution: QueryDistribution };

export function hasDistribution(generator: Generator): generator is DistributionGenerator {
  return generator.distribution !== undefined;
}

/** A filter of queries, as people see it. */
export interface QueryFilter {
  /** What writes the queries. */
  readonly unfiltered: Generator;
  /** By language, of all queries drawn so far. */
  readonly yields: ReadonlyMap<string, QueryYield>;
}

/** How many queries in a language passed a filter. */
export interface QueryYield {
  readonly drawn: number;
  readonly kept: number;
  /** Queries below the threshold, by scorer; one may be below several. */
  readonly below: Readonly<Record<string, number>>;
}

/** A generator around another one: passes everything on, but for what a subclass overrides. */
export abstract class GeneratorWrapper implements Generator {
  readonly identity: GeneratorIdentity;
  readonly languages: readonly string[];
  readonly distribution: QueryDistribution | undefined;
  readonly drawsFewer: boolean | undefined;
  readonly queriesPerLanguage: number | undefined;
  readonly ownLanguage: boolean | undefined;
  readonly tuning: GeneratorTuning | undefined;
  readonly cost: RunningCost | undefined;
  readonly filter: QueryFilter | undefined;

  constructor(protected readonly inner: Generator) {
    this.identity = inner.identity;
    this.languages = inner.languages;
    this.distribution = inner.distribution;
    this.drawsFewer = inner.drawsFewer;
    this.queriesPerLanguage = inner.queriesPerLanguage;
    this.ownLanguage = inner.ownLanguage;
    this.tuning = inner.tuning;
    this.cost = inner.cost;
    this.filter = inner.filter;
  }

  draw(...request: DrawArguments): Promise<string[][]> {
    return this.inner.draw(...request);
  }

  async has(passage: GeneratorInput): Promise<boolean> {
    return (await this.inner.has?.(passage)) ?? true;
  }

  async close(): Promise<void> {
    await this.inner.close?.();
  }
}

/** The table between the terms of a language and the pivot stems, read in both directions. */
export interface TermFactors {
  /** True if the table has the term itself, not only parts or a beginning of it. */
  knows(term: string, lang: string): boolean;
  /** The words of a language; null or absent where the table has none. */
  vocabulary?(lang: string): Vocabulary | null;
  /**
   * Every pivot stem e that generates `term` in `lang`, with P(term | e) in (0, 1]. Empty if none
   * does.
   */
  generatedFrom(term: string, lang: string): TermBag;
  /**
   * The translation of `term` (analyzed in `lang`) into pivot stems, with P(e | term); sums to at
   * most 1.
   */
  translate(term: string, lang: string): TermBag;
  /**
   * Stems that mean nearly the same as `stem`, with their nearness in (0, 1], nearest first; empty
   * where none is known.
   */
  relatives(stem: string): TermBag;
  /** How much a term that the table translates says about a text, in (0, 1]: near 0 for "the". */
  termWeight(term: string, lang: string): number;
  /** Sum over the terms of `lang` of P(term | stem): 1 if the stem has translations, else 0. */
  generatedMass(stem: string, lang: string): number;
  /**
   * The known terms that make up a compound, such as "Fundbüro". Absent: none are known.
   */
  compound?(term: string, lang: string): readonly string[];
  /** The known terms that an unknown one may be a misspelling of. Absent: none are known. */
  corrections?(term: string, lang: string): readonly CorrectedTerm[];
  /**
   * Where the text has terms that stand for something as a whole, in order, none over another.
   * Absent: nowhere.
   */
  phrases?(text: string, lang: string): readonly TermPhrase[];
}
