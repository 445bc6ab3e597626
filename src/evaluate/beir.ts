/** Measures the systems on a collection in BEIR's layout: what `xqg evaluate beir` does. */

import { detectLanguage } from '../languages/detect.js';
import { addRows, type Measured, measureSystems } from './collection.js';
import { openBeir } from './data/beir.js';
import type { EvaluationQuery, TestCollection } from './data/collection.js';
import { detectedLanguages } from './detected-languages.js';
import { type Measure, type MeasureValues, parseMeasures, summarize } from './measures/metrics.js';
import { type NamedParts, openNamedParts } from './parts.js';
import { engineSearchers } from './ranking/engine-searcher.js';
import type {
  AskedQuery,
  DetectLanguages,
  LanguageKnowledge,
  OpenSearcher,
  Searcher,
} from './ranking/searcher.js';
import { type EvaluationResult, madeBy, type Progress } from './report/results.js';
import { SYSTEMS, type System } from './systems.js';
import { MEASURES, type MeasureOptions } from './xquad.js';

export interface EvaluateBeirOptions extends Omit<MeasureOptions, 'settings'>, NamedParts {
  /** Folder of corpus.jsonl, queries.jsonl and qrels/test.tsv. */
  readonly data: string;
  /** Which qrels/<split>.tsv; default `test`. */
  readonly split?: string;
  /** Language of queries and passages whose row names none; detected if not given. */
  readonly queryLang?: string;
  readonly passageLang?: string;
  /**
   * Passages that are ranked for a query at most; default 1,000. Smaller collections are ranked
   * whole.
   */
  readonly depth?: number;
}

/**
 * Measures a BEIR folder.
 * @throws XqgError XQG_EVALUATION_DATA, XQG_EVALUATION_LINE and what `openNamedParts` throws
 */
export async function evaluateBeir(
  options: EvaluateBeirOptions,
  progress: Progress = () => {},
): Promise<EvaluationResult> {
  const { data: directory, split, queryLang, passageLang } = options;
  const detect = async (text: string) => (await detectLanguage(text)).lang;
  const data = await openBeir({ directory, split, queryLang, passageLang, detect });
  const opened = await openNamedParts(options);
  try {
    const { results, perQuery, notes } = await measureBeir(
      data,
      engineSearchers(opened.parts),
      (text) => detectedLanguages(text, opened.parts.generator),
      options,
      progress,
    );
    return {
      results,
      ...(options.perQuery ? { perQuery } : {}),
      notes,
      madeBy: madeBy(options.command, data.sources, opened.identities),
    };
  } finally {
    await opened.close();
  }
}

/** Measures opened data with any searcher. */
export async function measureBeir(
  data: TestCollection,
  open: OpenSearcher,
  detect: DetectLanguages,
  options: Pick<EvaluateBeirOptions, 'systems' | 'languages' | 'measures' | 'perQuery' | 'depth'>,
  progress: Progress,
): Promise<Measured & { notes: string[] }> {
  const systems = options.systems ?? SYSTEMS;
  const measures = parseMeasures(options.measures ?? MEASURES);
  const askerLanguages = [...new Set(data.queries.map(({ lang }) => lang))];
  async function* counted() {
    let passages = 0;
    for await (const passage of data.passages()) {
      yield passage;
      if (++passages % 1000 === 0) progress(`${passages.toLocaleString('en-US')} passages`, 0, 0);
    }
  }
  const knowledge = knowledgeOf(data, options.languages ?? ['given', 'detected']);
  const detected = knowledge.includes('detected');
  const searcher = await open(counted(), { systems, askerLanguages, detected });
  try {
    const depth = Math.min(searcher.size, options.depth ?? 1000);
    const measured: Measured = { results: [], perQuery: [] };
    let done = 0;
    for (const language of knowledge) {
      const asked = await askedQueries(data.queries, language, detect);
      const values = await measureSystems(searcher, systems, asked, data.qrels, measures, depth);
      systems.forEach((system, s) => {
        addGroups(
          measured,
          data,
          searcher,
          system,
          language,
          values[s],
          measures,
          options.perQuery ?? false,
        );
      });
      progress(`language ${language}`, ++done, knowledge.length);
    }
    return { ...measured, notes: notesOf(data, searcher, depth) };
  } finally {
    await searcher.close();
  }
}

/** `given` makes sense only where the language of some query is given. */
function knowledgeOf(
  data: TestCollection,
  wanted: readonly LanguageKnowledge[],
): readonly LanguageKnowledge[] {
  return data.queries.some(({ langGiven }) => langGiven) ? wanted : ['detected'];
}

function askedQueries(
  queries: readonly EvaluationQuery[],
  language: LanguageKnowledge,
  detect: DetectLanguages,
): Promise<AskedQuery[]> {
  return Promise.all(
    queries.map(async ({ id, text, lang, langGiven }) => {
      const given = language === 'given' && langGiven;
      return { id, text, lang, languages: given ? [{ lang, weight: 1 }] : await detect(text) };
    }),
  );
}

/**
 * Rows for each language that is given for queries and, where that is not one language for all, for
 * all queries. Detected languages make no rows of their own: wrong guesses would count as
 * languages.
 */
function addGroups(
  measured: Measured,
  data: TestCollection,
  searcher: Searcher,
  system: System,
  language: LanguageKnowledge,
  { perQuery }: MeasureValues,
  measures: readonly Measure[],
  withQueries: boolean,
): void {
  const groups = new Map<string, Map<string, readonly number[]>>();
  for (const { id, lang, langGiven } of data.queries) {
    if (!langGiven) continue;
    const group = groups.get(lang) ?? new Map<string, readonly number[]>();
    groups.set(lang, group.set(id, perQuery.get(id)!));
  }
  const passageLang = only(searcher.passageLanguages) ?? 'mixed';
  const about = {
    dataset: data.name,
    setting: 'beir' as const,
    passageLang,
    system: system.name,
    generator: 'lexicon',
    language,
  };
  const oneLanguage = groups.size === 1 && data.queries.every(({ langGiven }) => langGiven);
  for (const [queryLang, values] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    addRows(
      measured,
      summarize(values, measures),
      { ...about, queryLang },
      withQueries && oneLanguage,
    );
  }
  if (oneLanguage) return;
  const queryLang = only(new Set(data.queries.map(({ lang }) => lang))) ?? 'mixed';
  addRows(measured, summarize(perQuery, measures), { ...about, queryLang }, withQueries);
}

/** The only value of a set; undefined if there are several or none. */
function only<T>(values: ReadonlySet<T>): T | undefined {
  return values.size === 1 ? [...values][0] : undefined;
}

function notesOf(
  { queries, qrels, ...data }: TestCollection,
  searcher: Searcher,
  depth: number,
): string[] {
  const notes = [...data.notes];
  let missing = 0;
  for (const judgments of qrels.values()) {
    for (const [id, relevance] of judgments) if (relevance > 0 && !searcher.has(id)) missing++;
  }
  if (missing > 0)
    notes.push(
      `${missing} relevant passages of the qrels are not in the corpus and count as not found`,
    );
  if (depth < searcher.size) {
    const cut = `rankings are cut at ${depth.toLocaleString('en-US')} of ${searcher.size.toLocaleString('en-US')} passages`;
    notes.push(`${cut}: a relevant passage beyond counts as not found`);
  }
  const detected = queries.filter(({ langGiven }) => !langGiven).length;
  if (detected > 0)
    notes.push(`the language of ${detected} of ${queries.length} queries was detected, not given`);
  return notes;
}
