/**
 * Reads MLQA-R (LAReQA): questions in several languages with common ids. It is only partly
 * parallel, but has every question in English. It is split by article into a half for tuning and a
 * half for reporting.
 */
import { sha256 } from '../../base/identity.js';
import type { Collection, DataSource, LanguagePart } from './collection.js';
import { checkCounts, MLQA_R, type PublishedCounts } from './published-counts.js';
import {
  articleGroups,
  languageFiles,
  type PassageUnit,
  partOfSquad,
  readSquad,
  type SquadArticle,
} from './squad.js';

export type Half = 'tune' | 'report' | 'all';

export interface MlqarOptions {
  /** Folder of `<lang>.json` files, including English. */
  readonly directory: string;
  /** All languages that have a file by default. English is always read. */
  readonly langs?: readonly string[];
  readonly half: Half;
  /** Passages are paragraphs by default, or sentences as in LAReQA. */
  readonly unit?: PassageUnit;
  /** Expected sentences and questions per language, by default as published; null for any. */
  readonly published?: PublishedCounts | null;
}

/**
 * Reads one half, with only its own passages. The English articles are ordered by the sha256 of
 * their titles, and the first half of them is for tuning; a paragraph in another language belongs
 * to the half that has its questions in English.
 * @throws XqgError XQG_EVALUATION_DATA when a language is missing or differs from the published
 * counts
 * @throws XqgError XQG_EVALUATION_FILE when a file cannot be read
 */
export async function loadMlqar(options: MlqarOptions): Promise<Collection> {
  const { directory, langs, half, unit = 'paragraph', published = MLQA_R } = options;
  const shape = { prefix: '', suffix: '.json', required: ['en'] };
  const files = await languageFiles({ dataset: 'MLQA-R', directory, ...shape, langs });
  const parts = new Map<string, LanguagePart>();
  const sources: DataSource[] = [];
  let groups = new Map<string, string>();
  for (const [lang, file] of files) {
    const { articles, source } = await readSquad(file);
    if (published !== null) {
      checkCounts(
        'MLQA-R',
        directory,
        lang,
        partOfSquad(articles, lang, file, 'sentence'),
        published,
      );
    }
    const inHalf = lang === 'en' ? articlesOf(articles, half) : withQuestions(articles, groups);
    if (lang === 'en') groups = articleGroups(inHalf);
    parts.set(lang, partOfSquad(half === 'all' ? articles : inHalf, lang, file, unit));
    sources.push(source);
  }
  return { name: half === 'all' ? 'mlqa-r' : `mlqa-r/${half}`, parts, groups, sources, notes: [] };
}

function articlesOf(articles: readonly SquadArticle[], half: Half): SquadArticle[] {
  if (half === 'all') return [...articles];
  const digest = new Map(articles.map(({ title }) => [title, sha256(title)]));
  const titles = [...digest.keys()].sort((a, b) => (digest.get(a)! < digest.get(b)! ? -1 : 1));
  const tuning = new Set(titles.slice(0, Math.ceil(titles.length / 2)));
  return articles.filter(({ title }) => tuning.has(title) === (half === 'tune'));
}

/** The paragraphs that have any of these questions, with only these questions. */
function withQuestions(
  articles: readonly SquadArticle[],
  ids: ReadonlyMap<string, unknown>,
): SquadArticle[] {
  return articles.map(({ title, paragraphs }) => ({
    title,
    paragraphs: paragraphs
      .map((paragraph) => ({ ...paragraph, qas: paragraph.qas.filter(({ id }) => ids.has(id)) }))
      .filter(({ qas }) => qas.length > 0),
  }));
}
