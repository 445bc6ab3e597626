/**
 * The generator of recorded queries: what was generated elsewhere, found by passage id. Reads the
 * format that the xQG authors released (`ielab/xor-tydi-xqg-augmented`): JSONL, gzipped or not,
 * with docid, title, text and generated_queries[lang][i]. Rows are read where they lie, so memory
 * holds the ids alone.
 */

import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { replaceAtomically } from '../base/atomic-write.js';
import { XqgError } from '../base/errors.js';
import { formatCount } from '../base/numbers.js';
import {
  type Generator,
  type GeneratorIdentity,
  type GeneratorInput,
  QUESTIONS,
  writesIn,
} from './generator.js';
import {
  parseRecordedRow,
  type RecordedFile,
  type RecordedRow,
  readRecordedFile,
} from './recorded-file.js';

export interface RecordedOptions {
  /** Called with how many rows were read. */
  readonly onRead?: (rows: number) => void;
  /**
   * Where gzipped files are unpacked to while the generator is open; default: the system's folder
   * for such files.
   */
  readonly temporary?: string;
}

/** Rows in the cache: a batch reads each of them once a language. */
const CACHED_ROWS = 1024;

/**
 * Draws the first n recorded queries of a passage, whatever the seed: those of a smaller n are the
 * first of a larger one.
 */
export class RecordedGenerator implements Generator {
  readonly identity: GeneratorIdentity;
  readonly languages: readonly string[];
  /** The smallest number of queries that a passage has in a language in which it has any. */
  readonly queriesPerLanguage: number;
  readonly ownLanguage = QUESTIONS.ownLanguage;
  readonly tuning = QUESTIONS.tuning;
  readonly cost = 'negligible';
  readonly #files: readonly RecordedFile[];
  readonly #handles: readonly FileHandle[];
  readonly #cache = new LRUCache<string, RecordedRow>({ max: CACHED_ROWS });

  private constructor(files: readonly RecordedFile[], handles: readonly FileHandle[]) {
    this.#files = files;
    this.#handles = handles;
    this.languages = [...new Set(files.flatMap(({ languages }) => [...languages]))].sort();
    this.queriesPerLanguage = Math.min(...files.map(({ fewest }) => fewest));
    this.identity = {
      name: 'recorded',
      weights: files.map(({ sha256 }) => sha256).join(' '),
      settings: QUESTIONS,
    };
  }

  /**
   * Reads the files once, to check every row and to know where it lies.
   *
   * @throws XqgError XQG_RECORDED_FILE where a file cannot be read, XQG_RECORDED_ROW where a row is
   * broken or a passage comes twice, naming the line
   */
  static async open(
    paths: readonly string[],
    options: RecordedOptions = {},
  ): Promise<RecordedGenerator> {
    const files: RecordedFile[] = [];
    const handles: FileHandle[] = [];
    try {
      for (const path of paths) files.push(await readRecordedFile(path, files, options));
      for (const { path } of files) handles.push(await open(path, 'r'));
      return new RecordedGenerator(files, handles);
    } catch (error) {
      for (const handle of handles) await handle.close();
      for (const file of files) await file.drop();
      throw error;
    }
  }

  /**
   * None in the passage's own language where it has none there.
   *
   * @throws XqgError XQG_RECORDED_MISSING where a passage, a language or some of the n queries were
   * not recorded
   */
  async draw(passages: readonly GeneratorInput[], lang: string, n: number): Promise<string[][]> {
    const drawn: string[][] = [];
    for (const { id, lang: own } of passages) {
      const { queries } = await this.#row(id);
      const recorded = queries.get(lang) ?? (lang === own ? [] : undefined);
      if (recorded === undefined) {
        const known = [...queries.keys()].join(', ') || 'no language';
        throw this.#missing(`queries in ${lang} for the passage "${id}", only in ${known}`);
      }
      if (recorded.length > 0 && recorded.length < n) {
        throw this.#missing(
          `${n} queries in ${lang} for the passage "${id}", only ${formatCount(recorded.length)}`,
        );
      }
      drawn.push(recorded.slice(0, n));
    }
    return drawn;
  }

  /**
   * An id alone may be that of another data set's passage: the recorded text has to be the same.
   */
  async has({ id, text }: GeneratorInput): Promise<boolean> {
    if (this.#files.every((file) => file.find(id) === undefined)) return false;
    const recorded = (await this.#row(id)).text;
    return recorded === null || comparable(recorded) === comparable(text);
  }

  /** Closes the files, and deletes what was unpacked. */
  async close(): Promise<void> {
    for (const handle of this.#handles) await handle.close();
    for (const file of this.#files) await file.drop();
  }

  async #row(id: string): Promise<RecordedRow> {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    for (const [f, file] of this.#files.entries()) {
      const place = file.find(id);
      if (place === undefined) continue;
      const bytes = Buffer.alloc(place.length);
      await this.#handles[f].read(bytes, 0, place.length, place.offset);
      const row = parseRecordedRow(bytes.toString('utf8'), file.name, place.line);
      this.#cache.set(id, row);
      return row;
    }
    throw this.#missing(`queries for the passage "${id}"`);
  }

  #missing(what: string): XqgError {
    const files = this.#files.map(({ name }) => name).join(', ');
    return new XqgError('XQG_RECORDED_MISSING', { what, files });
  }
}

function comparable(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/**
 * Writes generated queries in the format that recorded.ts reads, so that what was generated once
 * can be used again and elsewhere. Passages stream; the file appears when it is whole.
 */
export interface RecordOptions {
  /** Default: all of the generator's. */
  readonly languages?: readonly string[];
  /** Queries for each passage and language; default 5. */
  readonly queries?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Passages that queries are drawn for at once; the file does not depend on it. Default 64. */
  readonly batch?: number;
  /** Called with how many passages are written. */
  readonly onWritten?: (passages: number) => void;
}

/**
 * One row a passage, in their order, with its own language where the generator writes in it. A file
 * that ends in `.gz` is gzipped.
 *
 * @returns the number of passages
 */
export async function recordQueries(
  file: string,
  passages: AsyncIterable<GeneratorInput> | Iterable<GeneratorInput>,
  generator: Generator,
  options: RecordOptions = {},
): Promise<number> {
  const { batch = 64, onWritten = () => {} } = options;
  let written = 0;
  async function* rows(): AsyncGenerator<string> {
    let waiting: GeneratorInput[] = [];
    for await (const passage of passages) {
      waiting.push(passage);
      if (waiting.length < batch) continue;
      yield await rowsOf(waiting, generator, options);
      written += waiting.length;
      onWritten(written);
      waiting = [];
    }
    if (waiting.length > 0) yield await rowsOf(waiting, generator, options);
    written += waiting.length;
  }
  const packing = file.endsWith('.gz') ? [createGzip()] : [];
  await replaceAtomically(file, (temporary) =>
    pipeline([Readable.from(rows()), ...packing, createWriteStream(temporary)]),
  );
  return written;
}

async function rowsOf(
  passages: readonly GeneratorInput[],
  generator: Generator,
  { languages = generator.languages, queries = 5, seed = 0 }: RecordOptions,
): Promise<string> {
  const generated = passages.map((): Record<string, string[]> => ({}));
  for (const lang of languages) {
    const rows = [...passages.keys()].filter((row) =>
      writesIn(generator, lang, passages[row].lang),
    );
    const drawn = await generator.draw(
      rows.map((row) => passages[row]),
      lang,
      queries,
      seed,
    );
    rows.forEach((row, i) => {
      generated[row][lang] = drawn[i];
    });
  }
  return passages
    .map(({ id, title, text }, i) => ({ docid: id, title, text, generated_queries: generated[i] }))
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}
