/**
 * The statistics of BM25 over all passages of a store, of which only candidates are at hand. Counts of own words and drawn queries are
 * asked of the store, all at once, before terms are scored; what generation adds follows from the totals of the stems. Knows no ranking.
 */
import type { RankingReader, TermClause } from '../../store/ranking-store.js';
import type { CorpusStatistics } from '../lexical/corpus-statistics.js';
import type { AskedTerm } from '../lexical/explanation.js';
import type { LexicalMode, LexicalView } from '../lexical/view.js';
import type { CorpusTotals, StemTotal } from './corpus-totals.js';

/** Counts that are kept; a count is asked for again after so many others. */
const KEPT = 100_000;

export class CountedStatistics implements CorpusStatistics {
  readonly passages: number;
  readonly #reader: RankingReader;
  readonly #totals: CorpusTotals;
  readonly #counts = new Map<string, number>();
  readonly #lengths = new WeakMap<LexicalView, number>();

  constructor(reader: RankingReader, totals: CorpusTotals) {
    this.#reader = reader;
    this.#totals = totals;
    this.passages = totals.count;
  }

  /** Asks for what `documentFrequency` and `ownFrequency` of these terms need. */
  async count(terms: readonly AskedTerm[]): Promise<void> {
    const missing = new Map<string, readonly TermClause[]>();
    const lists = terms.flatMap((term) => [clausesOf(term), ownClauses(term.term), anyClauses(term)]);
    for (const clauses of lists) {
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
    const own = this.#counted(clausesOf(asked));
    // Stems that stand side by side, or beside the term itself, count once.
    const most = asked.shares.length > 0 ? this.#counted(anyClauses(asked)) : own;
    return Math.min(own + generated, most);
  }

  /** Passages whose own words have the term, whatever their language is. */
  ownFrequency(term: string): number {
    return this.#counted(ownClauses(term));
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

  #generatedLength(view: LexicalView): number {
    let length = this.#lengths.get(view);
    if (length === undefined) {
      const { languages, settings } = view;
      length = 0;
      for (const { lang, weight } of languages) {
        length += weight * (this.#totals.drawnLength.get(lang) ?? 0);
        if (settings.factors === null) continue;
        for (const [written, stems] of this.#totals.stems) {
          if (written === lang) continue;
          for (const [stem, steps] of stems) {
            const mass = weight * settings.factors.generatedMass(stem, lang);
            for (const { frequency } of steps.values()) length += mass * frequency;
          }
        }
      }
      length /= this.passages;
      this.#lengths.set(view, length);
    }
    return length;
  }

  #counted(clauses: readonly TermClause[]): number {
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
      ({ field }): TermClause => ({ field: { drawn: field.slice('drawn:'.length) }, term, boost: 1 }),
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
