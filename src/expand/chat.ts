/**
 * Expansions by a chat model behind an endpoint that speaks OpenAI's API, one call a question.
 * Replies are cached: a question that was expanded before costs neither time nor money.
 */

import { chatText } from '../generate/chat.js';
import { fillPrompt, loadPrompt, type Prompt } from '../generate/prompts.js';
import { LANGUAGES } from '../languages/languages.js';
import { Answers } from '../models/remote/answer-cache.js';
import { RemoteClient, UnusableAnswer } from '../models/remote/client.js';
import type { Endpoint } from '../models/remote/endpoint.js';
import type { Expander, ExpanderIdentity, QuestionToExpand, WrittenExpansion } from './expander.js';

/** The shipped prompts: expand-NAME.txt in prompts/. */
export const EXPANSION_PROMPTS = [
  'zero-shot',
  'few-shot',
  'rephrase',
  'rephrase-few-shot',
] as const;

/** Characters of a text at most, should the endpoint ignore the limit in tokens. */
const LONGEST = 2000;

export interface ChatExpanderOptions {
  readonly endpoint: Endpoint;
  /** Name of a shipped prompt, or a file. Default `zero-shot`. */
  readonly prompt?: string;
  /** Longest text in the model's tokens; what is longer is cut there. Default 200. */
  readonly tokens?: number;
  readonly signal?: AbortSignal;
  /** Where replies are cached; default: a file of the model in the cache. */
  readonly answers?: Answers;
}

export class ChatExpander implements Expander {
  readonly identity: ExpanderIdentity;
  readonly client: RemoteClient;
  readonly #model: string;
  readonly #answers: Answers;
  readonly #prompt: Prompt;
  readonly #tokens: number;

  private constructor(
    model: string,
    answers: Answers,
    prompt: Prompt,
    options: ChatExpanderOptions,
  ) {
    const { endpoint, tokens = 200, signal } = options;
    this.client = new RemoteClient(endpoint, signal);
    this.#model = model;
    this.#answers = answers;
    this.#prompt = prompt;
    this.#tokens = tokens;
    this.identity = { name: `openai/${model}`, settings: { prompt: prompt.hash, tokens } };
  }

  /** Sends nothing yet. @throws XqgError XQG_PROMPT */
  static async open(model: string, options: ChatExpanderOptions): Promise<ChatExpander> {
    const { prompt: name = 'zero-shot' } = options;
    const shipped = (EXPANSION_PROMPTS as readonly string[]).includes(name);
    const prompt = loadPrompt(`expand-${name}`, ['question'], shipped ? undefined : name);
    const answers =
      options.answers ?? (await Answers.inCache(`expansions ${model} ${prompt.hash}`));
    return new ChatExpander(model, answers, prompt, options);
  }

  /** @throws XqgError XQG_REMOTE_REFUSED, XQG_REMOTE_FAILED, XQG_COST_LIMIT */
  async expand(
    questions: readonly QuestionToExpand[],
    signal?: AbortSignal,
  ): Promise<WrittenExpansion[]> {
    // All of them are awaited, so that replies that were paid for are cached even if one fails.
    const written = await Promise.allSettled(
      questions.map((question) => this.#textOf(question, signal)),
    );
    return written.map((each, i) => {
      if (each.status === 'rejected') throw each.reason;
      return { text: each.value, lang: questions[i].lang };
    });
  }

  close(): Promise<void> {
    return this.#answers.close();
  }

  async #textOf(
    { text, lang }: QuestionToExpand,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const language = LANGUAGES[lang]?.name ?? 'the language of the question';
    const content = fillPrompt(this.#prompt, { question: text.normalize('NFC').trim(), language });
    const key = Answers.key([this.identity.settings, content]);
    const cached = await this.#answers.get<string>(key);
    if (cached !== undefined) return cached;
    const body = {
      model: this.#model,
      messages: [{ role: 'user', content }],
      temperature: 0,
      max_tokens: this.#tokens,
    };
    const read = async (answer: unknown): Promise<string> => {
      const written = oneLine(chatText(answer, { cut: true }));
      if (written === '') throw new UnusableAnswer('an expansion without words');
      await this.#answers.put(key, written);
      return written;
    };
    return this.client.post('/chat/completions', body, read, { signal });
  }
}

/** Without the fences, quotes and line breaks that models put around and into a text. */
function oneLine(text: string): string {
  return text
    .slice(0, LONGEST)
    .replace(/\p{Surrogate}/gu, '')
    .normalize('NFC')
    .replace(/^\s*```\w*\s*|(?<!\s)\s*```\s*$/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^["“„«](.*)["”“»]$/u, '$1')
    .trim();
}
