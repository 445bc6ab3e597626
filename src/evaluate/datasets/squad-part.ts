/** Turns the articles of a SQuAD file into one language of a data set, by paragraphs or by sentences. */
import type { Judgments } from '../metrics.js';
import type { EvaluationPassage, LanguagePart } from './collection.js';
import { damaged, type SquadArticle, type SquadParagraph } from './squad.js';

/** What one passage is. */
export type PassageUnit = 'paragraph' | 'sentence';

/**
 * Paragraphs get ids by their place in the file (`p0000`, ...) and sentences by their place in the paragraph
 * (`p0000s00`, ...), so files with parallel paragraphs have parallel ids. A question's passage is its paragraph, or the
 * sentence in which its answer starts. Titles are left out: in XQuAD they are English in every language. Throws
 * XQG_EVALUATION_FILE where a question id or a paragraph comes twice, or sentences or answers do not fit the text.
 *
 * @param file names the place in errors
 */
export function partOfSquad(
  articles: readonly SquadArticle[],
  lang: string,
  file: string,
  unit: PassageUnit = 'paragraph',
): LanguagePart {
  const passages: EvaluationPassage[] = [];
  const questions = new Map<string, string>();
  const qrels = new Map<string, Judgments>();
  const texts = new Map<string, string>();
  for (const paragraph of articles.flatMap(({ paragraphs }) => paragraphs)) {
    const { context, qas } = paragraph;
    const id = `p${String(texts.size).padStart(4, '0')}`;
    const twin = texts.get(context);
    if (twin !== undefined) throw damaged(file, `paragraphs ${twin} and ${id} (counted from 0) are the same`);
    texts.set(context, id);
    const cut = unit === 'paragraph' ? null : sentencesOf(paragraph, id, file);
    if (cut === null) passages.push({ id, title: '', text: context, lang });
    else
      cut.forEach(([from, to], s) => {
        passages.push({ id: sentenceId(id, s), title: '', text: context.slice(from, to), lang });
      });
    for (const qa of qas) {
      if (questions.has(qa.id)) throw damaged(file, `question id "${qa.id}" comes twice`);
      questions.set(qa.id, qa.question);
      const relevant =
        cut === null ? [id] : answerSentences(qa, paragraph, cut, file).map((s) => sentenceId(id, s));
      qrels.set(qa.id, new Map(relevant.map((passage) => [passage, 1])));
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

function sentenceId(paragraph: string, sentence: number): string {
  return `${paragraph}s${String(sentence).padStart(2, '0')}`;
}

function sentencesOf(paragraph: SquadParagraph, id: string, file: string): readonly [number, number][] {
  const { context, sentence_breaks: breaks } = paragraph;
  const where = `paragraph ${id} (counted from 0)`;
  if (breaks === undefined) throw damaged(file, `${where} has no "sentence_breaks"`);
  let end = 0;
  for (const [from, to] of breaks) {
    if (from < end || to <= from || to > context.length)
      throw damaged(
        file,
        `${where}: the sentence from ${from} to ${to} does not fit its ${context.length} characters`,
      );
    end = to;
  }
  return breaks;
}

/** The sentences in which the answers of a question start. */
function answerSentences(
  { id, answers }: SquadParagraph['qas'][number],
  { context }: SquadParagraph,
  breaks: readonly [number, number][],
  file: string,
): number[] {
  if (answers.length === 0) throw damaged(file, `question "${id}" has no answer`);
  const found = answers.map(({ text, answer_start: start }) => {
    if (!context.startsWith(text, start))
      throw damaged(file, `the answer of question "${id}" does not stand at character ${start}`);
    const sentence = breaks.findIndex(([from, to]) => from <= start && start < to);
    if (sentence < 0) throw damaged(file, `the answer of question "${id}" at ${start} is in no sentence`);
    return sentence;
  });
  return [...new Set(found)];
}
