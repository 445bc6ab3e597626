/** Bodies that a parser could choke on. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XqgServer } from '../../src/server/server.js';
import { ended, post, type TestPlace, testPlace } from './served.js';

let place: TestPlace;
let server: XqgServer;
let address: string;

beforeAll(async () => {
  place = await testPlace();
  server = await place.serve({ rate: 0, maxUpload: 6_000_000, maxRequest: 8_000_000 });
  address = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => place.end());

const send = async (url: string, payload: string | Buffer, type = 'application/json') => {
  const headers = { 'content-type': type };
  const { statusCode, body } = await server.inject({ method: 'POST', url, payload, headers });
  return [statusCode, JSON.parse(body).error?.code] as const;
};
const DOCUMENTS = '/api/indexes/docs/documents';
const incoming = () => readdirSync(join(place.directory, 'incoming'));

describe('documents', () => {
  const depth = 200_000;
  it.each([
    ['nested arrays', `${'['.repeat(depth)}${']'.repeat(depth)}`, 'XQG_REQUEST_INVALID'],
    ['nested objects', `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`, 'XQG_REQUEST_INVALID'],
    [
      'nested metadata',
      `{"documents":[{"id":"a","text":"b","metadata":{"k":${'['.repeat(depth)}${']'.repeat(depth)}}}]}`,
      'XQG_REQUEST_INVALID',
    ],
    ['millions of items', `{"documents":[${'0,'.repeat(2_000_000)}0]}`, 'XQG_REQUEST_INVALID'],
    [
      'many unknown keys',
      `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":0`).join()}}`,
      'XQG_REQUEST_INVALID',
    ],
    ['no end', '{"documents":[', 'XQG_REQUEST_MALFORMED'],
    ['nothing', '', 'XQG_REQUEST_MALFORMED'],
  ])('%s are refused', async (_, body, code) => {
    expect(await send(DOCUMENTS, body)).toEqual([400, code]);
    expect(incoming()).toEqual([]);
  });

  it('of several megabytes are checked while others are answered', async () => {
    const text = 'Bread of the morning. '.repeat(20);
    const documents = Array.from({ length: 9000 }, (_, i) => ({
      id: `many${i}`,
      text,
      lang: 'en',
    }));
    const sent = post(server, DOCUMENTS, { documents });
    let answers = 0;
    let isSent = false;
    sent.finally(() => {
      isSent = true;
    });
    while (!isSent) {
      expect((await server.inject({ url: '/health' })).statusCode).toBe(200);
      answers++;
      await new Promise((next) => setTimeout(next, 5));
    }
    const response = await sent;
    expect([response.statusCode, response.json().what.length]).toEqual([202, 100]);
    expect(answers).toBeGreaterThan(3);
    await server.inject({ method: 'DELETE', url: `/api/jobs/${response.json().id}` });
    await ended(server, response.json().id);
  });

  it('that are too large are refused so that the client sees it', async () => {
    const body = JSON.stringify({ documents: [{ id: 'x', text: 'x'.repeat(7_000_000) }] });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${address}${DOCUMENTS}`, { method: 'POST', headers, body });
    expect([response.status, (await response.json()).error.code]).toEqual([
      413,
      'XQG_REQUEST_TOO_LARGE',
    ]);
    expect(incoming()).toEqual([]);
  });

  it('do not change what all objects have', async () => {
    const body =
      '{"documents":[{"id":"p","text":"b","metadata":{"__proto__":"x","constructor":"y"}}]}';
    const { id } = (await post(server, DOCUMENTS, JSON.parse(body))).json();
    expect((await ended(server, id)).state).toBe('done');
    expect(({} as { x?: string }).x).toBeUndefined();
  });
});

describe('forms', () => {
  const part = (headers: string, content: string) => `--b\r\n${headers}\r\n\r\n${content}\r\n`;
  const file = (name: string, content = 'x') =>
    part(`Content-Disposition: form-data; name="files"; filename="${name}"`, content);
  const form = (...parts: string[]) =>
    send(
      '/api/indexes/docs/files',
      Buffer.from(`${parts.join('')}--b--\r\n`),
      'multipart/form-data; boundary=b',
    );

  it('that are malformed are refused', async () => {
    const type = 'multipart/form-data; boundary=b';
    for (const [body, as] of [
      ['', type],
      ['--b\r\n', type],
      [file('a.txt').slice(0, -10), type],
      ['--b\r\nContent-Disposition\r\n\r\n--b--', type],
      [`--b\r\nX: ${'y'.repeat(100_000)}\r\n\r\nx\r\n--b--\r\n`, type],
      ['x', 'multipart/form-data'],
      ['x', 'multipart/form-data; boundary='],
    ]) {
      const [status, code] = await send('/api/indexes/docs/files', body, as);
      expect([status, code], `${body.slice(0, 40)} ${as}`).toEqual([
        400,
        expect.stringMatching(/^XQG_REQUEST_/),
      ]);
    }
    expect(incoming()).toEqual([]);
  });

  it('with too many fields, or fields of other names, are refused', async () => {
    const field = (name: string, value = '1') =>
      part(`Content-Disposition: form-data; name="${name}"`, value);
    for (const parts of [
      Array.from({ length: 30 }, (_, i) => field(`f${i}`)),
      [field('__proto__'), file('a.txt')],
      [field('constructor'), file('a.txt')],
      [field('metadata', `{"k":${'['.repeat(50_000)}${']'.repeat(50_000)}}`), file('a.txt')],
    ]) {
      const [status, code] = await form(...parts);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(code).toMatch(/^XQG_REQUEST_/);
    }
  });

  it('may name files at length, in any script', async () => {
    const names = ['a'.repeat(300), '蜂蜜'.repeat(100), '🍯'.repeat(90), 'й'.repeat(250)];
    for (const name of names) {
      const [status] = await form(file(`${name}.txt`, 'Bread.'));
      expect(status).toBe(202);
    }
  });

  it('of many files have a limit for all of them', async () => {
    const files = Array.from({ length: 10 }, (_, i) => file(`f${i}.txt`, 'x'.repeat(1_000_000)));
    expect(await form(...files)).toEqual([413, 'XQG_REQUEST_TOO_LARGE']);
  });
});

it('an assistant cannot send more than some messages at once', async () => {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const headers = { accept: 'application/json, text/event-stream' };
  const many = await post(server, '/mcp', Array(50).fill(message), headers);
  expect([many.statusCode, many.json().error.code]).toEqual([400, 'XQG_REQUEST_INVALID']);
  const deep = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}}`;
  const response = await server.inject({
    method: 'POST',
    url: '/mcp',
    payload: deep,
    headers: { ...headers, 'content-type': 'application/json' },
  });
  expect(response.statusCode).toBeLessThan(500);
  for (const method of ['GET', 'DELETE'] as const)
    expect((await server.inject({ method, url: '/mcp' })).statusCode).toBeLessThan(500);
});

it('one client cannot fill the queue or the disk', async () => {
  const small = await place.serve({ rate: 0, maxIncoming: 20_000 });
  const documents = [{ id: 'x', text: 'x'.repeat(15_000) }];
  const full = await post(small, DOCUMENTS, { documents });
  expect([full.statusCode, full.json().error.code]).toEqual([503, 'XQG_SERVER_BUSY']);
});
