/**
 * The store on OpenSearch: one index behind an alias. Rows say in which commit they came and went,
 * and one document says which commit is current, so a batch is seen whole or not at all, also after
 * a crash, though the server knows no transactions. A purge copies the living rows into an index of
 * the next generation and moves the alias.
 */
import { XqgError } from '../../base/errors.js';
import { queriesBag } from '../../languages/bags.js';
import type { CandidateStore, StoredText } from '../candidate-store.js';
import { checkPassages } from '../passage-check.js';
import { COLUMNS, type IndexedPassage, type StoreShape, type UpsertOptions } from '../store.js';
import type { StoreAddress } from './address.js';
import { beginCommits, CommitLog, findIndex, makeIndex, moveAlias, readCommit } from './commit.js';
import { allOf, visibleIn } from './conditions.js';
import { Connection } from './connection.js';
import { Documents, type SearchBody } from './documents.js';
import { goneError, OpenSearchReader, versionName, versionNumbers } from './opensearch-reader.js';
import { columnRequest, decodeHit, documentOf, type OpenSearchHit, type RowLife } from './rows.js';

/** Share of dead rows at which `compact` frees them. */
const DEAD_SHARE = 0.1;
const PAGE = 512;
/** Document ids of one condition. */
const TOGETHER = 1000;

/** Where rows are: an index of some generation, and how it was made. */
interface Place {
  readonly documents: Documents;
  readonly generation: number;
  readonly shape: StoreShape;
}

export class OpenSearchStore implements CandidateStore {
  readonly listsCandidates = true;
  readonly #connection: Connection;
  #place: Place;
  /** null: opened for reading. */
  #log: CommitLog | null;

  private constructor(connection: Connection, place: Place, log: CommitLog | null) {
    this.#connection = connection;
    this.#place = place;
    this.#log = log;
  }

  /**
   * Creates an empty store, or opens an existing one, for writing.
   * @param owner names the folder whose lock the caller holds
   * @throws XqgError XQG_STORE_LOCKED, XQG_STORE_UNREACHABLE, XQG_STORE_REFUSED, XQG_STORE_FULL,
   * XQG_STORE_REJECTED
   */
  static async create(
    address: StoreAddress,
    shape: StoreShape,
    owner: string,
    connection = new Connection(address),
  ): Promise<OpenSearchStore> {
    const { name } = address;
    if ((await findIndex(connection, name)) === null) {
      await makeIndex(connection, `${name}-1`, shape);
      await beginCommits(new Documents(connection, `${name}-1`));
      await moveAlias(connection, name, null, `${name}-1`);
    }
    const place = await openPlace(connection);
    const log = await CommitLog.take(place.documents, owner);
    const store = new OpenSearchStore(connection, place, log);
    await store.#forgetUncommitted();
    return store;
  }

  /**
   * Opens an existing store for reading.
   * @throws XqgError XQG_STORE_MISSING, and the others of `create`
   */
  static async open(
    address: StoreAddress,
    connection = new Connection(address),
  ): Promise<OpenSearchStore> {
    return new OpenSearchStore(connection, await openPlace(connection), null);
  }

  get shape(): StoreShape {
    return this.#place.shape;
  }

  async upsert(passages: readonly IndexedPassage[], options: UpsertOptions = {}): Promise<void> {
    if (passages.length === 0) return;
    checkPassages(passages, this.shape, options);
    const { current, nextSeq } = this.#writer.commit;
    const born = current + 1;
    const { documents, shape } = this.#place;
    await documents.write(
      stream(passages, (passage, i) => lively(passage, { seq: nextSeq + i, born }, shape)),
    );
    const replaced = options.allNew
      ? 0
      : await this.#end(
          'documentId',
          [...new Set(passages.map(({ documentId }) => documentId))],
          born,
        );
    await this.#commit(replaced, nextSeq + passages.length);
  }

  async deleteDocuments(documentIds: readonly string[]): Promise<number> {
    return this.#delete('documentId', documentIds);
  }

  async deleteSource(source: string): Promise<number> {
    return this.#delete('source', [source]);
  }

  async snapshot(): Promise<OpenSearchReader> {
    return this.#reader(await this.#newestPlace(), null);
  }

  async at(version: string): Promise<OpenSearchReader> {
    const [generation, number] = versionNumbers(version);
    const place = await this.#newestPlace();
    if (generation !== place.generation || Number.isNaN(number))
      throw goneError(place.documents, version);
    return this.#reader(place, number);
  }

  /** The cluster answers a write once its log is on the disk. */
  async sync(): Promise<null> {
    return null;
  }

  async compact(
    keep: readonly string[],
    options: { readonly force?: boolean } = {},
  ): Promise<boolean> {
    const { commit } = this.#writer;
    const { documents, generation } = this.#place;
    const living = await this.#countLiving();
    if (commit.dead <= DEAD_SHARE * (living + commit.dead) && !options.force) return false;
    const current = commit.compacted ? commit.current : commit.current + 1;
    const kept = keep
      .map(versionNumbers)
      .flatMap(([of, number]) => (of === generation && number <= current ? [number] : []));
    const oldest = Math.max(commit.oldest, Math.min(current, ...kept));
    // Announced first, so that no reader takes the remaining rows for all of them.
    await this.#writer.change({ current, oldest, compacted: true });
    await documents.refresh();
    const freed = await this.#rewrite(rangeOf('died', { lte: oldest }), () => null);
    await documents.refresh();
    await this.#writer.change({ dead: Math.max(0, commit.dead - freed) });
    return true;
  }

  async purge(): Promise<void> {
    const { documents, generation, shape } = this.#place;
    const { name } = this.#connection.address;
    const { commit } = this.#writer;
    const next = `${name}-${generation + 1}`;
    await makeIndex(this.#connection, next, shape, { anew: true });
    const copy = new Documents(this.#connection, next);
    await documents.refresh();
    const reader = await this.snapshot();
    let seq = 1;
    for await (const rows of reader.scan(COLUMNS)) {
      await copy.write(stream(rows, (row) => lively(row, { seq: seq++, born: 1 }, shape)));
    }
    for (const what of ['manifest', 'statistics', 'glossary'] as const) {
      const text = await this.read(what);
      if (text !== null) await copy.put(what, { text });
    }
    await copy.put('commit', {
      ...commit,
      current: 1,
      oldest: 1,
      nextSeq: seq,
      dead: 0,
      compacted: true,
      writer: null,
    });
    await copy.refresh();
    const { owner } = commit.writer!;
    await moveAlias(this.#connection, name, documents.index, next);
    this.#writer.stop();
    this.#place = await openPlace(this.#connection);
    this.#log = await CommitLog.take(this.#place.documents, owner);
    await this.#connection.send({ method: 'DELETE', path: `/${documents.index}` }, [404]);
  }

  async read(what: StoredText): Promise<string | null> {
    return (await this.#place.documents.get<{ text: string }>(what))?.source.text ?? null;
  }

  async write(what: StoredText, text: string): Promise<void> {
    await this.#place.documents.put(what, { text });
  }

  async release(): Promise<void> {
    await this.#log?.release();
  }

  close(): void {
    this.#log?.stop();
    this.#connection.close();
  }

  get #writer(): CommitLog {
    if (this.#log === null) throw new Error('the store was opened for reading');
    return this.#log;
  }

  /** Another process may have moved the alias, unless this is the writer. */
  async #newestPlace(): Promise<Place> {
    if (this.#log === null) this.#place = await openPlace(this.#connection);
    return this.#place;
  }

  async #reader(
    { documents, generation, shape }: Place,
    number: number | null,
  ): Promise<OpenSearchReader> {
    const commit = await readCommit(documents);
    const wanted = number ?? commit?.current ?? 0;
    if (commit === null || wanted < commit.oldest || wanted > commit.current)
      throw goneError(documents, versionName(generation, wanted));
    return new OpenSearchReader(documents, shape, generation, wanted, commit);
  }

  /** Makes everything that was written since the last commit visible. */
  async #commit(died: number, nextSeq: number): Promise<void> {
    await this.#place.documents.refresh();
    const { current, dead } = this.#writer.commit;
    await this.#writer.change({
      current: current + 1,
      nextSeq,
      dead: dead + died,
      compacted: false,
    });
  }

  async #delete(field: string, values: readonly string[]): Promise<number> {
    const { current, nextSeq } = this.#writer.commit;
    const died = await this.#end(field, values, current + 1);
    if (died > 0) await this.#commit(died, nextSeq);
    return died;
  }

  /**
   * Says of the visible rows with one of the values that they die in the commit `died`; returns
   * their number.
   */
  async #end(field: string, values: readonly string[], died: number): Promise<number> {
    let ended = 0;
    for (let from = 0; from < values.length; from += TOGETHER) {
      const some = { terms: { [field]: values.slice(from, from + TOGETHER) } };
      const query = allOf([some, visibleIn(died - 1)])!;
      ended += await this.#rewrite(query, (life) => ({ ...life, died }));
    }
    return ended;
  }

  /** Gives rows another life, or none; returns their number. */
  async #rewrite(query: SearchBody, change: (life: RowLife) => RowLife | null): Promise<number> {
    const { documents, shape } = this.#place;
    const asked = columnRequest(COLUMNS, shape);
    let rows = 0;
    const body = { query, ...asked, docvalue_fields: [...asked.docvalue_fields, 'born', 'died'] };
    for await (const hits of documents.pages(body, { size: PAGE })) {
      rows += hits.length;
      await documents.write(
        stream(hits, (hit) => {
          const life = change(lifeOf(hit));
          return life === null
            ? ([hit._id!, null] as const)
            : lively(decodeHit(hit, COLUMNS, shape), life, shape);
        }),
      );
    }
    return rows;
  }

  /** Undoes what a killed writer began. */
  async #forgetUncommitted(): Promise<void> {
    const { documents } = this.#place;
    const { current } = this.#writer.commit;
    await documents.refresh();
    const came = await this.#rewrite(rangeOf('born', { gt: current }), () => null);
    const went = await this.#rewrite(rangeOf('died', { gt: current }), ({ seq, born }) => ({
      seq,
      born,
    }));
    if (came + went > 0) await documents.refresh();
  }

  async #countLiving(): Promise<number> {
    const reader = await this.snapshot();
    return reader.count();
  }
}

const rangeOf = (field: string, bounds: object): SearchBody => ({ range: { [field]: bounds } });

function lifeOf({ fields }: OpenSearchHit): RowLife {
  const [seq, born, died] = ['seq', 'born', 'died'].map(
    (name) => fields![name]?.[0] as number | undefined,
  );
  return { seq: seq!, born: born!, ...(died === undefined ? {} : { died }) };
}

function lively(
  passage: IndexedPassage,
  life: RowLife,
  shape: StoreShape,
): readonly [string, object] {
  return [String(life.seq), documentOf(passage, life, shape, queriesBag)];
}

/** Documents one by one, made when they are needed. */
async function* stream<T, D>(
  items: readonly T[],
  make: (item: T, i: number) => D,
): AsyncGenerator<D> {
  for (let i = 0; i < items.length; i++) yield make(items[i], i);
}

async function openPlace(connection: Connection): Promise<Place> {
  const { name } = connection.address;
  const found = await findIndex(connection, name);
  if (found === null) {
    throw new XqgError('XQG_STORE_MISSING', { dir: connection.address.spec.split('?')[0] });
  }
  const { index, shape } = found;
  return {
    documents: new Documents(connection, index),
    generation: Number(index.slice(name.length + 1)),
    shape,
  };
}
