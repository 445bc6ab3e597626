/**
 * A snapshot over files in a temporary folder, as an evaluation builds it once and drops it. Sums
 * are kept as an index keeps them (8 bits a number), so that the ranking is the product's; memory
 * does not grow with their number.
 */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComputedRow } from '../../indexing/compute.js';
import type { Snapshot } from '../../indexing/snapshot.js';
import { dequantize, quantize, quantizedBytes } from '../../store/quantize.js';

const SUM_BITS = 8;
/** Rows read at once. */
const READ_ROWS = 4096;

export class WorkingSnapshot implements Snapshot {
  readonly ids: string[] = [];
  readonly langs: string[] = [];
  readonly #folder: string;
  readonly #vectors: FileHandle;
  readonly #sums: ReadonlyMap<string, FileHandle>;

  private constructor(
    readonly dim: number,
    readonly queryLanguages: readonly string[],
    readonly queriesPerLanguage: number,
    folder: string,
    vectors: FileHandle,
    sums: ReadonlyMap<string, FileHandle>,
  ) {
    this.#folder = folder;
    this.#vectors = vectors;
    this.#sums = sums;
  }

  static async create(
    dim: number,
    queryLanguages: readonly string[],
    queriesPerLanguage: number,
  ): Promise<WorkingSnapshot> {
    const folder = await mkdtemp(join(tmpdir(), 'xqg-evaluate-'));
    const vectors = await open(join(folder, 'vectors'), 'w+');
    const sums = new Map<string, FileHandle>();
    for (const lang of queryLanguages)
      sums.set(lang, await open(join(folder, `sums.${lang}`), 'w+'));
    return new WorkingSnapshot(dim, queryLanguages, queriesPerLanguage, folder, vectors, sums);
  }

  /** Appends rows. Not after the first matrix was read. */
  async add(rows: readonly ComputedRow[]): Promise<void> {
    const matrix = new Float32Array(rows.length * this.dim);
    rows.forEach(({ id, lang, vector }, r) => {
      this.ids.push(id);
      this.langs.push(lang);
      matrix.set(vector, r * this.dim);
    });
    await this.#vectors.write(new Uint8Array(matrix.buffer));
    const rowBytes = quantizedBytes(this.dim, SUM_BITS);
    for (const [lang, file] of this.#sums) {
      // A row without queries stays all zero, which is the quantized zero vector.
      const bytes = new Uint8Array(rows.length * rowBytes);
      rows.forEach(({ sums }, r) => {
        const sum = sums.get(lang);
        if (sum !== undefined) bytes.set(quantize(sum, SUM_BITS), r * rowBytes);
      });
      await file.write(bytes);
    }
  }

  async passageVectors(): Promise<Float32Array> {
    const matrix = new Float32Array(this.ids.length * this.dim);
    const rowBytes = this.dim * Float32Array.BYTES_PER_ELEMENT;
    for (let first = 0; first < this.ids.length; first += READ_ROWS) {
      const rows = Math.min(READ_ROWS, this.ids.length - first);
      const bytes = await readRows(this.#vectors, first, rows, rowBytes);
      matrix.set(new Float32Array(bytes.buffer), first * this.dim);
    }
    return matrix;
  }

  async languageSum(lang: string): Promise<Float32Array> {
    const matrix = new Float32Array(this.ids.length * this.dim);
    const file = this.#sums.get(lang);
    if (file === undefined) return matrix;
    const rowBytes = quantizedBytes(this.dim, SUM_BITS);
    for (let first = 0; first < this.ids.length; first += READ_ROWS) {
      const rows = Math.min(READ_ROWS, this.ids.length - first);
      const bytes = await readRows(file, first, rows, rowBytes);
      for (let r = 0; r < rows; r++) {
        const row = bytes.subarray(r * rowBytes, (r + 1) * rowBytes);
        matrix.set(dequantize(row, this.dim, SUM_BITS), (first + r) * this.dim);
      }
    }
    return matrix;
  }

  /** Deletes the files. */
  async close(): Promise<void> {
    for (const file of [this.#vectors, ...this.#sums.values()]) await file.close();
    await rm(this.#folder, { recursive: true });
  }
}

async function readRows(
  file: FileHandle,
  first: number,
  rows: number,
  rowBytes: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(rows * rowBytes);
  for (let read = 0; read < bytes.length; ) {
    const { bytesRead } = await file.read(
      bytes,
      read,
      bytes.length - read,
      first * rowBytes + read,
    );
    if (bytesRead === 0)
      throw new Error('a working file of the evaluation is shorter than it was written');
    read += bytesRead;
  }
  return bytes;
}
