/** A row of named values (JSONL, CSV, BEIR) as a document. */
import { XqgError } from '../base/errors.js';
import { LINE_LIMIT, parseJsonObject, readLines } from '../base/lines.js';
import { formatCount } from '../base/numbers.js';
import { intendedLanguage } from '../languages/tags.js';
import type { MetadataValue, SourceDocument } from './passage.js';
import { type CorpusFile, encodingNote, type ReadEvents } from './reader.js';

export interface RowShape {
  /** Field of the id: `id`, or `_id` in BEIR. */
  readonly idField: string;
  /** A row is a passage by definition. */
  readonly whole: boolean;
}

/**
 * The document of a row, or undefined if its title and text are both empty.
 * @param line where the row begins, from 1
 * @throws XqgError XQG_CORPUS_ROW
 */
export function documentOfRow(
  row: Readonly<Record<string, unknown>>,
  shape: RowShape,
  file: CorpusFile,
  line: number,
): SourceDocument | undefined {
  const fail = (reason: string, remedy: string): never => {
    throw rowError(file.path, line, reason, remedy);
  };
  const idField = nameIn(row, shape.idField, shape.idField === 'id' ? ID_NAMES : []);
  const textField = nameIn(row, 'text', TEXT_NAMES);
  const id = idOf(row[idField], idField, row, fail);
  const { [textField]: text, title = '' } = row;
  if (typeof text !== 'string') {
    const state =
      text === undefined
        ? `no "text" (its fields: ${Object.keys(row).join(', ')})`
        : '"text" is not a string';
    fail(state, 'Give every row a field "text" that holds the text.');
  }
  if (typeof title !== 'string' && title !== null)
    fail('"title" is not a string', 'Put it in quotes or leave it out.');
  const { lang, used } = languageOfRow(row, fail);
  const document = {
    id,
    source: file.source,
    path: file.path,
    line,
    title: (title as string | null) ?? '',
    lang,
    metadata: metadataOf(row, new Set([idField, textField, 'title', ...used]), fail),
    blocks: [{ headings: [], text: text as string }],
    ...(shape.whole ? { whole: true } : {}),
  };
  return document.title.trim() === '' && (text as string).trim() === '' ? undefined : document;
}

/** The document of a row, undefined for an empty one, null for one that is not valid. */
export function validRow(
  onBadRow: ReadEvents['onBadRow'],
  read: () => SourceDocument | undefined,
): SourceDocument | undefined | null {
  if (onBadRow === undefined) return read();
  try {
    return read();
  } catch (error) {
    if (!(error instanceof XqgError)) throw error;
    onBadRow(error);
    return null;
  }
}

/** The error of a bad row. */
export function rowError(
  path: string,
  line: number,
  reason: string,
  remedy: string,
  cause?: unknown,
): XqgError {
  return new XqgError(
    'XQG_CORPUS_ROW',
    { file: path, line: formatCount(line), reason, remedy },
    { cause },
  );
}

/** What published corpora (MS MARCO, Mr. TyDi, MIRACL, Pyserini's) call `id` and `text`. */
export const ID_NAMES = ['docid', 'doc_id', '_id', 'pid'];
export const TEXT_NAMES = ['contents', 'passage', 'body'];

/** The name under which the row has a field: the usual one before the others. */
function nameIn(
  row: Readonly<Record<string, unknown>>,
  name: string,
  others: readonly string[],
): string {
  return name in row ? name : (others.find((other) => other in row) ?? name);
}

/** Deepest nesting of objects in metadata. */
const DEEPEST = 16;

type Fail = (reason: string, remedy: string) => never;

function idOf(
  value: unknown,
  field: string,
  row: Readonly<Record<string, unknown>>,
  fail: Fail,
): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number') {
    // JSON numbers above 2^53 have lost digits at this point: two ids may have become one.
    if (Number.isSafeInteger(value)) return String(value);
    return fail(`"${field}" is a number that is not exact`, 'Write the id as a string.');
  }
  if (value === undefined) {
    return fail(
      `no "${field}" (its fields: ${Object.keys(row).join(', ')})`,
      `Give every row its own "${field}".`,
    );
  }
  return fail(
    `"${field}" is empty or neither a string nor a number`,
    `Give every row its own "${field}".`,
  );
}

/**
 * `lang`, else `language`, else those of `metadata` (as in BEIR); empty values are ignored.
 */
function languageOfRow(
  row: Readonly<Record<string, unknown>>,
  fail: Fail,
): { lang?: string; used: string[] } {
  const nested = isRecord(row.metadata) ? row.metadata : {};
  const places: [string, unknown][] = [
    ['lang', row.lang],
    ['language', row.language],
    ['metadata.lang', nested.lang],
    ['metadata.language', nested.language],
  ];
  for (const [field, value] of places) {
    if (value === undefined || value === null || value === '') continue;
    if (typeof value === 'string' && /^(und|mul|unknown)$/i.test(value)) continue;
    const lang = typeof value === 'string' ? intendedLanguage(value) : undefined;
    if (lang !== undefined) return { lang, used: [field] };
    fail(
      `"${field}" is ${JSON.stringify(value)}, not a language code`,
      'Write a code such as en or th, or leave it out.',
    );
  }
  return { used: [] };
}

/**
 * All other fields: objects become `outer.inner` fields; those of `metadata` go by their own name
 * if it is not taken.
 */
function metadataOf(
  row: Readonly<Record<string, unknown>>,
  taken: ReadonlySet<string>,
  fail: Fail,
): Readonly<Record<string, MetadataValue>> {
  const fields = new Map<string, MetadataValue>();
  const collect = (values: Readonly<Record<string, unknown>>, prefix: string): void => {
    for (const [key, value] of Object.entries(values)) {
      const name = prefix + key;
      if (taken.has(name) || value === null || value === undefined || value === '') continue;
      if (isRecord(value)) {
        if (prefix.split('.').length > DEEPEST) {
          fail(
            `"${key}" is nested more than ${DEEPEST} deep`,
            'Leave that field out or make it flatter.',
          );
        }
        collect(value, `${name}.`);
      } else
        fields.set(name, Array.isArray(value) ? value.map(itemText) : (value as MetadataValue));
    }
  };
  collect(row, '');
  for (const [name, value] of [...fields]) {
    const short = name.startsWith('metadata.') ? name.slice('metadata.'.length) : name;
    if (short === name || fields.has(short) || taken.has(short)) continue;
    fields.delete(name);
    fields.set(short, value);
  }
  // fromEntries defines, where assignment would take a field named __proto__ for the prototype.
  return Object.fromEntries(fields);
}

function itemText(item: unknown): string {
  return typeof item === 'string' ? item : JSON.stringify(item);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The documents of a JSONL file.
 * @throws XqgError XQG_CORPUS_ROW, XQG_CORPUS_EMPTY, and those of readLines
 */
export async function* readJsonDocuments(
  file: CorpusFile,
  shape: RowShape,
  { onSkip, onNote, onBadRow }: ReadEvents = {},
): AsyncGenerator<SourceDocument> {
  const { path } = file;
  let rows = 0;
  for await (const { number, text } of readLines(path, LINE_LIMIT, encodingNote(path, onNote))) {
    if (text.trim() === '') continue;
    rows++;
    const document = validRow(onBadRow, () => {
      const row = parseJsonObject(text, (reason, remedy, cause) =>
        rowError(path, number, reason, remedy, cause),
      );
      return documentOfRow(row, shape, file, number);
    });
    if (document === undefined) onSkip?.(path, 'empty', number);
    else if (document !== null) yield document;
  }
  if (rows === 0) throw new XqgError('XQG_CORPUS_EMPTY', { file: path });
}
