/** Indexes and the alias that names the living one: searches by the alias never miss a beat while another index takes its place. Knows no row. */
import { XqgError } from '../../errors/error.js';
import type { StoreShape } from '../store.js';
import type { Connection } from './connection.js';
import { indexBody } from './mapping.js';

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
  if (found.length !== 1 || shape === undefined || !new RegExp(`^${escaped(name)}-\\d+$`).test(index)) {
    throw new XqgError('XQG_STORE_FOREIGN', {
      store: connection.address.spec.split('?')[0],
      index: found.map(([each]) => each).join(', '),
    });
  }
  return { index, shape };
}

/**
 * Makes an empty index; one that is there stays.
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
  const { status, body: answer } = await connection.send<{ error?: { type: string; reason: string } }>(
    { method: 'PUT', path: `/${index}`, body },
    [400],
  );
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
