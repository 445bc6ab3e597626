/**
 * Sums over all passages, which BM25 needs beside the rows of its candidates: how many passages
 * there are, how long, and how often each pivot stem stands for them. Small: it grows with the
 * vocabulary, not with the corpus. Rows are added and taken away, so an index that changes a little
 * is not read again.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { TermBag } from '../../languages/terms.js';
import type { CandidateReader, CandidateStore } from '../../store/candidate-store.js';
import type { LexicalRow } from '../snapshot.js';
import { LEXICAL_COLUMNS, lexicalRow } from './segments.js';

/** Passages in which a stem has about the same frequency g(e, p). */
export interface StemTotal {
  readonly passages: number;
  /** SUM g(e, p) */
  readonly frequency: number;
}

/** Steps of a stem's frequency that are told apart, by doubling. */
const STEPS = 4;

interface Written {
  readonly version: string;
  readonly passages: Record<string, number>;
  readonly ownLength: number;
  readonly drawnLength: Record<string, number>;
  /** By language and stem: step, passages and frequency, one behind the other. */
  readonly stems: Record<string, Record<string, number[]>>;
}

export class CorpusTotals {
  /** Passages by language. */
  readonly passages = new Map<string, number>();
  /** Summed frequencies of own terms, and of drawn ones by language. */
  ownLength = 0;
  readonly drawnLength = new Map<string, number>();
  /** By the passages' language, then by stem, then by step of its frequency. */
  readonly stems = new Map<string, Map<string, Map<number, StemTotal>>>();

  get count(): number {
    return [...this.passages.values()].reduce((sum, n) => sum + n, 0);
  }

  /** Languages that passages are written in. */
  get languages(): string[] {
    return [...this.passages].flatMap(([lang, n]) => (n > 0 ? lang : [])).sort();
  }

  /** Stems weigh multiples of 1/1,024, so that sums are exact and their order does not matter. */
  add(row: LexicalRow): void {
    this.#change(row, 1);
  }

  takeAway(row: LexicalRow): void {
    this.#change(row, -1);
  }

  /** @param version of the rows */
  written(version: string): string {
    const sorted = <V>(map: ReadonlyMap<string, V>) =>
      Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
    const stems = Object.fromEntries(
      [...this.stems].map(([lang, of]) => [
        lang,
        Object.fromEntries(
          [...of].flatMap(([stem, steps]) => {
            const numbers = [...steps].flatMap(([step, { passages, frequency }]) =>
              passages > 0 ? [step, passages, frequency] : [],
            );
            return numbers.length > 0 ? [[stem, numbers]] : [];
          }),
        ),
      ]),
    );
    const written = {
      version,
      passages: sorted(this.passages),
      ownLength: this.ownLength,
      drawnLength: sorted(this.drawnLength),
      stems,
    };
    return gzipSync(JSON.stringify(written)).toString('base64');
  }

  /** What `written` gave. */
  static read(text: string): { readonly version: string; readonly totals: CorpusTotals } {
    const written = JSON.parse(
      gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: 2 ** 30 }).toString('utf8'),
    ) as Written;
    const totals = new CorpusTotals();
    for (const [lang, n] of Object.entries(written.passages)) totals.passages.set(lang, n);
    totals.ownLength = written.ownLength;
    for (const [lang, length] of Object.entries(written.drawnLength))
      totals.drawnLength.set(lang, length);
    for (const [lang, of] of Object.entries(written.stems)) {
      const stems = Object.entries(of).map(([stem, numbers]) => {
        const steps = new Map<number, StemTotal>();
        for (let i = 0; i < numbers.length; i += 3)
          steps.set(numbers[i], { passages: numbers[i + 1], frequency: numbers[i + 2] });
        return [stem, steps] as const;
      });
      totals.stems.set(lang, new Map(stems));
    }
    return { version: written.version, totals };
  }

  #change({ own, pivot, drawn, lang }: LexicalRow, sign: 1 | -1): void {
    this.passages.set(lang, (this.passages.get(lang) ?? 0) + sign);
    this.ownLength += sign * lengthOf(own);
    for (const [of, bag] of drawn ?? [])
      this.drawnLength.set(of, (this.drawnLength.get(of) ?? 0) + sign * lengthOf(bag));
    if (pivot === null) return;
    let stems = this.stems.get(lang);
    if (stems === undefined) {
      stems = new Map();
      this.stems.set(lang, stems);
    }
    for (const [i, stem] of pivot.terms.entries()) {
      const steps = stems.get(stem) ?? new Map<number, StemTotal>();
      stems.set(stem, steps);
      const step = Math.round(STEPS * Math.log2(pivot.weights[i]));
      const { passages, frequency } = steps.get(step) ?? { passages: 0, frequency: 0 };
      steps.set(step, {
        passages: passages + sign,
        frequency: frequency + sign * pivot.weights[i],
      });
    }
  }
}

function lengthOf({ weights }: TermBag): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

/**
 * The sums of the reader's version.
 * @param onRows told how many more rows were read
 */
export async function totalsOf(
  store: CandidateStore,
  reader: CandidateReader,
  onRows?: (rows: number) => void,
): Promise<CorpusTotals> {
  const kept = await store.read('statistics');
  if (kept !== null) {
    const { version, totals } = CorpusTotals.read(kept);
    if (version === reader.version) return totals;
    const changes = await reader.changesSince(version, LEXICAL_COLUMNS);
    if (changes !== null) {
      for await (const batch of changes) {
        for (const { came, row } of batch) {
          if (came) totals.add(lexicalRow(row));
          else totals.takeAway(lexicalRow(row));
        }
        onRows?.(batch.length);
      }
      return totals;
    }
  }
  const totals = new CorpusTotals();
  for await (const rows of reader.scan(LEXICAL_COLUMNS)) {
    for (const row of rows) totals.add(lexicalRow(row));
    onRows?.(rows.length);
  }
  return totals;
}
