/**
 * The page: the built files of src/web, and its first file for every address that a person opens.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { XqgError } from '../base/errors.js';

/** Nothing comes from elsewhere, and no other page may frame it. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const FIRST = 'index.html';

export async function addPage(app: FastifyInstance, folder = builtPage()): Promise<void> {
  app.addHook('onSend', async (_, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    if (!reply.hasHeader('content-security-policy'))
      reply.header('content-security-policy', POLICY);
    if (!reply.hasHeader('x-frame-options')) reply.header('x-frame-options', 'DENY');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  const there = existsSync(join(folder, FIRST));
  if (there) {
    await app.register(fastifyStatic, {
      root: join(folder, 'assets'),
      prefix: '/assets/',
      preCompressed: true,
      index: false,
      decorateReply: true,
      // Their names hold a hash of what they are.
      maxAge: '365d',
      immutable: true,
      wildcard: false,
    });
  }
  const first = (reply: FastifyReply): FastifyReply =>
    reply
      .header('cache-control', 'no-cache')
      .sendFile(FIRST, folder, { maxAge: 0, immutable: false });
  const open = { config: { open: true, rateLimit: false as const }, schema: { hide: true } };
  if (there) app.get('/', open, (_, reply) => first(reply));
  app.setNotFoundHandler({}, (request: FastifyRequest, reply) => {
    const path = request.url.split('?', 1)[0];
    const person = request.method === 'GET' && request.headers.accept?.includes('text/html');
    if (there && person && !/^\/(api|assets|mcp)(\/|$)|\.\w+$/.test(path)) return first(reply);
    throw new XqgError('XQG_ADDRESS_UNKNOWN', { method: request.method, path: path.slice(0, 200) });
  });
}

function builtPage(): string {
  return fileURLToPath(new URL('../web', import.meta.url));
}
