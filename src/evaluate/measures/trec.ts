/**
 * Reads and writes runs and qrels in TREC format (columns separated by spaces or tabs), and reads
 * qrels of BEIR (tab-separated, with a header line). Errors state the file and the line.
 */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { XqgError } from '../../base/errors.js';
import { lineError, readLines } from '../data/lines.js';
import type { Qrels, Run } from './metrics.js';

interface RunLine {
  /** From 1. */
  readonly line: number;
  readonly queryId: string;
  readonly passageId: string;
  readonly score: number;
}

const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;
const INTEGER = /^[-+]?\d+$/;

/**
 * Streams the lines `queryId Q0 passageId rank score tag` of a run. The rank is ignored, as in
 * trec_eval.
 * @throws XqgError XQG_EVALUATION_LINE when a line is malformed
 */
async function* readRunLines(file: string): AsyncGenerator<RunLine> {
  for await (const { number, text } of readLines(file)) {
    const columns = columnsOf(text, 6);
    if (columns.length !== 6) {
      throw lineError(
        file,
        number,
        `${columns.length} columns`,
        'A run has 6: query Q0 passage rank score tag.',
      );
    }
    const [queryId, , passageId, , score] = columns;
    const value = NUMBER.test(score) ? Number(score) : Number.NaN;
    if (!Number.isFinite(value)) {
      throw lineError(
        file,
        number,
        `the score "${score}" is not a finite number`,
        'Correct or remove the line.',
      );
    }
    yield { line: number, queryId, passageId, score: value };
  }
}

/**
 * Reads a whole run, whose lines may be in any order.
 * @throws XqgError XQG_EVALUATION_LINE when a line is malformed or a passage is repeated for a
 * query
 */
export async function readRun(file: string): Promise<Run> {
  const run = new Map<string, Map<string, number>>();
  for await (const { line, queryId, passageId, score } of readRunLines(file)) {
    add(run, queryId, passageId, score, file, line);
  }
  return run;
}

/**
 * Reads qrels in TREC format (`queryId 0 passageId relevance`) or in BEIR's, which has the header
 * line `query-id corpus-id score`.
 * @throws XqgError XQG_EVALUATION_LINE when a line is malformed or a passage is judged twice for a
 * query
 * @throws XqgError XQG_EVALUATION_FILE when the file cannot be read or has no judgments
 */
export async function readQrels(file: string): Promise<Qrels> {
  const qrels = new Map<string, Map<string, number>>();
  let beir = false;
  for await (const { number, text } of readLines(file)) {
    if (number === 1 && /^query-id\t/i.test(text)) {
      beir = true;
      continue;
    }
    const width = beir ? 3 : 4;
    const columns = columnsOf(text, width);
    if (columns.length !== width) {
      const remedy = beir
        ? 'BEIR qrels have 3, separated by tabs: query-id corpus-id score.'
        : 'Qrels have 4: query 0 passage relevance (or 3 with the header line of BEIR).';
      throw lineError(file, number, `${columns.length} columns`, remedy);
    }
    const relevance = columns[width - 1];
    if (!INTEGER.test(relevance)) {
      const reason = `the relevance "${relevance}" is not a whole number`;
      throw lineError(file, number, reason, 'Correct or remove the line.');
    }
    add(qrels, columns[0], columns[width - 2], Number(relevance), file, number);
  }
  if (qrels.size === 0) {
    const remedy = 'Download it again; nothing can be measured without judgments.';
    throw new XqgError('XQG_EVALUATION_FILE', { file, reason: 'it has no judgments', remedy });
  }
  return qrels;
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
  await pipeline(lines, createWriteStream(file));
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
  await pipeline(lines, createWriteStream(file));
}

function formatLine(columns: readonly (string | number)[]): string {
  const texts = columns.map(String);
  const broken = texts.find((text) => /[\t\r\n]/.test(text));
  if (broken !== undefined) throw new XqgError('XQG_RUN_ID', { id: broken });
  return `${texts.join(texts.some((text) => /\s/.test(text)) ? '\t' : ' ')}\n`;
}
