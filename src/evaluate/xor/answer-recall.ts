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
  const most = Math.max(...limits);
  const tokens: string[] = [];
  for (const context of contexts) {
    if (tokens.length >= most) break;
    for (const token of tokenize(context)) tokens.push(token);
  }
  const spans = spansOf(answers);
  return limits.map((limit) => {
    const text = tokens.slice(0, limit).join(' ');
    return spans.some((span) => text.includes(span));
  });
}

function spansOf(answers: readonly string[]): string[] {
  return answers.filter((answer) => !NO_SPANS.has(answer));
}
