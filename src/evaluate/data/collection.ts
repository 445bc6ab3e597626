/**
 * The shapes of evaluation data: a test collection (a pool of passages, questions, judgments), and
 * a parallel data set, of which many test collections can be made.
 */
import type { Judgments, Qrels } from '../measures/metrics.js';

export interface EvaluationPassage {
  /** Its own within a pool. */
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
  /** False where the data name no language and it was detected. */
  readonly langGiven: boolean;
  /**
   * What the question shares with others, e.g. its SQuAD article; questions of one group are not
   * independent samples. The question's own id where it shares nothing.
   */
  readonly group: string;
}

/** A file that a data set was read from. */
export interface DataSource {
  /** Name without folder. */
  readonly file: string;
  readonly sha256: string;
}

/** What can be measured: questions, the pool that they are asked of, and what is relevant in it. */
export interface TestCollection {
  readonly name: string;
  /** The judged questions. */
  readonly queries: readonly EvaluationQuery[];
  /** By question id; every question of `queries` has an entry. */
  readonly qrels: Qrels;
  /** The pool, as a stream; may be called again. */
  passages(): AsyncIterable<EvaluationPassage> | Iterable<EvaluationPassage>;
  readonly sources: readonly DataSource[];
  /** What a person should know about the data, e.g. that it is not the published size. */
  readonly notes: readonly string[];
}

/** What a parallel data set has in one language. */
export interface LanguagePart {
  readonly passages: readonly EvaluationPassage[];
  /** Question text by question id. */
  readonly questions: ReadonlyMap<string, string>;
  /** Passages of this language that answer a question, by question id. */
  readonly qrels: Qrels;
}

/** A parallel data set: the same question ids in every language that has the question. */
export interface Collection {
  readonly name: string;
  /** By language, in the order in which results are shown. */
  readonly parts: ReadonlyMap<string, LanguagePart>;
  /**
   * Group by question id, the same in every language (see `EvaluationQuery`); ungrouped questions
   * are absent.
   */
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

/** `passageLang` of the pool that has the passages of all languages. */
export const ALL_LANGUAGES = 'all';

/**
 * The questions that `queryLang` has and that some passage of the pool answers; `passageLang` may
 * be ALL_LANGUAGES.
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

/** The passages of a language, or those of all languages with their ids in such a pool. */
export function* poolOf({ parts }: Collection, passageLang: string): Generator<EvaluationPassage> {
  if (passageLang !== ALL_LANGUAGES) return yield* parts.get(passageLang)!.passages;
  for (const { passages } of parts.values()) {
    for (const passage of passages) yield { ...passage, id: pooledId(passage.id, passage.lang) };
  }
}

/**
 * The id of a passage in the pool of all languages, where parallel passages may have the same id:
 * its language is part of it, as in `de:p0012`. An id that begins so stays as it is.
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
