/**
 * Loads MIRACL and Mr. TyDi into memory, for experiments that read a pool several times. Each
 * language has its own questions and passages.
 */
import { readdir } from 'node:fs/promises';
import type { Judgments } from '../measures/metrics.js';
import { MR_TYDI_NAMES } from './cards.js';
import type {
  Collection,
  DataSource,
  EvaluationPassage,
  LanguagePart,
  TestCollection,
} from './collection.js';
import { unreadable } from './lines.js';
import { requireLanguages } from './squad.js';
import { openMiracl, openMrTydi } from './wikipedia.js';

export interface WikipediaLanguages {
  /** Folder that contains the published folders. */
  readonly directory: string;
  /** All languages that have a folder by default. */
  readonly langs?: readonly string[];
  /** By default `dev` for MIRACL and `test` for Mr. TyDi. */
  readonly split?: string;
}

/**
 * Loads MIRACL.
 * @throws XqgError XQG_EVALUATION_DATA when a language is missing; also the errors of `openMiracl`
 */
export function loadMiracl({ split = 'dev', ...options }: WikipediaLanguages): Promise<Collection> {
  const name = split === 'dev' ? 'miracl' : `miracl/${split}`;
  return load(
    'MIRACL',
    name,
    options,
    (entry) => /^(?:topics\.)?miracl-v1\.0-([a-z]{2,3})(?:$|-)/.exec(entry)?.[1],
    (lang) => openMiracl({ directory: options.directory, lang, split }),
  );
}

/**
 * Loads Mr. TyDi.
 * @throws XqgError XQG_EVALUATION_DATA when a language is missing; also the errors of `openMrTydi`
 */
export function loadMrTydi({
  split = 'test',
  ...options
}: WikipediaLanguages): Promise<Collection> {
  const name = split === 'test' ? 'mr-tydi' : `mr-tydi/${split}`;
  const byFolder = new Map(
    Object.entries(MR_TYDI_NAMES).map(([lang, language]) => [`mrtydi-v1.1-${language}`, lang]),
  );
  return load(
    'Mr. TyDi',
    name,
    options,
    (folder) => byFolder.get(folder),
    (lang) => openMrTydi({ directory: options.directory, lang, split }),
  );
}

async function load(
  dataset: string,
  name: string,
  { directory, langs }: WikipediaLanguages,
  langOf: (folder: string) => string | undefined,
  open: (lang: string) => Promise<TestCollection>,
): Promise<Collection> {
  let folders: string[];
  try {
    folders = await readdir(directory);
  } catch (error) {
    throw unreadable(directory, error);
  }
  const present = [...new Set(folders.map(langOf).filter((lang) => lang !== undefined))].sort();
  requireLanguages(dataset, directory, langs, present);
  const parts = new Map<string, LanguagePart>();
  const sources: DataSource[] = [];
  const notes: string[] = [];
  for (const lang of present.filter((each) => langs?.includes(each) ?? true)) {
    const test = await open(lang);
    const { passages, absent } = await loadPool(test);
    const questions = new Map(test.queries.map(({ id, text }) => [id, text]));
    parts.set(lang, { passages, questions, qrels: test.qrels });
    sources.push(...test.sources);
    if (absent > 0) notes.push(absentNote(`${dataset} ${lang}`, absent));
  }
  return { name, parts, groups: new Map(), sources, notes };
}

/** Loads the passages of a pool, and counts the relevant passages that it lacks. */
async function loadPool({
  passages: stream,
  qrels,
}: Pick<TestCollection, 'passages' | 'qrels'>): Promise<{
  passages: EvaluationPassage[];
  absent: number;
}> {
  const passages: EvaluationPassage[] = [];
  const ids = new Set<string>();
  for await (const passage of stream()) {
    passages.push(passage);
    ids.add(passage.id);
  }
  const relevant = (judgments: Judgments) =>
    [...judgments].filter(([, relevance]) => relevance > 0);
  const absent = [...qrels.values()].flatMap(relevant).filter(([id]) => !ids.has(id)).length;
  return { passages, absent };
}

function absentNote(what: string, absent: number): string {
  return `${what}: ${absent} relevant passages of the qrels are not in the corpus and count as not found`;
}
