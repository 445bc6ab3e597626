/**
 * BM25 statistics over all passages of a remote store. The store counts the passages with a term in
 * their own words or drawn queries, in one batch before terms are scored; the contribution of
 * generation follows from the totals of the stems.
 */
import type { TermFactors } from '../../generate/generator.js';
import type { CorpusTotals, StemTotal } from '../../indexing/lexical/corpus-totals.js';
import type { CandidateReader, TermClause } from '../../store/candidate-store.js';
import type { CorpusStatistics } from '../lexical/bm25.js';
import type { QuestionTerm } from '../lexical/explanation.js';
import type { LexicalMode, LexicalView } from '../lexical/view.js';

/** Number of cached counts; a full cache is emptied. */
const CACHED_COUNTS = 100_000;

export class CountedStatistics implements CorpusStatistics {
  readonly passages: number;
  readonly #reader: CandidateReader;
  readonly #totals: CorpusTotals;
  readonly #counts = new Map<string, number>();
  /** By table and language: total length of the text generated for all passages. */
  readonly #lengths = new WeakMap<TermFactors, Map<string, number>>();

  constructor(reader: CandidateReader, totals: CorpusTotals) {
    this.#reader = reader;
    this.#totals = totals;
    this.passages = totals.count;
  }

  /** Fetches the counts that `documentFrequency` and `ownFrequency` need for these terms. */
  async count(terms: readonly QuestionTerm[]): Promise<void> {
    const missing = new Map<string, readonly TermClause[]>();
    for (const clauses of terms.flatMap((term) => this.#countedLists(term))) {
      const key = JSON.stringify(clauses);
      if (!this.#counts.has(key)) missing.set(key, clauses);
    }
    if (this.#counts.size + missing.size > CACHED_COUNTS) {
      this.#counts.clear();
      return this.count(terms);
    }
    const counts = await this.#reader.countTerms([...missing.values()]);
    [...missing.keys()].forEach((key, i) => {
      this.#counts.set(key, counts[i]);
    });
  }

  documentFrequency(term: QuestionTerm, expected: boolean): number {
    let generated = 0;
    for (const { stem, byLanguage } of stemsOf(term)) {
      for (const [passageLang, stems] of this.#totals.stems) {
        let factor = 0;
        for (const [lang, share] of byLanguage) if (lang !== passageLang) factor += share;
        if (factor === 0) continue;
        for (const { passages, frequency } of stems.get(stem)?.values() ?? []) {
          if (passages > 0)
            generated += passages * (expected ? Math.min(1, (factor * frequency) / passages) : 1);
        }
      }
    }
    const own = this.#counted(this.possible(clausesOf(term)));
    // A passage with several stems, or with a stem and the term itself, counts only once.
    const most = term.shares.length > 0 ? this.#counted(this.possible(anyClauses(term))) : own;
    return Math.min(own + generated, most);
  }

  /** The number of passages in any language whose own words have the term; it must be counted. */
  ownFrequency(term: string): number {
    return this.#counted(ownClauses(term));
  }

  /**
   * Simplifies clauses, so that the store has less to count: drops clauses that no passage can
   * match, and language conditions that all passages meet, as in a corpus of one language.
   */
  possible(clauses: readonly TermClause[]): TermClause[] {
    return clauses.flatMap((clause) => {
      const { only, except, ...plain } = clause;
      if (only !== undefined) {
        const included = this.#passagesIn(only);
        return included === 0 ? [] : included === this.passages ? [plain] : [clause];
      }
      if (except === undefined) return [clause];
      const excluded = this.#passagesIn(except);
      return excluded === this.passages ? [] : excluded === 0 ? [plain] : [clause];
    });
  }

  /** The lists of clauses to count for a term, without those that no passage can match. */
  #countedLists(term: QuestionTerm): TermClause[][] {
    const own = this.possible(clausesOf(term));
    const inOwn = own.some(({ field }) => field === 'own');
    const any = term.shares.length > 0 ? this.possible(anyClauses(term)) : [];
    return [own, inOwn ? ownClauses(term.term) : [], any].filter((clauses) => clauses.length > 0);
  }

  #passagesIn(lang: string): number {
    return this.#totals.passages.get(lang) ?? 0;
  }

  /** The totals of a stem over all passages that are not in the language `except`. */
  stem(stem: string, except?: string): StemTotal {
    let passages = 0;
    let frequency = 0;
    for (const total of this.#steps(stem, except)) {
      passages += total.passages;
      frequency += total.frequency;
    }
    return { passages, frequency };
  }

  *#steps(stem: string, except?: string): Generator<StemTotal> {
    for (const [lang, stems] of this.#totals.stems) {
      if (lang !== except) yield* stems.get(stem)?.values() ?? [];
    }
  }

  hasDrawn(lang: string): boolean {
    return (this.#totals.drawnLength.get(lang) ?? 0) > 0;
  }

  averageLength(view: LexicalView, mode: LexicalMode): number {
    if (this.passages === 0) return 0;
    const own = this.#totals.ownLength / this.passages;
    if (mode === 'plain' || mode === 'translated') return own;
    return own + view.settings.generatedWeight * this.#generatedLength(view);
  }

  #generatedLength({ languages, settings: { factors } }: LexicalView): number {
    let length = 0;
    for (const { lang, weight } of languages) {
      length += weight * (this.#totals.drawnLength.get(lang) ?? 0);
      if (factors !== null) length += weight * this.#lengthIn(lang, factors);
    }
    return length / this.passages;
  }

  /** The total length generated in a language. Cached, because it is a sum over all stems. */
  #lengthIn(lang: string, factors: TermFactors): number {
    const cached = this.#lengths.get(factors) ?? new Map<string, number>();
    this.#lengths.set(factors, cached);
    let length = cached.get(lang);
    if (length === undefined) {
      length = 0;
      for (const [passageLang, stems] of this.#totals.stems) {
        if (passageLang === lang) continue;
        for (const [stem, steps] of stems) {
          const mass = factors.generatedMass(stem, lang);
          for (const { frequency } of steps.values()) length += mass * frequency;
        }
      }
      cached.set(lang, length);
    }
    return length;
  }

  #counted(clauses: readonly TermClause[]): number {
    if (clauses.length === 0) return 0;
    const count = this.#counts.get(JSON.stringify(clauses));
    if (count === undefined) throw new RangeError(`"${clauses[0].term}" was not counted`);
    return count;
  }
}

const ownClauses = (term: string): TermClause[] => [{ field: 'own', term, boost: 1 }];

/** Passages with the term in their own words or drawn queries. */
function clausesOf({ term, ownLanguage, drawn }: QuestionTerm): TermClause[] {
  return [
    { field: 'own', term, boost: 1, ...(ownLanguage === null ? {} : { only: ownLanguage }) },
    ...drawn.map(
      ({ field }): TermClause => ({
        field: { drawn: field.slice('drawn:'.length) },
        term,
        boost: 1,
      }),
    ),
  ];
}

/** A pivot stem that a term matches. */
interface MatchedStem {
  readonly stem: string;
  /**
   * By language: what one occurrence of the stem adds to the term's frequency in passages that are
   * in another language.
   */
  readonly byLanguage: ReadonlyMap<string, number>;
}

/** The stems that a term matches, by generation or translation, added up by language. */
export function stemsOf({ shares }: QuestionTerm): MatchedStem[] {
  const stems = new Map<string, Map<string, number>>();
  for (const { stem, lang, factor } of shares) {
    const byLanguage = stems.get(stem) ?? new Map<string, number>();
    stems.set(stem, byLanguage);
    byLanguage.set(lang, (byLanguage.get(lang) ?? 0) + factor);
  }
  return [...stems].map(([stem, byLanguage]) => ({ stem, byLanguage }));
}

/** The language whose passages the stem does not match; none if it matches by several languages. */
export function exceptOf({ byLanguage }: MatchedStem): { readonly except?: string } {
  return byLanguage.size === 1 ? { except: [...byLanguage.keys()][0] } : {};
}

/** Passages with the term or any of its stems. */
function anyClauses(term: QuestionTerm): TermClause[] {
  const stems = stemsOf(term).map(
    (each): TermClause => ({ field: 'pivot', term: each.stem, boost: 1, ...exceptOf(each) }),
  );
  return [...clausesOf(term), ...stems];
}
