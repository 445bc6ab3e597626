/**
 * The door of generate/: a passage in, queries in other languages out. A generator knows no encoder
 * and no store.
 *
 * Two kinds. Every generator draws queries. One with probabilities (`DistributionGenerator`) also
 * states what the queries are drawn from, as a product of two factors: the passage's salient pivot
 * stems g(e, p), and a table P(term | e) per language. The expectation of many drawn queries is
 * their matrix product, so an index needs to keep only g.
 */
import type { TermBag } from '../languages/terms.js';

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

export interface Generator {
  readonly identity: GeneratorIdentity;
  /** The languages in which it can write queries. */
  readonly languages: readonly string[];
  /**
   * True: fewer than n queries may come; each then counts for more, so that a sum stands for n all
   * the same.
   */
  readonly drawsFewer?: boolean;
  /**
   * `n` queries per passage in `lang`, in the order of the passages. Seeded by passage id, language
   * and `seed`: the answer does not depend on the batch.
   */
  draw(
    passages: readonly GeneratorInput[],
    lang: string,
    n: number,
    seed: number,
  ): Promise<string[][]>;
  /** Lets go of models and files, where a generator has any. */
  close?(): Promise<void>;
}

export interface DistributionGenerator extends Generator, TermFactors {
  /** g(e, p): the salient pivot stems of a passage with their frequencies. */
  pivot(passage: GeneratorInput): TermBag;
  /**
   * The expected term frequencies in `lang` of a passage with these pivot stems: sum over e of g(e,
   * p) P(term | e).
   */
  expectation(pivot: TermBag, lang: string): TermBag;
}

/** The table between the terms of a language and the pivot stems, read in both directions. */
export interface TermFactors {
  /** True if the table has the term itself, not only parts or a beginning of it. */
  knows(term: string, lang: string): boolean;
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
   * Where the text has terms that stand for something as a whole, in order, none over another.
   * Absent: nowhere.
   */
  phrases?(text: string, lang: string): readonly TermPhrase[];
}

/** Words that are one term to the table; offsets are UTF-16 units of the text in NFC. */
export interface TermPhrase {
  readonly start: number;
  readonly end: number;
  readonly term: string;
}

export function hasDistribution(generator: Generator): generator is DistributionGenerator {
  return 'expectation' in generator && 'pivot' in generator;
}
