/**
 * JSON requests to one endpoint: limits on rate, concurrency and cost, attempts with growing
 * pauses. No error message contains the key.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { XqgError } from '../../base/errors.js';
import type { Endpoint } from './endpoint.js';

/** Statuses worth another attempt: the endpoint is busy or temporarily broken. */
const TRANSIENT = new Set([408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529]);
/** Between two attempts, in seconds. */
const LONGEST_PAUSE = 60;
/** Characters of an answer in an error message. */
const EXCERPT = 200;
/** In bytes; 64 vectors of 8,192 dimensions are 12 MB of JSON. */
const LONGEST_ANSWER = 32e6;

/** An answer that cannot be used; another attempt may bring a better one. */
export class UnusableAnswer extends Error {}

/** An attempt that failed in a way that another one may not. */
class FailedAttempt extends Error {
  /** @param waitSeconds how long the endpoint says to wait; null if it does not say */
  constructor(
    message: string,
    readonly waitSeconds: number | null = null,
  ) {
    super(message);
  }
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
   * @param given aborts this request: an AbortError, or the signal's reason, is thrown
   * @param read throws `UnusableAnswer` to try again; it stores what is to be stored, since the
   * next request begins after it
   * @throws XqgError XQG_REMOTE_REFUSED where another attempt is of no use, XQG_REMOTE_FAILED after
   * the last attempt, XQG_COST_LIMIT
   */
  async post<T>(
    path: string,
    body: unknown,
    read: (answer: unknown) => T | Promise<T>,
    given?: AbortSignal,
  ): Promise<T> {
    const signals = [this.#signal, given].filter((signal) => signal !== undefined);
    const signal = signals.length > 0 ? AbortSignal.any(signals) : undefined;
    const { retries, url, backoffSeconds } = this.endpoint;
    const attempts = async (): Promise<T> => {
      try {
        return await pRetry(() => this.#attempt(path, body, read, signal), {
          retries,
          minTimeout: 0,
          signal,
          shouldRetry: ({ error }) => error instanceof FailedAttempt,
          onFailedAttempt: async ({ error, retriesConsumed, retriesLeft }) => {
            signal?.throwIfAborted();
            if (!(error instanceof FailedAttempt) || retriesLeft === 0) return;
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
    signal: AbortSignal | undefined,
  ): Promise<T> {
    this.#checkCost();
    await this.#rate?.add(() => undefined, { signal });
    try {
      const response = await this.#fetch(path, body, signal);
      if (response.ok) return await read(this.#counted(JSON.parse(await textOf(response))));
      const excerpt = this.#hideKey((await textOf(response)).slice(0, EXCERPT));
      const problem = `status ${response.status} ${excerpt}`.trim();
      if (TRANSIENT.has(response.status))
        throw new FailedAttempt(problem, retryAfter(response.headers.get('retry-after')));
      const { url, keyVariable: variable } = this.endpoint;
      throw new XqgError('XQG_REMOTE_REFUSED', { url: `${url}${path}`, problem, variable });
    } catch (error) {
      if (error instanceof XqgError || error instanceof FailedAttempt) throw error;
      throw new FailedAttempt(this.#hideKey(reasonOf(error)));
    }
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
  if (name === 'SyntaxError') return 'the answer is cut or is not JSON';
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
