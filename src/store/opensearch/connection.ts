/**
 * Requests to a cluster: waits out temporary failures, and turns all others into errors with a
 * remedy. The client is an optional peer, loaded with the first request.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@opensearch-project/opensearch';
import { XqgError } from '../../base/errors.js';
import { loadPackage } from '../../base/optional-package.js';
import type { StoreAddress } from './address.js';

export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: object;
  /** Lines of a bulk or of several searches. */
  readonly lines?: readonly object[];
}

/** Longest wait (ms) for a cluster that answered before: a node restarts in less. */
const PATIENCE = 90_000;
const LONGEST_PAUSE = 5_000;
/** Answers that mean "later": a queue or a breaker is full, a shard has no node yet. */
const LATER = new Set([429, 502, 503, 504]);
const REQUEST_TIMEOUT = 120_000;

export class Connection {
  readonly address: StoreAddress;
  readonly #patience: number;
  #client: Promise<Client> | null = null;
  /** A cluster that never answered most likely does not exist: nobody should wait for it. */
  #answered = false;

  constructor(address: StoreAddress, options: { readonly patience?: number } = {}) {
    this.address = address;
    this.#patience = options.patience ?? PATIENCE;
  }

  /**
   * The answer's body.
   * @param accept statuses that are answers too, not failures: then `status` tells
   * @param requireWhole throws what a part of the answer says; where that is XQG_STORE_BUSY, the
   * request is sent again like others
   * @throws XqgError XQG_STORE_UNREACHABLE, XQG_STORE_REFUSED, XQG_STORE_FULL, XQG_STORE_BUSY,
   * XQG_STORE_REJECTED, XQG_PACKAGE_MISSING
   */
  async send<T>(
    request: Request,
    accept: readonly number[] = [],
    requireWhole: (body: T) => void = () => {},
  ): Promise<{ status: number; body: T }> {
    this.#client ??= this.#connect();
    const client = await this.#client;
    const until = performance.now() + this.#patience;
    for (let pause = 250; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        const { statusCode, body } = await client.transport.request(
          {
            method: request.method,
            path: request.path,
            querystring: request.query as Record<string, string>,
            ...(request.lines === undefined
              ? { body: request.body as never }
              : { bulkBody: request.lines as never }),
          },
          {
            ignore: [...accept],
            requestTimeout: REQUEST_TIMEOUT,
            maxRetries: this.address.nodes.length,
          },
        );
        this.#answered = true;
        requireWhole(body as T);
        return { status: statusCode ?? 200, body: body as T };
      } catch (cause) {
        const status = statusOf(cause);
        if (status !== null) this.#answered = true;
        if (!this.#passes(cause, status) || isFull(reasonOf(cause)) || performance.now() > until)
          throw this.explain(cause);
        await wait(pause);
      }
    }
  }

  /** @param status null where no answer came */
  #passes(cause: unknown, status: number | null): boolean {
    if (cause instanceof XqgError) return cause.code === 'XQG_STORE_BUSY';
    return status === null ? this.#answered : LATER.has(status);
  }

  /** The error to throw in place of what the client threw, or of a reason inside an answer. */
  explain(cause: unknown, place = this.address.spec.split('?')[0]): unknown {
    if (cause instanceof XqgError) return cause;
    const status = statusOf(cause);
    const reason = reasonOf(cause);
    const at = { store: place, reason };
    if (isFull(reason)) return new XqgError('XQG_STORE_FULL', at, { cause });
    if (status === null) {
      return isConnectionTrouble(cause)
        ? new XqgError('XQG_STORE_UNREACHABLE', at, { cause })
        : cause;
    }
    if (status === 401 || status === 403) {
      return new XqgError('XQG_STORE_REFUSED', { ...at, status }, { cause });
    }
    if (LATER.has(status)) return new XqgError('XQG_STORE_BUSY', { ...at, status }, { cause });
    return new XqgError('XQG_STORE_REJECTED', { ...at, status }, { cause });
  }

  close(): void {
    this.#client?.then((client) => client.close()).catch(() => undefined);
  }

  async #connect(): Promise<Client> {
    const { Client } = await loadPackage(
      'A store in OpenSearch',
      '@opensearch-project/opensearch',
      () => import('@opensearch-project/opensearch'),
    );
    const username = process.env.XQG_OPENSEARCH_USER;
    const password = process.env.XQG_OPENSEARCH_PASSWORD;
    return new Client({
      nodes: [...this.address.nodes],
      // Answers are read, never merged into objects; looking for names of prototypes takes as long
      // as parsing.
      disablePrototypePoisoningProtection: true,
      ...(username === undefined ? {} : { auth: { username, password: password ?? '' } }),
    });
  }
}

/** null where no answer came. */
function statusOf(cause: unknown): number | null {
  const { statusCode, meta } = cause as {
    statusCode?: number;
    meta?: { statusCode?: number | null } | null;
  };
  return statusCode ?? meta?.statusCode ?? null;
}

interface Reason {
  readonly type?: string;
  readonly reason?: string;
  readonly root_cause?: readonly Reason[];
  readonly caused_by?: Reason;
}

/** What the server says, as one line. */
function reasonOf(cause: unknown): string {
  const { meta, message } = cause as { meta?: { body?: unknown }; message?: string };
  const body = meta?.body as { error?: Reason | string } | string | null | undefined;
  const error = typeof body === 'object' ? body?.error : body;
  if (typeof error === 'object') return describeReason(error);
  return String(error || message || cause).split('\n')[0];
}

/** The first cause of an error that the server reports. */
export function describeReason(error: Reason): string {
  let deepest = error.root_cause?.[0] ?? error;
  while (deepest.caused_by !== undefined) deepest = deepest.caused_by;
  return `${deepest.type ?? 'error'}: ${deepest.reason ?? 'no reason given'}`.split('\n')[0];
}

/** A disk beyond its watermark makes every index read-only; an administrator can do it too. */
function isFull(reason: string): boolean {
  return /read-only|flood-stage|No space left|disk usage exceeded/i.test(reason);
}

function isConnectionTrouble(cause: unknown): boolean {
  const { name, code } = cause as { name?: string; code?: string };
  return (
    /Connection|Timeout|NoLiving|RequestAborted/.test(name ?? '') || /^E[A-Z]+$/.test(code ?? '')
  );
}
