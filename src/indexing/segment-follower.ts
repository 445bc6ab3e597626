/**
 * Follows a store that grows at its end, and writes the lexical segments of its rows as soon as they end. Every file is named by the rows
 * that went into it, so that a store that changed otherwise meanwhile gets files that nobody asks for, never a wrong one. Knows no
 * manifest.
 */
import { SegmentBuilder } from '../search/lexical/segment-builder.js';
import type { StoreReader } from '../store/store.js';
import { LEXICAL_COLUMNS, lexicalRow, SegmentCutter, writeSegment } from './segments.js';

export class SegmentFollower {
  readonly #dir: string;
  readonly #there: number;
  #cutter = new SegmentCutter();
  #builder = new SegmentBuilder();
  /** Rows taken so far. */
  #rows = 0;
  #begun = false;

  /**
   * @param dir of the index
   * @param there rows that were in the store before; segments that end among them are left to sealing, which may have them
   */
  constructor(dir: string, there: number) {
    this.#dir = dir;
    this.#there = there;
  }

  /** Takes the rows that are new at this version. */
  async follow(reader: StoreReader): Promise<void> {
    if (!this.#begun) this.#rows = await firstOpenRow(reader, this.#there);
    this.#begun = true;
    for await (const rows of reader.scan(['id', 'documentHash', ...LEXICAL_COLUMNS], {
      offset: this.#rows,
    })) {
      for (const row of rows) {
        this.#rows++;
        this.#builder.add(lexicalRow(row));
        if (this.#cutter.add(row)) await this.end();
      }
    }
  }

  /** Writes the segment of the rows since the last one. */
  async end(): Promise<void> {
    const segment = this.#cutter.end();
    if (segment === null) return;
    const bytes = this.#builder.finish();
    this.#builder = new SegmentBuilder();
    await writeSegment(this.#dir, segment, bytes);
  }
}

/** Where the segment begins that has not ended within the first `limit` rows. */
async function firstOpenRow(reader: StoreReader, limit: number): Promise<number> {
  const cutter = new SegmentCutter();
  let row = 0;
  let first = 0;
  for await (const batch of reader.scan(['id', 'documentHash'], { limit })) {
    for (const passage of batch) {
      row++;
      if (!cutter.add(passage)) continue;
      cutter.end();
      first = row;
    }
  }
  return first;
}
