/** The languages that a question may be in, as search weighs them. */
import type { Generator } from '../generate/generator.js';
import type { LanguageWeight } from '../languages/terms.js';
import { questionLanguages } from '../search/question-language.js';

/**
 * @param generator whose vocabularies tell the languages of short texts apart
 * @returns weights that sum to 1; `und` alone for a text without letters
 */
export async function detectedLanguages(
  text: string,
  { languages, distribution }: Generator,
): Promise<readonly LanguageWeight[]> {
  const words = {
    languages,
    vocabulary: (lang: string) => distribution?.factors.vocabulary?.(lang) ?? null,
  };
  return (await questionLanguages(text, undefined, words)).languages;
}
