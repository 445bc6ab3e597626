/**
 * The rows of several matrix files under their ids, as one set: checked from end to end when it
 * opens, then read row by row.
 */
import { createHash } from 'node:crypto';
import { dirname, extname, resolve } from 'node:path';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { IdTable } from '../../base/id-table.js';
import { readLines } from '../../base/lines.js';
import { formatCount } from '../../base/numbers.js';
import { readRegularSync } from '../../base/small-file.js';
import {
  CHUNK_BYTES,
  FLOAT_BYTES,
  fileError,
  MatrixFile,
  readBytes,
  toFloat32,
} from './matrix-file.js';
import { npyLayout } from './npy.js';
import { safetensorsLayout } from './safetensors.js';

/** In bytes. */
const LARGEST_MANIFEST = 16e6;
/** Largest difference of a unit vector's length from 1: float16 rounds to 2^-11. */
const UNIT_TOLERANCE = 1e-3;

/** Called with how many bytes of all files were checked. */
export type OnChecked = (file: string, bytes: number) => void;

export class VectorSet {
  readonly #files: MatrixFile[] = [];
  /** Row number in the set of each file's first row. */
  readonly #starts: number[] = [];
  readonly #rows = new IdTable();
  readonly #digests: string[] = [];
  #dim: number | null = null;
  #unitLength = true;

  /**
   * Opens the files, reads all their ids and checks every number.
   *
   * @param manifestPath what the paths of the entries are relative to
   * @param idOf the id that the set gives a row, from the one in its file
   * @throws XqgError XQG_VECTOR_FILE, XQG_VECTOR_ROW
   */
  static async open(
    manifestPath: string,
    entries: readonly VectorsEntry[],
    idOf: (id: string, entry: VectorsEntry) => string,
    onChecked: OnChecked,
  ): Promise<VectorSet> {
    const set = new VectorSet();
    try {
      for (const entry of entries) await set.#add(manifestPath, entry, idOf, onChecked);
      return set;
    } catch (error) {
      await set.close();
      throw error;
    }
  }

  /** Length of a row; null if the set has no files. */
  get dim(): number | null {
    return this.#dim;
  }

  /** True if every row has length 1 (within 0.001) or is all zero. */
  get unitLength(): boolean {
    return this.#unitLength;
  }

  /** sha256 (hex) of each file and of its ids, in the order of the entries. */
  get digests(): readonly string[] {
    return this.#digests;
  }

  get paths(): readonly string[] {
    return this.#files.map(({ path }) => path);
  }

  /** The row of the first of these ids that the set has; undefined if it has none. */
  find(...ids: readonly string[]): number | undefined {
    for (const id of ids) {
      const row = this.#rows.get(id);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  /**
   * Writes row `rows[i]` to `out` at `i * dim`. Rows that follow one another in a file are read
   * together.
   */
  async read(rows: readonly number[], places: readonly number[], out: Float32Array): Promise<void> {
    const order = [...rows.keys()].sort((a, b) => rows[a] - rows[b]);
    const dim = this.#dim!;
    for (let next = 0; next < order.length; ) {
      const first = rows[order[next]];
      const { file, start } = this.#fileOf(first);
      const most = Math.max(1, Math.floor(CHUNK_BYTES / (dim * FLOAT_BYTES[file.layout.type])));
      let last = next;
      while (
        last + 1 < order.length &&
        rows[order[last + 1]] <= rows[order[last]] + 1 &&
        rows[order[last + 1]] < start + file.layout.rows &&
        rows[order[last + 1]] - first < most
      ) {
        last++;
      }
      const read = await file.read(first - start, rows[order[last]] - first + 1);
      for (; next <= last; next++) {
        const at = (rows[order[next]] - first) * dim;
        out.set(read.subarray(at, at + dim), places[order[next]] * dim);
      }
    }
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }

  async #add(
    manifestPath: string,
    entry: VectorsEntry,
    idOf: (id: string, entry: VectorsEntry) => string,
    onChecked: OnChecked,
  ): Promise<void> {
    const path = resolve(dirname(manifestPath), entry.vectors);
    const file = await openMatrix(path, entry);
    this.#starts.push(this.#files.reduce((sum, { layout }) => sum + layout.rows, 0));
    this.#files.push(file);
    const { dim, rows } = file.layout;
    this.#dim ??= dim;
    if (dim !== this.#dim) {
      const reason = `its rows have ${dim} numbers, but those of ${this.#files[0].path} have ${this.#dim}`;
      throw fileError(path, reason);
    }
    const names = await this.#addIds(file, manifestPath, entry, idOf);
    if (names.count !== rows) {
      throw fileError(
        path,
        `it has ${formatCount(rows)} rows, but ${formatCount(names.count)} ids in ${names.from}`,
      );
    }
    this.#digests.push(await this.#check(file, onChecked), names.digest);
  }

  /** Reads the ids of a file's rows. */
  async #addIds(
    file: MatrixFile,
    manifestPath: string,
    entry: VectorsEntry,
    idOf: (id: string, entry: VectorsEntry) => string,
  ): Promise<{ count: number; from: string; digest: string }> {
    const start = this.#starts.at(-1)!;
    const from = resolve(dirname(manifestPath), entry.ids);
    const hash = createHash('sha256');
    const add = (id: string, row: number): void => {
      hash.update(`${id}\n`);
      const twin = this.#rows.add(idOf(id, entry), start + row);
      if (twin === undefined) return;
      const { file: other, start: first } = this.#fileOf(twin);
      throw rowError(
        from,
        row,
        `the id "${id}" came before, in row ${formatCount(twin - first + 1)} of ${other.path}`,
      );
    };
    let count = 0;
    for await (const { text } of readLines(from)) {
      if (text.trim() === '') throw rowError(from, count, 'the line is empty');
      if (count < file.layout.rows) add(text, count);
      count++;
    }
    return { count, from, digest: hash.digest('hex') };
  }

  /** Reads all numbers once: they must be finite. Returns the sha256 of the file. */
  async #check(file: MatrixFile, onChecked: OnChecked): Promise<string> {
    const { offset, type, rows, dim } = file.layout;
    const hash = createHash('sha256');
    const rowBytes = dim * FLOAT_BYTES[type];
    const end = offset + rows * rowBytes;
    const hashBytes = async (from: number, to: number) => {
      for (let at = from; at < to; at += CHUNK_BYTES) {
        hash.update(await readBytes(file.handle, at, Math.min(CHUNK_BYTES, to - at)));
      }
    };
    await hashBytes(0, offset);
    const most = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
    for (let first = 0; first < rows; first += most) {
      const count = Math.min(most, rows - first);
      const bytes = await readBytes(file.handle, offset + first * rowBytes, count * rowBytes);
      hash.update(bytes);
      this.#checkRows(file, first, toFloat32(bytes, type));
      onChecked(file.path, bytes.length);
    }
    await hashBytes(end, file.size);
    return hash.digest('hex');
  }

  #checkRows(file: MatrixFile, first: number, numbers: Float32Array): void {
    const { dim } = file.layout;
    for (let at = 0; at < numbers.length; at += dim) {
      let square = 0;
      for (let i = at; i < at + dim; i++) square += numbers[i] * numbers[i];
      if (!Number.isFinite(square)) {
        const row = numbers.subarray(at, at + dim);
        const place = row.findIndex((value) => !Number.isFinite(value));
        throw rowError(
          file.path,
          first + at / dim,
          `number ${place + 1} of ${dim} is ${row[place]}`,
        );
      }
      if (square !== 0 && Math.abs(Math.sqrt(square) - 1) > UNIT_TOLERANCE)
        this.#unitLength = false;
    }
  }

  #fileOf(row: number): { file: MatrixFile; start: number } {
    let at = this.#starts.length - 1;
    while (this.#starts[at] > row) at--;
    return { file: this.#files[at], start: this.#starts[at] };
  }
}

function openMatrix(path: string, { tensor }: VectorsEntry): Promise<MatrixFile> {
  const extension = extname(path);
  if (extension === '.npy')
    return MatrixFile.open(path, (handle, size) => npyLayout(path, handle, size));
  if (extension === '.safetensors')
    return MatrixFile.open(path, (handle, size) => safetensorsLayout(path, handle, size, tensor));
  throw fileError(path, `"${extension}" is not supported; .npy and .safetensors are`);
}

/** @param row from 0; people count from 1 */
function rowError(file: string, row: number, reason: string): XqgError {
  return new XqgError('XQG_VECTOR_ROW', { file, row: formatCount(row + 1), reason });
}

/**
 * The list of files that a `file:` encoder reads: which hold passages, questions and generated
 * queries, and where their ids are.
 */
const language = z.string().regex(/^[a-z]{2,3}$/, 'is not a language code');

const vectors = z.strictObject({
  /** .npy or .safetensors, relative to the manifest. */
  vectors: z.string().min(1),
  /** Text with one id per line, relative to the manifest. */
  ids: z.string().min(1),
  /** Which tensor of a safetensors file, if it holds several matrices. */
  tensor: z.string().optional(),
  /** The language of all rows, where other languages have the same ids. */
  lang: language.optional(),
});

const generated = vectors.extend({
  /**
   * With `lang`: the rows are query `index` (from 0) of each passage in `lang`, and the ids are
   * those of passages.
   */
  index: z.int().nonnegative().optional(),
});

const manifest = z
  .strictObject({
    /** What made the vectors, e.g. the name of a model. */
    name: z.string().min(1),
    passages: z.array(vectors).default([]),
    questions: z.array(vectors).default([]),
    generated: z.array(generated).default([]),
  })
  .refine(
    ({ generated: files }) =>
      files.every(({ index, lang }) => index === undefined || lang !== undefined),
    { error: 'an "index" needs a "lang"', path: ['generated'] },
  );

export type Manifest = z.output<typeof manifest>;
export type VectorsEntry = z.output<typeof generated>;

/**
 * Reads a manifest.
 * @throws XqgError XQG_VECTOR_FILE naming every key that is wrong
 */
export async function readManifest(path: string): Promise<Manifest> {
  let json: unknown;
  try {
    json = JSON.parse(readRegularSync(path, LARGEST_MANIFEST).toString('utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = error instanceof SyntaxError ? 'it is no JSON' : message;
    throw fileError(path, code === 'ENOENT' ? 'there is no such file' : reason);
  }
  const parsed = manifest.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: at, message }) => `${at.join('.') || 'the top'}: ${message}`,
  );
  throw fileError(path, `it is no list of vector files (${problems.join('; ')})`);
}
