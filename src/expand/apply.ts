/** Questions with the texts that an expander writes from them, as search takes them. */
import { XqgError } from '../base/errors.js';
import { requireLanguage } from '../languages/tags.js';
import type { LanguageWeight } from '../languages/terms.js';
import type { Expander } from './expander.js';

export const EXPANSION_WAYS = ['append', 'mix'] as const;
export type ExpansionWay = (typeof EXPANSION_WAYS)[number];

export interface ExpandOptions {
  readonly by: Expander;
  /**
   * `append`: the text follows the question, in both legs. `mix`: its vector is mixed into the
   * question's; the lexical leg searches the question alone. Default `append`.
   */
  readonly how?: ExpansionWay;
  /**
   * Appended: what one term of the text counts against one of the question's in the lexical leg, >=
   * 0. Mixed: the share of the text's vector, in [0, 1]. Default: that of `DEFAULT_WEIGHTS`.
   */
  readonly weight?: number;
  /** ISO 639-1 code: the language that the text is written in. Default: the question's. */
  readonly lang?: string;
}

/**
 * Appended: the question counts five times as much as the text, as in query2doc (Wang, Yang, Wei
 * 2023, five repetitions of the question). Mixed: a third. Neither was tuned here: that needs a
 * chat model.
 */
const DEFAULT_WEIGHTS: Readonly<Record<ExpansionWay, number>> = { append: 0.2, mix: 1 / 3 };

export interface QuestionOfLanguages {
  readonly text: string;
  /** At least one. */
  readonly languages: readonly LanguageWeight[];
}

/** A question's expansion; both null where there is none. */
export interface ExpandedQuestion {
  readonly expansion: Expansion | null;
  /** For people. */
  readonly used: ExpansionInfo | null;
}

/** What a question was expanded by. */
export interface ExpansionInfo {
  readonly text: string;
  /** Likeliest language of the text. */
  readonly lang: string;
  readonly how: ExpansionWay;
  /** As in `ExpandOptions`. */
  readonly weight: number;
  /** What wrote it. */
  readonly by: string;
  /** How long the question waited for it. */
  readonly milliseconds: number;
}

export interface Expansion {
  readonly text: string;
  /** Of the text; weights sum to 1. */
  readonly languages: readonly LanguageWeight[];
  /**
   * `appended`: question and text are encoded as one; else the share of the text's own vector in
   * the question's, in [0, 1].
   */
  readonly dense: 'appended' | number;
  /**
   * What a term of the text counts against one of the question's, >= 0; 0: the lexical leg does not
   * see it.
   */
  readonly lexicalWeight: number;
}

/** @throws XqgError XQG_NUMBER_OUT_OF_RANGE for a weight that does not fit `how` */
export function checkExpansionWeight({
  how = 'append',
  weight = DEFAULT_WEIGHTS[how],
}: ExpandOptions): void {
  const most = how === 'mix' ? 1 : Infinity;
  if (!(weight >= 0 && weight <= most)) {
    const range = how === 'mix' ? '0 to 1' : '0 or more';
    throw new XqgError('XQG_NUMBER_OUT_OF_RANGE', {
      name: 'the weight of the expansion',
      value: weight,
      range,
    });
  }
}

/**
 * In the order of the questions.
 * @param signal aborted when the texts are no longer needed
 * @throws XqgError XQG_NUMBER_OUT_OF_RANGE for the weight, and what the expander throws
 */
export async function expansionsOf(
  questions: readonly QuestionOfLanguages[],
  options: ExpandOptions,
  signal?: AbortSignal,
): Promise<Expansion[]> {
  checkExpansionWeight(options);
  const { by, how = 'append', weight = DEFAULT_WEIGHTS[how] } = options;
  const lang =
    options.lang === undefined
      ? undefined
      : requireLanguage(options.lang, 'the language of the expansion');
  const written = await by.expand(
    questions.map(({ text, languages }) => ({ text, lang: lang ?? likeliest(languages) })),
    signal,
  );
  return written.map((each, i) => {
    const { languages } = questions[i];
    const same = each.lang === likeliest(languages);
    return {
      text: each.text,
      languages: same ? languages : [{ lang: each.lang, weight: 1 }],
      dense: how === 'append' ? 'appended' : weight,
      lexicalWeight: how === 'append' ? weight : 0,
    };
  });
}

function likeliest(languages: readonly LanguageWeight[]): string {
  return languages.reduce((best, each) => (each.weight > best.weight ? each : best)).lang;
}

/**
 * Nothing is written for questions without `expand`, or with one that was written before. In the
 * order of the questions.
 * @param signal aborted when the texts are no longer needed
 * @throws XqgError XQG_NUMBER_OUT_OF_RANGE for the weight, and what the expander throws
 */
export async function expandQuestions(
  questions: readonly QuestionOfLanguages[],
  expand: ExpandOptions | ExpandedQuestion | undefined,
  signal?: AbortSignal,
): Promise<ExpandedQuestion[]> {
  if (expand === undefined) return questions.map(() => ({ expansion: null, used: null }));
  if ('used' in expand) return questions.map(() => expand);
  const started = performance.now();
  const expansions = await expansionsOf(questions, expand, signal);
  const milliseconds = performance.now() - started;
  const { by, how = 'append', weight = DEFAULT_WEIGHTS[how] } = expand;
  return expansions.map((expansion) => ({
    expansion,
    used: {
      text: expansion.text,
      lang: expansion.languages[0].lang,
      how,
      weight,
      by: by.identity.name,
      milliseconds,
    },
  }));
}
