/**
 * The shapes of evaluation data: a test collection (a pool of passages, questions, judgments), and
 * a parallel data set, of which many test collections can be made.
 */
import type { Judgments, Qrels } from '../measures/metrics.js';

export interface EvaluationPassage {
  /** Unique within a pool. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly lang: string;
}

export interface EvaluationQuery {
  /** The same for the translations of a question. */
  readonly id: string;
  readonly text: string;
  readonly lang: string;
  /** False if the data state no language and it was detected. */
  readonly langGiven: boolean;
  /**
   * The cluster of the question, such as its SQuAD article: questions of one group are not
   * independent samples. The question's own id if it belongs to no group.
   */
  readonly group: string;
}

/** A file that a data set was read from. */
export interface DataSource {
  /** Name without the folder. */
  readonly file: string;
  readonly sha256: string;
}

/** A test collection: questions, a pool of passages, and judgments of their relevance. */
export interface TestCollection {
  readonly name: string;
  /** The judged questions. */
  readonly queries: readonly EvaluationQuery[];
  /** By question id; every question of `queries` has an entry. */
  readonly qrels: Qrels;
  /** True: the passage with the id of a question is not ranked for it. Default false. */
  readonly leavesOutOwnId?: boolean;
  /** Streams the pool; may be called repeatedly. */
  passages(): AsyncIterable<EvaluationPassage> | Iterable<EvaluationPassage>;
  readonly sources: readonly DataSource[];
  /** Remarks for the reader of a report, such as a size that differs from the published one. */
  readonly notes: readonly string[];
}

/** One language of a parallel data set. */
export interface LanguagePart {
  readonly passages: readonly EvaluationPassage[];
  /** Question text by question id. */
  readonly questions: ReadonlyMap<string, string>;
  /** Passages of this language that answer a question, by question id. */
  readonly qrels: Qrels;
}

/** A parallel data set: the translations of a question have the same id. */
export interface Collection {
  readonly name: string;
  /** By language, in the order in which results are shown. */
  readonly parts: ReadonlyMap<string, LanguagePart>;
  /** Groups by question id (see `EvaluationQuery`); questions without a group are absent. */
  readonly groups: ReadonlyMap<string, string>;
  readonly sources: readonly DataSource[];
  readonly notes: readonly string[];
}

/** How the languages of questions and passages are paired in a parallel data set. */
export type ParallelSetting = 'mono' | 'to-english' | 'from-english' | 'cross' | 'multi';

export interface LanguagePair {
  readonly queryLang: string;
  /** ALL_LANGUAGES in the setting multi. */
  readonly passageLang: string;
}

/**
 * The pairs of languages of a setting; settings with English have none where the collection lacks
 * it.
 */
export function pairsOf(langs: readonly string[], setting: ParallelSetting): LanguagePair[] {
  const others = langs.includes('en') ? langs.filter((lang) => lang !== 'en') : [];
  switch (setting) {
    case 'mono':
      return langs.map((lang) => ({ queryLang: lang, passageLang: lang }));
    case 'multi':
      return langs.map((lang) => ({ queryLang: lang, passageLang: ALL_LANGUAGES }));
    case 'cross':
      return langs.flatMap((queryLang) =>
        langs
          .filter((lang) => lang !== queryLang)
          .map((passageLang) => ({ queryLang, passageLang })),
      );
    case 'to-english':
      return others.map((lang) => ({ queryLang: lang, passageLang: 'en' }));
    case 'from-english':
      return others.map((lang) => ({ queryLang: 'en', passageLang: lang }));
  }
}

/** The `passageLang` of the pool of all languages. */
export const ALL_LANGUAGES = 'all';

/**
 * The test collection of the questions in `queryLang` that some passage of the pool answers.
 * @param passageLang language of the pool, or ALL_LANGUAGES
 */
export function testCollectionOf(
  collection: Collection,
  queryLang: string,
  passageLang: string,
): TestCollection {
  const { name, parts, groups, sources, notes } = collection;
  const queries: EvaluationQuery[] = [];
  const qrels = new Map<string, Judgments>();
  for (const [id, text] of parts.get(queryLang)!.questions) {
    const judgments = judgmentsOf(collection, id, passageLang);
    if (judgments === undefined) continue;
    queries.push({ id, text, lang: queryLang, langGiven: true, group: groups.get(id) ?? id });
    qrels.set(id, judgments);
  }
  return { name, queries, qrels, passages: () => poolOf(collection, passageLang), sources, notes };
}

/** Without the passages that do not pass, and without judgments of them. */
export async function withPassages(
  collection: Collection,
  pass: (passage: EvaluationPassage) => Promise<boolean>,
): Promise<Collection> {
  const parts = new Map<string, LanguagePart>();
  for (const [lang, { passages, questions, qrels }] of collection.parts) {
    const passing: EvaluationPassage[] = [];
    for (const passage of passages) if (await pass(passage)) passing.push(passage);
    const ids = new Set(passing.map(({ id }) => id));
    const judged = [...qrels].map(
      ([question, judgments]) =>
        [question, new Map([...judgments].filter(([id]) => ids.has(id)))] as const,
    );
    const some = new Map(judged.filter(([, judgments]) => judgments.size > 0));
    parts.set(lang, { passages: passing, questions, qrels: some });
  }
  return { ...collection, parts };
}

/** The passages of a language, or of ALL_LANGUAGES with the ids of `pooledId`. */
export function* poolOf({ parts }: Collection, passageLang: string): Generator<EvaluationPassage> {
  if (passageLang !== ALL_LANGUAGES) return yield* parts.get(passageLang)!.passages;
  for (const { passages } of parts.values()) {
    for (const passage of passages) yield { ...passage, id: pooledId(passage.id, passage.lang) };
  }
}

/**
 * The id of a passage in the pool of all languages, such as `de:p0012`: the language is prepended,
 * because parallel passages may have the same id. An id that has the prefix already is unchanged.
 */
export function pooledId(id: string, lang: string): string {
  return id.startsWith(`${lang}:`) ? id : `${lang}:${id}`;
}

function judgmentsOf(
  { parts }: Collection,
  questionId: string,
  passageLang: string,
): Judgments | undefined {
  if (passageLang !== ALL_LANGUAGES) return parts.get(passageLang)!.qrels.get(questionId);
  const pooled = new Map<string, number>();
  for (const [lang, { qrels }] of parts) {
    for (const [id, relevance] of qrels.get(questionId) ?? [])
      pooled.set(pooledId(id, lang), relevance);
  }
  return pooled.size > 0 ? pooled : undefined;
}
