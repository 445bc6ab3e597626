/**
 * JSON requests to one endpoint: limits on rate, concurrency and cost, attempts with growing
 * pauses. What it says of a failure never holds the key.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { XqgError } from '../../base/errors.js';
import type { Endpoint } from './endpoint.js';

/** Worth another attempt: the endpoint is busy or unwell. */
const PASSING = new Set([408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529]);
const LONGEST_PAUSE = 60;
/** Of an answer's text, in messages. */
const SHOWN = 200;
/**
 * No answer that is asked for is longer, in bytes: 64 vectors of 8,192 dimensions are 12 MB of
 * JSON.
 */
const LONGEST_ANSWER = 32e6;

/** An answer that cannot be used; another attempt may bring a better one. */
export class UnusableAnswer extends Error {}

interface Usage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
}

export class RemoteClient {
  readonly endpoint: Endpoint;
  readonly #signal: AbortSignal | undefined;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #nextStart = 0;
  #requests = 0;
  #inputTokens = 0;
  #outputTokens = 0;

  constructor(endpoint: Endpoint, signal?: AbortSignal) {
    this.endpoint = endpoint;
    this.#signal = signal;
  }

  /** What was asked and used so far. */
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
   * Posts until `read` takes the answer. A redirect is refused: texts and key go where the settings
   * say, and nowhere else.
   * @param path below the endpoint's address, e.g. /embeddings
   * @param given aborted when nobody waits for this answer any more: an AbortError, or its reason,
   * is thrown
   * @param read throws `UnusableAnswer` to have it asked again; keeps what is to be kept: the next
   * request begins after it
   * @throws XqgError XQG_REMOTE_REFUSED where asking again is of no use, XQG_REMOTE_FAILED after
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
    await this.#enter(signal);
    try {
      let problem = '';
      const { retries, url } = this.endpoint;
      for (let attempt = 0; attempt <= retries; attempt++) {
        this.#checkCost();
        await this.#turn(signal);
        const pause = this.endpoint.backoffSeconds * 2 ** attempt;
        let wait = pause;
        try {
          const response = await this.#fetch(path, body, signal);
          if (response.ok) return await read(this.#counted(JSON.parse(await textOf(response))));
          const said = this.#hideKey((await textOf(response)).slice(0, SHOWN));
          problem = `status ${response.status} ${said}`.trim();
          if (!PASSING.has(response.status))
            throw new XqgError('XQG_REMOTE_REFUSED', {
              url: `${url}${path}`,
              problem,
              variable: this.endpoint.keyVariable,
            });
          wait = retryAfter(response.headers.get('retry-after')) ?? pause;
        } catch (error) {
          if (error instanceof XqgError) throw error;
          signal?.throwIfAborted();
          problem = this.#hideKey(reasonOf(error));
        }
        if (attempt < retries)
          await sleep(Math.min(wait, LONGEST_PAUSE) * 1000, undefined, { signal });
      }
      throw new XqgError('XQG_REMOTE_FAILED', {
        url: `${url}${path}`,
        attempts: retries + 1,
        problem,
      });
    } finally {
      this.#leave();
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

  /** Counts what an answer cost, also one that cannot be used. */
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

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#running < this.endpoint.concurrency) {
      this.#running++;
      return;
    }
    // The place of whoever leaves is handed over; who no longer waits is passed by.
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal!.reason);
      };
      this.#waiting.push(enter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }

  /** Waits until the rate allows the next request. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { requestsPerMinute } = this.endpoint;
    if (requestsPerMinute === undefined) return;
    // A turn is taken when it has come: one that was reserved by somebody who gave up would be lost
    // to all others.
    for (let wait = this.#untilTurn; wait > 0; wait = this.#untilTurn)
      await sleep(wait, undefined, { signal });
    this.#nextStart = performance.now() + 60_000 / requestsPerMinute;
  }

  /** In milliseconds. */
  get #untilTurn(): number {
    return this.#nextStart - performance.now();
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
