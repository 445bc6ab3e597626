/**
 * The shape of an evaluation data set: passages and questions by language, the same question id in every language that
 * has the question. Knows no file format, no model and no measure.
 */
import type { Judgments, Qrels } from '../metrics.js';

export interface EvaluationPassage {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly lang: string;
}

export interface EvaluationQuery {
  readonly id: string;
  readonly text: string;
  readonly lang: string;
}

/** What a data set has in one language. */
export interface LanguagePart {
  readonly passages: readonly EvaluationPassage[];
  /** Question text by question id. */
  readonly questions: ReadonlyMap<string, string>;
  /** Passages of this language that answer a question, by question id. */
  readonly qrels: Qrels;
}

/** A file that a data set was read from. */
export interface DataSource {
  /** Name without folder. */
  readonly file: string;
  readonly sha256: string;
}

export interface Collection {
  readonly name: string;
  /** By language, in the order in which results are shown. */
  readonly parts: ReadonlyMap<string, LanguagePart>;
  readonly sources: readonly DataSource[];
  /** What a person should know about the data, e.g. that it is not the published size. */
  readonly notes: readonly string[];
}

/** Questions in one language about passages in one language. */
export interface QuestionPair {
  readonly queries: readonly EvaluationQuery[];
  readonly passages: readonly EvaluationPassage[];
  readonly qrels: Qrels;
}

/** The questions that `queryLang` has and that passages of `passageLang` answer. */
export function pairOf(collection: Collection, queryLang: string, passageLang: string): QuestionPair {
  const { passages, qrels } = collection.parts.get(passageLang)!;
  const queries: EvaluationQuery[] = [];
  const judged = new Map<string, Judgments>();
  for (const [id, text] of collection.parts.get(queryLang)!.questions) {
    const judgments = qrels.get(id);
    if (judgments === undefined) continue;
    queries.push({ id, text, lang: queryLang });
    judged.set(id, judgments);
  }
  return { queries, passages, qrels: judged };
}
