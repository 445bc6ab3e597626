/** The languages that a question may be in, as search weighs them. */
import { type Generator, hasDistribution } from '../generate/generator.js';
import { detectLanguage } from '../languages/detect.js';
import { plausibleLanguages } from '../languages/plausible.js';
import type { LanguageWeight } from '../languages/terms.js';

/**
 * @param generator whose vocabularies tell the languages of short texts apart
 * @returns weights that sum to 1; `und` alone for a text without letters
 */
export async function detectedLanguages(
  text: string,
  generator: Generator,
): Promise<readonly LanguageWeight[]> {
  const { candidates } = await detectLanguage(text);
  if (candidates.length === 0) return [{ lang: 'und', weight: 1 }];
  const { languages } = generator;
  const words = hasDistribution(generator) ? generator : { languages, knows: () => false };
  return plausibleLanguages(text, candidates, words);
}
