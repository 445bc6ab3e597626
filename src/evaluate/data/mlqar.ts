/**
 * MLQA-R (LAReQA): questions in several languages, joined by question id; only partly parallel, but
 * every question is in English. Used to tune; split by article into one half that tunes and one
 * that is reported.
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
  /** Folder of `<lang>.json`, English among them. */
  readonly directory: string;
  /** Default: every language that has a file. English is always read. */
  readonly langs?: readonly string[];
  readonly half: Half;
  /** What one passage is: a paragraph, as for tuning (default), or a sentence, as LAReQA has it. */
  readonly unit?: PassageUnit;
  /** Sentences and questions expected of each language; null: any. Default: those published. */
  readonly published?: PublishedCounts | null;
}

/**
 * Reads one half. The English articles in the order of the sha256 of their titles make the halves,
 * the first half tunes; a paragraph of another language goes where its questions are in English.
 * Passages are those of the half only.
 * @throws XqgError XQG_EVALUATION_DATA where a language is missing or has other counts than
 * published, XQG_EVALUATION_FILE
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
    const kept = lang === 'en' ? articlesOf(articles, half) : keepQuestions(articles, groups);
    if (lang === 'en') groups = articleGroups(kept);
    parts.set(lang, partOfSquad(half === 'all' ? articles : kept, lang, file, unit));
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

/** The paragraphs that ask one of these questions, each with those questions only. */
function keepQuestions(
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
