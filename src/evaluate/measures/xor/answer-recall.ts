/**
 * R@2kt and R@5kt of XOR-Retrieve: whether an answer is in the first 2,000 or 5,000 tokens of the
 * retrieved passages (Asai et al., arXiv 2010.11856, section 3.1).
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

/** Splits a text into the tokens to count. */
export type Tokenize = (text: string) => string[];

/** Answers that are not spans of a passage. */
const NO_SPANS = new Set(['yes', 'no']);

/** Whether a question counts; those whose answers are all "yes" or "no" do not. */
export function isCounted({ answers }: AnsweredQuestion): boolean {
  return spansOf(answers).length > 0;
}

/**
 * For each limit, whether an answer is a substring (case-sensitive, possibly within words) of the
 * first `limit` tokens of the contexts, joined by single spaces. Answers are not tokenized.
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
 * The number of leading tokens that contain a whole answer; null if the first `most` tokens contain
 * none.
 */
function tokensToAnswer(
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

/** The rank of an answer that none of the retrieved texts contains. */
const NO_ANSWER = 2 ** 31 - 1;

/** `R@2kt`, or `R@50t` for a limit that is not a multiple of 1,000. */
export function tokenRecallName(limit: number): string {
  return limit % 1000 === 0 ? `R@${limit / 1000}kt` : `R@${limit}t`;
}

/** The limit in the name of such a measure, in tokens; null for another measure. */
export function tokenLimitOf(name: string): number | null {
  const [, digits, thousand] = /^R@([1-9]\d{0,5})(k?)t$/i.exec(name) ?? [];
  return digits === undefined ? null : Number(digits) * (thousand === '' ? 1 : 1000);
}

/** The measure that is 1 if an answer ends within the first `limit` tokens, else 0. */
export function tokenRecall(limit: number): Measure {
  const name = tokenRecallName(limit);
  return {
    name,
    canonical: name,
    of: ({ ranks }) => (ranks.length > 0 && ranks[0] <= limit ? 1 : 0),
  };
}

/** Number of passages per question to search for an answer, as in the authors' pipeline. */
export const ANSWER_DEPTH = 500;
/** Number of passages whose tokens are cached. */
const CACHED_TEXTS = 20_000;

export interface AnswerSearchOptions {
  readonly questions: ReadonlyMap<string, AnsweredQuestion>;
  readonly tokenize: Tokenize;
  /** Name of the tokenizer with its parameters. */
  readonly tokenizer: string;
  /** The largest limit of the measures, in tokens. */
  readonly most: number;
}

/** Finds the answers of questions in retrieved texts. */
export class AnswerSearch {
  readonly identity: Identity;
  readonly #options: AnswerSearchOptions;
  readonly #tokens = new LRUCache<string, string[]>({ max: CACHED_TEXTS });

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
   * The rank of the answer, in tokens: NO_ANSWER if no retrieved text contains it, and no rank if
   * nothing was retrieved.
   * @param texts retrieved texts, best first
   * @throws RangeError when the question is unknown
   */
  ranks(questionId: string, texts: readonly string[]): RelevantRanks {
    const { questions, most } = this.#options;
    const question = questions.get(questionId);
    if (question === undefined)
      throw new RangeError(`the answers of question ${questionId} are unknown`);
    const pool = { ideal: [1], size: most };
    if (texts.length === 0) return { ...pool, ranks: [], gains: [] };
    const needed = tokensToAnswer(question, texts, most, (text) => this.#tokenized(text));
    return { ...pool, ranks: [needed ?? NO_ANSWER], gains: [1] };
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
