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
import { lineError, readJsonRows } from './lines.js';
import { readTopics, type Topic } from './topics.js';

export interface WikipediaOptions {
  /** Folder that contains the published folders of questions and corpus. */
  readonly directory: string;
  /** ISO 639-1 code. */
  readonly lang: string;
  /** `train` or `dev` (default) for MIRACL; `train`, `dev` or `test` (default) for Mr. TyDi. */
  readonly split?: string;
}

/**
 * The files of a data set, relative to its folder: where each may be, the place of the published
 * data first. All of them may be packed.
 */
interface Layout {
  readonly dataset: string;
  /** As `xqg data get` names it. */
  readonly card: string;
  readonly name: string;
  readonly topics: readonly string[];
  readonly qrels: readonly string[];
  /** Folders of the corpus. */
  readonly corpus: readonly string[];
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
    card: 'miracl',
    name: `miracl-${lang}/${split}`,
    // Pyserini has topics and qrels without the folders.
    topics: [`${set}/topics/topics.${set}-${split}.tsv`, `topics.${set}-${split}.tsv`],
    qrels: [`${set}/qrels/qrels.${set}-${split}.tsv`, `qrels.${set}-${split}.tsv`],
    corpus: [`miracl-corpus-v1.0-${lang}`],
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
    card: 'mr-tydi',
    name: `mr-tydi-${lang}/${split}`,
    // The archives of castorini/mr.tydi have topic.test.tsv, qrels.test.txt and collection/.
    topics: [
      `${set}/ir-format-data/topics.${split}.txt`,
      `${set}/topic.${split}.tsv`,
      `${set}/topics.${split}.tsv`,
    ],
    qrels: [`${set}/ir-format-data/qrels.${split}.txt`, `${set}/qrels.${split}.txt`],
    corpus: [set, `${set}/collection`, `mrtydi-v1.1-${language}-corpus`],
    corpusFiles: /^(corpus|docs)\.jsonl(\.gz)?$/,
  });
}

async function openWikipedia(
  directory: string,
  lang: string,
  layout: Layout,
): Promise<TestCollection> {
  const { dataset, card, name } = layout;
  const [topics, qrelsFile] = [layout.topics, layout.qrels].map((places) => {
    const file = places
      .flatMap((place) => [place, `${place}.gz`])
      .find((place) => existsSync(join(directory, place)));
    if (file !== undefined) return file;
    const remedy = `Add the published folders (xqg data get ${card} --langs ${lang}), or select another split or language.`;
    throw dataError(dataset, directory, `there is no ${places[0]}`, remedy);
  });
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
  { dataset, card, corpus, corpusFiles }: Layout,
): Promise<readonly string[]> {
  const numberOf = (name: string) => Number(/\d+/.exec(name)?.[0] ?? 0);
  for (const place of corpus) {
    const folder = join(directory, place);
    const names = existsSync(folder) ? await readdir(folder) : [];
    const files = names
      .filter((name) => corpusFiles.test(name))
      .sort((a, b) => numberOf(a) - numberOf(b));
    if (files.length === 0) continue;
    const gap = files.findIndex((name, i) => numberOf(name) !== i);
    if (gap < 0) return files.map((name) => join(folder, name));
    const reason = `file ${gap} of the corpus in ${place} is missing`;
    throw dataError(
      dataset,
      directory,
      reason,
      `Download the corpus again (xqg data get ${card}).`,
    );
  }
  const remedy = `Download it (xqg data get ${card}).`;
  throw dataError(dataset, directory, `${corpus[0]} has no corpus`, remedy);
}

function topicsOf(file: string): AsyncGenerator<Topic> {
  return readTopics(file, (line, reason) =>
    lineError(file, line, `no topic: ${reason}`, 'A topic is an id, a tab and the question.'),
  );
}

async function* passagesOf(
  files: readonly string[],
  lang: string,
): AsyncGenerator<EvaluationPassage> {
  const seen = new IdTable();
  for (const file of files) {
    for await (const { number, row } of readJsonRows(file)) {
      const id = row.docid ?? row.id ?? row._id;
      const { title, text } = row.contents === undefined ? row : titledContents(row);
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

/** Pyserini's corpora have title, empty line and text in one field. */
function titledContents({ contents }: Readonly<Record<string, unknown>>) {
  const [, title, text] = /^([^\n]*)\n\n(.*)$/s.exec(String(contents)) ?? ['', '', contents];
  return { title, text };
}

function dataError(dataset: string, directory: string, reason: string, remedy: string): XqgError {
  return new XqgError('XQG_EVALUATION_DATA', { dataset, directory, reason, remedy });
}
