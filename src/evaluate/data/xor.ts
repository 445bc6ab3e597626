/**
 * Reads XOR-TyDi's retrieval task as published: questions as JSONL {id, question, answers, lang,
 * split}, predictions as a JSON array of {id, lang, ctxs}, and a corpus as JSONL {docid, title,
 * text}.
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

/** File of the development questions, on which published figures are measured. */
export const XOR_DEV = 'xor_dev_retrieve_eng_span_v1_1.jsonl';

export interface XorQuestion {
  readonly id: string;
  readonly text: string;
  readonly lang: string;
  readonly answers: readonly string[];
}

/**
 * Reads questions from a file, or from XOR_DEV in a folder.
 * @throws XqgError XQG_EVALUATION_FILE when the file cannot be read or has no questions
 * @throws XqgError XQG_EVALUATION_LINE when a row is malformed or its id is repeated
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
    if (questions.has(id)) throw lineError(file, number, `id "${id}" is repeated`, 'Remove one.');
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
 * @throws XqgError XQG_EVALUATION_FILE when the file is not an array of predictions, is empty, or
 * has two predictions for a question
 */
export async function* readXorPredictions(file: string): AsyncGenerator<XorPrediction> {
  const seen = new Map<string, number>();
  for await (const { position, value } of jsonElements(file)) {
    const { id, ctxs } = (value ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || !isTexts(ctxs)) {
      const format = '{"id", "lang", "ctxs": ["..."]}';
      throw unusable(file, `element ${position} is not a prediction ${format}`);
    }
    const duplicate = seen.get(id);
    if (duplicate !== undefined)
      throw unusable(file, `elements ${duplicate} and ${position} are both for question "${id}"`);
    seen.set(id, position);
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
  const remedy = 'See the formats in docs/datasets.md, and download or create the file again.';
  return new XqgError('XQG_EVALUATION_FILE', { file, reason, remedy });
}

export interface XorCorpusOptions {
  /** File of questions, or a folder that contains XOR_DEV. */
  readonly questions: string;
  /** English passages as JSONL {docid, title, text}, plain or gzipped; other fields are ignored. */
  readonly corpus: string;
  /** All languages that have questions by default. */
  readonly langs?: readonly string[];
}

export interface XorCorpus {
  /**
   * One test collection per language, with the questions that count. Relevance follows from the
   * answers, so the judgments contain only ANSWER.
   */
  readonly tests: ReadonlyMap<string, TestCollection>;
  readonly passages: readonly EvaluationPassage[];
  readonly questions: ReadonlyMap<string, XorQuestion>;
}

/** Id in the judgments that stands for any passage with an answer. */
export const ANSWER = 'answer';

/**
 * Reads questions and passages into memory.
 * @throws XqgError XQG_EVALUATION_DATA when a language has no question
 * @throws XqgError XQG_EVALUATION_FILE when a file cannot be read or has no questions
 * @throws XqgError XQG_EVALUATION_LINE when a row is malformed or its id is repeated
 */
export async function loadXorCorpus({
  questions: path,
  corpus,
  langs,
}: XorCorpusOptions): Promise<XorCorpus> {
  const { questions, source } = await loadXorQuestions(path);
  const passages = await readPassages(corpus);
  const sources = [source, await sourceOf(corpus)];
  const counted = [...questions.values()].filter(isCounted);
  const excluded = questions.size - counted.length;
  const notes =
    excluded > 0
      ? [
          `${excluded} of ${questions.size} questions are excluded because their only answers are yes or no`,
        ]
      : [];
  const present = [...new Set(counted.map(({ lang }) => lang))].sort();
  requireLanguages('XOR-TyDi', path, langs, present);
  const tests = new Map<string, TestCollection>();
  for (const lang of present.filter((each) => langs?.includes(each) ?? true)) {
    const inLanguage = counted.filter((question) => question.lang === lang);
    tests.set(lang, {
      name: 'xor-tydi',
      queries: inLanguage.map(({ id, text }) => ({ id, text, lang, langGiven: true, group: id })),
      qrels: new Map(inLanguage.map(({ id }) => [id, new Map([[ANSWER, 1]])])),
      passages: () => passages,
      sources,
      notes,
    });
  }
  return { tests, passages, questions };
}

async function readPassages(corpus: string): Promise<EvaluationPassage[]> {
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
      throw lineError(corpus, number, `docid "${id}" is repeated`, 'Remove one of the rows.');
    seen.add(id);
    passages.push({ id, title, text, lang: 'en' });
  }
  return passages;
}
