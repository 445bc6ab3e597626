/**
 * CSV and TSV with a header row: id, title, text, lang; every other column is metadata, as strings.
 * The delimiter is the one that the header row is written with.
 */
import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { XqgError } from '../../base/errors.js';
import { LINE_LIMIT } from '../../base/lines.js';
import { decodeFile } from '../../base/text-file.js';
import type { SourceDocument } from '../passage.js';
import {
  byTextExtension,
  type CorpusFile,
  type CorpusReader,
  encodingNote,
  type ReadEvents,
} from '../reader.js';
import { documentOfRow, ID_NAMES, rowError, TEXT_NAMES, validRow } from '../rows.js';

const extensions = ['.csv', '.tsv', '.tab'];

export const csvReader: CorpusReader = {
  name: 'CSV',
  extensions,
  matches: byTextExtension(...extensions),
  async *read(file, events = {}) {
    let header: readonly string[] | undefined;
    for await (const { values, line } of recordsOf(file.path, events)) {
      if (header === undefined) {
        const known = headerOfData(values, file.path);
        header = known ?? checkedHeader(values, file.path, line);
        if (known === undefined) continue;
      }
      const columns = header;
      const document = validRow(events.onBadRow, () => documentOf(columns, values, file, line));
      if (document === undefined) events.onSkip?.(file.path, 'empty', line);
      else if (document !== null) yield document;
    }
    if (header === undefined) throw new XqgError('XQG_CORPUS_EMPTY', { file: file.path });
  },
};

function documentOf(
  header: readonly string[],
  values: readonly string[],
  file: CorpusFile,
  line: number,
): SourceDocument | undefined {
  if (values.length !== header.length) {
    const counts = `${values.length} columns where the header has ${header.length}`;
    throw rowError(file.path, line, `not valid CSV (${counts})`, INCONSISTENT);
  }
  // fromEntries: a column may be called __proto__.
  const row = Object.fromEntries(header.map((column, i) => [column, values[i]]));
  return documentOfRow(row, { idField: 'id', whole: false }, file, line);
}

interface CsvRecord {
  readonly values: readonly string[];
  /** Where it begins, from 1. */
  readonly line: number;
}

const INCONSISTENT =
  'Put a value that holds the delimiter or a line break in quotes; every row needs as many columns as the header.';

const DELIMITERS = [',', ';', '\t', '|'];

async function* recordsOf(path: string, { onNote }: ReadEvents): AsyncGenerator<CsvRecord> {
  const pieces = decodeFile(path, undefined, encodingNote(path, onNote));
  const first = await pieces.next();
  const [stated, separator] = SEPARATOR_LINE.exec(first.done ? '' : first.value) ?? [''];
  const start = first.done ? '' : first.value.slice(stated.length);
  const format = {
    ...formatOf(start, path),
    ...(separator === undefined ? {} : { delimiter: separator }),
  };
  const linesBefore = stated === '' ? 0 : 1;
  const text = Readable.from(
    (async function* () {
      if (start !== '') yield start;
      yield* pieces;
    })(),
    { objectMode: true },
  );
  const parser = parse({
    ...format,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LINE_LIMIT,
  });
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: Info;
    }>) {
      const within = record.reduce((lines, value) => lines + value.split('\n').length - 1, 0);
      yield { values: record, line: info.lines - within + linesBefore };
    }
  } catch (error) {
    const { message, lines } = error as CsvError & { lines?: number };
    if (error instanceof XqgError || lines === undefined) throw error;
    const remedy =
      'Put a value that holds a quote in quotes and double the quotes within it, or use JSONL.';
    throw rowError(path, lines, `not valid CSV (${message})`, remedy, error);
  } finally {
    text.destroy();
    parser.destroy();
  }
}

/** The columns of a header; those that mean something under their usual name. */
function columnNames(header: readonly string[]): string[] {
  const plain = header.map((name) => name.trim().toLowerCase());
  const known = new Map([
    ...['id', 'text', 'title', 'lang'].map((name) => [name, name] as const),
    ...(plain.includes('id') ? [] : ID_NAMES.map((name) => [name, 'id'] as const)),
    ...(plain.includes('text') ? [] : TEXT_NAMES.map((name) => [name, 'text'] as const)),
  ]);
  return header.map((name, i) =>
    header.includes(plain[i]) && plain[i] !== name ? name : (known.get(plain[i]) ?? name),
  );
}

/** With which Excel states the delimiter of what follows. */
const SEPARATOR_LINE = /^sep=(.)\r?\n/i;

/**
 * The delimiter that cuts the first line into the most columns, of which two may be id and text;
 * else the one that goes with the name. Tables of tabs commonly do not quote.
 */
function formatOf(text: string, path: string): { delimiter: string; quote: string | null } {
  const lines = text.split(/\r?\n/);
  const [header] = lines;
  const usual = isCommaName(path) ? ',' : '\t';
  const columns = (delimiter: string): number => {
    const names = columnNames(
      header.split(delimiter).map((name) => name.replace(/^(["'])(.*)\1$/, '$2')),
    );
    return names.includes('id') && names.includes('text') ? names.length : 0;
  };
  const delimiter = DELIMITERS.reduce(
    (best, other) => (columns(other) > columns(best) ? other : best),
    usual,
  );
  return { delimiter, quote: quoteOf(lines.slice(0, 200), delimiter) };
}

function isCommaName(path: string): boolean {
  return /\.csv(\.gz)?$/i.test(path);
}

/** null where a quote stands within a value that is not quoted: there, quotes are text. */
function quoteOf(lines: readonly string[], delimiter: string): string | null {
  const values = lines.flatMap((line) => line.split(delimiter));
  const opening = (quote: string): number =>
    values.filter((value) => value.length > 1 && value.startsWith(quote) && value.endsWith(quote))
      .length;
  if (opening('"') > 0) return '"';
  if (opening("'") > 1) return "'";
  return delimiter === '\t' && values.some((value) => /^[^"]+"/.test(value)) ? null : '"';
}

/**
 * The columns of MS MARCO's collection.tsv and its translations (id, text) and of its documents
 * (id, address, title, text), which have no header.
 */
function headerOfData(values: readonly string[], path: string): readonly string[] | undefined {
  if (isCommaName(path) || !/^\S*\d\S*$/.test(values[0]) || !/\s/.test(values.at(-1) ?? ''))
    return undefined;
  if (values.length === 2) return ['id', 'text'];
  return values.length === 4 && /^https?:/.test(values[1])
    ? ['id', 'url', 'title', 'text']
    : undefined;
}

function checkedHeader(names: readonly string[], path: string, line: number): readonly string[] {
  const values = columnNames(names);
  const missing = ['id', 'text'].filter((column) => !values.includes(column));
  const remedy =
    'Begin with a header row such as id,title,text,lang (tabs in .tsv, commas in .csv).';
  if (missing.length > 0) {
    throw rowError(
      path,
      line,
      `no column "${missing.join('" and no column "')}" (found: ${names.join(' | ')})`,
      remedy,
    );
  }
  const twice = values.find((column, i) => values.indexOf(column) !== i);
  if (twice !== undefined)
    throw rowError(path, line, `two columns "${twice}"`, 'Give every column its own name.');
  return values;
}
