/**
 * XOR-TyDi's retrieval task with a corpus: questions with answers, and the English passages that are to be found, as JSONL
 * {docid, title, text}, the rows of the released passages with generated queries among them. Knows no measure.
 */
import { lineError, readJsonRows } from '../lines.js';
import { isCounted } from '../xor/answer-recall.js';
import type { EvaluationPassage, TestCollection } from './collection.js';
import { sourceOf } from './files.js';
import { requireLanguages } from './required-languages.js';
import { loadXorQuestions, type XorQuestion } from './xor.js';

export interface XorCorpusOptions {
  /** Questions as JSONL, or a folder that holds the development set's. */
  readonly questions: string;
  /** Passages as JSONL, gzipped or not. */
  readonly corpus: string;
  /** Default: every language that has questions. */
  readonly langs?: readonly string[];
}

export interface XorCorpus {
  /** One a language, with the counted questions; what is relevant is told by their answers, so judgments name ANSWER only. */
  readonly tests: ReadonlyMap<string, TestCollection>;
  readonly passages: readonly EvaluationPassage[];
  readonly questions: ReadonlyMap<string, XorQuestion>;
}

/** Stands for whatever passage has the answer. */
export const ANSWER = 'answer';

/**
 * Reads all of it into memory. Throws XQG_EVALUATION_DATA where a language has no question, XQG_EVALUATION_FILE, and
 * XQG_EVALUATION_LINE where a row is bad or an id comes twice.
 */
export async function loadXorCorpus({
  questions: path,
  corpus,
  langs,
}: XorCorpusOptions): Promise<XorCorpus> {
  const { questions, source } = await loadXorQuestions(path);
  const passages: EvaluationPassage[] = [];
  const seen = new Set<string>();
  for await (const { number, row } of readJsonRows(corpus)) {
    const { docid: id, title = '', text } = row;
    if (typeof id !== 'string' || id === '' || typeof text !== 'string' || typeof title !== 'string')
      throw lineError(corpus, number, 'no passage', 'Rows are {"docid", "title", "text"}.');
    if (seen.has(id))
      throw lineError(corpus, number, `docid "${id}" comes a second time`, 'Remove one of the rows.');
    seen.add(id);
    passages.push({ id, title, text, lang: 'en' });
  }
  const sources = [source, await sourceOf(corpus)];
  const counted = [...questions.values()].filter(isCounted);
  const left = questions.size - counted.length;
  const notes =
    left > 0
      ? [`${left} of ${questions.size} questions are answered by yes or no only and are not counted`]
      : [];
  const present = [...new Set(counted.map(({ lang }) => lang))].sort();
  requireLanguages('XOR-TyDi', path, langs, present);
  const tests = new Map(
    present
      .filter((lang) => langs?.includes(lang) ?? true)
      .map((lang): [string, TestCollection] => {
        const asked = counted.filter((question) => question.lang === lang);
        return [
          lang,
          {
            name: 'xor-tydi',
            queries: asked.map(({ id, text }) => ({ id, text, lang, langGiven: true, group: id })),
            qrels: new Map(asked.map(({ id }) => [id, new Map([[ANSWER, 1]])])),
            passages: () => passages,
            sources,
            notes,
          },
        ];
      }),
  );
  return { tests, passages, questions };
}
