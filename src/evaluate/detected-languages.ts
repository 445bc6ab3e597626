/** The weights of detected languages, as a question is searched with them. */
import type { DistributionGenerator } from '../generate/generator.js';
import { detectLanguage } from '../languages/detect.js';
import { plausibleLanguages } from '../languages/plausible.js';
import type { DetectLanguages } from './ranking/searcher.js';

/** A function to weights that sum to 1; `und` alone for a text without letters. */
export function detectedLanguages({
  languages,
  distribution: { factors },
}: DistributionGenerator): DetectLanguages {
  const words = {
    languages,
    knows: (term: string, lang: string): boolean => factors.knows(term, lang),
  };
  return async (text) => {
    const { candidates } = await detectLanguage(text);
    return candidates.length > 0
      ? plausibleLanguages(text, candidates, words)
      : [{ lang: 'und', weight: 1 }];
  };
}
