/**
 * Prepares questions for the lexical leg: their terms in each language, and the view of the index
 * that each language sees.
 */

import { cancellationPoint } from '../../base/abort.js';
import type { TermFactors } from '../../generate/generator.js';
import type { SearchDefaults } from '../defaults.js';
import { policyWeights, type SearchRequest } from '../request.js';
import type { LexicalIndex } from './index.js';
import type { QuestionTerms } from './question.js';
import type { LexicalQuestion, ViewSettings } from './view.js';

export interface LexicalQuestionsOptions {
  readonly lexical: LexicalIndex;
  /** Languages of the index's generated queries. */
  readonly queryLanguages: readonly string[];
  readonly defaults: SearchDefaults;
  readonly factors: TermFactors | null;
  readonly analyze: (text: string, lang: string) => QuestionTerms;
}

export class LexicalQuestions {
  readonly #lexical: LexicalIndex;
  readonly #queryLanguages: readonly string[];
  readonly #settings: ViewSettings;
  readonly #analyze: (text: string, lang: string) => QuestionTerms;

  constructor({ lexical, queryLanguages, defaults, factors, analyze }: LexicalQuestionsOptions) {
    const { generatedWeight, translationWeight, expectedDf, relatedWeight } = defaults;
    this.#lexical = lexical;
    this.#queryLanguages = queryLanguages;
    this.#settings = { generatedWeight, translationWeight, expectedDf, relatedWeight, factors };
    this.#analyze = analyze;
  }

  /**
   * One lexical question for each language of the question and of its expansion.
   * @param policy which languages' generated queries count
   */
  of(
    { question, languages, expansion }: SearchRequest,
    policy: Parameters<typeof policyWeights>[0],
  ): (LexicalQuestion & { readonly lang: string; readonly expansion: boolean })[] {
    const texts = languages.map(({ lang, weight }) => ({
      text: question,
      lang,
      weight,
      expanded: false,
    }));
    for (const { lang, weight } of expansion?.languages ?? []) {
      const { text, lexicalWeight } = expansion!;
      texts.push({ text, lang, weight: weight * lexicalWeight, expanded: true });
    }
    return texts
      .filter(({ weight }) => weight > 0)
      .map(({ text, lang, weight, expanded }) => {
        const view = this.#lexical.view(
          policyWeights(policy, lang, this.#queryLanguages),
          this.#settings,
        );
        return { lang, bag: this.#analyze(text, lang), view, weight, expansion: expanded };
      });
  }

  /** Computes in advance what the first question in each language needs; stops when aborted. */
  async prepare(signal: AbortSignal): Promise<void> {
    for (const lang of this.#queryLanguages) {
      if (signal.aborted) return;
      await cancellationPoint(signal).catch(() => undefined);
      this.#lexical.view([{ lang, weight: 1 }], this.#settings).lengths('generated');
    }
  }
}
