/**
 * `opensearch://HOST:PORT/NAME` and what may stand behind it. Credentials come from the environment
 * only, so that no manifest, log or shell history holds them.
 */
import { XqgError } from '../../base/errors.js';

export interface StoreAddress {
  /** As it is recorded: scheme, nodes, name and settings in one order. */
  readonly spec: string;
  /** http(s) addresses of the cluster's nodes, one or more. */
  readonly nodes: readonly string[];
  /** Name that searches use; the index behind it is NAME-1, NAME-2, ... */
  readonly name: string;
  readonly settings: StoreSettings;
}

/** Fixed when a store is made. */
export interface StoreSettings {
  readonly shards: number;
  readonly replicas: number;
  /**
   * What builds the graphs of vectors: lucene is in every k-NN plugin, faiss needs its native part.
   */
  readonly engine: 'lucene' | 'faiss';
}

const FORM =
  'opensearch://HOST:PORT[,HOST:PORT...]/NAME[?shards=N&replicas=N&engine=lucene|faiss&tls=1]';
const SPEC = /^opensearch(s?):\/\/([^/?#]+)\/([^/?#]+)(?:\?(.*))?$/;
const NODE = /^(\[[\da-f:]+\]|[\w.-]+)(:\d+)?$/i;
const NAME = /^[a-z\d][a-z\d_.-]{0,199}$/;
const DEFAULT_PORT = ':9200';

/** @throws XqgError XQG_STORE_ADDRESS */
export function parseAddress(text: string): StoreAddress {
  const fail = (reason: string): XqgError =>
    new XqgError('XQG_STORE_ADDRESS', {
      address: text.replace(/\/\/[^@/]*@/, '//***@'),
      reason,
      form: FORM,
    });
  if (text.includes('@')) throw fail('it holds credentials, which belong in the environment');
  const match = SPEC.exec(text);
  if (match === null) throw fail('it does not have the form of one');
  const [, s, hosts, name, query = ''] = match;
  if (!NAME.test(name))
    throw fail(`"${name}" is no name of an index: small letters, digits, - _ .`);
  const nodes = hosts.split(',');
  for (const node of nodes) if (!NODE.test(node)) throw fail(`"${node}" is no host with a port`);
  const given = new URLSearchParams(query);
  const whole = (key: string, usual: number, least: number): number => {
    const value = given.get(key);
    if (value === null) return usual;
    if (!/^\d+$/.test(value) || Number(value) < least) throw fail(`${key} is "${value}"`);
    return Number(value);
  };
  for (const key of given.keys())
    if (!KEYS.includes(key)) throw fail(`there is no setting "${key}"`);
  const engine = given.get('engine') ?? 'lucene';
  if (engine !== 'lucene' && engine !== 'faiss') throw fail(`engine is "${engine}"`);
  const settings = {
    shards: whole('shards', 1, 1),
    replicas: whole('replicas', 0, 0),
    engine,
  } as const;
  const secure = s === 's' || given.has('tls');
  const full = nodes.map((node) => (/:\d+$/.test(node) ? node : node + DEFAULT_PORT));
  return {
    spec: `opensearch${secure ? 's' : ''}://${full.join(',')}/${name}?shards=${settings.shards}&replicas=${settings.replicas}&engine=${engine}`,
    nodes: full.map((node) => `http${secure ? 's' : ''}://${node}`),
    name,
    settings,
  };
}

/** What naming a store allows: this index of each of its nodes, with the user and the password. */
export function storeEntries({ nodes, name }: StoreAddress): string[] {
  return nodes.map((node) => `${node.replace(/^http/, 'opensearch')}/${name}`);
}

const KEYS = ['shards', 'replicas', 'engine', 'tls'];
