/**
 * What a provider says of a failure, as one line for people: found in the JSON of OpenAI, Ollama,
 * TEI, FastAPI and others, or in the text of a web page.
 */

/** Characters of a provider's words in an error message. */
const EXCERPT = 300;

export interface ProviderError {
  readonly words: string;
  /** An HTTP status, where the error names one beside that of the answer. */
  readonly status: number | null;
}

/** The words in the body of an answer that failed; an excerpt of the body where it has none. */
export function providerWords(body: string): string {
  if (isWebPage(body)) return webPageText(body);
  try {
    const words = wordsIn(JSON.parse(body));
    if (words !== null) return shortened(words);
  } catch {
    // Not JSON: the body is the words.
  }
  return shortened(body);
}

/** The error that an answer with status 200 is, or null for an answer. */
export function errorOf(answer: unknown): ProviderError | null {
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) return null;
  const { error, object, code } = answer as Record<string, unknown>;
  const isError = (error !== undefined && error !== null && error !== false) || object === 'error';
  if (!isError) return null;
  const inner = error !== null && typeof error === 'object' ? (error as { code?: unknown }) : {};
  const status = Number(inner.code ?? code);
  return {
    words: shortened(wordsIn(answer) ?? JSON.stringify(error ?? answer)),
    status: Number.isInteger(status) && status >= 400 && status < 600 ? status : null,
  };
}

export function isWebPage(body: string): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(body);
}

export function webPageText(body: string): string {
  const text = body
    .replace(/<(script|style)\b.*?<\/\1\s*>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ');
  return shortened(text);
}

/** Members of an error that hold its words, the most telling first. */
const MEMBERS = ['message', 'msg', 'error', 'detail', 'error_description', 'errors', 'title'];

function wordsIn(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() || null;
  if (value === null || typeof value !== 'object') return null;
  if (Array.isArray(value)) {
    const all = value.map(wordsIn).filter((words) => words !== null);
    return all.length === 0 ? null : all.join('; ');
  }
  for (const member of MEMBERS) {
    const words = wordsIn((value as Record<string, unknown>)[member]);
    if (words !== null) return words;
  }
  return null;
}

function shortened(text: string): string {
  // A sentence of xqg ends the message.
  const line = text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT)}…` : line;
}
