/**
 * XQuAD: parallel paragraphs and questions in many languages (`xquad.<lang>.json`). One paragraph is one passage, never
 * split. Knows no model. Nothing of it may be used to train, tune or filter.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../../errors/error.js';
import { unreadable } from '../lines.js';
import type { Collection, LanguagePart } from './collection.js';
import { readSquad } from './files.js';
import { articleGroups, partOfSquad } from './squad-part.js';

const PUBLISHED = { paragraphs: 240, questions: 1190 };

export interface XquadOptions {
  /** Folder of `xquad.<lang>.json`. */
  readonly directory: string;
  /** Default: every language that has a file. */
  readonly langs?: readonly string[];
}

/**
 * Reads the languages and checks that they are parallel: the same question ids about the same paragraphs.
 * Throws XQG_EVALUATION_DATA or XQG_EVALUATION_FILE.
 */
export async function loadXquad({ directory, langs }: XquadOptions): Promise<Collection> {
  const present = await languagesIn(directory);
  const wanted = [...new Set(langs ?? present)];
  const missing = wanted.filter((lang) => !present.includes(lang));
  if (missing.length > 0 || wanted.length === 0) {
    const reason = missing.length > 0 ? `no file for ${missing.join(', ')}` : 'no file xquad.<lang>.json';
    const remedy = `It has ${present.join(', ') || 'none'}: give others with --langs, or another folder with --data.`;
    throw new XqgError('XQG_EVALUATION_DATA', { dataset: 'XQuAD', directory, reason, remedy });
  }
  // English is read first, as the language that the others are compared with.
  wanted.sort((a, b) => Number(b === 'en') - Number(a === 'en') || (a < b ? -1 : 1));
  const parts = new Map<string, LanguagePart>();
  let groups = new Map<string, string>();
  const sources = [];
  for (const lang of wanted) {
    const file = join(directory, `xquad.${lang}.json`);
    const { articles, source } = await readSquad(file);
    if (parts.size === 0) groups = articleGroups(articles);
    parts.set(lang, partOfSquad(articles, lang, file));
    sources.push(source);
  }
  checkParallel(parts, directory);
  const { passages, questions } = parts.get(wanted[0])!;
  const published = passages.length === PUBLISHED.paragraphs && questions.size === PUBLISHED.questions;
  const notes = published
    ? []
    : [
        `${passages.length} paragraphs and ${questions.size} questions a language; XQuAD as published has ` +
          `${PUBLISHED.paragraphs} and ${PUBLISHED.questions.toLocaleString('en-US')}`,
      ];
  return { name: 'xquad', parts, groups, sources, notes };
}

async function languagesIn(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.flatMap((name) => /^xquad\.(\w+)\.json$/.exec(name)?.[1] ?? []).sort();
  } catch (error) {
    throw unreadable(directory, error);
  }
}

function checkParallel(parts: ReadonlyMap<string, LanguagePart>, directory: string): void {
  const [[firstLang, first], ...others] = parts;
  for (const [lang, part] of others) {
    const differ = (reason: string) =>
      new XqgError('XQG_EVALUATION_DATA', {
        dataset: 'XQuAD',
        directory,
        reason: `xquad.${lang}.json and xquad.${firstLang}.json differ: ${reason}`,
        remedy: 'Take both files from the same release.',
      });
    if (part.passages.length !== first.passages.length) {
      throw differ(`${part.passages.length} paragraphs against ${first.passages.length}`);
    }
    if (part.questions.size !== first.questions.size) {
      throw differ(`${part.questions.size} questions against ${first.questions.size}`);
    }
    for (const [id, judgments] of first.qrels) {
      const [passageId] = judgments.keys();
      if (!part.qrels.get(id)?.has(passageId))
        throw differ(`question "${id}" is missing or asks another paragraph`);
    }
  }
}
