/**
 * Reads a test collection in BEIR's layout: corpus.jsonl, queries.jsonl and qrels/<split>.tsv.
 * Passages are streamed. The language of a row is its `lang` or `metadata.lang`, else that of the
 * options, else the detected one.
 */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { IdTable } from '../../base/id-table.js';
import type { Judgments } from '../measures/metrics.js';
import { readQrels } from '../measures/trec.js';
import type { EvaluationPassage, EvaluationQuery, TestCollection } from './collection.js';
import { sourceOf } from './data-folder.js';
import { lineError, readJsonRows } from './lines.js';

/** Detects the language of a text. */
export type LanguageOf = (text: string) => Promise<string>;

export interface BeirOptions {
  readonly directory: string;
  /** Selects qrels/<split>.tsv; `test` by default. */
  readonly split?: string;
  /** Language (ISO 639-1) of the queries whose row states none. */
  readonly queryLang?: string;
  /** Language (ISO 639-1) of the passages whose row states none. */
  readonly passageLang?: string;
  /** Detects the language of rows for which none is stated. */
  readonly detect: LanguageOf;
}

/**
 * Reads queries and qrels, and opens the corpus.
 * @throws XqgError XQG_EVALUATION_DATA when a file or a judged query is missing
 * @throws XqgError XQG_EVALUATION_LINE, also while streaming, when a row is malformed or its id is
 * repeated
 */
export async function openBeir(options: BeirOptions): Promise<TestCollection> {
  const { directory, split = 'test', queryLang, passageLang, detect } = options;
  const corpusFile = findFile(directory, 'corpus.jsonl');
  const queriesFile = findFile(directory, 'queries.jsonl');
  const qrelsFile = findFile(directory, `qrels/${split}.tsv`);
  const judged = await readQrels(qrelsFile);
  const queries: EvaluationQuery[] = [];
  const qrels = new Map<string, Judgments>();
  for await (const { id, text, lang } of rowsOf(queriesFile)) {
    const judgments = judged.get(id);
    if (judgments === undefined) continue;
    const stated = lang ?? queryLang;
    const langGiven = stated !== undefined;
    queries.push({ id, text, lang: stated ?? (await detect(text)), langGiven, group: id });
    qrels.set(id, judgments);
  }
  if (qrels.size < judged.size) {
    const missing = [...judged.keys()].filter((id) => !qrels.has(id));
    const count = missing.length.toLocaleString('en-US');
    throw new XqgError('XQG_EVALUATION_DATA', {
      dataset: 'BEIR',
      directory,
      reason: `queries.jsonl lacks ${count} of the queries in qrels/${split}.tsv, such as "${missing[0]}"`,
      remedy: 'Take all three files from the same release.',
    });
  }
  async function* passages(): AsyncGenerator<EvaluationPassage> {
    for await (const { id, title, text, lang } of rowsOf(corpusFile)) {
      yield { id, title, text, lang: lang ?? passageLang ?? (await detect(`${title}\n${text}`)) };
    }
  }
  const sources = [
    await sourceOf(corpusFile),
    await sourceOf(queriesFile),
    await sourceOf(qrelsFile),
  ];
  return { name: basename(resolve(directory)), queries, qrels, passages, sources, notes: [] };
}

function findFile(directory: string, name: string): string {
  const file = [name, `${name}.gz`]
    .map((each) => join(directory, each))
    .find((each) => existsSync(each));
  if (file !== undefined) return file;
  throw new XqgError('XQG_EVALUATION_DATA', {
    dataset: 'BEIR',
    directory,
    reason: `there is no ${name}`,
    remedy:
      'A BEIR folder has corpus.jsonl, queries.jsonl and qrels/test.tsv (each may end in .gz).',
  });
}

interface BeirRow {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly lang: string | undefined;
}

async function* rowsOf(file: string): AsyncGenerator<BeirRow> {
  const seen = new IdTable();
  for await (const { number, row } of readJsonRows(file)) {
    const id = typeof row._id === 'number' ? String(row._id) : row._id;
    if (typeof id !== 'string' || id === '') {
      throw lineError(file, number, 'no "_id"', 'Every row needs a unique _id.');
    }
    if (typeof row.text !== 'string')
      throw lineError(file, number, `no "text" for "${id}"`, 'Every row needs a text.');
    if (seen.add(id, seen.size) !== undefined)
      throw lineError(file, number, `_id "${id}" is repeated`, 'Remove one of the rows.');
    const metadata = row.metadata as { lang?: unknown } | null | undefined;
    const lang = [row.lang, metadata?.lang].find(
      (value) => typeof value === 'string' && value !== '',
    );
    yield {
      id,
      title: typeof row.title === 'string' ? row.title : '',
      text: row.text,
      lang: lang as string | undefined,
    };
  }
}
