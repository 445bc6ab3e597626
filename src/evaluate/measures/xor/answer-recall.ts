/**
 * R@2kt and R@5kt of XOR-Retrieve: whether an answer stands in the first 2,000 or 5,000 tokens of
 * what was retrieved (Asai et al., arXiv 2010.11856, section 3.1).
 */

import { LRUCache } from 'lru-cache';
import { sha256 } from '../../../base/identity.js';
import type { Identity } from '../../ranking/artifact-store.js';
import type { Measure, RelevantRanks } from '../metrics.js';

export interface AnsweredQuestion {
  readonly id: string;
  readonly lang: string;
  readonly answers: readonly string[];
}

/** Cuts a text into the tokens that are counted. */
export type Tokenize = (text: string) => string[];

/** Answers of which a text is no evidence. */
const NO_SPANS = new Set(['yes', 'no']);

/** False for a question whose answers are all "yes" or "no": it is not counted. */
export function isCounted({ answers }: AnsweredQuestion): boolean {
  return spansOf(answers).length > 0;
}

/**
 * For each limit, whether an answer is a part (case-sensitive, within words too) of the first so
 * many tokens of the contexts, joined by single blanks. Answers are not tokenized.
 *
 * @param contexts retrieved texts, best first
 * @param limits in tokens
 */
export function answersWithin(
  { answers }: AnsweredQuestion,
  contexts: readonly string[],
  limits: readonly number[],
  tokenize: Tokenize,
): boolean[] {
  const needed = tokensToAnswer({ answers }, contexts, Math.max(...limits), tokenize);
  return limits.map((limit) => needed !== null && needed <= limit);
}

/**
 * How many tokens, from the first on, hold an answer whole; null where the first `most` hold none.
 * Every limit's figure follows from it.
 */
export function tokensToAnswer(
  { answers }: Pick<AnsweredQuestion, 'answers'>,
  contexts: Iterable<string>,
  most: number,
  tokenize: Tokenize,
): number | null {
  const tokens: string[] = [];
  for (const context of contexts) {
    if (tokens.length >= most) break;
    for (const token of tokenize(context)) tokens.push(token);
  }
  tokens.length = Math.min(tokens.length, most);
  const text = tokens.join(' ');
  let end = Infinity;
  for (const span of spansOf(answers)) {
    const at = text.indexOf(span);
    if (at >= 0) end = Math.min(end, at + span.length);
  }
  if (end === Infinity) return null;
  let length = -1;
  const last = tokens.findIndex((token) => {
    length += 1 + token.length;
    return length >= end;
  });
  return last + 1;
}

function spansOf(answers: readonly string[]): string[] {
  return answers.filter((answer) => !NO_SPANS.has(answer));
}

/** Rank of an answer that stands in nothing that was looked at. */
export const NO_ANSWER = 2 ** 31 - 1;

/** `R@2kt`, or `R@50t` where the limit is no whole thousand. */
export function tokenRecallName(limit: number): string {
  return limit % 1000 === 0 ? `R@${limit / 1000}kt` : `R@${limit}t`;
}

/** The limit that a name gives, in tokens; null: it is no such measure. */
export function tokenLimitOf(name: string): number | null {
  const [, digits, thousand] = /^R@([1-9]\d{0,5})(k?)t$/i.exec(name) ?? [];
  return digits === undefined ? null : Number(digits) * (thousand === '' ? 1 : 1000);
}

/** 1 where the answer ends within the first `limit` tokens, else 0. */
export function tokenRecall(limit: number): Measure {
  return {
    name: tokenRecallName(limit),
    of: ({ ranks }) => (ranks.length > 0 && ranks[0] <= limit ? 1 : 0),
  };
}

/**
 * \w: letters and numbers of any script, and the underscore; no combining marks. For use within a
 * class.
 */
export const WORD = '\\p{L}\\p{N}_';
/** \d. For use within a class. */
export const DIGIT = '\\p{Nd}';
/** \s, and what `str.split` and `str.strip` take for blank. For use within a class. */
export const BLANK =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const BLANKS_AT_END = new RegExp(`[${BLANK}]+$`, 'u');
const BLANKS = new RegExp(`[${BLANK}]+`, 'u');

/** `text.rstrip()` */
export function withoutBlanksAtEnd(text: string): string {
  return text.replace(BLANKS_AT_END, '');
}

/** `text.split()` */
export function splitAtBlanks(text: string): string[] {
  return text.split(BLANKS).filter((part) => part !== '');
}

/** Passages a question that are looked at, as in the authors' pipeline. */
export const ANSWER_DEPTH = 500;
/** Tokens of so many passages are kept at a time. */
const KEPT = 20_000;

export interface AnswerSearchOptions {
  readonly questions: ReadonlyMap<string, AnsweredQuestion>;
  readonly tokenize: Tokenize;
  /** Names the tokenizer with its parameters. */
  readonly tokenizer: string;
  /** The largest limit of a measure, in tokens. */
  readonly most: number;
}

export class AnswerSearch {
  readonly identity: Identity;
  readonly #options: AnswerSearchOptions;
  readonly #tokens = new LRUCache<string, string[]>({ max: KEPT });

  constructor(options: AnswerSearchOptions) {
    const { questions, tokenizer, most } = options;
    this.#options = options;
    const answers = [...questions.values()].map((question) => [question.id, question.answers]);
    this.identity = {
      answers: sha256(JSON.stringify(answers)),
      tokenizer,
      most,
      depth: ANSWER_DEPTH,
    };
  }

  /**
   * The rank of the answer, in tokens; NO_ANSWER where no retrieved text has it, and no rank where
   * nothing was retrieved.
   * @param texts retrieved, best first
   * @throws RangeError for a question that is not one of these
   */
  ranks(questionId: string, texts: readonly string[]): RelevantRanks {
    const { questions, most } = this.#options;
    const question = questions.get(questionId);
    if (question === undefined)
      throw new RangeError(`no answers of question ${questionId} are known`);
    const found = { ideal: [1], size: most };
    if (texts.length === 0) return { ...found, ranks: [], gains: [] };
    const needed = tokensToAnswer(question, texts, most, (text) => this.#tokenized(text));
    return { ...found, ranks: [needed ?? NO_ANSWER], gains: [1] };
  }

  #tokenized(text: string): string[] {
    let tokens = this.#tokens.get(text);
    if (tokens === undefined) {
      tokens = this.#options.tokenize(text);
      this.#tokens.set(text, tokens);
    }
    return tokens;
  }
}
