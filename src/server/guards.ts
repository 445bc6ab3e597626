/**
 * Which requests are served: those for this host, so that no page can reach the server under a name
 * of its own (DNS rebinding); from its own pages and those of allowed origins; and, where the
 * server has keys, with a key.
 */
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { XqgError } from '../base/errors.js';
import { type Access, FULL_ACCESS } from './access.js';
import { KeyAttempts, networkOf } from './attempts.js';
import type { Reader } from './gate.js';
import type { KeyRing } from './keys.js';

/** Who sent a request, and what they may do. */
export interface Caller extends Reader {
  readonly access: Access;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** True: needs no key, and any page may link to it. */
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
/** Seconds for which a browser need not ask again. */
const PREFLIGHT_AGE = 600;

export async function addGuards(
  app: FastifyInstance,
  { hosts, origins, keys }: GuardOptions,
): Promise<void> {
  const allowed = new Set([...LOOPBACK, ...hosts].map((host) => host.toLowerCase()));
  const attempts = new KeyAttempts();
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request, reply) => {
    const client = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) client.abort();
    });
    const network = networkOf(request.ip);
    request.caller = { access: FULL_ACCESS, client: network, signal: client.signal };
    requireHost(request, allowed);
    requireOrigin(request, allowed, origins);
  });
  // Before the keys, so that pages of these origins can read why they were refused.
  if (origins.length > 0) {
    await app.register(cors, {
      origin: [...origins],
      methods: ['GET', 'HEAD', 'POST', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'mcp-protocol-version', 'mcp-session-id'],
      exposedHeaders: ['retry-after', 'www-authenticate', 'x-request-id'],
      maxAge: PREFLIGHT_AGE,
    });
  }
  if (keys === null) return;
  app.addHook('onRequest', async (request) => {
    if (isOpen(request)) return;
    const { caller } = request;
    const access = await attempts.check(caller.client, keyOf(request), (key) => keys.access(key));
    request.caller = { ...caller, access, client: access.fingerprint ?? caller.client };
  });
}

function requireHost({ headers }: FastifyRequest, allowed: ReadonlySet<string>): void {
  const host = headers.host ?? '';
  if (!allowed.has(hostname(host)))
    throw new XqgError('XQG_HOST_REFUSED', { host: printable(host) });
}

function requireOrigin(
  request: FastifyRequest,
  hosts: ReadonlySet<string>,
  origins: readonly string[],
): void {
  const { host, origin, referer, 'sec-fetch-site': site } = request.headers;
  // Its own page: the same host and port. Another port of this machine is another program.
  const isOwn = (name: string): boolean => {
    const match = /^https?:\/\/([^/]+)$/.exec(name);
    return match !== null && match[1] === host && hosts.has(hostname(match[1]));
  };
  if (origin !== undefined) {
    if (origins.includes(origin) || isOwn(origin)) return;
    throw new XqgError('XQG_ORIGIN_REFUSED', { origin: printable(origin) });
  }
  // Images, frames and links of foreign pages come without an origin. Browsers say where they are
  // from, over plain HTTP to another machine at least by the referrer.
  if (isOpen(request)) return;
  const page = originOf(referer);
  const isForeign =
    site === undefined ? page !== null && !isOwn(page) : site !== 'same-origin' && site !== 'none';
  if (isForeign) throw new XqgError('XQG_ORIGIN_REFUSED', { origin: printable(page ?? `${site}`) });
}

/** null where there is none, or what is there is no address. */
function originOf(address: string | undefined): string | null {
  return address !== undefined && URL.canParse(address) ? new URL(address).origin : null;
}

/** The page itself, what is declared open, and unknown addresses. */
function isOpen({ routeOptions: { config, url } }: FastifyRequest): boolean {
  return config.open === true || url === undefined || url.startsWith('/assets/');
}

/** @throws XqgError XQG_KEY_MISSING */
function keyOf({ headers }: FastifyRequest): string {
  const key = /^Bearer +([^\s,]+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (key === undefined) throw new XqgError('XQG_KEY_MISSING');
  return key;
}

/** Without the port; '' for what is no host. */
function hostname(host: string): string {
  return /^(\[[0-9a-f:.]+\]|[^:/\\@\s]+)(:\d+)?$/i.exec(host)?.[1].toLowerCase() ?? '';
}

function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}
