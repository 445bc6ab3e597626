/**
 * Queries from a chat model behind an endpoint that speaks OpenAI's API: all languages of a passage
 * in one call, as structured output. Every answer is cached as it arrives, so that another run, or
 * another filter, pays nothing twice.
 */

import { ItemErrors, XqgError } from '../base/errors.js';
import { LANGUAGES } from '../languages/languages.js';
import { Answers } from '../models/remote/answer-cache.js';
import { RejectedRequest, RemoteClient, UnusableAnswer } from '../models/remote/client.js';
import { Control } from '../models/remote/control.js';
import type { Endpoint } from '../models/remote/endpoint.js';
import type { Glossary } from '../pack/glossary/glossary.js';
import {
  type DrawArguments,
  type Generator,
  type GeneratorIdentity,
  type GeneratorInput,
  QUESTIONS,
} from './generator.js';
import { fillPrompt, loadPrompt, type Prompt } from './prompts.js';
import { glossaryNote } from './with-glossary.js';

export interface ChatGeneratorOptions {
  readonly endpoint: Endpoint;
  /** Requested together. Default: all that xqg knows. */
  readonly languages?: readonly string[];
  readonly prompt?: string;
  /** Default 0.8. */
  readonly temperature?: number;
  readonly signal?: AbortSignal;
  /** Cache of answers; default: a file of the model in the cache folder. */
  readonly answers?: Answers;
  /** The prompt names those of its terms that the passage holds. */
  readonly glossary?: Glossary;
}

/** A passage that any model can ask about. */
const CONTROL: GeneratorInput = {
  id: 'control',
  title: '',
  text: 'Bees make honey from the nectar of flowers.',
  lang: 'en',
};

/** Queries by language code. */
type Queries = Readonly<Record<string, readonly string[]>>;

export class ChatGenerator implements Generator {
  readonly identity: GeneratorIdentity;
  readonly languages: readonly string[];
  readonly drawsFewer = true;
  readonly ownLanguage = QUESTIONS.ownLanguage;
  readonly tuning = QUESTIONS.tuning;
  readonly client: RemoteClient;
  readonly #model: string;
  readonly #answers: Answers;
  readonly #prompt: Prompt;
  readonly #temperature: number;
  readonly #glossary: Glossary | undefined;
  readonly #control = new Control();
  /** Calls under way, so that the languages of a passage share one. */
  readonly #pending = new Map<string, Promise<Queries>>();

  private constructor(
    model: string,
    answers: Answers,
    prompt: Prompt,
    options: ChatGeneratorOptions,
  ) {
    const { endpoint, languages = Object.keys(LANGUAGES), temperature = 0.8 } = options;
    this.client = new RemoteClient(endpoint, options.signal);
    this.languages = languages;
    this.#model = model;
    this.#answers = answers;
    this.#prompt = prompt;
    this.#temperature = temperature;
    this.#glossary = options.glossary;
    this.identity = {
      name: `openai/${model}`,
      weights: 'unknown: the model is remote',
      settings: {
        prompt: prompt.hash,
        temperature,
        languages: [...languages].sort().join(' '),
        ...QUESTIONS,
      },
    };
  }

  /** Sends nothing yet. @throws XqgError XQG_PROMPT */
  static async open(model: string, options: ChatGeneratorOptions): Promise<ChatGenerator> {
    const prompt = loadPrompt('chat', ['languages', 'n', 'passage'], options.prompt);
    const answers = options.answers ?? (await Answers.inCache(`queries ${model} ${prompt.hash}`));
    return new ChatGenerator(model, answers, prompt, options);
  }

  /**
   * Queries of a language may be fewer than n, or none: the model decides.
   * @throws ItemErrors XQG_TEXT_REJECTED for passages that the model gives no queries for
   */
  async draw(...[passages, lang, n, seed]: DrawArguments): Promise<string[][]> {
    const began = performance.now();
    // All of them are awaited, so that what was paid for is cached even if one fails.
    const settled = await Promise.allSettled(
      passages.map((passage) =>
        this.#queriesOf(passage, n, seed, true).catch(async (error) => {
          if (!(error instanceof RejectedRequest)) throw error;
          await this.#control.check(began, () => this.#queriesOf(CONTROL, n, seed, false));
          const url = `${this.client.endpoint.url}/chat/completions`;
          const what = `passage ${passage.id}`;
          return new XqgError('XQG_TEXT_REJECTED', { url, what, problem: error.message });
        }),
      ),
    );
    const drawn = settled.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
    const problems = [...drawn.entries()].filter(
      (entry): entry is [number, XqgError] => entry[1] instanceof XqgError,
    );
    if (problems.length > 0) throw new ItemErrors(new Map(problems));
    return (drawn as Queries[]).map((queries) => [...(queries[lang] ?? [])].slice(0, n));
  }

  get cost(): Endpoint {
    return this.client.endpoint;
  }

  close(): Promise<void> {
    return this.#answers.close();
  }

  async #queriesOf(
    passage: GeneratorInput,
    n: number,
    seed: number,
    rejectable: boolean,
  ): Promise<Queries> {
    const { languages } = this;
    const content = fillPrompt(this.#prompt, {
      n: String(n),
      languages: languages.map((lang) => `${LANGUAGES[lang]?.name ?? lang} (${lang})`).join(', '),
      title: passage.title,
      passage: passage.text,
      glossary: glossaryNote(this.#glossary, passage, languages),
    });
    const key = Answers.key([this.identity.settings, content, n, seed]);
    const cached = rejectable ? await this.#answers.get<Queries>(key) : undefined;
    if (cached !== undefined) return cached;
    let pending = this.#pending.get(key);
    if (pending === undefined) {
      pending = this.#request(key, content, languages, n, seed, rejectable).finally(() =>
        this.#pending.delete(key),
      );
      this.#pending.set(key, pending);
    }
    return pending;
  }

  #request(
    key: string,
    content: string,
    languages: readonly string[],
    n: number,
    seed: number,
    rejectable: boolean,
  ): Promise<Queries> {
    const list = { type: 'array', items: { type: 'string' }, minItems: n, maxItems: n };
    const schema = {
      type: 'object',
      properties: Object.fromEntries(languages.map((lang) => [lang, list])),
      required: languages,
      additionalProperties: false,
    };
    const body = {
      model: this.#model,
      messages: [{ role: 'user', content }],
      temperature: this.#temperature,
      seed,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'queries', strict: true, schema },
      },
    };
    const read = async (answer: unknown): Promise<Queries> => {
      const queries = readQueries(answer, languages);
      await this.#answers.put(key, queries);
      return queries;
    };
    const attempts = rejectable ? this.client.endpoint.retries + 1 : undefined;
    return this.client.post('/chat/completions', body, read, { attempts });
  }
}

interface ChatAnswer {
  readonly choices?: readonly {
    readonly message?: { readonly content?: unknown; readonly refusal?: unknown };
    readonly finish_reason?: string;
  }[];
}

/** What models write before their answer; what is not closed is no answer. */
const THOUGHTS = /^\s*<think(?:ing)?>.*?(?:<\/think(?:ing)?>|$)/s;

/**
 * The text of a chat's answer.
 * @param cut true: a text that was cut at its longest will do
 * @throws UnusableAnswer
 */
export function chatText(answer: unknown, { cut = false } = {}): string {
  const { choices } = (answer ?? {}) as ChatAnswer;
  const choice = Array.isArray(choices) ? (choices as ChatAnswer['choices'])?.[0] : undefined;
  const { content, refusal } = choice?.message ?? {};
  const parts = Array.isArray(content) ? content.map((part) => part?.text ?? '').join('') : content;
  const text = typeof parts === 'string' ? parts.replace(THOUGHTS, '') : '';
  if (text.trim() === '') {
    if (typeof refusal === 'string' && refusal !== '')
      throw new UnusableAnswer(`the model refused: ${refusal}`);
    const reason = choice?.finish_reason;
    const why = reason === undefined || reason === 'stop' ? '' : ` (finish_reason ${reason})`;
    throw new UnusableAnswer(`an answer without text${why}`);
  }
  if (!cut && choice?.finish_reason === 'length')
    throw new UnusableAnswer('an answer that was cut at its longest');
  return text;
}

/**
 * Models put fences and sentences around JSON, and drop languages; a language without a list of
 * strings has to be requested again.
 */
function readQueries(answer: unknown, languages: readonly string[]): Queries {
  const text = chatText(answer);
  let value: unknown;
  try {
    value = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
  } catch {
    throw new UnusableAnswer('queries that are not JSON');
  }
  const queries: Record<string, string[]> = {};
  for (const lang of languages) {
    const list = (value as Record<string, unknown> | null)?.[lang];
    if (!Array.isArray(list) || !list.every((each) => typeof each === 'string'))
      throw new UnusableAnswer(`no queries in ${lang}`);
    queries[lang] = list
      .map((query: string) => query.normalize('NFC').trim())
      .filter((query) => query !== '');
  }
  return queries;
}
