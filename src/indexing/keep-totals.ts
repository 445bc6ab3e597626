/** Keeps the sums over all passages of a store that ranks by itself: reads the rows that changed, or all where that is not known. Knows no question. */
import { CorpusTotals } from '../search/distributed/corpus-totals.js';
import type { RankingReader, RankingStore } from '../store/ranking-store.js';
import { LEXICAL_COLUMNS, lexicalRow } from './segments.js';

/**
 * The sums of the reader's version.
 * @param onRows told how many more rows were read
 */
export async function totalsOf(
  store: RankingStore,
  reader: RankingReader,
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
