/** The weights of detected languages as a question is searched with them. Knows no engine. */
import { detectLanguage } from '../languages/detect.js';
import type { LanguageWeight } from '../languages/terms.js';

/** Weights that sum to 1; `und` alone for a text without letters. */
export async function detectedLanguages(text: string): Promise<readonly LanguageWeight[]> {
  const { candidates } = await detectLanguage(text);
  return candidates.length > 0 ? candidates : [{ lang: 'und', weight: 1 }];
}
