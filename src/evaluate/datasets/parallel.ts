/** The check that files of several languages ask the same questions. Knows no file format. */
import { XqgError } from '../../errors/error.js';
import type { LanguagePart } from './collection.js';

/**
 * Throws XQG_EVALUATION_DATA where a language has other questions than the first one, or asks them of other paragraphs.
 *
 * @param paragraphOf the paragraph of a passage, by its id
 */
export function checkParallel(
  dataset: string,
  directory: string,
  parts: ReadonlyMap<string, LanguagePart>,
  paragraphOf: (passageId: string) => string,
): void {
  const [[firstLang, first], ...others] = parts;
  const paragraphsOf = ({ passages }: LanguagePart) =>
    new Set(passages.map(({ id }) => paragraphOf(id))).size;
  const asked = (part: LanguagePart, question: string) => {
    const [passage] = part.qrels.get(question)?.keys() ?? [];
    return passage === undefined ? undefined : paragraphOf(passage);
  };
  for (const [lang, part] of others) {
    const differ = (reason: string) =>
      new XqgError('XQG_EVALUATION_DATA', {
        dataset,
        directory,
        reason: `${lang} and ${firstLang} differ: ${reason}`,
        remedy: 'Take both files from the same release.',
      });
    const paragraphs = [paragraphsOf(part), paragraphsOf(first)];
    if (paragraphs[0] !== paragraphs[1]) throw differ(`${paragraphs[0]} paragraphs against ${paragraphs[1]}`);
    if (part.questions.size !== first.questions.size)
      throw differ(`${part.questions.size} questions against ${first.questions.size}`);
    for (const id of first.questions.keys()) {
      if (asked(part, id) !== asked(first, id))
        throw differ(`question "${id}" is missing or asks another paragraph`);
    }
  }
}
