/**
 * JSON requests to one endpoint: limits on rate, concurrency and cost, attempts with growing
 * pauses. No error message contains the key.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { XqgError } from '../../base/errors.js';
import type { Endpoint } from './endpoint.js';
import { errorOf, isWebPage, providerWords, webPageText } from './provider-words.js';

/** Statuses worth another attempt: the endpoint is busy or temporarily broken. */
const TRANSIENT = new Set([408, 409, 424, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529]);
/** What a request of other texts, or of fewer, may not meet. */
const ABOUT_THE_REQUEST = new Set([400, 413, 422, 424, 500]);
/** Between two attempts, in seconds. */
const LONGEST_PAUSE = 60;
/** In bytes; 64 vectors of 8,192 dimensions are 12 MB of JSON. */
const LONGEST_ANSWER = 32e6;

/** An answer that cannot be used; another attempt may bring a better one. */
export class UnusableAnswer extends Error {}

/** The endpoint answers, but refuses this request or gives no usable answer to it. */
export class RejectedRequest extends Error {}

/** An attempt that failed in a way that another one may not. */
class FailedAttempt extends Error {
  /**
   * @param aboutRequest true: another request may be answered
   * @param waitSeconds how long the endpoint says to wait; null if it does not say
   */
  constructor(
    message: string,
    readonly aboutRequest: boolean,
    readonly waitSeconds: number | null = null,
  ) {
    super(message);
  }
}

export interface PostOptions {
  /** Aborts this request: an AbortError, or the signal's reason, is thrown. */
  readonly signal?: AbortSignal;
  /**
   * Attempts after which a request that the endpoint does not manage is rejected, with a
   * RejectedRequest. Default: never, such a request is a failure of the endpoint.
   */
  readonly attempts?: number;
}

interface Usage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
}

export class RemoteClient {
  readonly endpoint: Endpoint;
  readonly #signal: AbortSignal | undefined;
  readonly #queue: PQueue;
  /** Limits the rate of requests; undefined without a limit. */
  readonly #rate: PQueue | undefined;
  #requests = 0;
  #inputTokens = 0;
  #outputTokens = 0;

  constructor(endpoint: Endpoint, signal?: AbortSignal) {
    this.endpoint = endpoint;
    this.#signal = signal;
    const { concurrency, requestsPerMinute } = endpoint;
    this.#queue = new PQueue({ concurrency });
    if (requestsPerMinute !== undefined)
      this.#rate = new PQueue({
        interval: 60_000 / requestsPerMinute,
        intervalCap: 1,
        strict: true,
      });
  }

  /** Requests, tokens and their cost so far. */
  get spent(): { requests: number; inputTokens: number; outputTokens: number; cost: number } {
    const { pricePerMillionInput, pricePerMillionOutput } = this.endpoint;
    const cost =
      (this.#inputTokens * pricePerMillionInput + this.#outputTokens * pricePerMillionOutput) / 1e6;
    return {
      requests: this.#requests,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      cost,
    };
  }

  /**
   * Posts a request until `read` accepts the answer. A redirect is refused: texts and key go only
   * to the configured address.
   * @param path below the endpoint's address, e.g. /embeddings
   * @param read throws `UnusableAnswer` to try again; it stores what is to be stored, since the
   * next request begins after it
   * @throws XqgError XQG_REMOTE_REFUSED where another attempt is of no use, XQG_REMOTE_FAILED after
   * the last attempt, XQG_COST_LIMIT
   * @throws RejectedRequest with `attempts`
   */
  async post<T>(
    path: string,
    body: unknown,
    read: (answer: unknown) => T | Promise<T>,
    { signal: given, attempts: most = Infinity }: PostOptions = {},
  ): Promise<T> {
    const signals = [this.#signal, given].filter((signal) => signal !== undefined);
    const signal = signals.length > 0 ? AbortSignal.any(signals) : undefined;
    const { retries, url, backoffSeconds } = this.endpoint;
    let failed = 0;
    const attempts = async (): Promise<T> => {
      try {
        return await pRetry(() => this.#attempt(path, body, read, most < Infinity, signal), {
          retries,
          minTimeout: 0,
          signal,
          shouldRetry: ({ error }) => error instanceof FailedAttempt,
          onFailedAttempt: async ({ error, retriesConsumed, retriesLeft }) => {
            signal?.throwIfAborted();
            if (!(error instanceof FailedAttempt)) return;
            if (error.aboutRequest && (++failed >= most || (retriesLeft === 0 && most < Infinity)))
              throw new RejectedRequest(error.message);
            if (retriesLeft === 0) return;
            const pause = error.waitSeconds ?? backoffSeconds * 2 ** retriesConsumed;
            await sleep(Math.min(pause, LONGEST_PAUSE) * 1000, undefined, { signal });
          },
        });
      } catch (error) {
        if (!(error instanceof FailedAttempt)) throw error;
        throw new XqgError('XQG_REMOTE_FAILED', {
          url: `${url}${path}`,
          attempts: retries + 1,
          problem: error.message,
        });
      }
    };
    return this.#queue.add(attempts, { signal });
  }

  async #attempt<T>(
    path: string,
    body: unknown,
    read: (answer: unknown) => T | Promise<T>,
    rejectable: boolean,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    this.#checkCost();
    await this.#rate?.add(() => undefined, { signal });
    try {
      const response = await this.#fetch(path, body, signal);
      const text = await textOf(response);
      const { status, headers, ok } = response;
      const wait = retryAfter(headers.get('retry-after'));
      if (!ok) throw this.#failure(path, status, providerWords(text), rejectable, wait);
      if (isWebPage(text)) {
        const page = `a web page, not JSON ("${webPageText(text)}"): the address may lack /v1`;
        throw this.#refusal(path, page);
      }
      const answer = this.#counted(JSON.parse(text));
      const error = errorOf(answer);
      if (error !== null) {
        const words = `an error with status 200: ${error.words}`;
        throw this.#failure(path, error.status ?? 500, words, rejectable, wait);
      }
      return await read(answer);
    } catch (error) {
      if (error instanceof XqgError || error instanceof FailedAttempt) throw error;
      if (error instanceof RejectedRequest) throw error;
      const isLate = (error as Error).name === 'TimeoutError';
      const aboutRequest =
        isLate || error instanceof UnusableAnswer || error instanceof SyntaxError;
      throw new FailedAttempt(this.#hideKey(reasonOf(error)), aboutRequest);
    }
  }

  #failure(
    path: string,
    status: number,
    words: string,
    rejectable: boolean,
    wait: number | null,
  ): Error {
    const named = words.startsWith('an error with') ? words : `status ${status} ${words}`.trim();
    const longer =
      wait !== null && wait > LONGEST_PAUSE ? `; it says to wait ${Math.ceil(wait)} s` : '';
    const problem = this.#hideKey(named) + longer;
    const aboutRequest = ABOUT_THE_REQUEST.has(status);
    if (TRANSIENT.has(status)) return new FailedAttempt(problem, aboutRequest, wait);
    return aboutRequest && rejectable ? new RejectedRequest(problem) : this.#refusal(path, problem);
  }

  #refusal(path: string, problem: string): XqgError {
    const { url, keyVariable: variable } = this.endpoint;
    const words = this.#hideKey(problem);
    return new XqgError('XQG_REMOTE_REFUSED', { url: `${url}${path}`, problem: words, variable });
  }

  #fetch(path: string, body: unknown, signal: AbortSignal | undefined): Promise<Response> {
    const { url, keyVariable, timeoutSeconds } = this.endpoint;
    const key = process.env[keyVariable];
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    this.#requests++;
    return fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key ? { authorization: `Bearer ${key}` } : {}),
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  }

  /** Counts the tokens of an answer, also of one that cannot be used. */
  #counted(answer: unknown): unknown {
    const { usage } = (answer ?? {}) as { usage?: Usage };
    this.#inputTokens += usage?.prompt_tokens ?? 0;
    this.#outputTokens += usage?.completion_tokens ?? 0;
    return answer;
  }

  #checkCost(): void {
    const { costLimit } = this.endpoint;
    const { cost } = this.spent;
    if (costLimit !== undefined && cost >= costLimit)
      throw new XqgError('XQG_COST_LIMIT', { cost: cost.toFixed(4), limit: costLimit });
  }

  #hideKey(text: string): string {
    const key = process.env[this.endpoint.keyVariable];
    return key ? text.replaceAll(key, '***') : text;
  }
}

/** @throws Error for an answer that does not end */
async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > LONGEST_ANSWER)
      throw new Error(`the answer is longer than ${LONGEST_ANSWER / 1e6} MB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Seconds, from seconds or a date. */
function retryAfter(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, (date - Date.now()) / 1000);
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return 'no answer in time';
  if (name === 'SyntaxError')
    return /unexpected token '?[NI]/i.test(message)
      ? 'the answer holds NaN or Infinity in place of a number'
      : 'the answer is cut or is not JSON';
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
