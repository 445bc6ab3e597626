/** A client that disconnects: its search is cancelled, and the next one gets its turn. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServedIndex } from '../../src/server/served-index.js';
import { buildServer, type XqgServer } from '../../src/server/server.js';
import type { XqgIndex } from '../../src/xqg-index.js';

/** Searches and explanations that end only when they are aborted. */
const signals: AbortSignal[] = [];
const endless = async (signal: AbortSignal): Promise<never> => {
  signals.push(signal);
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
};

class Endless extends ServedIndex {
  override async use<T>(work: (index: XqgIndex) => Promise<T>): Promise<T> {
    return work({
      search: (_: string, { signal }: { signal: AbortSignal }) => endless(signal),
      compare: (_: string, { signal }: { signal: AbortSignal }) => endless(signal),
      explain: (_: string, __: string, { signal }: { signal: AbortSignal }) => endless(signal),
    } as unknown as XqgIndex);
  }
}

let server: XqgServer;
let address: string;

beforeAll(async () => {
  server = await buildServer({
    indexes: new Map([['docs', new Endless('docs', '/none')]]),
    running: 1,
    timeoutMs: 2000,
  });
  address = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

const metric = async (name: string) =>
  Number(
    new RegExp(`^${name} (\\d+)`, 'm').exec((await server.inject({ url: '/metrics' })).body)![1],
  );

const ask = (path: string, body: object, signal?: AbortSignal) =>
  fetch(`${address}/api/indexes/docs/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });

it.each([
  ['search', { question: 'x' }],
  ['search', { question: 'x', augment: 'both' }],
  ['explain', { question: 'x', id: 'y' }],
])('%s %j is cancelled when the client disconnects', async (path, body) => {
  signals.length = 0;
  const hangUp = new AbortController();
  const asked = ask(path, body, hangUp.signal).catch((error: Error) => error.name);
  await expect.poll(() => signals.length).toBe(1);
  expect(await metric('xqg_searches_running')).toBe(1);
  expect(signals[0].aborted).toBe(false);
  hangUp.abort();
  expect(await asked).toBe('AbortError');
  await expect.poll(() => signals[0].aborted).toBe(true);
  await expect.poll(() => metric('xqg_searches_running')).toBe(0);
});

it('a search that takes too long is cancelled and gets an error', async () => {
  signals.length = 0;
  const response = await ask('search', { question: 'x' });
  expect([response.status, (await response.json()).error.code]).toEqual([
    504,
    'XQG_REQUEST_TOO_SLOW',
  ]);
  expect(signals[0].aborted).toBe(true);
});

it('a running search is completed while the server shuts down, and new ones are refused', async () => {
  let answer = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  class Waiting extends ServedIndex {
    override async use<T>(work: (index: XqgIndex) => Promise<T>): Promise<T> {
      const search = async (question: string) => {
        await asked;
        const languages = [{ lang: 'en', weight: 1 }];
        const found = {
          hits: [],
          warnings: [],
          withoutTables: [],
          ann: null,
          augmentation: null,
          feedback: 0,
        };
        return {
          question,
          languages,
          language: 'given',
          mode: 'hybrid',
          expansion: null,
          ...found,
        };
      };
      return work({ search } as unknown as XqgIndex);
    }
  }
  const stopping = await buildServer({
    indexes: new Map([['docs', new Waiting('docs', '/none')]]),
  });
  const home = await stopping.listen({ host: '127.0.0.1', port: 0 });
  const question = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"question":"x"}',
  };
  const running = fetch(`${home}/api/indexes/docs/search`, question);
  await expect
    .poll(async () => (await stopping.inject({ url: '/metrics' })).body)
    .toContain('xqg_searches_running 1');
  const closed = stopping.close();
  await expect(fetch(`${home}/health`)).rejects.toThrow();
  answer();
  const response = await running;
  expect([response.status, (await response.json()).without.question]).toEqual([200, 'x']);
  await closed;
});
