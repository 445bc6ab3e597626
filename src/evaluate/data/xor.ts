/**
 * XOR-TyDi's retrieval task as published: questions as JSONL {id, question, answers, lang, split},
 * predictions as a JSON list of {id, lang, ctxs}.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { isCounted } from '../measures/xor/answer-recall.js';
import type { DataSource, EvaluationPassage, TestCollection } from './collection.js';
import { sourceOf } from './data-folder.js';
import { jsonElements } from './json-elements.js';
import { lineError, readJsonRows, unreadable } from './lines.js';
import { requireLanguages } from './squad.js';

/** The development questions that published figures are of. */
export const XOR_DEV = 'xor_dev_retrieve_eng_span_v1_1.jsonl';

export interface XorQuestion {
  readonly id: string;
  readonly text: string;
  readonly lang: string;
  readonly answers: readonly string[];
}

/**
 * Reads questions from a file, or from XOR_DEV in a folder.
 * @throws XqgError XQG_EVALUATION_FILE, XQG_EVALUATION_LINE
 */
export async function loadXorQuestions(
  path: string,
): Promise<{ questions: ReadonlyMap<string, XorQuestion>; source: DataSource }> {
  const file = await questionFile(path);
  const questions = new Map<string, XorQuestion>();
  for await (const { number, row } of readJsonRows(file)) {
    const { id, question, answers, lang } = row;
    const isQuestion =
      typeof id === 'string' && typeof question === 'string' && typeof lang === 'string';
    if (!isQuestion || !isTexts(answers) || answers.length === 0) {
      throw lineError(
        file,
        number,
        'no question',
        'Rows are {id, question, answers: ["..."], lang}.',
      );
    }
    if (questions.has(id))
      throw lineError(file, number, `id "${id}" comes a second time`, 'Remove one.');
    questions.set(id, { id, text: question, lang, answers });
  }
  if (questions.size === 0) throw unusable(file, 'it has no questions');
  return { questions, source: await sourceOf(file) };
}

export interface XorPrediction {
  readonly id: string;
  /** Retrieved texts, best first. */
  readonly contexts: readonly string[];
}

/**
 * Streams predictions.
 * @throws XqgError XQG_EVALUATION_FILE where the file is no list of them or has two of a question
 */
export async function* readXorPredictions(file: string): AsyncGenerator<XorPrediction> {
  const seen = new Map<string, number>();
  for await (const { place, value } of jsonElements(file)) {
    const { id, ctxs } = (value ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || !isTexts(ctxs)) {
      throw unusable(file, `element ${place} is no prediction {"id", "lang", "ctxs": ["..."]}`);
    }
    const twin = seen.get(id);
    if (twin !== undefined)
      throw unusable(file, `elements ${twin} and ${place} are both for question "${id}"`);
    seen.set(id, place);
    yield { id, contexts: ctxs };
  }
  if (seen.size === 0) throw unusable(file, 'it has no predictions');
}

async function questionFile(path: string): Promise<string> {
  try {
    return (await stat(path)).isDirectory() ? join(path, XOR_DEV) : path;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function unusable(file: string, reason: string): XqgError {
  const remedy = 'docs/datasets.md shows the formats of XOR-TyDi; download or make the file anew.';
  return new XqgError('XQG_EVALUATION_FILE', { file, reason, remedy });
}

/**
 * XOR-TyDi's retrieval task with a corpus: questions with answers, and the English passages that
 * are to be found, as JSONL {docid, title, text}, the rows of the released passages with generated
 * queries among them.
 */
export interface XorCorpusOptions {
  /** Questions as JSONL, or a folder that holds the development set's. */
  readonly questions: string;
  /** Passages as JSONL, gzipped or not. */
  readonly corpus: string;
  /** Default: every language that has questions. */
  readonly langs?: readonly string[];
}

export interface XorCorpus {
  /**
   * One a language, with the counted questions; what is relevant is told by their answers, so
   * judgments name ANSWER only.
   */
  readonly tests: ReadonlyMap<string, TestCollection>;
  readonly passages: readonly EvaluationPassage[];
  readonly questions: ReadonlyMap<string, XorQuestion>;
}

/** Stands for whatever passage has the answer. */
export const ANSWER = 'answer';

/**
 * Reads all of it into memory.
 * @throws XqgError XQG_EVALUATION_DATA where a language has no question, XQG_EVALUATION_FILE, and
 * XQG_EVALUATION_LINE where a row is bad or an id comes twice
 */
export async function loadXorCorpus({
  questions: path,
  corpus,
  langs,
}: XorCorpusOptions): Promise<XorCorpus> {
  const { questions, source } = await loadXorQuestions(path);
  const passages: EvaluationPassage[] = [];
  const seen = new Set<string>();
  for await (const { number, row } of readJsonRows(corpus)) {
    const { docid: id, title = '', text } = row;
    if (
      typeof id !== 'string' ||
      id === '' ||
      typeof text !== 'string' ||
      typeof title !== 'string'
    )
      throw lineError(corpus, number, 'no passage', 'Rows are {"docid", "title", "text"}.');
    if (seen.has(id))
      throw lineError(
        corpus,
        number,
        `docid "${id}" comes a second time`,
        'Remove one of the rows.',
      );
    seen.add(id);
    passages.push({ id, title, text, lang: 'en' });
  }
  const sources = [source, await sourceOf(corpus)];
  const counted = [...questions.values()].filter(isCounted);
  const left = questions.size - counted.length;
  const notes =
    left > 0
      ? [
          `${left} of ${questions.size} questions are answered by yes or no only and are not counted`,
        ]
      : [];
  const present = [...new Set(counted.map(({ lang }) => lang))].sort();
  requireLanguages('XOR-TyDi', path, langs, present);
  const tests = new Map(
    present
      .filter((lang) => langs?.includes(lang) ?? true)
      .map((lang): [string, TestCollection] => {
        const asked = counted.filter((question) => question.lang === lang);
        return [
          lang,
          {
            name: 'xor-tydi',
            queries: asked.map(({ id, text }) => ({ id, text, lang, langGiven: true, group: id })),
            qrels: new Map(asked.map(({ id }) => [id, new Map([[ANSWER, 1]])])),
            passages: () => passages,
            sources,
            notes,
          },
        ];
      }),
  );
  return { tests, passages, questions };
}
