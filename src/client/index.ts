/**
 * A typed client of the server, for Node and for browsers: `import { XqgClient } from
 * 'xqg/client'`.
 */

import type { z } from 'zod';
import type { documentsBody, explainBody, searchBody } from '../server/requests.js';
import type {
  CoverageResponse,
  ExperimentsResponse,
  ExplainResponse,
  FailureResponse,
  IndexesResponse,
  IndexResponse,
  JobResponse,
  PassageResponse,
  PassagesResponse,
  SearchResponse,
} from '../server/responses.js';

export type {
  CoverageResponse,
  ExperimentsResponse,
  ExplainResponse,
  IndexesResponse,
  IndexResponse,
  JobResponse,
  PassageResponse,
  PassagesResponse,
  SearchResponse,
} from '../server/responses.js';

export type SearchRequest = z.input<typeof searchBody>;
export type ExplainRequest = z.input<typeof explainBody>;
export type NewDocuments = z.input<typeof documentsBody>['documents'];

export interface ClientOptions {
  /** Address of the server, e.g. http://127.0.0.1:7070; '' in the server's own page. */
  readonly address: string;
  /** Key, where the server asks for one. */
  readonly key?: string;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

export interface FileOptions {
  /** Language of all files; default: detected. */
  readonly lang?: string;
  readonly metadata?: Readonly<Record<string, string | number | boolean | string[]>>;
}

/** An error that the server answered with, or XQG_SERVER_UNREACHABLE without an answer. */
export class XqgClientError extends Error {
  override readonly name = 'XqgClientError';

  constructor(
    readonly code: string,
    message: string,
    /** How to fix it. */
    readonly remedy: string,
    /** HTTP status; 0: no answer. */
    readonly status: number,
    /** Identifies the request in the server's log. */
    readonly requestId: string | null,
    /** Seconds after which to try again; null where that would not help. */
    readonly retryAfter: number | null,
  ) {
    super(message);
  }
}

/** Milliseconds between two requests for the state of a job. */
const WATCH_EVERY_MS = 300;

/** Every method throws XqgClientError; an aborted signal throws its reason. */
export class XqgClient {
  readonly #address: string;
  readonly #key: string | undefined;
  readonly #fetch: typeof fetch;

  constructor({ address, key, fetch: given }: ClientOptions) {
    this.#address = address.replace(/\/$/, '');
    this.#key = key;
    this.#fetch = given ?? ((...what) => fetch(...what));
  }

  indexes(signal?: AbortSignal): Promise<IndexesResponse> {
    return this.#ask('GET', '/api/indexes', { signal });
  }

  index(index: string, signal?: AbortSignal): Promise<IndexResponse> {
    return this.#ask('GET', at(index), { signal });
  }

  search(index: string, request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse> {
    return this.#ask('POST', `${at(index)}/search`, { json: request, signal });
  }

  explain(index: string, request: ExplainRequest, signal?: AbortSignal): Promise<ExplainResponse> {
    return this.#ask('POST', `${at(index)}/explain`, { json: request, signal });
  }

  passages(
    index: string,
    {
      offset = 0,
      limit = 20,
      filters = [],
    }: { offset?: number; limit?: number; filters?: readonly string[] } = {},
    signal?: AbortSignal,
  ): Promise<PassagesResponse> {
    const query = new URLSearchParams({ offset: String(offset), limit: String(limit) });
    for (const filter of filters) query.append('filters', filter);
    return this.#ask('GET', `${at(index)}/passages?${query}`, { signal });
  }

  passage(index: string, id: string, signal?: AbortSignal): Promise<PassageResponse> {
    return this.#ask('GET', `${at(index)}/passages/${encodeURIComponent(id)}`, { signal });
  }

  coverage(index: string, sample = 25, signal?: AbortSignal): Promise<CoverageResponse> {
    return this.#ask('GET', `${at(index)}/coverage?sample=${sample}`, { signal });
  }

  addDocuments(index: string, documents: NewDocuments, signal?: AbortSignal): Promise<JobResponse> {
    return this.#ask('POST', `${at(index)}/documents`, { json: { documents }, signal });
  }

  addFiles(
    index: string,
    files: readonly { readonly name: string; readonly content: Blob }[],
    { lang, metadata }: FileOptions = {},
    signal?: AbortSignal,
  ): Promise<JobResponse> {
    const form = new FormData();
    if (lang !== undefined) form.set('lang', lang);
    if (metadata !== undefined) form.set('metadata', JSON.stringify(metadata));
    for (const { name, content } of files) form.append('files', content, name);
    return this.#ask('POST', `${at(index)}/files`, { form, signal });
  }

  removeDocument(index: string, id: string, signal?: AbortSignal): Promise<JobResponse> {
    return this.#ask('DELETE', `${at(index)}/documents/${encodeURIComponent(id)}`, { signal });
  }

  async jobs(signal?: AbortSignal): Promise<readonly JobResponse[]> {
    return (await this.#ask<{ jobs: readonly JobResponse[] }>('GET', '/api/jobs', { signal })).jobs;
  }

  job(id: string, signal?: AbortSignal): Promise<JobResponse> {
    return this.#ask('GET', `/api/jobs/${encodeURIComponent(id)}`, { signal });
  }

  cancelJob(id: string, signal?: AbortSignal): Promise<JobResponse> {
    return this.#ask('DELETE', `/api/jobs/${encodeURIComponent(id)}`, { signal });
  }

  /** Runs a job again that failed through no fault of its documents. */
  retryJob(id: string, signal?: AbortSignal): Promise<JobResponse> {
    return this.#ask('POST', `/api/jobs/${encodeURIComponent(id)}/retry`, { signal });
  }

  /** Polls a job until it has ended; yields every state. */
  async *watch(id: string, signal?: AbortSignal): AsyncGenerator<JobResponse> {
    for (;;) {
      const job = await this.job(id, signal);
      yield job;
      if (job.ended !== null) return;
      await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
      signal?.throwIfAborted();
    }
  }

  experiments(signal?: AbortSignal): Promise<ExperimentsResponse> {
    return this.#ask('GET', '/api/experiments', { signal });
  }

  /** results.json of an experiment, as it is. */
  experimentResults(name: string, signal?: AbortSignal): Promise<unknown> {
    return this.#ask('GET', `/api/experiments/${encodeURIComponent(name)}/results`, { signal });
  }

  /** report.html of an experiment. */
  async experimentReport(name: string, signal?: AbortSignal): Promise<string> {
    const path = `/api/experiments/${encodeURIComponent(name)}/report`;
    return (await this.#send('GET', path, { signal })).text();
  }

  async #ask<T>(method: string, path: string, what: Sent): Promise<T> {
    return (await (await this.#send(method, path, what)).json()) as T;
  }

  async #send(method: string, path: string, { json, form, signal }: Sent): Promise<Response> {
    const headers: Record<string, string> = {};
    if (this.#key !== undefined) headers.authorization = `Bearer ${this.#key}`;
    if (json !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    try {
      const body = json === undefined ? form : JSON.stringify(json);
      response = await this.#fetch(this.#address + path, { method, headers, body, signal });
    } catch (thrown) {
      signal?.throwIfAborted();
      const address = this.#address === '' ? 'the server' : this.#address;
      const remedy =
        'Check that the server runs (xqg serve --index DIR) and that the address is right, then try again.';
      const { message } = thrown as Error;
      throw new XqgClientError(
        'XQG_SERVER_UNREACHABLE',
        `No answer from ${address}: ${message}.`,
        remedy,
        0,
        null,
        null,
      );
    }
    if (response.ok) return response;
    throw await failureOf(response);
  }
}

interface Sent {
  readonly json?: unknown;
  readonly form?: FormData;
  readonly signal?: AbortSignal;
}

function at(index: string): string {
  return `/api/indexes/${encodeURIComponent(index)}`;
}

async function failureOf(response: Response): Promise<XqgClientError> {
  const { status, statusText, headers } = response;
  const body = (await response.json().catch(() => null)) as FailureResponse | null;
  const wait = Number(headers.get('retry-after'));
  const retryAfter = wait > 0 ? wait : null;
  if (body?.error === undefined) {
    const remedy = 'Something between here and the server answered: check the address.';
    return new XqgClientError(
      'XQG_SERVER_UNREACHABLE',
      `${status} ${statusText}`,
      remedy,
      status,
      null,
      retryAfter,
    );
  }
  const { code, message, remedy } = body.error;
  return new XqgClientError(code, message, remedy, status, body.requestId, retryAfter);
}
