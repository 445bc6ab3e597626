/**
 * Reads a test collection in BEIR's layout: corpus.jsonl, queries.jsonl and qrels/<split>.tsv, each
 * also packed and in the forms of other tools. Passages are streamed. The language of a row is its
 * `lang` or `metadata.lang`, else that of the options, else the detected one.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { IdTable } from '../../base/id-table.js';
import type { Judgments } from '../measures/metrics.js';
import { readQrels } from '../measures/trec.js';
import type { EvaluationPassage, EvaluationQuery, TestCollection } from './collection.js';
import { sourceOf } from './data-folder.js';
import { lineError, readJsonRows, unreadable } from './lines.js';
import { readTopics } from './topics.js';

/** Detects the language of a text. */
type LanguageOf = (text: string) => Promise<string>;

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
  const corpusFile = findFile(directory, ['corpus.jsonl', 'corpus.tsv', 'corpus.csv']);
  const queriesFile = findFile(directory, ['queries.jsonl', 'queries.tsv', 'queries.csv']);
  const qrelsFile = findFile(
    directory,
    ['tsv', 'jsonl', 'json', 'txt', 'qrels'].map((ending) => `qrels/${split}.${ending}`),
  );
  const judged = await readQrels(qrelsFile);
  const queries: EvaluationQuery[] = [];
  const qrels = new Map<string, Judgments>();
  const queryError = (line: number, reason: string) =>
    lineError(queriesFile, line, reason, 'Every query needs a unique _id and a text.');
  for await (const { id, text, lang } of readTopics(queriesFile, queryError)) {
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
      reason: `${basename(queriesFile)} lacks ${count} of the queries in qrels/${basename(qrelsFile)}, such as "${missing[0]}"`,
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

/** @param names the usual one first */
function findFile(directory: string, names: readonly string[]): string {
  const file = names
    .flatMap((name) => [name, `${name}.gz`])
    .map((each) => join(directory, each))
    .find((each) => existsSync(each));
  if (file !== undefined) return file;
  const [name] = names;
  const folder = join(directory, dirname(name));
  const others = existsSync(folder) ? readdirSync(folder).sort().join(', ') : '';
  const there = name.startsWith('qrels/') && others !== '' ? ` (there are ${others}: --split)` : '';
  throw new XqgError('XQG_EVALUATION_DATA', {
    dataset: 'BEIR',
    directory,
    reason: existsSync(directory) ? `there is no ${name}${there}` : 'there is no such folder',
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
  if (/\.[ct]sv(\.gz)?$/.test(file)) {
    yield* rowsOfTable(file);
    return;
  }
  const seen = new IdTable();
  for await (const { number, row } of readJsonRows(file)) {
    const given = row._id ?? row.id ?? row.docid ?? row.doc_id;
    const id = typeof given === 'number' ? String(given) : given;
    if (typeof id !== 'string' || id === '') {
      throw lineError(file, number, 'no "_id"', 'Every row needs a unique _id.');
    }
    const text = row.text ?? row.contents;
    if (typeof text !== 'string')
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
      text,
      lang: lang as string | undefined,
    };
  }
}

/** The rows of a table, read as `xqg index` reads them. */
async function* rowsOfTable(file: string): AsyncGenerator<BeirRow> {
  const { csvReader } = await import('../../corpus/readers/csv.js');
  const seen = new IdTable();
  try {
    for await (const document of csvReader.read({ path: file, id: basename(file), source: file })) {
      const { id, title, lang, blocks, line = 0 } = document;
      if (seen.add(id, seen.size) !== undefined)
        throw lineError(file, line, `id "${id}" is repeated`, 'Remove one of the rows.');
      yield { id, title, text: blocks.map(({ text }) => text).join('\n'), lang };
    }
  } catch (error) {
    if (error instanceof XqgError && error.code.startsWith('XQG_EVALUATION_')) throw error;
    throw unreadable(file, error);
  }
}
