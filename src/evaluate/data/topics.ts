/**
 * Reads files of queries as they are published: JSONL, columns separated by tabs, CSV, each with a
 * header line or without, and TREC's topics; gzipped or not. Which one it is follows from the first
 * line.
 */
import { Readable } from 'node:stream';
import type { CsvError, Info } from 'csv-parse';
import { XqgError } from '../../base/errors.js';
import { type Line, parseJsonObject, readLines } from '../../base/lines.js';
import { decodeFile } from '../../base/text-file.js';

export interface Topic {
  readonly id: string;
  readonly text: string;
  /** ISO 639-1, where the file gives it. */
  readonly lang?: string;
  /** Where it stands, from 1. */
  readonly line: number;
}

/** Makes the error of a line in the terms of the caller. */
export type TopicError = (line: number, reason: string) => Error;

/** Names of columns and fields in published files, in lower case, the likeliest first. */
const ID_NAMES = [
  ...['_id', 'id', 'qid', 'query_id', 'queryid', 'question_id', 'topic_id', 'topic_number'],
  ...['number', 'num'],
];
const TEXT_NAMES = [
  ...['text', 'query', 'question', 'query_text', 'title', 'topic_title', 'contents', 'content'],
];
const LANG_NAMES = ['lang', 'language', 'query_lang'];

/** @throws what `error` makes for a line that cannot be read or an id that comes twice */
export async function* readTopics(file: string, error: TopicError): AsyncGenerator<Topic> {
  const seen = new Map<string, number>();
  for await (const topic of topicsOf(file, error)) {
    const { id, line } = topic;
    if (id === '') throw error(line, 'the id is empty');
    const first = seen.get(id);
    if (first !== undefined)
      throw error(
        line,
        `the id "${id}" was given in line ${first.toLocaleString('en-US')} already`,
      );
    seen.set(id, line);
    yield topic;
  }
}

async function* topicsOf(file: string, error: TopicError): AsyncGenerator<Topic> {
  const start = await startOf(file);
  if (start.startsWith('{') || /\.jsonl(\.gz)?$/i.test(file)) yield* fromJson(file, error);
  else if (/^<(?:\?xml|!|top)/i.test(start)) yield* fromMarkup(file, error);
  else if (/\.csv(\.gz)?$/i.test(file)) yield* fromCsv(file, start, error);
  else yield* fromColumns(file, error);
}

/** The first line that is not blank, trimmed. */
async function startOf(file: string): Promise<string> {
  for await (const { text } of readLines(file)) if (text.trim() !== '') return text.trim();
  return '';
}

async function* fromJson(file: string, error: TopicError): AsyncGenerator<Topic> {
  for await (const { number: line, text: json } of filledLines(file)) {
    const row = parseJsonObject(json, (reason) => error(line, reason));
    const fields = new Map(Object.entries(row).map(([name, value]) => [plain(name), value]));
    const field = (names: readonly string[]) =>
      names.map((name) => fields.get(name)).find((value) => value !== undefined && value !== null);
    const [id, text, lang] = [field(ID_NAMES), field(TEXT_NAMES), field(LANG_NAMES)];
    if (typeof id !== 'string' && typeof id !== 'number') throw error(line, '"id" is missing');
    if (typeof text !== 'string') throw error(line, '"text" is missing');
    const { lang: nested } = (row.metadata ?? {}) as { readonly lang?: unknown };
    const own = lang ?? nested;
    if (own === undefined || own === null || own === '') yield { id: String(id), text, line };
    else if (typeof own !== 'string') throw error(line, '"lang" is not a language code');
    else yield { id: String(id), text, lang: own, line };
  }
}

/** Where the columns of a table with a header are. */
interface Header {
  readonly id: number;
  readonly text: number;
  /** -1: none. */
  readonly lang: number;
}

/** null: the line is a row. */
function headerOf(cells: readonly string[]): Header | null {
  const names = cells.map((cell) => plain(unquoted(cell)));
  const place = (known: readonly string[]) =>
    names.indexOf(known.find((name) => names.includes(name)) ?? '\n');
  const header = { id: place(ID_NAMES), text: place(TEXT_NAMES), lang: place(LANG_NAMES) };
  return header.id < 0 || header.text < 0 ? null : header;
}

function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}

/** Tables of tabs are commonly not quoted; programs that quote double the quotes within. */
function unquoted(cell: string): string {
  return /^"(?:[^"]|"")*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

async function* fromColumns(file: string, error: TopicError): AsyncGenerator<Topic> {
  let header: Header | null | undefined;
  for await (const { number: line, text } of filledLines(file)) {
    const cells = text.split('\t');
    if (header === undefined) {
      header = headerOf(cells);
      if (header !== null) continue;
    }
    if (header !== null) yield topicOf(cells.map(unquoted), header, line, error);
    else if (cells.length < 2) throw error(line, 'there is no tab between id and text');
    else yield { id: cells[0].trim(), text: cells.slice(1).join('\t'), line };
  }
}

function topicOf(
  cells: readonly string[],
  { id, text, lang }: Header,
  line: number,
  error: TopicError,
): Topic {
  if (cells.length <= Math.max(id, text))
    throw error(line, `${cells.length} columns, where the header has more`);
  const own = lang < 0 ? '' : (cells[lang] ?? '').trim();
  return {
    id: cells[id].trim(),
    text: cells[text],
    ...(own === '' ? {} : { lang: own }),
    line,
  };
}

async function* fromCsv(file: string, start: string, error: TopicError): AsyncGenerator<Topic> {
  const delimiters = [',', ';', '\t', '|'];
  const isCut = (delimiter: string) => headerOf(start.split(delimiter)) !== null;
  const delimiter =
    delimiters.find(isCut) ?? delimiters.find((each) => start.includes(each)) ?? ',';
  const { parse } = await import('csv-parse');
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  const text = Readable.from(decodeFile(file), { objectMode: true });
  text.on('error', (cause) => parser.destroy(cause));
  text.pipe(parser);
  let header: Header | null | undefined;
  try {
    for await (const each of parser) {
      const { record: cells, info } = each as { record: string[]; info: Info };
      if (header === undefined) {
        header = headerOf(cells);
        if (header !== null) continue;
      }
      if (header !== null) yield topicOf(cells, header, info.lines, error);
      else if (cells.length < 2)
        throw error(info.lines, `there is no "${delimiter}" between id and text`);
      else yield { id: cells[0].trim(), text: cells.slice(1).join(delimiter), line: info.lines };
    }
  } catch (cause) {
    const { message, lines } = cause as CsvError & { lines?: number };
    if (cause instanceof XqgError || lines === undefined) throw cause;
    throw error(lines, `not valid CSV (${message})`);
  } finally {
    text.destroy();
    parser.destroy();
  }
}

/** TREC's topics: `<top>` with `<num>` and `<title>`, or `<topic number="1">` with `<query>`. */
async function* fromMarkup(file: string, error: TopicError): AsyncGenerator<Topic> {
  let lines: string[] = [];
  let began = 0;
  for await (const { number, text } of readLines(file)) {
    if (/<top(?:ic)?[\s>]/i.test(text)) {
      lines = [];
      began = number;
    }
    if (began === 0) continue;
    lines.push(text);
    if (!/<\/top(?:ic)?>/i.test(text)) continue;
    yield markupTopic(lines.join('\n'), began, error);
    began = 0;
  }
  if (began > 0) throw error(began, 'a topic that does not end');
}

function markupTopic(markup: string, line: number, error: TopicError): Topic {
  const part = (name: string) =>
    new RegExp(`<${name}[^>]*>([^<]*)`, 'i').exec(markup)?.[1]?.trim() ?? '';
  const number = /<topic[^>]*\bnumber\s*=\s*["']?([^"'>\s]+)/i.exec(markup)?.[1];
  const id = (number ?? part('num')).replace(/^number:\s*/i, '');
  const label = /^(?:topic|title):\s*/i;
  const [own = ''] = ['title', 'query', 'question', 'topic']
    .map(part)
    .filter((text) => text !== '');
  if (id === '') throw error(line, 'a topic without a number');
  return { id, text: decoded(own.replace(label, '').replace(/\s+/g, ' ')), line };
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
};

function decoded(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code?: string, name?: string) =>
    code === undefined ? (ENTITIES[name!] ?? whole) : String.fromCodePoint(Number(code)),
  );
}

async function* filledLines(file: string): AsyncGenerator<Line> {
  for await (const line of readLines(file)) if (line.text.trim() !== '') yield line;
}
