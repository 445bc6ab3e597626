/**
 * Where the answer of a question stands in what was retrieved, counted in tokens, for data sets whose relevance is an answer in
 * a text (XOR-Retrieve). Contexts are the passages' texts, without titles. Knows no ranking and no file.
 */
import type { RelevantRanks } from '../evaluate/metrics.js';
import { type AnsweredQuestion, type Tokenize, tokensToAnswer } from '../evaluate/xor/answer-recall.js';
import { NO_ANSWER } from '../evaluate/xor/token-recall.js';
import { type Identity, sha256 } from './store.js';

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
  readonly #tokens = new Map<string, string[]>();

  constructor(options: AnswerSearchOptions) {
    const { questions, tokenizer, most } = options;
    this.#options = options;
    const answers = [...questions.values()].map((question) => [question.id, question.answers]);
    this.identity = { answers: sha256(JSON.stringify(answers)), tokenizer, most, depth: ANSWER_DEPTH };
  }

  /**
   * The rank of the answer, in tokens; NO_ANSWER where no retrieved text has it, and no rank where nothing was retrieved.
   * @param texts retrieved, best first
   * @throws RangeError for a question that is not one of these
   */
  ranks(questionId: string, texts: readonly string[]): RelevantRanks {
    const { questions, most } = this.#options;
    const question = questions.get(questionId);
    if (question === undefined) throw new RangeError(`no answers of question ${questionId} are known`);
    const found = { ideal: [1], size: most };
    if (texts.length === 0) return { ...found, ranks: [], gains: [] };
    const needed = tokensToAnswer(question, texts, most, (text) => this.#tokenized(text));
    return { ...found, ranks: [needed ?? NO_ANSWER], gains: [1] };
  }

  #tokenized(text: string): string[] {
    let tokens = this.#tokens.get(text);
    if (tokens === undefined) {
      if (this.#tokens.size >= KEPT) this.#tokens.clear();
      tokens = this.#options.tokenize(text);
      this.#tokens.set(text, tokens);
    }
    return tokens;
  }
}
