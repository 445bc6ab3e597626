/**
 * The statistics of BM25 over all passages of a store, of which only candidates are at hand. Counts of own words and drawn queries are
 * asked of the store, all at once, before terms are scored; what generation adds follows from the totals of the stems: a stem's frequency is taken to be
 * its mean wherever it stands. Knows no ranking.
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
    for (const clauses of terms.flatMap((term) => [clausesOf(term), ownClauses(term.term)])) {
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
    let frequency = this.#counted(clausesOf(asked));
    for (const { stem, lang, factor } of asked.shares) {
      const { passages, frequency: sum } = this.stem(stem, lang);
      if (passages > 0) frequency += passages * (expected ? Math.min(1, (factor * sum) / passages) : 1);
    }
    return Math.min(this.passages, frequency);
  }

  /** Passages whose own words have the term, whatever their language is. */
  ownFrequency(term: string): number {
    return this.#counted(ownClauses(term));
  }

  /** What a stem has in all passages that are not written in `except`. */
  stem(stem: string, except?: string): StemTotal {
    let passages = 0;
    let frequency = 0;
    for (const [lang, stems] of this.#totals.stems) {
      const total = lang === except ? undefined : stems.get(stem);
      passages += total?.passages ?? 0;
      frequency += total?.frequency ?? 0;
    }
    return { passages, frequency };
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
          for (const [stem, { frequency }] of stems)
            length += weight * settings.factors.generatedMass(stem, lang) * frequency;
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
