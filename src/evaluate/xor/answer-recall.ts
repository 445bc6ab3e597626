/**
 * R@2kt and R@5kt of XOR-Retrieve: whether an answer stands in the first 2,000 or 5,000 tokens of what was retrieved (Asai
 * et al., arXiv 2010.11856, section 3.1). Knows no file.
 */

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
 * For each limit, whether an answer is a part (case-sensitive, within words too) of the first so many tokens of the
 * contexts, joined by single blanks. Answers are not tokenized.
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
 * How many tokens, from the first on, hold an answer whole; null where the first `most` hold none. Every limit's figure
 * follows from it.
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
