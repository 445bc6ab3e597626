/**
 * Reads and writes runs and qrels in TREC format (columns separated by spaces or tabs), and reads
 * those of other tools: tables with a header line as in BEIR, MS MARCO's runs, and the JSON of
 * pytrec_eval and ranx. Names that end in `.gz` are packed. Errors state the file and the line.
 */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { XqgError } from '../../base/errors.js';
import { lineError, readJsonRows, readLines, unreadable } from '../data/lines.js';
import type { Qrels, Run } from './metrics.js';

interface RunLine {
  /** From 1. */
  readonly line: number;
  readonly queryId: string;
  readonly passageId: string;
  readonly score: number;
}

const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;

/**
 * Streams the lines `queryId Q0 passageId rank score tag` of a run, whose ranks are ignored, as in
 * trec_eval; or MS MARCO's `queryId passageId rank`, also with a score behind.
 * @throws XqgError XQG_EVALUATION_LINE when a line is malformed
 */
async function* readRunLines(file: string): AsyncGenerator<RunLine> {
  const widths = [6, 4, 3];
  let expected: number | undefined;
  for await (const { number: line, text } of readLines(file)) {
    const width: number =
      expected ?? widths.find((each) => columnsOf(text, each).length === each) ?? 6;
    const columns = columnsOf(text, width);
    const isMarco = columns.length < 6 && /^[1-9]\d*$/.test(columns[2] ?? '');
    if (columns.length !== width || (width < 6 && !isMarco)) {
      throw lineError(
        file,
        line,
        `${columns.length} columns`,
        'A run has 6: query Q0 passage rank score tag (or those of MS MARCO: query passage rank).',
      );
    }
    expected = width;
    const [queryId, passageId, score] =
      width === 6
        ? [columns[0], columns[2], columns[4]]
        : [columns[0], columns[1], columns[3] ?? `-${columns[2]}`];
    const value = NUMBER.test(score) ? Number(score) : Number.NaN;
    if (!Number.isFinite(value)) {
      throw lineError(
        file,
        line,
        `the score "${score}" is not a finite number`,
        'Correct or remove the line.',
      );
    }
    yield { line, queryId, passageId, score: value };
  }
}

/**
 * Reads a whole run, whose lines may be in any order.
 * @throws XqgError XQG_EVALUATION_LINE when a line is malformed or a passage is repeated for a
 * query
 */
export async function readRun(file: string): Promise<Run> {
  if (isJson(file)) return numbersIn(file, 'the score', Number.isFinite);
  const run = new Map<string, Map<string, number>>();
  for await (const { line, queryId, passageId, score } of readRunLines(file)) {
    add(run, queryId, passageId, score, file, line);
  }
  return run;
}

/** Judgments, and whether they are written as BEIR writes them. */
export interface QrelsFile {
  readonly qrels: Qrels;
  readonly isBeir: boolean;
}

/** As `readQrelsFile`, without its format. */
export async function readQrels(file: string): Promise<Qrels> {
  return (await readQrelsFile(file)).qrels;
}

/**
 * Reads qrels in TREC format (`queryId 0 passageId relevance`), in BEIR's, which has the header
 * line `query-id corpus-id score`, or in JSON.
 * @throws XqgError XQG_EVALUATION_LINE when a line is malformed or a passage is judged twice for a
 * query
 * @throws XqgError XQG_EVALUATION_FILE when the file cannot be read or has no judgments
 */
export async function readQrelsFile(file: string): Promise<QrelsFile> {
  const isRows = /\.jsonl(\.gz)?$/i.test(file);
  const found = isRows
    ? { qrels: await qrelsOfRows(file), isBeir: true }
    : isJson(file)
      ? { qrels: await numbersIn(file, 'the relevance', Number.isInteger), isBeir: false }
      : await qrelsOfLines(file);
  if (found.qrels.size === 0) {
    const remedy = 'Download it again; nothing can be measured without judgments.';
    throw new XqgError('XQG_EVALUATION_FILE', { file, reason: 'it has no judgments', remedy });
  }
  return found;
}

/** Places of query, passage and relevance in a line of so many columns. */
interface QrelsColumns {
  readonly width: number;
  readonly separator: string | null;
  readonly places: readonly [query: number, passage: number, relevance: number];
}

const TREC_QRELS: QrelsColumns = { width: 4, separator: null, places: [0, 2, 3] };
const PLAIN_QRELS: QrelsColumns = { width: 3, separator: '\t', places: [0, 1, 2] };

/** Names of columns in header lines, in lower case and with underscores. */
const QUERY_NAMES = ['query_id', 'qid', 'queryid', 'query', 'topic_id', 'topic', 'q_id'];
const PASSAGE_NAMES = [
  ...['corpus_id', 'doc_id', 'docid', 'docno', 'passage_id', 'pid', 'did', 'document_id'],
  ...['doc', 'document'],
];
const RELEVANCE_NAMES = ['score', 'relevance', 'rel', 'relevancy', 'label', 'judgment', 'grade'];

/** null: the line is a judgment. */
function qrelsHeader(text: string): QrelsColumns | null {
  const separator = ['\t', ',', ';'].find((each) => text.includes(each)) ?? ' ';
  const names = text
    .split(separator)
    .map((each) => each.trim().toLowerCase().replace(/[- ]/g, '_'));
  const place = (known: readonly string[]) => names.findIndex((name) => known.includes(name));
  const places = [place(QUERY_NAMES), place(PASSAGE_NAMES), place(RELEVANCE_NAMES)] as const;
  return places.includes(-1) ? null : { width: names.length, separator, places };
}

async function qrelsOfLines(file: string): Promise<QrelsFile> {
  const qrels = new Map<string, Map<string, number>>();
  let columns: QrelsColumns | undefined;
  let hasHeader = false;
  for await (const { number, text } of readLines(file)) {
    if (columns === undefined) {
      const header = qrelsHeader(text);
      hasHeader = header !== null;
      const isPlain = /^[^\t]+\t[^\t]+\t[-+]?\d+$/.test(text);
      columns = header ?? (isPlain ? PLAIN_QRELS : TREC_QRELS);
      if (hasHeader) continue;
    }
    const { width, separator, places } = columns;
    const cells = separator === null ? columnsOf(text, width) : text.split(separator);
    if (cells.length !== width) {
      const remedy = hasHeader
        ? `The header line has ${width}. BEIR's qrels have 3, separated by tabs: query-id corpus-id score.`
        : 'Qrels have 4: query 0 passage relevance (or 3 with the header line of BEIR).';
      throw lineError(file, number, `${cells.length} columns`, remedy);
    }
    const [query, passage, relevance] = places.map((place) => cells[place]);
    // Tables that went through another program have 1.0 for 1.
    if (!/^[-+]?\d+(\.0+)?$/.test(relevance.trim())) {
      const reason = `the relevance "${relevance}" is not a whole number`;
      throw lineError(file, number, reason, 'Correct or remove the line.');
    }
    add(qrels, query, passage, Number(relevance), file, number);
  }
  return { qrels, isBeir: hasHeader };
}

async function qrelsOfRows(file: string): Promise<Qrels> {
  const qrels = new Map<string, Map<string, number>>();
  for await (const { number, row } of readJsonRows(file)) {
    const fields = new Map(
      Object.entries(row).map(([name, value]) => [name.toLowerCase().replace(/[- ]/g, '_'), value]),
    );
    const [query, passage, relevance] = [QUERY_NAMES, PASSAGE_NAMES, RELEVANCE_NAMES].map((known) =>
      fields.get(known.find((name) => fields.has(name)) ?? ''),
    );
    if (query === undefined || passage === undefined || !Number.isInteger(Number(relevance))) {
      const remedy = 'Rows are {"query-id", "corpus-id", "score"}.';
      throw lineError(file, number, 'no judgment', remedy);
    }
    add(qrels, String(query), String(passage), Number(relevance), file, number);
  }
  return qrels;
}

function isJson(file: string): boolean {
  return /\.json(\.gz)?$/i.test(file);
}

/** `{"q1": {"d1": 2}}`, as pytrec_eval, BEIR and ranx write runs and qrels. */
async function numbersIn(
  file: string,
  what: string,
  isValid: (value: unknown) => boolean,
): Promise<Map<string, Map<string, number>>> {
  const unusable = (reason: string) =>
    unreadable(file, new Error(`${reason}; it should be {"query": {"passage": number}}`));
  const pieces: string[] = [];
  for await (const { text } of readLines(file)) pieces.push(text);
  let value: unknown;
  try {
    value = JSON.parse(pieces.join('\n'));
  } catch (error) {
    throw unusable(`not valid JSON (${(error as Error).message})`);
  }
  if (!isObject(value)) throw unusable('it is no JSON object');
  const all = new Map<string, Map<string, number>>();
  for (const [query, passages] of Object.entries(value)) {
    if (!isObject(passages)) throw unusable(`"${query}" has no passages`);
    for (const [passage, number] of Object.entries(passages))
      if (!isValid(number)) throw unusable(`${what} of "${passage}" for "${query}" is ${number}`);
    all.set(query, new Map(Object.entries(passages as Record<string, number>)));
  }
  return all;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Splits a line at tabs if that gives the expected number of columns, so that ids may contain
 * spaces; otherwise at any white space.
 */
function columnsOf(text: string, expected: number): string[] {
  const byTab = text.split('\t');
  return byTab.length === expected ? byTab : text.trim().split(/[ \t]+/);
}

function add(
  all: Map<string, Map<string, number>>,
  queryId: string,
  passageId: string,
  value: number,
  file: string,
  line: number,
): void {
  const query = all.get(queryId) ?? new Map<string, number>();
  all.set(queryId, query);
  if (query.has(passageId)) {
    const reason = `passage "${passageId}" is repeated for query "${queryId}"`;
    throw lineError(file, line, reason, 'Keep only one line per query and passage.');
  }
  query.set(passageId, value);
}

export interface RankedQuery {
  readonly queryId: string;
  /** Best first. */
  readonly hits: readonly { readonly id: string; readonly score: number }[];
}

/**
 * The lines of one query in a TREC run, each with its line end. Columns are separated by tabs if an
 * id contains a space.
 * @throws XqgError XQG_RUN_ID when an id contains a tab or a line break
 */
export function formatRun({ queryId, hits }: RankedQuery, tag: string): string {
  return hits
    .map(({ id, score }, i) => formatLine([queryId, 'Q0', id, i + 1, score, tag]))
    .join('');
}

/**
 * Writes a TREC run as a stream.
 * @throws XqgError XQG_RUN_ID when an id contains a tab or a line break
 */
export async function writeRun(
  file: string,
  queries: AsyncIterable<RankedQuery> | Iterable<RankedQuery>,
  tag: string,
): Promise<void> {
  async function* lines() {
    for await (const query of queries) yield formatRun(query, tag);
  }
  await writeLines(file, lines);
}

/**
 * Writes qrels in TREC format, with tabs between the columns if an id contains a space.
 * @throws XqgError XQG_RUN_ID when an id contains a tab or a line break
 */
export async function writeQrels(file: string, qrels: Qrels): Promise<void> {
  function* lines() {
    for (const [queryId, judgments] of qrels) {
      for (const [passageId, relevance] of judgments)
        yield formatLine([queryId, 0, passageId, relevance]);
    }
  }
  await writeLines(file, lines);
}

function writeLines(file: string, lines: () => AsyncIterable<string> | Iterable<string>) {
  const target = createWriteStream(file);
  return file.endsWith('.gz') ? pipeline(lines, createGzip(), target) : pipeline(lines, target);
}

function formatLine(columns: readonly (string | number)[]): string {
  const texts = columns.map(String);
  const broken = texts.find((text) => /[\t\r\n]/.test(text));
  if (broken !== undefined) throw new XqgError('XQG_RUN_ID', { id: broken });
  return `${texts.join(texts.some((text) => /\s/.test(text)) ? '\t' : ' ')}\n`;
}
