/**
 * The documents of one index of the store as requests: reading them in order, asking several things
 * at once, writing in bulk. Every answer that is not whole is a failure.
 */
import { XqgError } from '../../base/errors.js';
import { type Connection, describeReason } from './connection.js';
import type { OpenSearchHit } from './rows.js';

/** A search as the server takes it. */
export type SearchBody = Readonly<Record<string, unknown>>;

interface SearchResult {
  readonly pit_id?: string;
  readonly error?: { readonly type: string; readonly reason: string };
  readonly status?: number;
  readonly _shards?: { readonly failed: number };
  readonly hits: {
    readonly total?: { readonly value: number };
    readonly hits: readonly OpenSearchHit[];
  };
}

interface BulkItem {
  readonly status: number;
  readonly error?: { readonly type: string; readonly reason: string };
}

/** Bytes of one bulk request, roughly; servers take 100 MB. */
const BULK_BYTES = 8e6;
const KEEP_ALIVE = '10m';
/** Attempts of rows that the server has no room for now. */
const ATTEMPTS = 8;

export class Documents {
  constructor(
    readonly connection: Connection,
    /** Name of the index itself, behind the alias. */
    readonly index: string,
  ) {}

  /** One document by its id, as it was written last; null where there is none. */
  async get<T>(
    id: string,
  ): Promise<{ readonly source: T; readonly seqNo: number; readonly term: number } | null> {
    const { body } = await this.connection.send<{
      found?: boolean;
      _source: T;
      _seq_no: number;
      _primary_term: number;
    }>({ method: 'GET', path: `/${this.index}/_doc/${id}` }, [404]);
    if (body.found !== true) return null;
    return { source: body._source, seqNo: body._seq_no, term: body._primary_term };
  }

  /**
   * Writes one document.
   * @param after only if nothing was written since; `create`: only if there is none
   * @returns null if something was
   */
  async put(
    id: string,
    source: object,
    after?: 'create' | { readonly seqNo: number; readonly term: number },
  ): Promise<{ readonly seqNo: number; readonly term: number } | null> {
    const query: Record<string, string | number> =
      after === undefined
        ? {}
        : after === 'create'
          ? { op_type: 'create' }
          : { if_seq_no: after.seqNo, if_primary_term: after.term };
    const { status, body } = await this.connection.send<{ _seq_no: number; _primary_term: number }>(
      { method: 'PUT', path: `/${this.index}/_doc/${id}`, query, body: source },
      [409],
    );
    return status === 409 ? null : { seqNo: body._seq_no, term: body._primary_term };
  }

  /** Answers of several searches, in their order. */
  async search(
    bodies: readonly SearchBody[],
  ): Promise<{ readonly hits: readonly OpenSearchHit[]; readonly total: number }[]> {
    if (bodies.length === 0) return [];
    const lines = bodies.flatMap((body) => [
      { index: this.index, allow_partial_search_results: false },
      { track_total_hits: false, ...body },
    ]);
    const { body } = await this.connection.send<{ responses: readonly SearchResult[] }>(
      { method: 'POST', path: '/_msearch', lines },
      [],
      ({ responses }) => {
        for (const answer of responses) this.#requireWhole(answer);
      },
    );
    return body.responses.map(({ hits }) => ({ hits: hits.hits, total: hits.total?.value ?? 0 }));
  }

  /**
   * All documents that match, by `seq` ascending, as they were when this began.
   * @param options.after only those behind this `seq`
   * @param options.limit at most so many
   */
  async *pages(
    body: SearchBody,
    options: { readonly after?: number; readonly limit?: number; readonly size: number },
  ): AsyncGenerator<readonly OpenSearchHit[]> {
    const opened = await this.connection.send<{ pit_id: string }>({
      method: 'POST',
      path: `/${this.index}/_search/point_in_time`,
      query: { keep_alive: KEEP_ALIVE },
    });
    let id = opened.body.pit_id;
    let after = options.after;
    let left = options.limit ?? Infinity;
    try {
      while (left > 0) {
        const size = Math.min(options.size, left);
        const { body: answer } = await this.connection.send<SearchResult>(
          {
            method: 'POST',
            path: '/_search',
            query: { allow_partial_search_results: false },
            body: {
              ...body,
              size,
              track_total_hits: false,
              sort: [{ seq: 'asc' }],
              pit: { id, keep_alive: KEEP_ALIVE },
              ...(after === undefined ? {} : { search_after: [after] }),
            },
          },
          [],
          (whole) => this.#requireWhole(whole),
        );
        id = answer.pit_id ?? id;
        const { hits } = answer.hits;
        if (hits.length > 0) yield hits;
        if (hits.length < size) return;
        left -= hits.length;
        after = hits.at(-1)!.sort![0] as number;
      }
    } finally {
      const path = '/_search/point_in_time';
      await this.connection
        .send({ method: 'DELETE', path, body: { pit_id: [id] } }, [404])
        .catch(() => undefined);
    }
  }

  /**
   * Puts documents in under their ids, in place of what is there; null deletes. Not seen by
   * searches before `refresh`.
   */
  async write(documents: AsyncIterable<readonly [string, object | null]>): Promise<void> {
    let lines: [string, object | null, string][] = [];
    let bytes = 0;
    for await (const [id, document] of documents) {
      const text = document === null ? '' : JSON.stringify(document);
      lines.push([id, document, text]);
      bytes += text.length;
      if (bytes < BULK_BYTES) continue;
      await this.#bulk(lines);
      lines = [];
      bytes = 0;
    }
    await this.#bulk(lines);
  }

  async refresh(): Promise<void> {
    await this.connection.send<{ _shards: { failed: number } }>(
      { method: 'POST', path: `/${this.index}/_refresh` },
      [],
      ({ _shards: { failed } }) => {
        if (failed > 0) throw this.#notWhole(`${failed} shards did not refresh`);
      },
    );
  }

  async #bulk(documents: readonly [string, object | null, string][]): Promise<void> {
    let waiting = documents;
    for (let attempt = 1; waiting.length > 0; attempt++) {
      const lines = waiting.flatMap(([id, document, text]) =>
        document === null
          ? [{ delete: { _id: id } }]
          : [{ index: { _id: id } }, text as unknown as object],
      );
      const { body } = await this.connection.send<{ items: readonly Record<string, BulkItem>[] }>({
        method: 'POST',
        path: `/${this.index}/_bulk`,
        lines,
      });
      const items = body.items.map((item) => Object.values(item)[0]);
      const failed = items.findIndex(({ status, error }) => error !== undefined && status !== 429);
      const late = items.findIndex(({ status }) => status === 429);
      const first = failed >= 0 ? failed : late;
      if (first < 0) return;
      const { status, error } = items[first];
      const cause = { statusCode: status, message: describeReason(error!) };
      const explained = this.connection.explain(cause);
      const full = explained instanceof XqgError && explained.code === 'XQG_STORE_FULL';
      if (failed >= 0 || full || attempt === ATTEMPTS) throw explained;
      waiting = waiting.filter((_, i) => items[i].status === 429);
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
    }
  }

  #requireWhole({ error, status = 500, _shards }: SearchResult): void {
    if (error !== undefined)
      throw this.connection.explain({ statusCode: status, message: describeReason(error) });
    if ((_shards?.failed ?? 0) > 0)
      throw this.#notWhole(`${_shards!.failed} shards did not answer`);
  }

  #notWhole(reason: string): unknown {
    return this.connection.explain({ statusCode: 503, message: reason });
  }
}
