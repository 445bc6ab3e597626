/**
 * Reads XQuAD and XQuAD-R: the same questions about the same paragraphs in many languages. A
 * passage is a paragraph in XQuAD (`xquad.<lang>.json`) and a sentence in XQuAD-R (`<lang>.json`,
 * LAReQA). Both are for reporting only, never for training, tuning or filtering.
 */

import type { Collection, DataSource, LanguagePart } from './collection.js';
import { checkCounts, type PublishedCounts, XQUAD_R } from './published-counts.js';
import {
  articleGroups,
  checkParallel,
  languageFiles,
  type PassageUnit,
  partOfSquad,
  readSquad,
} from './squad.js';

const PUBLISHED = { paragraphs: 240, questions: 1190 };

export interface XquadOptions {
  /** Folder of the files. */
  readonly directory: string;
  /** All languages that have a file by default. */
  readonly langs?: readonly string[];
}

/**
 * Reads XQuAD and checks that its languages are parallel.
 * @throws XqgError XQG_EVALUATION_DATA when a language is missing or the languages are not parallel
 * @throws XqgError XQG_EVALUATION_FILE when a file cannot be read
 */
export async function loadXquad({ directory, langs }: XquadOptions): Promise<Collection> {
  const files = await languageFiles({
    dataset: 'XQuAD',
    directory,
    prefix: 'xquad.',
    suffix: '.json',
    langs,
  });
  const read = await readLanguages(files, 'paragraph');
  checkParallel('XQuAD', directory, read.parts, (id) => id);
  const [{ passages, questions }] = read.parts.values();
  const published =
    passages.length === PUBLISHED.paragraphs && questions.size === PUBLISHED.questions;
  const notes = published
    ? []
    : [
        `${passages.length} paragraphs and ${questions.size} questions per language; XQuAD as published has ` +
          `${PUBLISHED.paragraphs} and ${PUBLISHED.questions.toLocaleString('en-US')}`,
      ];
  return { name: 'xquad', ...read, notes };
}

/**
 * Reads XQuAD-R and checks that its languages are parallel.
 *
 * @param published expected counts of each language
 * @throws XqgError XQG_EVALUATION_DATA when a language is missing, differs from the published
 * counts, or is not parallel to the others
 * @throws XqgError XQG_EVALUATION_FILE when a file cannot be read
 */
export async function loadXquadR(
  { directory, langs }: XquadOptions,
  published: PublishedCounts = XQUAD_R,
): Promise<Collection> {
  const files = await languageFiles({
    dataset: 'XQuAD-R',
    directory,
    prefix: '',
    suffix: '.json',
    langs,
  });
  const read = await readLanguages(files, 'sentence');
  for (const [lang, part] of read.parts) checkCounts('XQuAD-R', directory, lang, part, published);
  checkParallel('XQuAD-R', directory, read.parts, (id) => id.split('s')[0]);
  return { name: 'xquad-r', ...read, notes: [] };
}

async function readLanguages(files: ReadonlyMap<string, string>, unit: PassageUnit) {
  const parts = new Map<string, LanguagePart>();
  const sources: DataSource[] = [];
  let groups = new Map<string, string>();
  for (const [lang, file] of files) {
    const { articles, source } = await readSquad(file);
    if (parts.size === 0) groups = articleGroups(articles);
    parts.set(lang, partOfSquad(articles, lang, file, unit));
    sources.push(source);
  }
  return { parts, groups, sources };
}
