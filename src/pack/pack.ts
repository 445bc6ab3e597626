/**
 * A pack in memory: the pivot vocabulary and, loaded on first use, a translation table per
 * language. The static encoder and the lexicon generator share it.
 */

import type { TermPhrase } from '../languages/terms.js';
import type { Vocabulary } from '../languages/vocabulary.js';
import type { Correction, Corrections } from './corrections.js';
import type { Link, PivotVocabulary } from './pivot.js';
import type { TranslationTable } from './table.js';

export interface PackIdentity {
  readonly name: string;
  readonly version: string;
  /** sha256 (hex) over the files of the pack. */
  readonly sha256: string;
}

/** A known term that an unknown one may be a misspelling of. */
export interface CorrectedTerm extends Omit<Correction, 'id'> {
  readonly term: string;
  /** Its written form, for display. */
  readonly surface: string;
}

/** The language that links all others: tables translate into it and out of it. */
export const PIVOT = 'en';

export class Pack {
  readonly identity: PackIdentity;
  /** All languages that the pack covers, including the pivot, in alphabetical order. */
  readonly languages: readonly string[];
  readonly pivot: PivotVocabulary;
  /**
   * The mean vector of texts in each language, as the static encoder with its default settings
   * encodes them; null if the pack has none.
   */
  readonly means: ReadonlyMap<string, Float32Array> | null;
  readonly #read: (lang: string) => TranslationTable;
  readonly #tables = new Map<string, TranslationTable>();
  #ofPivot: Corrections | null = null;
  readonly #completions = new Map<string, Map<string, Link[]>>();

  constructor(
    identity: PackIdentity,
    languages: readonly string[],
    pivot: PivotVocabulary,
    read: (lang: string) => TranslationTable,
    means: ReadonlyMap<string, Float32Array> | null = null,
  ) {
    this.identity = identity;
    this.languages = [...new Set([PIVOT, ...languages])].sort();
    this.pivot = pivot;
    this.means = means;
    this.#read = read;
  }

  /** The table of a language; undefined for the pivot and for languages outside the pack. */
  table(lang: string): TranslationTable | undefined {
    if (lang === PIVOT || !this.languages.includes(lang)) return undefined;
    let table = this.#tables.get(lang);
    if (!table) {
      table = this.#read(lang);
      this.#tables.set(lang, table);
    }
    return table;
  }

  /** True if the language's vocabulary has the term itself. */
  knows(term: string, lang: string): boolean {
    const table = this.table(lang);
    return table
      ? table.id(term) !== undefined
      : lang === PIVOT && this.pivot.id(term) !== undefined;
  }

  /** null for a language outside the pack. */
  vocabulary(lang: string): Vocabulary | null {
    return this.table(lang) ?? (lang === PIVOT ? this.pivot : null);
  }

  /**
   * P(e | term) over the ids of pivot stems. A term of a language without a table is looked up in
   * the pivot vocabulary, because names are often shared.
   */
  toPivot(term: string, lang: string): Link[] {
    const table = this.table(lang);
    if (!table) {
      const id = this.pivot.id(term);
      return id === undefined ? [] : [{ id, p: 1 }];
    }
    return table.id(term) === undefined ? this.#completed(table, term) : table.toPivot(term);
  }

  /** `toPivot` of a question's term. */
  translations(term: string, lang: string): Link[] {
    return this.toPivot(term, lang);
  }

  /** Where a text has several words that are one term, in order, none over another. */
  phrases(_text: string, _lang: string): readonly TermPhrase[] {
    return [];
  }

  /** P(term | stem) over the terms of `lang`; the stem itself where `lang` is the pivot. */
  fromPivot(stem: string, lang: string): readonly { term: string; p: number }[] {
    const id = this.pivot.id(stem);
    if (id === undefined) return [];
    const table = this.table(lang);
    if (!table) return lang === PIVOT ? [{ term: stem, p: 1 }] : [];
    return table.fromPivot(id).map((link) => ({ term: table.term(link.id), p: link.p }));
  }

  /** True if `fromPivot` would return any term. */
  translates(stem: string, lang: string): boolean {
    const id = this.pivot.id(stem);
    return id !== undefined && (this.table(lang)?.translates(id) ?? lang === PIVOT);
  }

  /** The stems e with P(term | e) > 0, and that probability. */
  stemsGenerating(term: string, lang: string): Link[] {
    const table = this.table(lang);
    if (table) return table.stemsGenerating(term);
    const id = lang === PIVOT ? this.pivot.id(term) : undefined;
    return id === undefined ? [] : [{ id, p: 1 }];
  }

  /** The known terms that make up a compound of a question; empty if it is none. */
  compound(term: string, lang: string): readonly string[] {
    return this.table(lang)?.compound(term) ?? [];
  }

  /** The known terms that an unknown term of a question may be a misspelling of. */
  corrections(term: string, lang: string): readonly CorrectedTerm[] {
    const table = this.table(lang);
    const corrections = table?.corrections(term) ?? this.#pivotCorrections(term, lang);
    const { pivot } = this;
    return corrections.map(({ id, distance, share }) => ({
      term: table?.term(id) ?? pivot.stem(id),
      surface: table?.surface(id) ?? pivot.surface(id),
      distance,
      share,
    }));
  }

  #pivotCorrections(term: string, lang: string): readonly Correction[] {
    if (lang !== PIVOT) return [];
    this.#ofPivot ??= this.pivot.corrections();
    return this.#ofPivot.of(term);
  }

  /** The written form of a term, for display. */
  surface(term: string, lang: string): string {
    const table = this.table(lang);
    if (table) {
      const id = table.id(term);
      return id === undefined ? term : table.surface(id);
    }
    const id = this.pivot.id(term);
    return id === undefined ? term : this.pivot.surface(id);
  }

  /** Expected weight of a term's translations, in (0, 1]: rare words weigh more. */
  termWeight(term: string, lang: string): number {
    const links = this.toPivot(term, lang);
    if (links.length === 0) return this.pivot.weight(undefined);
    return links.reduce((sum, { id, p }) => sum + p * this.pivot.weight(id), 0);
  }

  /** The links of a term that the table lacks, cached because completing a term is slow. */
  #completed(table: TranslationTable, term: string): Link[] {
    let cached = this.#completions.get(table.lang);
    if (!cached || cached.size >= 50_000) {
      cached = new Map();
      this.#completions.set(table.lang, cached);
    }
    let links = cached.get(term);
    if (!links) {
      links = table.toPivot(term);
      cached.set(term, links);
    }
    return links;
  }
}
