/**
 * JSON requests to one endpoint: limits on rate, concurrency and cost, attempts with growing pauses. What it says of a failure
 * never holds the key. Knows neither embeddings nor chats.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { XqgError } from '../errors/error.js';
import type { Endpoint } from './endpoint.js';

/** Worth another attempt: the endpoint is busy or unwell. */
const PASSING = new Set([408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529]);
const LONGEST_PAUSE = 60;
/** Of an answer's text, in messages. */
const SHOWN = 200;

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
   * Posts until `read` takes the answer.
   * @param path below the endpoint's address, e.g. /embeddings
   * @param read throws `UnusableAnswer` to have it asked again; keeps what is to be kept: the next request begins after it
   * @throws XqgError XQG_REMOTE_REFUSED where asking again is of no use, XQG_REMOTE_FAILED after the last attempt,
   * XQG_COST_LIMIT
   */
  async post<T>(path: string, body: unknown, read: (answer: unknown) => T | Promise<T>): Promise<T> {
    await this.#enter();
    try {
      let problem = '';
      const { retries, url } = this.endpoint;
      for (let attempt = 0; attempt <= retries; attempt++) {
        this.#checkCost();
        await this.#turn();
        const pause = this.endpoint.backoffSeconds * 2 ** attempt;
        let wait = pause;
        try {
          const response = await this.#fetch(path, body);
          if (response.ok) return await read(this.#counted(await response.json()));
          const said = this.#hideKey((await response.text()).slice(0, SHOWN));
          problem = `status ${response.status} ${said}`.trim();
          if (!PASSING.has(response.status))
            throw new XqgError('XQG_REMOTE_REFUSED', {
              url: `${url}${path}`,
              problem,
              variable: this.endpoint.keyVariable,
            });
          wait = retryAfter(response.headers.get('retry-after')) ?? pause;
        } catch (error) {
          if (error instanceof XqgError || this.#signal?.aborted) throw error;
          problem = this.#hideKey(reasonOf(error));
        }
        if (attempt < retries)
          await sleep(Math.min(wait, LONGEST_PAUSE) * 1000, undefined, { signal: this.#signal });
      }
      throw new XqgError('XQG_REMOTE_FAILED', { url: `${url}${path}`, attempts: retries + 1, problem });
    } finally {
      this.#leave();
    }
  }

  #fetch(path: string, body: unknown): Promise<Response> {
    const { url, keyVariable, timeoutSeconds } = this.endpoint;
    const key = process.env[keyVariable];
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    this.#requests++;
    return fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: JSON.stringify(body),
      signal: this.#signal ? AbortSignal.any([this.#signal, timeout]) : timeout,
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

  async #enter(): Promise<void> {
    if (this.#running >= this.endpoint.concurrency) {
      // The place of whoever leaves is handed over.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return;
    }
    this.#running++;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }

  /** Waits until the rate allows the next request. */
  async #turn(): Promise<void> {
    const { requestsPerMinute } = this.endpoint;
    if (requestsPerMinute === undefined) return;
    const start = Math.max(performance.now(), this.#nextStart);
    this.#nextStart = start + 60_000 / requestsPerMinute;
    await sleep(start - performance.now(), undefined, { signal: this.#signal });
  }

  #hideKey(text: string): string {
    const key = process.env[this.endpoint.keyVariable];
    return key ? text.replaceAll(key, '***') : text;
  }
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
