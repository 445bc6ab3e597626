/**
 * MLQA-R (LAReQA): questions in several languages, joined by question id; only partly parallel, but every question is
 * in English. Used to tune; split by article into one half that tunes and one that is reported. Knows no model.
 */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { XqgError } from '../../errors/error.js';
import { unreadable } from '../lines.js';
import type { Collection, DataSource, LanguagePart } from './collection.js';
import { readSquad, type SquadArticle } from './files.js';
import { articleGroups, partOfSquad } from './squad-part.js';

export type Half = 'tune' | 'report' | 'all';

export interface MlqarOptions {
  /** Folder of `<lang>.json`, English among them. */
  readonly directory: string;
  /** Default: every language that has a file. English is always read. */
  readonly langs?: readonly string[];
  readonly half: Half;
}

/**
 * Reads one half. The English articles in the order of the sha256 of their titles make the halves, the first half
 * tunes; a paragraph of another language goes where its questions are in English. Passages are those of the half only.
 */
export async function loadMlqar({ directory, langs, half }: MlqarOptions): Promise<Collection> {
  const present = await languagesIn(directory);
  const wanted = new Set(['en', ...(langs ?? present)]);
  const missing = [...wanted].filter((lang) => !present.includes(lang));
  if (missing.length > 0) {
    const reason = `no file for ${missing.join(', ')}`;
    const remedy = `It has ${present.join(', ') || 'none'}; English is always needed.`;
    throw new XqgError('XQG_EVALUATION_DATA', { dataset: 'MLQA-R', directory, reason, remedy });
  }
  const english = await readSquad(join(directory, 'en.json'));
  const articles = articlesOf(english.articles, half);
  const ids = new Set(articles.flatMap(questionIds));
  const parts = new Map<string, LanguagePart>([
    ['en', partOfSquad(articles, 'en', join(directory, 'en.json'))],
  ]);
  const sources: DataSource[] = [english.source];
  for (const lang of [...wanted].sort()) {
    if (lang === 'en') continue;
    const file = join(directory, `${lang}.json`);
    const { articles: all, source } = await readSquad(file);
    parts.set(lang, partOfSquad(keepQuestions(all, ids), lang, file));
    sources.push(source);
  }
  return {
    name: half === 'all' ? 'mlqa-r' : `mlqa-r/${half}`,
    parts,
    groups: articleGroups(articles),
    sources,
    notes: [],
  };
}

function articlesOf(articles: readonly SquadArticle[], half: Half): SquadArticle[] {
  if (half === 'all') return [...articles];
  const digest = new Map(
    articles.map(({ title }) => [title, createHash('sha256').update(title).digest('hex')]),
  );
  const titles = [...digest.keys()].sort((a, b) => (digest.get(a)! < digest.get(b)! ? -1 : 1));
  const tuning = new Set(titles.slice(0, Math.ceil(titles.length / 2)));
  return articles.filter(({ title }) => tuning.has(title) === (half === 'tune'));
}

function questionIds({ paragraphs }: SquadArticle): string[] {
  return paragraphs.flatMap(({ qas }) => qas.map(({ id }) => id));
}

function keepQuestions(articles: readonly SquadArticle[], ids: ReadonlySet<string>): SquadArticle[] {
  return articles.map(({ title, paragraphs }) => ({
    title,
    paragraphs: paragraphs
      .map(({ context, qas }) => ({ context, qas: qas.filter(({ id }) => ids.has(id)) }))
      .filter(({ qas }) => qas.length > 0),
  }));
}

async function languagesIn(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.flatMap((name) => /^(\w+)\.json$/.exec(name)?.[1] ?? []).sort();
  } catch (error) {
    throw unreadable(directory, error);
  }
}
