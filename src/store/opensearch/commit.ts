/**
 * The one document that says which rows are visible: readers of a version see what was born until
 * then and had not died. It is changed in one step, and only by the writer that changed it last.
 */
import { hostname } from 'node:os';
import { XqgError } from '../../base/errors.js';
import type { StoreShape } from '../store.js';
import type { Connection } from './connection.js';
import type { Documents } from './documents.js';
import { indexBody } from './mapping.js';

export interface Commit {
  /** The current version. */
  readonly current: number;
  /** Earlier versions than this one may lack rows. */
  readonly oldest: number;
  /** Number of the next row. */
  readonly nextSeq: number;
  /** Rows that are not visible any more, and not freed. */
  readonly dead: number;
  /** True if nothing was written since rows were freed. */
  readonly compacted: boolean;
  readonly writer: Writer | null;
}

interface Writer {
  /** Its control folder: of two writers with the same folder, one holds the folder's lock. */
  readonly owner: string;
  /** When it was seen last (ms since 1970). */
  readonly seen: number;
}

const ID = 'commit';
/** A writer that was not seen for this long (ms) is taken for dead. */
const GONE = 120_000;
const BEAT = 30_000;

const FIRST_COMMIT: Commit = {
  current: 1,
  oldest: 1,
  nextSeq: 1,
  dead: 0,
  compacted: true,
  writer: null,
};

export async function readCommit(documents: Documents): Promise<Commit | null> {
  return (await documents.get<Commit>(ID))?.source ?? null;
}

/** Creates the first commit; an existing one stays. */
export async function beginCommits(documents: Documents): Promise<void> {
  await documents.put(ID, FIRST_COMMIT, 'create');
}

/** A path on this machine in a form that is unique across machines. */
export function ownerName(dir: string): string {
  return `${hostname()}:${dir}`;
}

/** The writer's view of it. */
export class CommitLog {
  readonly #documents: Documents;
  readonly #owner: string;
  #commit: Commit;
  #place: { readonly seqNo: number; readonly term: number };
  #last: Promise<void> = Promise.resolve();
  readonly #beat: NodeJS.Timeout;

  private constructor(
    documents: Documents,
    owner: string,
    commit: Commit,
    place: { seqNo: number; term: number },
  ) {
    this.#documents = documents;
    this.#owner = owner;
    this.#commit = commit;
    this.#place = place;
    this.#beat = setInterval(() => void this.change({}).catch(() => undefined), BEAT);
    this.#beat.unref();
  }

  /**
   * Becomes the writer.
   * @throws XqgError XQG_STORE_LOCKED if another one is at work, XQG_STORE_MISSING
   */
  static async take(documents: Documents, owner: string): Promise<CommitLog> {
    const found = await documents.get<Commit>(ID);
    if (found === null) throw new XqgError('XQG_STORE_MISSING', { dir: documents.index });
    const { writer } = found.source;
    if (writer !== null && writer.owner !== owner && Date.now() - writer.seen < GONE)
      throw locked(documents, writer);
    const log = new CommitLog(documents, owner, found.source, found);
    await log.change({});
    return log;
  }

  get commit(): Commit {
    return this.#commit;
  }

  /**
   * Makes the next state the current one.
   * @throws XqgError XQG_STORE_LOCKED if another writer took over
   */
  change(changes: Partial<Commit>): Promise<void> {
    const done = this.#last.then(() =>
      this.#put(changes, { owner: this.#owner, seen: Date.now() }),
    );
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Another writer may begin at once. */
  async release(): Promise<void> {
    this.stop();
    await this.#last;
    await this.#put({}, null);
  }

  stop(): void {
    clearInterval(this.#beat);
  }

  async #put(changes: Partial<Commit>, writer: Writer | null): Promise<void> {
    const next = { ...this.#commit, ...changes, writer };
    let place = await this.#documents.put(ID, next, this.#place);
    if (place === null) {
      // An answer may have been lost on its way: then what is there is what was sent.
      const found = await this.#documents.get<Commit>(ID);
      if (found === null || JSON.stringify(found.source) !== JSON.stringify(next)) {
        this.stop();
        throw locked(this.#documents, found?.source.writer ?? null);
      }
      place = found;
    }
    this.#place = { seqNo: place.seqNo, term: place.term };
    this.#commit = next;
  }
}

function locked({ connection }: Documents, writer: Writer | null): XqgError {
  return new XqgError('XQG_STORE_LOCKED', {
    store: connection.address.spec.split('?')[0],
    owner: writer?.owner ?? 'nobody any more',
    seconds: Math.round((Date.now() - (writer?.seen ?? Date.now())) / 1000),
  });
}

/**
 * The response of a request for mappings. An alias names the current index, so that searches go on
 * while another index takes its place.
 */
interface Mapping {
  readonly mappings: { readonly _meta?: { readonly 'xqg.store'?: StoreShape } };
}

/**
 * The index behind an alias; null if there is none.
 * @throws XqgError XQG_STORE_FOREIGN for an index that xqg did not make
 */
export async function findIndex(
  connection: Connection,
  name: string,
): Promise<{ readonly index: string; readonly shape: StoreShape } | null> {
  const { status, body } = await connection.send<Record<string, Mapping>>(
    { method: 'GET', path: `/${name}/_mapping` },
    [404],
  );
  if (status === 404) return null;
  const found = Object.entries(body);
  const [index, { mappings }] = found[0];
  const shape = mappings._meta?.['xqg.store'];
  if (
    found.length !== 1 ||
    shape === undefined ||
    !new RegExp(`^${escaped(name)}-\\d+$`).test(index)
  ) {
    throw new XqgError('XQG_STORE_FOREIGN', {
      store: connection.address.spec.split('?')[0],
      index: found.map(([each]) => each).join(', '),
    });
  }
  return { index, shape };
}

/**
 * Creates an empty index; an existing one stays.
 * @param options.anew what is there is what a killed writer left: it goes first
 */
export async function makeIndex(
  connection: Connection,
  index: string,
  shape: StoreShape,
  { anew = false }: { readonly anew?: boolean } = {},
): Promise<void> {
  if (anew) await connection.send({ method: 'DELETE', path: `/${index}` }, [404]);
  const body = indexBody(shape, connection.address.settings);
  const { status, body: answer } = await connection.send<{
    error?: { type: string; reason: string };
  }>({ method: 'PUT', path: `/${index}`, body }, [400]);
  if (status === 400 && answer.error?.type !== 'resource_already_exists_exception') {
    const reason = `${answer.error?.type}: ${answer.error?.reason}`;
    throw connection.explain({ statusCode: status, message: reason });
  }
}

/** Lets the alias name another index, in one step. */
export async function moveAlias(
  connection: Connection,
  alias: string,
  from: string | null,
  to: string,
): Promise<void> {
  const remove = from === null ? [] : [{ remove: { index: from, alias } }];
  await connection.send({
    method: 'POST',
    path: '/_aliases',
    body: { actions: [...remove, { add: { index: to, alias } }] },
  });
}

const escaped = (text: string): string => text.replaceAll('.', '\\.');
