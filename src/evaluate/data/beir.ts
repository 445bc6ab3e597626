/**
 * A collection in BEIR's layout: corpus.jsonl, queries.jsonl, qrels/<split>.tsv. Passages are
 * streamed. The language of a row is its `lang` or `metadata.lang`, else the one given, else
 * detected.
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

/** Names the language of a text. */
export type LanguageOf = (text: string) => Promise<string>;

export interface BeirOptions {
  readonly directory: string;
  /** Which qrels/<split>.tsv; default `test`. */
  readonly split?: string;
  /** Language (ISO 639-1) of queries and passages whose row names none. */
  readonly queryLang?: string;
  readonly passageLang?: string;
  /** Asked for rows without a language where none is given. */
  readonly detect: LanguageOf;
}

/**
 * Reads queries and qrels, and opens the corpus.
 * @throws XqgError XQG_EVALUATION_DATA where a file or a judged query is missing,
 * XQG_EVALUATION_LINE (also while streaming) where a row is bad or an id comes twice
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
    const known = lang ?? queryLang;
    const langGiven = known !== undefined;
    queries.push({ id, text, lang: known ?? (await detect(text)), langGiven, group: id });
    qrels.set(id, judgments);
  }
  if (qrels.size < judged.size) {
    const missing = [...judged.keys()].filter((id) => !qrels.has(id));
    const count = missing.length.toLocaleString('en-US');
    throw new XqgError('XQG_EVALUATION_DATA', {
      dataset: 'BEIR',
      directory,
      reason: `queries.jsonl lacks ${count} of the queries in qrels/${split}.tsv, "${missing[0]}" first`,
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
      'A BEIR folder holds corpus.jsonl, queries.jsonl and qrels/test.tsv (each may end in .gz).',
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
      throw lineError(file, number, 'no "_id"', 'Every row needs an _id of its own.');
    }
    if (typeof row.text !== 'string')
      throw lineError(file, number, `no "text" for "${id}"`, 'Every row needs a text.');
    if (seen.add(id, seen.size) !== undefined)
      throw lineError(file, number, `_id "${id}" comes a second time`, 'Remove one of the rows.');
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
