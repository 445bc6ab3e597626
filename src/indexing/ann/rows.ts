/**
 * Vectors, sums of queries and sentences of all rows beside a graph, as the store has them, in flat
 * files: a row lies at its number times its length, sentences at the number of the first, and is
 * read by itself, without the store's search for it and without decoding others. What is read often
 * stays in the memory of the system, not of this process.
 */
import {
  closeSync,
  createWriteStream,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { XqgError } from '../../base/errors.js';
import { LanguageSums } from '../../encode/centroids.js';
import {
  dequantize,
  type QuantizedRows,
  quantizedBytes,
  rowsOfBytes,
} from '../../store/quantize.js';
import type { IndexSnapshot } from '../open.js';

const VECTORS = 'vectors.f32';
/** Quantized vectors of sentences, in the order of the rows. */
const SENTENCES = 'sentences.quantized';
/**
 * (n + 1) uint32, little-endian: sentences of row r are numbers starts[r] to starts[r + 1] - 1;
 * then (n) the checksum of the sentences of each row.
 */
const SENTENCE_STARTS = 'sentences.starts';
/** (languages x dim) float64, little-endian: `LanguageSums.numbers` of the vectors of all rows. */
const LANGUAGE_SUMS = 'language-sums.f64';
/** What is read as a whole, and small: compared with its checksum when it is opened. */
export const SMALL_FILES = [SENTENCE_STARTS, LANGUAGE_SUMS];
/** Behind each row of the others: its CRC-32, by which whoever reads it sees that it changed. */
const CHECK = 4;
const sumsFile = (lang: string): string => `sums-${lang}.quantized`;

/**
 * Writes the files for every row of a snapshot.
 * @param sums of its vectors, where they are needed
 * @returns the bytes of the files
 */
export async function writeAnnRows(
  snapshot: IndexSnapshot,
  folder: string,
  sums: LanguageSums | null,
  signal?: AbortSignal,
): Promise<number> {
  const { dim, queryLanguages, manifest } = snapshot;
  const numbers = sums?.numbers() ?? null;
  if (numbers !== null) await writeFile(join(folder, LANGUAGE_SUMS), bytesOf(numbers), { signal });
  const bytes = quantizedBytes(dim, manifest.identity.sumBits);
  await pipeline(vectorBytes(snapshot), createWriteStream(join(folder, VECTORS)), { signal });
  for (const lang of queryLanguages) {
    const file = createWriteStream(join(folder, sumsFile(lang)));
    await pipeline(sumBytes(snapshot, lang, bytes), file, { signal });
  }
  const sentenceBytes =
    manifest.identity.sentences === true ? await writeSentences(snapshot, folder, signal) : 0;
  const rowBytes =
    snapshot.ids.length * (4 * dim + CHECK + queryLanguages.length * (bytes + CHECK));
  return rowBytes + sentenceBytes + (numbers?.byteLength ?? 0);
}

/** @returns the bytes of both files */
async function writeSentences(
  snapshot: IndexSnapshot,
  folder: string,
  signal?: AbortSignal,
): Promise<number> {
  const starts = await snapshot.sentenceStarts();
  const checks = new Uint32Array(snapshot.ids.length);
  const file = createWriteStream(join(folder, SENTENCES));
  await pipeline(sentenceBytes(snapshot, checks), file, { signal });
  const both = Buffer.concat([bytesOf(starts), bytesOf(checks)]);
  await writeFile(join(folder, SENTENCE_STARTS), both, { signal });
  return both.length + starts.at(-1)! * quantizedBytes(snapshot.dim, 8);
}

/** @param checks (n) gets the checksum of each row */
async function* sentenceBytes(
  snapshot: IndexSnapshot,
  checks: Uint32Array,
): AsyncGenerator<Uint8Array> {
  let row = 0;
  for await (const rows of snapshot.scan(['sentences'])) {
    const parts = rows.map(({ sentences }) => sentences ?? new Uint8Array(0));
    for (const part of parts) checks[row++] = crc32(part);
    yield Buffer.concat(parts);
  }
}

async function* vectorBytes(snapshot: IndexSnapshot): AsyncGenerator<Uint8Array> {
  for await (const rows of snapshot.scan(['vector'])) {
    yield Buffer.concat(
      rows.flatMap(({ vector }) => [bytesOf(vector), checkBytes(bytesOf(vector))]),
    );
  }
}

function checkBytes(row: Uint8Array): Uint8Array {
  return bytesOf(Uint32Array.of(crc32(row)));
}

/** Zeros, which stand for zeros, where a passage has no queries in the language. */
async function* sumBytes(
  snapshot: IndexSnapshot,
  lang: string,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  // Not null: ANN indexes stand beside stores in the directory alone.
  for await (const cells of snapshot.storedSums(lang)!) {
    const step = bytes + CHECK;
    const block = new Uint8Array(cells.length * step);
    cells.forEach((cell, i) => {
      if (cell !== null) block.set(cell, i * step);
      const row = block.subarray(i * step, i * step + bytes);
      block.set(checkBytes(row), i * step + bytes);
    });
    yield block;
  }
}

/** Sums of the vectors of all rows, of which one batch is in memory. */
export async function scanLanguageSums(
  snapshot: IndexSnapshot,
  signal?: AbortSignal,
): Promise<LanguageSums> {
  const sums = new LanguageSums(snapshot.dim);
  let row = 0;
  for await (const rows of snapshot.scan(['vector'])) {
    signal?.throwIfAborted();
    for (const { vector } of rows) sums.add(snapshot.langs[row++], vector);
  }
  return sums;
}

/** An opened file of sentences. */
interface SentenceFile {
  readonly file: number;
  /** (n + 1) */
  readonly starts: Uint32Array;
  /** (n) */
  readonly checks: Uint32Array;
}

/** Reads rows of the files; calls wait for the disk. */
export class AnnRows implements RowSource {
  readonly #folder: string;
  readonly #dim: number;
  readonly #sumBits: 8 | 16;
  readonly #vectors: number;
  readonly #sums: ReadonlyMap<string, number>;
  /** null where the index has none. */
  readonly #sentences: SentenceFile | null;
  /** A sum with its checksum, and a vector with its own. */
  readonly #cell: Uint8Array;
  readonly #vector: Uint8Array;
  readonly #snapshot: IndexSnapshot;
  #languageSums: Promise<LanguageSums> | null;
  readonly sentences?: (row: number) => QuantizedRows;

  private constructor(
    folder: string,
    snapshot: IndexSnapshot,
    vectors: number,
    sums: ReadonlyMap<string, number>,
    sentences: SentenceFile | null,
    languageSums: LanguageSums | null,
  ) {
    this.#folder = folder;
    this.#snapshot = snapshot;
    this.#languageSums = languageSums && Promise.resolve(languageSums);
    this.#dim = snapshot.dim;
    this.#sumBits = snapshot.manifest.identity.sumBits;
    this.#vectors = vectors;
    this.#sums = sums;
    this.#sentences = sentences;
    this.#cell = new Uint8Array(quantizedBytes(this.#dim, this.#sumBits) + CHECK);
    this.#vector = new Uint8Array(4 * this.#dim + CHECK);
    if (sentences !== null) this.sentences = (row) => this.#readSentences(row, sentences);
  }

  /**
   * @throws XqgError XQG_ANN_DAMAGED if a file is missing or has another size than the rows of the
   * snapshot
   */
  static open(folder: string, snapshot: IndexSnapshot): AnnRows {
    const { dim, queryLanguages, manifest } = snapshot;
    const opened: number[] = [];
    const open = (name: string, expected: number): number => {
      const path = join(folder, name);
      let file: number;
      try {
        file = openSync(path, 'r');
      } catch (cause) {
        throw new XqgError(
          'XQG_ANN_DAMAGED',
          { path, reason: (cause as Error).message },
          { cause },
        );
      }
      opened.push(file);
      const { size } = fstatSync(file);
      if (size === expected) return file;
      throw new XqgError('XQG_ANN_DAMAGED', {
        path,
        reason: `it has ${size} bytes instead of ${expected}`,
      });
    };
    try {
      const bytes = quantizedBytes(dim, manifest.identity.sumBits);
      const n = snapshot.ids.length;
      const vectors = open(VECTORS, n * (4 * dim + CHECK));
      const sums = new Map(
        queryLanguages.map((lang) => [lang, open(sumsFile(lang), n * (bytes + CHECK))]),
      );
      let sentences: SentenceFile | null = null;
      if (manifest.identity.sentences === true) {
        const both = new Uint32Array(n + 1 + n);
        readSync(open(SENTENCE_STARTS, both.byteLength), bytesOf(both));
        closeSync(opened.pop()!);
        const starts = both.subarray(0, n + 1);
        const file = open(SENTENCES, starts[n] * quantizedBytes(dim, 8));
        if (starts.some((start, row) => row > 0 && start < starts[row - 1]))
          throw new XqgError('XQG_ANN_DAMAGED', {
            path: join(folder, SENTENCE_STARTS),
            reason: 'its numbers do not ascend',
          });
        sentences = { file, starts, checks: both.subarray(n + 1) };
      }
      const languageSums = readLanguageSums(folder, snapshot);
      return new AnnRows(folder, snapshot, vectors, sums, sentences, languageSums);
    } catch (error) {
      opened.forEach(closeSync);
      throw error;
    }
  }

  passage(row: number, into: Float32Array): void {
    this.#read(this.#vectors, VECTORS, row, this.#vector);
    bytesOf(into).set(this.#vector.subarray(0, into.byteLength));
  }

  sum(lang: string, row: number, into: Float32Array): void {
    this.#read(this.#sums.get(lang)!, sumsFile(lang), row, this.#cell);
    dequantize(this.#cell, this.#dim, this.#sumBits, into);
  }

  /** Graphs that were built before this file existed lack it: the vectors are read once instead. */
  languageSums(): Promise<LanguageSums> {
    this.#languageSums ??= scanLanguageSums(this.#snapshot);
    return this.#languageSums;
  }

  #readSentences(row: number, { file, starts, checks }: SentenceFile): QuantizedRows {
    const size = quantizedBytes(this.#dim, 8);
    const bytes = new Uint8Array((starts[row + 1] - starts[row]) * size);
    this.#readAt(file, SENTENCES, row, starts[row] * size, bytes);
    this.#verify(SENTENCES, row, bytes, checks[row]);
    return rowsOfBytes(bytes, this.#dim);
  }

  close(): void {
    closeSync(this.#vectors);
    if (this.#sentences !== null) closeSync(this.#sentences.file);
    for (const file of this.#sums.values()) closeSync(file);
  }

  /** @param into a row with its checksum */
  #read(file: number, name: string, row: number, into: Uint8Array): void {
    this.#readAt(file, name, row, row * into.length, into);
    const end = into.length - CHECK;
    const check = new DataView(into.buffer, into.byteOffset + end).getUint32(0, true);
    this.#verify(name, row, into.subarray(0, end), check);
  }

  #verify(name: string, row: number, bytes: Uint8Array, check: number): void {
    if (crc32(bytes) === check) return;
    const reason = `row ${row} is not what was written`;
    throw new XqgError('XQG_ANN_DAMAGED', { path: join(this.#folder, name), reason });
  }

  #readAt(file: number, name: string, row: number, position: number, into: Uint8Array): void {
    const read = readSync(file, into, 0, into.length, position);
    if (read === into.length) return;
    const reason = `row ${row} has ${read} of ${into.length} bytes`;
    throw new XqgError('XQG_ANN_DAMAGED', { path: join(this.#folder, name), reason });
  }
}

/**
 * @returns null where there is no such file
 * @throws XqgError XQG_ANN_DAMAGED if it has another size than the languages of the rows need
 */
function readLanguageSums(folder: string, { langs, dim }: IndexSnapshot): LanguageSums | null {
  const path = join(folder, LANGUAGE_SUMS);
  if (!existsSync(path)) return null;
  const expected = 8 * dim * new Set(langs).size;
  const { size } = statSync(path);
  if (size === expected) {
    const numbers = new Float64Array(Uint8Array.from(readFileSync(path)).buffer);
    const sums = LanguageSums.read(numbers, langs, dim);
    if (sums !== null) return sums;
  }
  const reason = `it has ${size} bytes instead of ${expected}`;
  throw new XqgError('XQG_ANN_DAMAGED', { path, reason });
}

/** As they lie in memory (little-endian wherever Node runs but on s390x). */
function bytesOf(numbers: Float32Array | Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Rows of a snapshot that can be read one by one, without the others. */
export interface RowSource {
  /** @param into (dim) gets e(p) */
  passage(row: number, into: Float32Array): void;
  /**
   * @param into (dim) gets the sum of the generated queries in a language of the snapshot; zeros
   * where there are none
   */
  sum(lang: string, row: number, into: Float32Array): void;
  /**
   * The vectors of the sentences of a passage, in the order of the text; none of a passage of one
   * sentence. Absent where the index holds none.
   */
  sentences?(row: number): QuantizedRows;
  /** Sums of the vectors of all rows. */
  languageSums(): Promise<LanguageSums>;
}
