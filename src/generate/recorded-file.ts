/**
 * Where the rows of a file of recorded queries lie. A gzipped file is unpacked to a temporary one,
 * since rows are read in any order.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { XqgError } from '../base/errors.js';
import { IdTable } from '../base/id-table.js';
import { parseJsonObject } from '../base/lines.js';
import { formatCount } from '../base/numbers.js';
import { readChunks } from '../base/text-file.js';

/** Where a row lies in the readable file. */
interface RowPlace {
  /** In bytes. */
  readonly offset: number;
  readonly length: number;
  /** From 1. */
  readonly line: number;
}

export interface RecordedFile {
  /** As the user named it. */
  readonly name: string;
  /** What is read: the file itself, or what it was unpacked to. */
  readonly path: string;
  /** Of what is read (hex): packing does not change it. */
  readonly sha256: string;
  readonly languages: ReadonlySet<string>;
  /** The smallest number of queries in a language that has any; Infinity if there are none. */
  readonly fewest: number;
  /** undefined: the file does not have the passage. */
  find(id: string): RowPlace | undefined;
  /** Deletes what was unpacked. */
  drop(): Promise<void>;
}

const LINE_END = 0x0a;
/** Longest row, in bytes. */
const LONGEST_ROW = 64 * 2 ** 20;

/**
 * Reads and checks all rows.
 *
 * @param before files whose passages may not come again
 * @throws XqgError XQG_RECORDED_FILE, XQG_RECORDED_ROW
 */
export async function readRecordedFile(
  name: string,
  before: readonly RecordedFile[],
  {
    onRead = () => {},
    temporary = tmpdir(),
  }: { onRead?: (rows: number) => void; temporary?: string },
): Promise<RecordedFile> {
  const packed = name.endsWith('.gz');
  const folder = packed ? await mkdtemp(join(temporary, 'xqg-queries-')) : null;
  const path = folder === null ? name : join(folder, basename(name, '.gz'));
  const drop = async () => {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  };
  const hash = createHash('sha256');
  const rows = new Rows();
  try {
    for await (const { text, offset, length, line } of linesOf(name, packed ? path : null, hash)) {
      if (text.trim() === '') continue;
      const { id, queries } = parseRecordedRow(text, name, line);
      for (const [lang, list] of queries) rows.count(lang, list.length);
      const twin = [
        ...before.map((file) => ({ file: file.name, place: file.find(id) })),
        { file: name, place: rows.find(id) },
      ].find(({ place }) => place !== undefined);
      if (twin !== undefined) {
        const reason = `the passage "${id}" came before, in line ${formatCount(twin.place!.line)} of ${twin.file}`;
        throw new XqgError('XQG_RECORDED_ROW', { file: name, line: formatCount(line), reason });
      }
      rows.add(id, { offset, length, line });
      if (rows.size % 1000 === 0) onRead(rows.size);
    }
    if (rows.size === 0)
      throw new XqgError('XQG_RECORDED_FILE', { file: name, reason: 'it has no rows' });
  } catch (error) {
    await drop();
    if (error instanceof XqgError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new XqgError('XQG_RECORDED_FILE', { file: name, reason }, { cause: error });
  }
  const { languages, fewest } = rows;
  return {
    name,
    path,
    sha256: hash.digest('hex'),
    languages,
    fewest,
    find: (id) => rows.find(id),
    drop,
  };
}

/** The places of rows by passage id. */
class Rows {
  readonly #table = new IdTable();
  /** offset, length, line of each row */
  #numbers = new Float64Array(3 * 1024);
  readonly languages = new Set<string>();
  fewest = Infinity;

  get size(): number {
    return this.#table.size;
  }

  count(lang: string, queries: number): void {
    if (queries === 0) return;
    this.languages.add(lang);
    this.fewest = Math.min(this.fewest, queries);
  }

  add(id: string, { offset, length, line }: RowPlace): void {
    const at = 3 * this.#table.size;
    if (at === this.#numbers.length) {
      const grown = new Float64Array(2 * at);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers.set([offset, length, line], at);
    this.#table.add(id, this.#table.size);
  }

  find(id: string): RowPlace | undefined {
    const row = this.#table.get(id);
    if (row === undefined) return undefined;
    const [offset, length, line] = this.#numbers.subarray(3 * row, 3 * row + 3);
    return { offset, length, line };
  }
}

/**
 * The lines of a file with their places, as they are unpacked to `to`; null: the file is not
 * packed.
 */
async function* linesOf(
  name: string,
  to: string | null,
  hash: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<RowPlace & { text: string }> {
  const copy = to === null ? null : await open(to, 'w');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest: Buffer[] = [];
  let restLength = 0;
  let offset = 0;
  let line = 1;
  const ended = (last: Buffer) => {
    const length = restLength + last.length;
    const text = decoder.decode(rest.length > 0 ? Buffer.concat([...rest, last]) : last);
    const place = { text, offset, length, line };
    rest = [];
    restLength = 0;
    offset += length + 1;
    line++;
    return place;
  };
  try {
    for await (const chunk of readChunks(name, 2 ** 20)) {
      hash.update(chunk);
      await copy?.writeFile(chunk);
      let from = 0;
      for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
        yield ended(chunk.subarray(from, end));
        from = end + 1;
      }
      rest.push(chunk.subarray(from));
      restLength += chunk.length - from;
      if (restLength > LONGEST_ROW)
        throw new RangeError(`line ${formatCount(line)} is longer than 64 MiB`);
    }
    if (restLength > 0) yield ended(Buffer.alloc(0));
  } finally {
    await copy?.close();
  }
}

/** One row of recorded queries. */
export interface RecordedRow {
  readonly id: string;
  /** Of the passage; null: it was not recorded. */
  readonly text: string | null;
  /** By language, in the order in which they were generated. */
  readonly queries: ReadonlyMap<string, readonly string[]>;
}

/**
 * @param file names the place in errors
 * @throws XqgError XQG_RECORDED_ROW
 */
export function parseRecordedRow(text: string, file: string, line: number): RecordedRow {
  const broken = (reason: string) =>
    new XqgError('XQG_RECORDED_ROW', { file, line: formatCount(line), reason });
  const { docid, text: recorded, generated_queries: generated } = parseJsonObject(text, broken);
  const id = typeof docid === 'number' ? String(docid) : docid;
  if (typeof id !== 'string' || id === '') throw broken('no "docid"');
  if (typeof generated !== 'object' || generated === null || Array.isArray(generated)) {
    throw broken(`no "generated_queries" by language for "${id}"`);
  }
  const queries = new Map<string, readonly string[]>();
  for (const [lang, list] of Object.entries(generated)) {
    if (!Array.isArray(list) || !list.every((query) => typeof query === 'string')) {
      throw broken(`the queries in "${lang}" for "${id}" are no list of texts`);
    }
    queries.set(lang, list);
  }
  return { id, text: typeof recorded === 'string' ? recorded : null, queries };
}
