/** Clients that keep connections open and do next to nothing with them. */
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XqgServer } from '../../src/server/server.js';
import { type TestPlace, testPlace } from './served.js';

let place: TestPlace;
let server: XqgServer;
let port: number;
const sockets: Socket[] = [];

beforeAll(async () => {
  place = await testPlace();
  server = await place.serve({
    rate: 0,
    pace: { graceMs: 300, bytesPerSecond: 1000, connections: 60, connectionsPerClient: 50 },
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = server.server.address() as { port: number });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await place.end();
});

interface Connection {
  readonly socket: Socket;
  readonly received: () => string;
  readonly closed: Promise<void>;
}

function open(to = port): Connection {
  const socket = connect(to, '127.0.0.1');
  sockets.push(socket);
  let text = '';
  socket.on('data', (data) => {
    text += data.toString('latin1');
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  return { socket, received: () => text, closed };
}

const head = (path: string, headers: string) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n`;
const SEARCH = head(
  '/api/indexes/docs/search',
  'Content-Type: application/json\r\nContent-Length: 20000',
);
const DOCUMENTS = head(
  '/api/indexes/docs/documents',
  'Content-Type: application/json\r\nContent-Length: 30000',
);
const FORM = head(
  '/api/indexes/docs/files',
  'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 20000',
);

describe('a body that comes byte by byte', () => {
  it.each([
    ['of a search', SEARCH, '{"question":"'],
    ['of documents', DOCUMENTS, '{"documents":['],
    [
      'of files',
      FORM,
      '--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx',
    ],
    ['of nothing that exists', head('/api/none', 'Content-Length: 20000'), 'x'],
  ])('%s ends with 408 or without a word', async (_, first, begin) => {
    const { socket, received, closed } = open();
    socket.write(first + begin);
    const more = setInterval(() => socket.write('x'), 50);
    await closed;
    clearInterval(more);
    if (received() !== '') expect(received()).toMatch(/^HTTP\/1.1 (408|404) .*XQG_/s);
    const { statusCode } = await server.inject({ url: '/health' });
    expect(statusCode).toBe(200);
  });

  it('sixty times over leaves room for others, and nothing behind', async () => {
    const slow = Array.from({ length: 40 }, () => open());
    for (const [i, { socket }] of slow.entries()) socket.write([SEARCH, DOCUMENTS, FORM][i % 3]);
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    expect(response.status).toBe(200);
    await Promise.all(slow.map(({ closed }) => closed));
    const documents = [{ id: 'after', text: 'Bread after the storm.', lang: 'en' }];
    const added = await server.inject({
      method: 'POST',
      url: '/api/indexes/docs/documents',
      payload: { documents },
    });
    expect(added.statusCode).toBe(202);
  });

  it('is not a body that comes slowly enough', async () => {
    const { socket, received } = open();
    const body = JSON.stringify({ question: 'honey'.padEnd(1500) });
    socket.write(SEARCH.replace('20000', String(body.length)));
    for (let at = 0; at < body.length; at += 150) {
      socket.write(body.slice(at, at + 150));
      await setTimeout(100);
    }
    await expect.poll(received, { timeout: 5000 }).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });
});

it('a client that goes on sending after it was refused is cut off', async () => {
  const { socket, closed } = open();
  socket.write(
    head('/api/indexes/docs/files', 'Content-Type: text/plain\r\nTransfer-Encoding: chunked'),
  );
  const more = setInterval(() => socket.write(`3e8\r\n${'x'.repeat(1000)}\r\n`), 20);
  await closed;
  clearInterval(more);
});

it('a client that does not read its answers is cut off', async () => {
  const strict = await place.serve({ rate: 0, pace: { graceMs: 300, bytesPerSecond: 1_000_000 } });
  await strict.listen({ host: '127.0.0.1', port: 0 });
  const { socket } = open((strict.server.address() as { port: number }).port);
  socket.pause();
  // More than what the system takes for a client that does not read.
  socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(400));
  await expect.poll(() => connectionsOf(strict), { timeout: 20_000 }).toBe(0);
  socket.destroy();
});

const connectionsOf = (from: XqgServer): Promise<number> =>
  new Promise((resolve, reject) =>
    from.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

it('one client gets some of the connections', async () => {
  const many = Array.from({ length: 55 }, () => open());
  await setTimeout(300);
  const left = many.filter(({ socket }) => !socket.destroyed);
  expect(left.length).toBeLessThanOrEqual(50);
  expect(left.length).toBeGreaterThan(40);
  for (const { socket } of many) socket.destroy();
});
