/**
 * Opens MIRACL and Mr. TyDi in their published formats: questions about the Wikipedia of one
 * language, as topics, qrels and a gzipped corpus, which is streamed.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { IdTable } from '../../base/id-table.js';
import type { Judgments } from '../measures/metrics.js';
import { readQrels } from '../measures/trec.js';
import { MR_TYDI_NAMES } from './cards.js';
import type {
  DataSource,
  EvaluationPassage,
  EvaluationQuery,
  TestCollection,
} from './collection.js';
import { sourceOf } from './data-folder.js';
import { lineError, readJsonRows, readLines } from './lines.js';

export interface WikipediaOptions {
  /** Folder that contains the published folders of questions and corpus. */
  readonly directory: string;
  /** ISO 639-1 code. */
  readonly lang: string;
  /** `train` or `dev` (default) for MIRACL; `train`, `dev` or `test` (default) for Mr. TyDi. */
  readonly split?: string;
}

/** The files of a data set, relative to its folder. */
interface Layout {
  readonly dataset: string;
  readonly name: string;
  readonly topics: string;
  readonly qrels: string;
  /** Folder of the corpus. */
  readonly corpus: string;
  /** Matches the names of the corpus's files in that folder. */
  readonly corpusFiles: RegExp;
}

/**
 * Opens MIRACL (Zhang et al., arXiv 2210.09984): the folders `miracl-v1.0-<lang>` from
 * huggingface.co/datasets/miracl/miracl and `miracl-corpus-v1.0-<lang>` from miracl/miracl-corpus.
 * @throws XqgError XQG_EVALUATION_DATA when a file or the text of a judged question is missing
 * @throws XqgError XQG_EVALUATION_LINE, also while streaming, when a row is malformed or its id is
 * repeated
 */
export function openMiracl({
  directory,
  lang,
  split = 'dev',
}: WikipediaOptions): Promise<TestCollection> {
  const set = `miracl-v1.0-${lang}`;
  return openWikipedia(directory, lang, {
    dataset: 'MIRACL',
    name: `miracl-${lang}/${split}`,
    topics: `${set}/topics/topics.${set}-${split}.tsv`,
    qrels: `${set}/qrels/qrels.${set}-${split}.tsv`,
    corpus: `miracl-corpus-v1.0-${lang}`,
    corpusFiles: /^docs-\d+\.jsonl(\.gz)?$/,
  });
}

/**
 * Opens Mr. TyDi (Zhang et al., arXiv 2108.08787): the folder `mrtydi-v1.1-<language>` from
 * huggingface.co/datasets/castorini/mr-tydi, with `corpus.jsonl.gz` from castorini/mr-tydi-corpus
 * in it.
 * @throws XqgError XQG_EVALUATION_DATA when a file or the text of a judged question is missing
 * @throws XqgError XQG_EVALUATION_LINE, also while streaming, when a row is malformed or its id is
 * repeated
 */
export async function openMrTydi({
  directory,
  lang,
  split = 'test',
}: WikipediaOptions): Promise<TestCollection> {
  const language = MR_TYDI_NAMES[lang];
  if (language === undefined) {
    throw dataError(
      'Mr. TyDi',
      directory,
      `it has no ${lang}`,
      `It has ${Object.keys(MR_TYDI_NAMES).join(', ')}.`,
    );
  }
  const set = `mrtydi-v1.1-${language}`;
  return openWikipedia(directory, lang, {
    dataset: 'Mr. TyDi',
    name: `mr-tydi-${lang}/${split}`,
    topics: `${set}/ir-format-data/topics.${split}.txt`,
    qrels: `${set}/ir-format-data/qrels.${split}.txt`,
    corpus: set,
    corpusFiles: /^corpus\.jsonl(\.gz)?$/,
  });
}

async function openWikipedia(
  directory: string,
  lang: string,
  layout: Layout,
): Promise<TestCollection> {
  const { dataset, name, topics, qrels: qrelsFile } = layout;
  for (const file of [topics, qrelsFile]) {
    if (existsSync(join(directory, file))) continue;
    const remedy = 'Add the published folders (xqg data get), or select another split or language.';
    throw dataError(dataset, directory, `there is no ${file}`, remedy);
  }
  const corpus = await corpusOf(directory, layout);
  const judged = await readQrels(join(directory, qrelsFile));
  const queries: EvaluationQuery[] = [];
  const qrels = new Map<string, Judgments>();
  for await (const { id, text } of topicsOf(join(directory, topics))) {
    const judgments = judged.get(id);
    if (judgments === undefined) continue;
    queries.push({ id, text, lang, langGiven: true, group: id });
    qrels.set(id, judgments);
  }
  const missing = [...judged.keys()].filter((id) => !qrels.has(id));
  if (missing.length > 0) {
    const reason = `${topics} lacks ${missing.length} of the questions in ${qrelsFile}, such as "${missing[0]}"`;
    throw dataError(dataset, directory, reason, 'Take both files from the same release.');
  }
  const sources: DataSource[] = [];
  for (const file of [topics, qrelsFile]) sources.push(await sourceOf(join(directory, file)));
  for (const file of corpus) sources.push(await sourceOf(file));
  return { name, queries, qrels, passages: () => passagesOf(corpus, lang), sources, notes: [] };
}

/** The files of the corpus in the order of their numbers, which must have no gap. */
async function corpusOf(
  directory: string,
  { dataset, corpus, corpusFiles }: Layout,
): Promise<readonly string[]> {
  const folder = join(directory, corpus);
  const names = existsSync(folder) ? await readdir(folder) : [];
  const numberOf = (name: string) => Number(/\d+/.exec(name)?.[0] ?? 0);
  const files = names
    .filter((name) => corpusFiles.test(name))
    .sort((a, b) => numberOf(a) - numberOf(b));
  const gap = files.findIndex((name, i) => numberOf(name) !== i);
  if (files.length === 0 || gap >= 0) {
    const reason =
      files.length === 0
        ? `${corpus} has no corpus`
        : `file ${gap} of the corpus in ${corpus} is missing`;
    throw dataError(dataset, directory, reason, 'Download the corpus again (xqg data get).');
  }
  return files.map((name) => join(folder, name));
}

async function* topicsOf(file: string): AsyncGenerator<{ id: string; text: string }> {
  const seen = new Set<string>();
  for await (const { number, text: line } of readLines(file)) {
    const [id, text, ...more] = line.split('\t');
    if (!id || !text || more.length > 0) {
      throw lineError(file, number, 'no topic', 'A topic is an id, a tab and the question.');
    }
    if (seen.has(id)) throw lineError(file, number, `id "${id}" is repeated`, 'Remove one.');
    seen.add(id);
    yield { id, text };
  }
}

async function* passagesOf(
  files: readonly string[],
  lang: string,
): AsyncGenerator<EvaluationPassage> {
  const seen = new IdTable();
  for (const file of files) {
    for await (const { number, row } of readJsonRows(file)) {
      const { docid: id, title, text } = row;
      if (typeof id !== 'string' || id === '' || typeof text !== 'string') {
        throw lineError(file, number, 'no passage', 'Rows are {"docid", "title", "text"}.');
      }
      if (seen.add(id, seen.size) !== undefined) {
        throw lineError(file, number, `docid "${id}" is repeated`, 'Download the corpus again.');
      }
      yield { id, title: typeof title === 'string' ? title : '', text, lang };
    }
  }
}

function dataError(dataset: string, directory: string, reason: string, remedy: string): XqgError {
  return new XqgError('XQG_EVALUATION_DATA', { dataset, directory, reason, remedy });
}
