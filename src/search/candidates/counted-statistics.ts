/**
 * The statistics of BM25 over all passages of a store, of which only candidates are at hand. Counts
 * of own words and drawn queries are asked of the store, all at once, before terms are scored; what
 * generation adds follows from the totals of the stems.
 */
import type { TermFactors } from '../../generate/generator.js';
import type { CorpusTotals, StemTotal } from '../../indexing/lexical/corpus-totals.js';
import type { CandidateReader, TermClause } from '../../store/candidate-store.js';
import type { CorpusStatistics } from '../lexical/bm25.js';
import type { AskedTerm } from '../lexical/explanation.js';
import type { LexicalMode, LexicalView } from '../lexical/view.js';

/** Counts that are kept; a count is asked for again after so many others. */
const KEPT = 100_000;

export class CountedStatistics implements CorpusStatistics {
  readonly passages: number;
  readonly #reader: CandidateReader;
  readonly #totals: CorpusTotals;
  readonly #counts = new Map<string, number>();
  /** By table and language: what was generated for all passages. */
  readonly #lengths = new WeakMap<TermFactors, Map<string, number>>();

  constructor(reader: CandidateReader, totals: CorpusTotals) {
    this.#reader = reader;
    this.#totals = totals;
    this.passages = totals.count;
  }

  /** Asks for what `documentFrequency` and `ownFrequency` of these terms need. */
  async count(terms: readonly AskedTerm[]): Promise<void> {
    const missing = new Map<string, readonly TermClause[]>();
    for (const clauses of terms.flatMap((term) => this.#countedLists(term))) {
      const key = JSON.stringify(clauses);
      if (!this.#counts.has(key)) missing.set(key, clauses);
    }
    if (this.#counts.size + missing.size > KEPT) {
      this.#counts.clear();
      return this.count(terms);
    }
    const counts = await this.#reader.countTerms([...missing.values()]);
    [...missing.keys()].forEach((key, i) => {
      this.#counts.set(key, counts[i]);
    });
  }

  documentFrequency(asked: AskedTerm, expected: boolean): number {
    let generated = 0;
    for (const { stem, byLanguage } of stemsOf(asked)) {
      for (const [written, stems] of this.#totals.stems) {
        let factor = 0;
        for (const [lang, share] of byLanguage) if (lang !== written) factor += share;
        if (factor === 0) continue;
        for (const { passages, frequency } of stems.get(stem)?.values() ?? []) {
          if (passages > 0)
            generated += passages * (expected ? Math.min(1, (factor * frequency) / passages) : 1);
        }
      }
    }
    const own = this.#counted(this.possible(clausesOf(asked)));
    // Stems that stand side by side, or beside the term itself, count once.
    const most = asked.shares.length > 0 ? this.#counted(this.possible(anyClauses(asked))) : own;
    return Math.min(own + generated, most);
  }

  /**
   * Passages whose own words have the term, whatever their language is. Of a counted term that may
   * be found in own words.
   */
  ownFrequency(term: string): number {
    return this.#counted(ownClauses(term));
  }

  /**
   * The clauses that some passage may fulfil, without conditions that all passages fulfil: in a
   * corpus of one language none is left, and the store has less to count.
   */
  possible(clauses: readonly TermClause[]): TermClause[] {
    return clauses.flatMap((clause) => {
      const { only, except, ...plain } = clause;
      if (only !== undefined) {
        const there = this.#passagesIn(only);
        return there === 0 ? [] : there === this.passages ? [plain] : [clause];
      }
      if (except === undefined) return [clause];
      const away = this.#passagesIn(except);
      return away === this.passages ? [] : away === 0 ? [plain] : [clause];
    });
  }

  /** What has to be counted for a term; nothing that is known to be zero. */
  #countedLists(asked: AskedTerm): TermClause[][] {
    const own = this.possible(clausesOf(asked));
    const inOwn = own.some(({ field }) => field === 'own');
    const any = asked.shares.length > 0 ? this.possible(anyClauses(asked)) : [];
    return [own, inOwn ? ownClauses(asked.term) : [], any].filter((clauses) => clauses.length > 0);
  }

  #passagesIn(lang: string): number {
    return this.#totals.passages.get(lang) ?? 0;
  }

  /** What a stem has in all passages that are not written in `except`. */
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

  /** Every question asks for it, and it takes a walk over all stems: summed once. */
  #lengthIn(lang: string, factors: TermFactors): number {
    const known = this.#lengths.get(factors) ?? new Map<string, number>();
    this.#lengths.set(factors, known);
    let length = known.get(lang);
    if (length === undefined) {
      length = 0;
      for (const [written, stems] of this.#totals.stems) {
        if (written === lang) continue;
        for (const [stem, steps] of stems) {
          const mass = factors.generatedMass(stem, lang);
          for (const { frequency } of steps.values()) length += mass * frequency;
        }
      }
      known.set(lang, length);
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

function clausesOf({ term, ownLanguage, drawn }: AskedTerm): TermClause[] {
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

/** A pivot stem behind a term, with what one occurrence adds to the term's frequency. */
interface AskedStem {
  readonly stem: string;
  /** In passages that are not written in that language; several add up. */
  readonly byLanguage: ReadonlyMap<string, number>;
}

/** Generation and translation may come by the same stem, and a term from several languages. */
export function stemsOf({ shares }: AskedTerm): AskedStem[] {
  const stems = new Map<string, Map<string, number>>();
  for (const { stem, lang, factor } of shares) {
    const byLanguage = stems.get(stem) ?? new Map<string, number>();
    stems.set(stem, byLanguage);
    byLanguage.set(lang, (byLanguage.get(lang) ?? 0) + factor);
  }
  return [...stems].map(([stem, byLanguage]) => ({ stem, byLanguage }));
}

/** The language in whose passages a stem says nothing; of several there is no such language. */
export function exceptOf({ byLanguage }: AskedStem): { readonly except?: string } {
  return byLanguage.size === 1 ? { except: [...byLanguage.keys()][0] } : {};
}

/** Passages with the term or any of its stems. */
function anyClauses(asked: AskedTerm): TermClause[] {
  const stems = stemsOf(asked).map(
    (each): TermClause => ({ field: 'pivot', term: each.stem, boost: 1, ...exceptOf(each) }),
  );
  return [...clausesOf(asked), ...stems];
}
