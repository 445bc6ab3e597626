/** Turns the articles of a SQuAD file into one language of a data set: one paragraph is one passage. */
import { XqgError } from '../../errors/error.js';
import type { Judgments } from '../metrics.js';
import type { EvaluationPassage, LanguagePart } from './collection.js';
import type { SquadArticle } from './files.js';

/**
 * Paragraphs get ids by their place in the file (`p0000`, ...), so parallel files have parallel ids. Titles are left out:
 * in XQuAD they are English in every language. Throws XQG_EVALUATION_DATA where a question id or a paragraph comes twice.
 *
 * @param file names the place in errors
 */
export function partOfSquad(articles: readonly SquadArticle[], lang: string, file: string): LanguagePart {
  const passages: EvaluationPassage[] = [];
  const questions = new Map<string, string>();
  const qrels = new Map<string, Judgments>();
  const texts = new Map<string, string>();
  for (const { paragraphs } of articles) {
    for (const { context, qas } of paragraphs) {
      const id = `p${String(passages.length).padStart(4, '0')}`;
      const twin = texts.get(context);
      if (twin !== undefined)
        throw duplicate(file, `paragraphs ${twin} and ${id} (counted from 0) are the same`);
      texts.set(context, id);
      passages.push({ id, title: '', text: context, lang });
      for (const { id: questionId, question } of qas) {
        if (questions.has(questionId)) throw duplicate(file, `question id "${questionId}" comes twice`);
        questions.set(questionId, question);
        qrels.set(questionId, new Map([[id, 1]]));
      }
    }
  }
  return { passages, questions, qrels };
}

/** The article of every question, as `Collection.groups` wants it. */
export function articleGroups(articles: readonly SquadArticle[]): Map<string, string> {
  return new Map(
    articles.flatMap(({ title, paragraphs }) =>
      paragraphs.flatMap(({ qas }) => qas.map(({ id }): [string, string] => [id, title])),
    ),
  );
}

function duplicate(file: string, reason: string): XqgError {
  return new XqgError('XQG_EVALUATION_FILE', { file, reason, remedy: 'Download the file anew.' });
}
