/**
 * The lexical segments of a version of the store: which rows each one holds, and their files.
 * Segments are derived data: a file that is missing or damaged is built again from the rows.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, writeAtomically } from '../../base/atomic-write.js';
import { XqgError } from '../../base/errors.js';
import { queriesBag } from '../../languages/bags.js';
import type { IndexedPassage, StoreReader } from '../../store/store.js';
import type { SegmentName } from '../manifest.js';
import type { LexicalRow } from '../snapshot.js';
import { LexicalSegment, SEGMENT_VERSION } from './segment.js';
import { SegmentBuilder } from './segment-builder.js';

/** Bounds of a segment in rows; building one takes some 4 KiB a row. */
export const LEAST_ROWS = 4096;
const MOST_ROWS = 16_384;
/** One row in so many ends a segment. */
const CUT = 8192;

/** Bytes of a file; a full segment has some 64 MB. */
const LARGEST = 2 ** 30;
const FOLDER = 'lexical';
/** What `lexicalRow` needs. */
export const LEXICAL_COLUMNS = ['own', 'pivot', 'drawn', 'lang'] as const;

export interface SegmentPlan {
  readonly segments: readonly SegmentName[];
  readonly documents: number;
  readonly passages: number;
}

/**
 * Cuts the rows of a version into segments. Where a segment ends depends on the rows near it alone,
 * so that a change leaves most segments, and their files, as they are. A key stands for the rows in
 * their order.
 */
export async function planSegments(reader: StoreReader): Promise<SegmentPlan> {
  const segments: SegmentName[] = [];
  const cutter = new SegmentCutter();
  let documents = 0;
  let passages = 0;
  for await (const batch of reader.scan(['id', 'documentHash', 'ordinal'])) {
    for (const row of batch) {
      passages++;
      if (row.ordinal === 0) documents++;
      if (cutter.add(row)) segments.push(cutter.end()!);
    }
  }
  const last = cutter.end();
  if (last !== null) segments.push(last);
  return { segments, documents, passages };
}

/** Takes rows in their order and says where segments end. */
export class SegmentCutter {
  #hash = createHash('sha256');
  #rows = 0;

  /** True if the segment ends behind this row. */
  add({ id, documentHash }: Pick<IndexedPassage, 'id' | 'documentHash'>): boolean {
    const row = createHash('sha256').update(`${id}\0${documentHash}`).digest();
    this.#hash.update(row);
    this.#rows++;
    return this.#rows >= MOST_ROWS || (this.#rows >= LEAST_ROWS && row.readUInt32LE(0) % CUT === 0);
  }

  /** The segment of the rows since the last one; null if there are none. */
  end(): SegmentName | null {
    if (this.#rows === 0) return null;
    const key = this.#hash.update(`format ${SEGMENT_VERSION}`).digest('hex').slice(0, 32);
    const segment = { key, rows: this.#rows };
    this.#hash = createHash('sha256');
    this.#rows = 0;
    return segment;
  }
}

/** Writes the segments whose files are missing. `onRows` is told how many more rows are in. */
export async function writeSegments(
  dir: string,
  reader: StoreReader,
  segments: readonly SegmentName[],
  onRows?: (rows: number) => void,
): Promise<void> {
  await makeFolder(join(dir, FOLDER));
  const there = new Set(await readdir(join(dir, FOLDER)));
  let offset = 0;
  for (const segment of segments) {
    if (!there.has(nameOf(segment)))
      await writeSegment(dir, segment, await buildBytes(reader, offset, segment.rows));
    offset += segment.rows;
    onRows?.(segment.rows);
  }
}

/** Puts a segment where `openSegments` finds it. */
export async function writeSegment(
  dir: string,
  segment: SegmentName,
  bytes: Uint8Array,
): Promise<void> {
  await makeFolder(join(dir, FOLDER));
  await writeAtomically(pathOf(dir, segment), bytes);
}

/** Deletes the files of all other segments, and what a killed writer left. */
export async function removeOtherSegments(
  dir: string,
  segments: readonly SegmentName[],
): Promise<void> {
  const kept = new Set(segments.map(nameOf));
  for (const name of await readdir(join(dir, FOLDER))) {
    if (!kept.has(name)) await rm(join(dir, FOLDER, name), { force: true });
  }
}

/**
 * The segments of a version in the order of its rows; what is missing or damaged is built from the
 * rows.
 * @param dir null: there are no files
 */
export async function* openSegments(
  dir: string | null,
  reader: StoreReader,
  segments: readonly SegmentName[],
): AsyncGenerator<LexicalSegment> {
  let offset = 0;
  for (const segment of segments) {
    if (dir === null) {
      yield LexicalSegment.open(await buildBytes(reader, offset, segment.rows), segment.key);
    } else yield (await openFile(dir, segment)) ?? (await rebuild(dir, reader, offset, segment));
    offset += segment.rows;
  }
}

/** Paths of segments whose files are damaged; missing ones are built when they are needed. */
export async function damagedSegments(
  dir: string,
  segments: readonly SegmentName[],
): Promise<string[]> {
  const damaged: string[] = [];
  for (const segment of segments) {
    const path = pathOf(dir, segment);
    const there = existsSync(path);
    if (there && (await openFile(dir, segment)) === null) damaged.push(path);
  }
  return damaged;
}

async function openFile(dir: string, segment: SegmentName): Promise<LexicalSegment | null> {
  const path = pathOf(dir, segment);
  try {
    const { size } = await stat(path);
    if (size > LARGEST) return null;
    const opened = LexicalSegment.open(await readFile(path), path);
    return opened.rows === segment.rows ? opened : null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || error instanceof XqgError) return null;
    throw error;
  }
}

async function rebuild(
  dir: string,
  reader: StoreReader,
  offset: number,
  segment: SegmentName,
): Promise<LexicalSegment> {
  const path = pathOf(dir, segment);
  const bytes = await buildBytes(reader, offset, segment.rows);
  try {
    await writeSegment(dir, segment, bytes);
  } catch (error) {
    // A reader that may not write, or a full disk: the bytes in memory do.
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof XqgError) && code !== 'EACCES' && code !== 'EROFS') throw error;
  }
  return LexicalSegment.open(bytes, path);
}

async function buildBytes(reader: StoreReader, offset: number, limit: number): Promise<Uint8Array> {
  const builder = new SegmentBuilder();
  for await (const rows of reader.scan(LEXICAL_COLUMNS, { offset, limit })) {
    for (const row of rows) builder.add(lexicalRow(row));
  }
  return builder.finish();
}

/** The row as the lexical leg reads it. */
export function lexicalRow(
  row: Pick<IndexedPassage, (typeof LEXICAL_COLUMNS)[number]>,
): LexicalRow {
  const { own, pivot, lang } = row;
  if (row.drawn === null) return { own, pivot, lang, drawn: null };
  const drawn = new Map(
    [...row.drawn].map(([of, queries]) => [of, queriesBag(queries, of)] as const),
  );
  return { own, pivot, lang, drawn };
}

const nameOf = (segment: SegmentName): string => `${segment.key}.xqgl`;
const pathOf = (dir: string, segment: SegmentName): string => join(dir, FOLDER, nameOf(segment));
