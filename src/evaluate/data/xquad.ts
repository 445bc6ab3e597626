/**
 * XQuAD and XQuAD-R: the same questions about the same paragraphs in many languages. In XQuAD
 * (`xquad.<lang>.json`) one paragraph is one passage, never split; in XQuAD-R (`<lang>.json`,
 * LAReQA) one sentence is. Nothing of them may be used to train, tune or filter.
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
  /** Default: every language that has a file. */
  readonly langs?: readonly string[];
}

/**
 * Reads the languages and checks that they are parallel: the same question ids about the same
 * paragraphs.
 * @throws XqgError XQG_EVALUATION_DATA or XQG_EVALUATION_FILE
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
        `${passages.length} paragraphs and ${questions.size} questions a language; XQuAD as published has ` +
          `${PUBLISHED.paragraphs} and ${PUBLISHED.questions.toLocaleString('en-US')}`,
      ];
  return { name: 'xquad', ...read, notes };
}

/**
 * The same for sentences. Also throws XQG_EVALUATION_DATA where a language has other counts than
 * published.
 *
 * @param published what is expected of each language
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
