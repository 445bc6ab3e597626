/** One version of a store on OpenSearch, frozen by the numbers of commits in its rows. */
import { XqgError } from '../../base/errors.js';
import type {
  CandidateList,
  CandidateReader,
  PlacedRow,
  RowOptions,
  TermClause,
} from '../candidate-store.js';
import type { Column, IndexedPassage, ScanOptions, StoreShape } from '../store.js';
import { TermSelection } from '../term-bytes.js';
import { type Commit, readCommit } from './commit.js';
import { allOf, factQuery, termsQuery, visibleIn } from './conditions.js';
import type { Documents, SearchBody } from './documents.js';
import { SENTENCE_COUNT } from './mapping.js';
import { columnRequest, decodeHit, type OpenSearchHit, seqOf } from './rows.js';

/** Rows of one answer where all columns may be asked for, and where a row is a number. */
const PAGE = 512;
const NARROW_PAGE = 10_000;
/** Ids or numbers of one request. */
const TOGETHER = 1000;

export class OpenSearchReader implements CandidateReader {
  readonly version: string;
  readonly #documents: Documents;
  readonly #number: number;
  /**
   * True if rows may be there that this version does not see, beside those that are being written.
   */
  readonly #hasDead: boolean;
  #seqs: Promise<Float64Array> | null = null;

  constructor(
    documents: Documents,
    readonly shape: StoreShape,
    readonly generation: number,
    number: number,
    commit: Commit,
  ) {
    this.#documents = documents;
    this.#number = number;
    this.#hasDead = commit.dead > 0 || number !== commit.current;
    this.version = versionName(generation, number);
  }

  async count(): Promise<number> {
    return this.#count(null);
  }

  async documents(): Promise<number> {
    return this.#count({ term: { ordinal: 0 } });
  }

  async *scan<C extends Column>(
    columns: readonly C[],
    options: ScanOptions = {},
  ): AsyncIterable<Pick<IndexedPassage, C>[]> {
    const { offset = 0, limit, languages } = options;
    if (limit === 0) return;
    let after: number | undefined;
    if (offset > 0) {
      const seqs = await this.#places();
      if (offset >= seqs.length) return;
      after = seqs[offset - 1];
    }
    const body = {
      query: visibleIn(this.#number),
      ...columnRequest(columns, this.shape, languages),
    };
    const pages = this.#pages(body, { after, limit, size: PAGE });
    // A page keeps what it began with: only a version that was freed before it must be refused.
    let checked = false;
    for await (const hits of pages) {
      if (!checked) await this.requireHere();
      checked = true;
      yield hits.map((hit) => decodeHit(hit, columns, this.shape));
    }
    if (!checked) await this.requireHere();
  }

  async *sentenceCounts(): AsyncIterable<readonly number[]> {
    const asked = columnRequest([], this.shape);
    const body = {
      query: visibleIn(this.#number),
      ...asked,
      docvalue_fields:
        this.shape.sentences === true
          ? [...asked.docvalue_fields, SENTENCE_COUNT]
          : asked.docvalue_fields,
    };
    for await (const hits of this.#pages(body, { size: NARROW_PAGE }))
      yield hits.map(({ fields }) => (fields?.[SENTENCE_COUNT]?.[0] as number | undefined) ?? 0);
    await this.requireHere();
  }

  async take<C extends Column>(
    places: readonly number[],
    columns: readonly C[],
  ): Promise<Pick<IndexedPassage, C>[]> {
    if (places.length === 0) return [];
    const seqs = await this.#places();
    for (const place of places) {
      if (!(place in seqs)) throw new RangeError(`no row ${place} among ${seqs.length}`);
    }
    const wanted = [...new Set(places.map((place) => seqs[place]))];
    const found = new Map(
      (await this.rows({ seqs: wanted }, columns)).map(({ seq, row }) => [seq, row] as const),
    );
    return places.map((place) => found.get(seqs[place])!);
  }

  async get<C extends Column>(
    ids: readonly string[],
    columns: readonly C[],
  ): Promise<(Pick<IndexedPassage, C> | null)[]> {
    if (ids.length === 0) return [];
    const found = new Map<string, Pick<IndexedPassage, C>>();
    for (const { row } of await this.rows({ ids }, [...new Set<C | 'id'>([...columns, 'id'])])) {
      const { id } = row;
      if (!columns.includes('id' as C)) delete (row as { id?: string }).id;
      found.set(id, row as Pick<IndexedPassage, C>);
    }
    return ids.map((id) => found.get(id) ?? null);
  }

  async rows<C extends Column>(
    which: { readonly seqs: readonly number[] } | { readonly ids: readonly string[] },
    columns: readonly C[],
    { filters = [], languages, ownTerms }: RowOptions = {},
  ): Promise<PlacedRow<C>[]> {
    const [field, values] =
      'seqs' in which ? (['seq', which.seqs] as const) : (['id', which.ids] as const);
    const asked = columnRequest(columns, this.shape, languages);
    const bodies: SearchBody[] = [];
    for (let from = 0; from < values.length; from += TOGETHER) {
      const some = values.slice(from, from + TOGETHER);
      bodies.push({
        query: allOf([
          { terms: { [field]: some } },
          visibleIn(this.#number),
          ...filters.map(factQuery),
        ]),
        size: some.length,
        ...asked,
      });
    }
    const answers = await this.#search(bodies);
    return this.#whileHere(() =>
      this.#placed(
        answers.flatMap(({ hits }) => hits),
        columns,
        ownTerms,
      ),
    );
  }

  async candidates<C extends Column>(
    lists: readonly CandidateList[],
    columns: readonly C[],
    { filters = [], languages, ownTerms }: RowOptions = {},
  ): Promise<PlacedRow<C>[][]> {
    if (lists.length === 0) return [];
    const filter = allOf([
      this.#hasDead ? visibleIn(this.#number) : null,
      ...filters.map(factQuery),
    ]);
    const asked = columnRequest(columns, this.shape, languages);
    const docvalue_fields = [...asked.docvalue_fields, 'born'];
    const bodies = lists.map(({ by, size }): SearchBody => {
      if ('terms' in by) {
        const matching = termsQuery(by.terms);
        const query = filter === null ? matching : { bool: { must: [matching], filter: [filter] } };
        return { query, size, ...asked, docvalue_fields };
      }
      const { field, near, breadth } = by;
      const knn = { vector: Array.from(near), k: breadth, ...(filter === null ? {} : { filter }) };
      return { query: { knn: { [`knn.${field}`]: knn } }, size, ...asked, docvalue_fields };
    });
    const answers = await this.#search(bodies);
    return this.#whileHere(() =>
      answers.map(({ hits }) =>
        this.#placed(
          hits.filter(({ fields }) => (fields!.born[0] as number) <= this.#number),
          columns,
          ownTerms,
        ),
      ),
    );
  }

  async countTerms(lists: readonly (readonly TermClause[])[]): Promise<number[]> {
    const visible = this.#hasDead ? visibleIn(this.#number) : null;
    const bodies = lists.map((clauses) => ({
      size: 0,
      track_total_hits: true,
      query: allOf([termsQuery(clauses), visible]),
    }));
    return (await this.#search(bodies)).map(({ total }) => total);
  }

  async changesSince<C extends Column>(
    version: string,
    columns: readonly C[],
  ): Promise<AsyncIterable<
    { readonly came: boolean; readonly row: Pick<IndexedPassage, C> }[]
  > | null> {
    const [generation, number] = versionNumbers(version);
    const commit = await readCommit(this.#documents);
    if (generation !== this.generation || number < (commit?.oldest ?? Infinity)) return null;
    return this.#changes(number, columns);
  }

  async requireHere(): Promise<void> {
    const commit = await readCommit(this.#documents);
    if (commit === null || this.#number < commit.oldest)
      throw goneError(this.#documents, this.version);
  }

  async bytes(): Promise<number> {
    const { body } = await this.#documents.connection.send<{
      _all: { total: { store: { size_in_bytes: number } } };
    }>({ method: 'GET', path: `/${this.#documents.index}/_stats/store` });
    return body._all.total.store.size_in_bytes;
  }

  close(): void {}

  async *#changes<C extends Column>(
    since: number,
    columns: readonly C[],
  ): AsyncGenerator<{ readonly came: boolean; readonly row: Pick<IndexedPassage, C> }[]> {
    const asked = columnRequest(columns, this.shape);
    for (const came of [true, false]) {
      const changed = { range: { [came ? 'born' : 'died']: { gt: since, lte: this.#number } } };
      const query = allOf([changed, came ? visibleIn(this.#number) : visibleIn(since)]);
      for await (const hits of this.#pages({ query, ...asked }, { size: PAGE })) {
        yield hits.map((hit) => ({ came, row: decodeHit(hit, columns, this.shape) }));
      }
    }
  }

  async #search(bodies: readonly SearchBody[]): ReturnType<Documents['search']> {
    try {
      return await this.#documents.search(bodies);
    } catch (error) {
      throw this.#meaning(error);
    }
  }

  async *#pages(...asked: Parameters<Documents['pages']>): ReturnType<Documents['pages']> {
    try {
      yield* this.#documents.pages(...asked);
    } catch (error) {
      throw this.#meaning(error);
    }
  }

  /** After a purge the index itself is gone, with all of its versions. */
  #meaning(error: unknown): unknown {
    const { code, details } = error as Partial<XqgError>;
    return code === 'XQG_STORE_REJECTED' && details!.status === 404
      ? goneError(this.#documents, this.version)
      : error;
  }

  async #count(condition: SearchBody | null): Promise<number> {
    const query = allOf([visibleIn(this.#number), condition]);
    const [{ total }] = await this.#search([{ size: 0, track_total_hits: true, query }]);
    await this.requireHere();
    return total;
  }

  /** Reads what was answered while the server is asked whether this version was still there. */
  async #whileHere<T>(read: () => T): Promise<T> {
    // In a later turn: the question is under way before this thread is busy.
    const [rows] = await Promise.all([new Promise(setImmediate).then(read), this.requireHere()]);
    return rows;
  }

  #placed<C extends Column>(
    hits: readonly OpenSearchHit[],
    columns: readonly C[],
    ownTerms?: ReadonlySet<string>,
  ): PlacedRow<C>[] {
    const wanted = ownTerms === undefined ? undefined : new TermSelection(ownTerms);
    return hits.map((hit) => ({
      seq: seqOf(hit),
      row: decodeHit(hit, columns, this.shape, wanted),
    }));
  }

  /** Numbers of the rows by their place: 8 bytes a row. */
  #places(): Promise<Float64Array> {
    this.#seqs ??= this.#readPlaces();
    this.#seqs.catch(() => {
      this.#seqs = null;
    });
    return this.#seqs;
  }

  async #readPlaces(): Promise<Float64Array> {
    const seqs = new Float64Array(await this.count());
    let row = 0;
    const body = { query: visibleIn(this.#number), ...columnRequest([], this.shape) };
    for await (const hits of this.#pages(body, { size: NARROW_PAGE })) {
      for (const hit of hits) seqs[row++] = seqOf(hit);
    }
    await this.requireHere();
    return seqs;
  }
}

export const versionName = (generation: number, number: number): string =>
  `${generation}@${number}`;

/** Generation and number of a version; NaN where it names none. */
export function versionNumbers(version: string): [number, number] {
  const [generation, number] = version.split('@').map(Number);
  return [generation, number ?? Number.NaN];
}

export function goneError({ connection }: Documents, version: string): XqgError {
  return new XqgError('XQG_STORE_VERSION_GONE', {
    dir: connection.address.spec.split('?')[0],
    version,
  });
}
