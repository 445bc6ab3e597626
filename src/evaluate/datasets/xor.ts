/**
 * XOR-TyDi's retrieval task as published: questions as JSONL {id, question, answers, lang, split}, predictions as a JSON
 * list of {id, lang, ctxs}. Knows no measure.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../../errors/error.js';
import { lineError, readJsonRows, unreadable } from '../lines.js';
import type { DataSource } from './collection.js';
import { sourceOf } from './files.js';
import { jsonElements } from './json-elements.js';

/** The development questions that published figures are of. */
export const XOR_DEV = 'xor_dev_retrieve_eng_span_v1_1.jsonl';

export interface XorQuestion {
  readonly id: string;
  readonly text: string;
  readonly lang: string;
  readonly answers: readonly string[];
}

/** Reads questions from a file, or from XOR_DEV in a folder. Throws XQG_EVALUATION_FILE, XQG_EVALUATION_LINE. */
export async function loadXorQuestions(
  path: string,
): Promise<{ questions: ReadonlyMap<string, XorQuestion>; source: DataSource }> {
  const file = await questionFile(path);
  const questions = new Map<string, XorQuestion>();
  for await (const { number, row } of readJsonRows(file)) {
    const { id, question, answers, lang } = row;
    const isQuestion = typeof id === 'string' && typeof question === 'string' && typeof lang === 'string';
    if (!isQuestion || !isTexts(answers) || answers.length === 0) {
      throw lineError(file, number, 'no question', 'Rows are {id, question, answers: ["..."], lang}.');
    }
    if (questions.has(id)) throw lineError(file, number, `id "${id}" comes a second time`, 'Remove one.');
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

/** Streams predictions. Throws XQG_EVALUATION_FILE where the file is no list of them or has two of a question. */
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
