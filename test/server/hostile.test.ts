import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../src/base/error-catalogue.js';
import type { XqgServer } from '../../src/server/server.js';
import { post, type TestPlace, testPlace } from './served.js';

let place: TestPlace;
let server: XqgServer;
let port: number;

beforeAll(async () => {
  place = await testPlace();
  server = await place.serve({
    rate: 0,
    hosts: ['xqg.example'],
    origins: ['https://friend.example'],
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  port = (server.server.address() as { port: number }).port;
});
afterAll(() => place.end());

/** Sends bytes to the server, and returns the whole response. */
function raw(bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    let told = '';
    socket.setTimeout(10_000, () => reject(new Error('no answer')));
    socket.on('data', (data) => {
      told += data.toString('latin1');
    });
    socket.on('close', () => resolve(told)).on('error', reject);
  });
}

const SEARCH = '/api/indexes/docs/search';

describe('host and origin', () => {
  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    '[::2]:80',
    '0.0.0.0',
  ])('host %j is refused', async (host) => {
    const response = await server.inject({ url: '/api/indexes', headers: { host } });
    expect([response.statusCode, response.json().error.code]).toEqual([403, 'XQG_HOST_REFUSED']);
  });

  it.each(['localhost:7070', '127.0.0.1', '[::1]:80', 'xqg.example', 'XQG.example:443'])(
    'host %j is accepted',
    async (host) => {
      expect((await server.inject({ url: '/health', headers: { host } })).statusCode).toBe(200);
    },
  );

  it.each([
    'https://evil.example',
    'null',
    'http://localhost:1',
    'http://localhost.evil.example',
    'file://',
    '',
  ])('origin %j is refused', async (origin) => {
    const headers = { host: 'localhost:7070', origin };
    const response = await server.inject({
      method: 'POST',
      url: SEARCH,
      payload: { question: 'x' },
      headers,
    });
    expect([response.statusCode, response.json().error.code]).toEqual([403, 'XQG_ORIGIN_REFUSED']);
  });

  it.each(['http://localhost:7070', 'https://friend.example'])(
    'origin %j is accepted',
    async (origin) => {
      const headers = { host: 'localhost:7070', origin };
      const response = await server.inject({
        method: 'POST',
        url: SEARCH,
        payload: { question: 'x' },
        headers,
      });
      expect(response.statusCode).toBe(200);
    },
  );
});

describe('a request that cannot be parsed', () => {
  const json = { 'content-type': 'application/json' };
  const refused = async (payload: string | Buffer, headers: Record<string, string> = json) => {
    const response = await server.inject({ method: 'POST', url: SEARCH, payload, headers });
    return [response.statusCode, response.json().error.code];
  };

  it('is refused with a code', async () => {
    expect(await refused('{"question":')).toEqual([400, 'XQG_REQUEST_MALFORMED']);
    expect(await refused('')).toEqual([400, 'XQG_REQUEST_MALFORMED']);
    expect(await refused('question=x', { 'content-type': 'text/plain' })).toEqual([
      400,
      'XQG_REQUEST_MALFORMED',
    ]);
    expect(await refused('[1]')).toEqual([400, 'XQG_REQUEST_INVALID']);
    expect(await refused('null')).toEqual([400, 'XQG_REQUEST_INVALID']);
    expect(await refused('{"__proto__":{"k":1},"question":"x"}')).toEqual([
      400,
      'XQG_REQUEST_INVALID',
    ]);
  });

  it('is refused if its UTF-8 is invalid', async () => {
    const body = Buffer.concat([
      Buffer.from('{"question":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]);
    expect(await refused(body)).toEqual([400, 'XQG_REQUEST_MALFORMED']);
    for (const path of ['/api/indexes/%ff', '/api/indexes/docs/passages/%c3%28', '/%']) {
      const response = await server.inject({ url: path });
      expect([response.statusCode, response.json().error.code]).toEqual([
        400,
        'XQG_REQUEST_MALFORMED',
      ]);
    }
  });

  it('is refused if it is too long', async () => {
    expect(await refused(JSON.stringify({ question: 'x'.repeat(1_000_000) }))).toEqual([
      413,
      'XQG_REQUEST_TOO_LARGE',
    ]);
    expect(await refused(JSON.stringify({ question: 'x'.repeat(2001) }))).toEqual([
      400,
      'XQG_REQUEST_INVALID',
    ]);
    const id = await server.inject({ url: `/api/indexes/docs/passages/${'x'.repeat(5000)}` });
    expect(id.json().error.code).toMatch(/^XQG_(REQUEST|ADDRESS)/);
    expect(id.statusCode).toBeLessThan(500);
  });

  it('is refused if it is not HTTP', async () => {
    expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*XQG_REQUEST_MALFORMED/s);
    const headers = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`;
    expect(await raw(headers)).toMatch(/XQG_REQUEST_MALFORMED/);
    expect(
      await raw('GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
    ).toContain('XQG_HOST_REFUSED');
  });

  it.each([
    '/../../etc/passwd',
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/api/experiments/..%2f../results',
    '/api/experiments/%2e%2e/report',
    '/api/indexes/..%2f..%2fetc/passages',
  ])('the path %s is not found', async (path) => {
    const told = await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(told).toMatch(/^HTTP\/1.1 40[04] /);
    expect(told).toMatch(/"code":"XQG_/);
  });
});

describe('limits', () => {
  it('apply to requests per minute, for each client', async () => {
    const limited = await place.serve({ rate: 3 });
    const codes: number[] = [];
    for (let i = 0; i < 5; i++)
      codes.push((await limited.inject({ url: '/api/indexes' })).statusCode);
    expect(codes).toEqual([200, 200, 200, 429, 429]);
    const refused = await limited.inject({ url: '/api/indexes' });
    expect(refused.json().error.code).toBe('XQG_RATE_LIMITED');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await limited.inject({ url: '/health' })).statusCode).toBe(200);
  });

  it('apply to waiting searches: further ones are refused at once, until there is room', async () => {
    const busy = await place.serve({ rate: 0, running: 1, waiting: 2 });
    await post(busy, SEARCH, { question: 'warm' });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => post(busy, SEARCH, { question: 'honey bee' })),
    );
    const codes = answers.map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code === 200)).toHaveLength(3);
    expect(codes.filter((code) => code === 503)).toHaveLength(9);
    const shed = answers.find(({ statusCode }) => statusCode === 503)!;
    expect(shed.json().error.code).toBe('XQG_SERVER_BUSY');
    expect(Number(shed.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await post(busy, SEARCH, { question: 'honey' })).statusCode).toBe(200);
    expect((await busy.inject({ url: '/metrics' })).body).toContain('xqg_searches_shed_total 9');
  });

  it('apply to files', async () => {
    const small = await place.serve({ maxUpload: 1000 });
    const form = new FormData();
    form.append('files', new Blob(['x'.repeat(5000)]), 'large.txt');
    const request = new Request('http://localhost', { method: 'POST', body: form });
    const response = await small.inject({
      method: 'POST',
      url: '/api/indexes/docs/files',
      headers: { 'content-type': request.headers.get('content-type')! },
      payload: Buffer.from(await request.arrayBuffer()),
    });
    expect([response.statusCode, response.json().error.code]).toEqual([
      413,
      'XQG_REQUEST_TOO_LARGE',
    ]);
    const documents = [{ id: 'x', text: 'x'.repeat(5000) }];
    const body = await post(small, '/api/indexes/docs/documents', { documents });
    expect([body.statusCode, body.json().error.code]).toEqual([413, 'XQG_REQUEST_TOO_LARGE']);
  });
});

interface Operation {
  readonly parameters?: { name: string; in: string; schema: object }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
}

/** Values that match, almost match, or do not match a JSON schema. */
function valuesOf(schema: Record<string, unknown>, depth = 0): fc.Arbitrary<unknown> {
  const any = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.constant(null),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const fitting = (): fc.Arbitrary<unknown> => {
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
    if (Array.isArray(schema.anyOf) && schema.anyOf.length > 0) {
      return fc.oneof(
        ...schema.anyOf.map((one) => valuesOf(one as Record<string, unknown>, depth + 1)),
      );
    }
    switch (schema.type) {
      case 'string':
        return fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('honey', 'هل', 'ไทย', 'team=red', '\u0000', '../..'),
        );
      case 'integer':
        return fc.oneof(fc.integer({ min: -3, max: 30 }), fc.maxSafeInteger());
      case 'number':
        return fc.oneof(fc.double({ min: 0, max: 1 }), fc.double());
      case 'boolean':
        return fc.boolean();
      case 'array':
        return fc.array(valuesOf((schema.items ?? {}) as Record<string, unknown>, depth + 1), {
          maxLength: 4,
        });
      case 'object': {
        const properties = Object.entries(
          (schema.properties ?? {}) as Record<string, Record<string, unknown>>,
        );
        const record = fc.record(
          Object.fromEntries(properties.map(([key, value]) => [key, valuesOf(value, depth + 1)])),
          {
            requiredKeys: (schema.required ?? []) as string[],
          },
        );
        return properties.length > 0 ? record : fc.dictionary(fc.string(), any, { maxKeys: 3 });
      }
      default:
        return any;
    }
  };
  return fc.oneof(
    { arbitrary: fitting(), weight: 12 },
    { arbitrary: any, weight: depth === 0 ? 0 : 1 },
  );
}

/** Half of the path parameters name something that exists. */
function pathValue(name: string): fc.Arbitrary<string> {
  const real = { index: 'docs', id: 'bees' }[name] ?? 'none';
  return fc.oneof(fc.constant(real), fc.string({ minLength: 1, unit: 'binary' }));
}

describe('random requests generated from /openapi.json', () => {
  it('never get an internal error, a stack trace or no response', async () => {
    const { paths, components } = (await server.inject({ url: '/openapi.json' })).json();
    const resolve = (schema: Record<string, unknown>): Record<string, unknown> =>
      typeof schema.$ref === 'string' ? components.schemas[schema.$ref.split('/').at(-1)!] : schema;
    for (const [path, methods] of Object.entries<Record<string, Operation>>(paths)) {
      for (const [method, { parameters = [], requestBody }] of Object.entries(methods)) {
        // Jobs that write get only invalid bodies; valid ones would fill the
        // disk.
        if (method === 'delete' && path.includes('documents')) continue;
        const named = (where: string) => parameters.filter((parameter) => parameter.in === where);
        const pathParts = fc.record(
          Object.fromEntries(named('path').map(({ name }) => [name, pathValue(name)])),
        );
        const query = fc.record(
          Object.fromEntries(
            named('query').map(({ name, schema }) => [
              name,
              valuesOf(schema as Record<string, unknown>),
            ]),
          ),
          { requiredKeys: [] },
        );
        const content = requestBody?.content['application/json'];
        const body =
          content === undefined
            ? fc.constant(undefined)
            : valuesOf(resolve(content.schema as Record<string, unknown>));
        const writes = path.endsWith('/documents');
        await fc.assert(
          fc.asyncProperty(pathParts, query, body, async (parts, asked, payload) => {
            if (writes) parts.index = 'none';
            const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parts[name]));
            const search = new URLSearchParams();
            for (const [key, value] of Object.entries(asked)) search.set(key, String(value));
            const url = `${filled}${search.size > 0 ? `?${search}` : ''}`;
            const response = await server.inject({
              method: method.toUpperCase() as 'GET',
              url,
              ...(payload === undefined
                ? {}
                : {
                    payload: JSON.stringify(payload) ?? 'null',
                    headers: { 'content-type': 'application/json' },
                  }),
            });
            expect(response.statusCode, `${method} ${url} ${response.body}`).toBeLessThan(500);
            expect(response.body).not.toMatch(/\n {4}at |node_modules|\.ts:\d+/);
            if (response.statusCode >= 400)
              expect(catalogue).toHaveProperty(response.json().error.code);
          }),
          { numRuns: 60, seed: 6 },
        );
      }
    }
  });
});
