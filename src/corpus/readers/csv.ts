/**
 * CSV and TSV with a header row: id, title, text, lang; every other column is metadata, as strings.
 */
import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { XqgError } from '../../base/errors.js';
import { LINE_LIMIT } from '../../base/lines.js';
import { decodeFile } from '../../base/text-file.js';
import { byExtension, type CorpusReader } from '../reader.js';
import { documentOfRow, rowError } from '../rows.js';

const extensions = ['.csv', '.tsv', '.tab'];

export const csvReader: CorpusReader = {
  name: 'CSV',
  extensions,
  matches: byExtension(...extensions),
  async *read(file, onSkip) {
    let header: readonly string[] | undefined;
    for await (const { values, line } of recordsOf(file.path)) {
      if (header === undefined) {
        header = checkedHeader(values, file.path, line);
        continue;
      }
      // fromEntries: a column may be called __proto__.
      const row = Object.fromEntries(header.map((column, i) => [column, values[i]]));
      const document = documentOfRow(row, { idField: 'id', whole: false }, file, line);
      if (document === undefined) onSkip?.(file.path, 'empty', line);
      else yield document;
    }
    if (header === undefined) throw new XqgError('XQG_CORPUS_EMPTY', { file: file.path });
  },
};

interface CsvRecord {
  readonly values: readonly string[];
  /** Where it begins, from 1. */
  readonly line: number;
}

async function* recordsOf(path: string): AsyncGenerator<CsvRecord> {
  const delimiter = path.toLowerCase().endsWith('.csv') ? ',' : '\t';
  const text = Readable.from(decodeFile(path), { objectMode: true });
  const parser = parse({
    delimiter,
    info: true,
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
      yield { values: record, line: info.lines - within };
    }
  } catch (error) {
    const { code, message, lines } = error as CsvError & { lines?: number };
    if (error instanceof XqgError || lines === undefined) throw error;
    const remedy =
      code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
        ? 'Put a value that holds the delimiter or a line break in quotes; every row needs as many columns as the header.'
        : 'Put a value that holds a quote in quotes and double the quotes within it, or use JSONL.';
    throw rowError(path, lines, `not valid CSV (${message})`, remedy, error);
  } finally {
    text.destroy();
    parser.destroy();
  }
}

function checkedHeader(values: readonly string[], path: string, line: number): readonly string[] {
  const missing = ['id', 'text'].filter((column) => !values.includes(column));
  const remedy =
    'Begin with a header row such as id,title,text,lang (tabs in .tsv, commas in .csv).';
  if (missing.length > 0) {
    throw rowError(
      path,
      line,
      `no column "${missing.join('" and no column "')}" (found: ${values.join(' | ')})`,
      remedy,
    );
  }
  const twice = values.find((column, i) => values.indexOf(column) !== i);
  if (twice !== undefined)
    throw rowError(path, line, `two columns "${twice}"`, 'Give every column its own name.');
  return values;
}
