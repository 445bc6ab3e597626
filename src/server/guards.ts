/**
 * Which requests are served: those for this host, so that no page can reach the server under a name
 * of its own (DNS rebinding); from its own pages; and, where the server has keys, with a key.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { XqgError } from '../base/errors.js';
import { type Access, FULL_ACCESS } from './access.js';
import type { KeyRing } from './keys.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the client may do. */
    access: Access;
    /** Aborted when the client has hung up. */
    clientSignal: AbortSignal;
  }
  interface FastifyContextConfig {
    /** True: needs no key. */
    readonly open?: boolean;
  }
}

export interface GuardOptions {
  /** Host names besides those of loopback and the one that is listened on. */
  readonly hosts: readonly string[];
  /** Origins besides its own, as https://example.org. */
  readonly origins: readonly string[];
  /** null: no key is needed. */
  readonly keys: KeyRing | null;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export function addGuards(app: FastifyInstance, { hosts, origins, keys }: GuardOptions): void {
  const allowed = new Set([...LOOPBACK, ...hosts].map((host) => host.toLowerCase()));
  app.decorateRequest('access');
  app.decorateRequest('clientSignal');
  app.addHook('onRequest', async (request, reply) => {
    const client = new AbortController();
    request.clientSignal = client.signal;
    request.access = FULL_ACCESS;
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) client.abort();
    });
    requireHost(request, allowed);
    requireOrigin(request, allowed, origins);
    if (keys !== null && !isOpen(request)) request.access = await accessOf(request, keys);
  });
}

function requireHost({ headers }: FastifyRequest, allowed: ReadonlySet<string>): void {
  const host = headers.host ?? '';
  if (!allowed.has(hostname(host)))
    throw new XqgError('XQG_HOST_REFUSED', { host: printable(host) });
}

function requireOrigin(
  { headers }: FastifyRequest,
  hosts: ReadonlySet<string>,
  origins: readonly string[],
): void {
  const { origin } = headers;
  if (origin === undefined || origins.includes(origin)) return;
  const match = /^https?:\/\/([^/]+)$/.exec(origin);
  // Its own page: the same host and port. Another port of this machine is another program.
  const own = match !== null && match[1] === headers.host && hosts.has(hostname(match[1]));
  if (!own) throw new XqgError('XQG_ORIGIN_REFUSED', { origin: printable(origin) });
}

/** The page itself, what is declared open, and unknown addresses. */
function isOpen({ routeOptions: { config, url } }: FastifyRequest): boolean {
  return config.open === true || url === undefined || url.startsWith('/assets/');
}

async function accessOf({ headers }: FastifyRequest, keys: KeyRing): Promise<Access> {
  const key = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  if (key === undefined) throw new XqgError('XQG_KEY_MISSING');
  return keys.access(key);
}

/** Without the port; '' for what is no host. */
function hostname(host: string): string {
  return /^(\[[0-9a-f:.]+\]|[^:/\\@\s]+)(:\d+)?$/i.exec(host)?.[1].toLowerCase() ?? '';
}

function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}
