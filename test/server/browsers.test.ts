/** What pages of other origins can do to a server on the machine of the person who reads them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addKey, KeyRing } from '../../src/server/keys.js';
import type { XqgServer } from '../../src/server/server.js';
import { type TestPlace, testPlace } from './served.js';

const FRIEND = 'https://friend.example';
const host = 'localhost:7070';

let place: TestPlace;
let server: XqgServer;
let locked: XqgServer;
let key: string;

beforeAll(async () => {
  place = await testPlace();
  server = await place.serve({ origins: [FRIEND] });
  const file = `${place.home}/keys.json`;
  const rights = ['search'] as const;
  ({ key } = await addKey(file, { name: 'all', indexes: null, rights: [...rights], filters: [] }));
  locked = await place.serve({ origins: [FRIEND], keys: await KeyRing.open(file) });
});
afterAll(() => place.end());

const get = async (url: string, headers: Record<string, string>, from = server) => {
  const {
    statusCode,
    headers: told,
    body,
  } = await from.inject({ url, headers: { host, ...headers } });
  return { status: statusCode, headers: told, body };
};

describe('images, frames and links of a foreign page', () => {
  const READS = [
    '/api/indexes',
    '/api/indexes/docs/coverage',
    '/api/indexes/docs/passages?limit=200',
    '/api/experiments',
    '/api/jobs',
    '/metrics',
  ];

  it.each([
    [
      'an image',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    ],
    [
      'another port of this machine',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' },
    ],
    [
      'a frame',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
    [
      'a link',
      {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      },
    ],
    ['an older browser', { referer: 'http://evil.example/page' }],
    ['an unknown word', { 'sec-fetch-site': 'elsewhere' }],
  ])('%s reaches nothing', async (_, headers) => {
    for (const url of READS) {
      const { status, body } = await get(url, headers);
      expect([url, status, JSON.parse(body).error.code]).toEqual([url, 403, 'XQG_ORIGIN_REFUSED']);
    }
  });

  it.each([
    ['its own page', { 'sec-fetch-site': 'same-origin', referer: `http://${host}/` }],
    ['an address that a person types', { 'sec-fetch-site': 'none' }],
    ['an older browser on its own page', { referer: `http://${host}/?index=docs` }],
    ['a program', {}],
  ])('%s reaches everything', async (_, headers) => {
    for (const url of READS.slice(0, 2)) expect((await get(url, headers)).status).toBe(200);
  });

  it('a link to the page itself works', async () => {
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      accept: 'text/html',
    };
    // There is no built page here.
    expect((await get('/', link)).status).toBe(404);
    expect((await get('/health', link)).status).toBe(200);
  });
});

describe('a page of an allowed origin', () => {
  const preflight = (origin: string, from = server) =>
    from.inject({
      method: 'OPTIONS',
      url: '/api/indexes/docs/search',
      headers: {
        host,
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  it('may ask first, without a key', async () => {
    for (const each of [server, locked]) {
      const { statusCode, headers } = await preflight(FRIEND, each);
      expect(statusCode).toBe(204);
      expect(headers['access-control-allow-origin']).toBe(FRIEND);
      expect(headers['access-control-allow-methods']).toContain('POST');
      expect(headers['access-control-allow-headers']).toMatch(/authorization.*content-type/);
      expect(headers.vary).toContain('Origin');
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  it('reads answers, also refusals', async () => {
    const headers = { origin: FRIEND, 'sec-fetch-site': 'cross-site' };
    const answer = await get('/api/indexes', headers);
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, FRIEND]);
    const refusal = await get('/api/indexes', headers, locked);
    expect([refusal.status, refusal.headers['access-control-allow-origin']]).toEqual([401, FRIEND]);
    expect(refusal.headers['access-control-expose-headers']).toContain('retry-after');
    const authorization = `Bearer ${key}`;
    expect((await get('/api/indexes', { ...headers, authorization }, locked)).status).toBe(200);
  });

  it('reads what assistants get', async () => {
    const { statusCode, headers } = await server.inject({
      method: 'POST',
      url: '/mcp',
      headers: { host, origin: FRIEND, accept: 'application/json, text/event-stream' },
      payload: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    });
    expect([statusCode, headers['access-control-allow-origin']]).toEqual([200, FRIEND]);
  });

  it('is the only one', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      `${FRIEND}.evil.example`,
      'http://friend.example',
    ]) {
      const { statusCode, headers } = await preflight(origin);
      expect([statusCode, headers['access-control-allow-origin']]).toEqual([403, undefined]);
      const { status } = await get('/api/indexes', { origin });
      expect(status).toBe(403);
    }
  });
});

it('a server without allowed origins answers no preflight', async () => {
  const closed = await place.serve();
  const { statusCode, headers } = await closed.inject({
    method: 'OPTIONS',
    url: '/api/indexes',
    headers: { host, origin: FRIEND, 'access-control-request-method': 'GET' },
  });
  expect([statusCode, headers['access-control-allow-origin']]).toEqual([403, undefined]);
});
