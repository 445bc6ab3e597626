/** Clients of a server: the typed one, and assistants over HTTP and stdio. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { XqgClient, type XqgClientError } from '../../src/client/index.js';
import { EXECUTABLE, start } from '../cli/run-xqg.js';
import { type TestPlace, testPlace } from './served.js';

let place: TestPlace;
let address: string;
let client: XqgClient;

beforeAll(async () => {
  place = await testPlace();
  const server = await place.serve();
  address = await server.listen({ host: '127.0.0.1', port: 0 });
  client = new XqgClient({ address });
});
afterAll(() => place.end());

describe('the client', () => {
  it('searches, explains and lists', async () => {
    const { with: answer } = await client.search('docs', { question: 'Zug am Morgen', lang: 'de' });
    expect(answer!.hits[0].id).toBe('trains');
    const explained = await client.explain('docs', { question: 'Zug', id: 'trains' });
    expect(explained.rank).toBe(1);
    expect((await client.passage('docs', 'trains')).queries.de).toHaveLength(5);
    expect((await client.passages('docs', { filters: ['team=blue'] })).total).toBe(2);
    expect((await client.index('docs')).name).toBe('docs');
  });

  it('adds files and documents, and watches the jobs', async () => {
    const content = new Blob(['Bread from the oven.']);
    const { id } = await client.addFiles('docs', [{ name: 'new.txt', content }], {
      metadata: { year: 7 },
    });
    let last = '';
    for await (const { state } of client.watch(id)) last = state;
    expect(last).toBe('done');
    expect((await client.passage('docs', 'new.txt')).metadata).toEqual({ year: 7 });
    const removal = await client.removeDocument('docs', 'new.txt');
    for await (const { state } of client.watch(removal.id)) last = state;
    expect(last).toBe('done');
    await expect(client.passage('docs', 'new.txt')).rejects.toMatchObject({ status: 404 });
  });

  it('throws errors with code and remedy', async () => {
    const failure: XqgClientError = await client
      .search('docs', { question: '' })
      .catch((error) => error);
    expect(failure).toMatchObject({ code: 'XQG_REQUEST_INVALID', status: 400, retryAfter: null });
    expect(failure.remedy).not.toBe('');
    expect(failure.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('reports an unreachable server, and can be aborted', async () => {
    const nobody = new XqgClient({ address: 'http://127.0.0.1:9' });
    await expect(nobody.indexes()).rejects.toMatchObject({
      code: 'XQG_SERVER_UNREACHABLE',
      status: 0,
    });
    await expect(client.indexes(AbortSignal.abort())).rejects.toHaveProperty('name', 'AbortError');
  });
});

describe('assistants', () => {
  const asked = { index: 'docs', question: 'Honig der Biene', lang: 'de', k: 1 };

  async function tryOut(assistant: Client): Promise<void> {
    const { tools } = await assistant.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['list_indexes', 'search', 'explain']);
    const call = async (name: string, args: Record<string, unknown>) => {
      const { content, isError } = await assistant.callTool({ name, arguments: args });
      return { isError, answer: JSON.parse((content as { text: string }[])[0].text) };
    };
    expect((await call('list_indexes', {})).answer.indexes[0].name).toBe('docs');
    const found = await call('search', asked);
    expect(found.answer.with.hits[0].id).toBe('bees');
    const explained = await call('explain', {
      index: 'docs',
      question: asked.question,
      id: 'bees',
      lang: 'de',
    });
    expect(explained.answer.rank).toBe(1);
    const failed = await call('search', { ...asked, index: 'none' });
    expect(failed.isError).toBe(true);
    expect(failed.answer.error.code).toBe('XQG_INDEX_UNKNOWN');
  }

  it('connect over HTTP', async () => {
    const assistant = new Client({ name: 'test', version: '1' });
    await assistant.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp`)));
    await tryOut(assistant);
    await assistant.close();
  });

  it('connect over stdio', async () => {
    const assistant = new Client({ name: 'test', version: '1' });
    const args = [EXECUTABLE, 'mcp', '--index', place.directory, '--pack', place.pack];
    await assistant.connect(new StdioClientTransport({ command: process.execPath, args }));
    await tryOut(assistant);
    await assistant.close();
  });
});

describe('an expander that is configured at the start', () => {
  const question = 'Was tun sie dort?';
  let file: string;

  beforeAll(() => {
    file = join(place.home, 'texts.jsonl');
    writeFileSync(file, JSON.stringify({ question, text: 'Honig der Biene', lang: 'de' }));
  });

  it('serves assistants over stdio', async () => {
    const assistant = new Client({ name: 'test', version: '1' });
    const args = [
      EXECUTABLE,
      'mcp',
      '--index',
      place.directory,
      '--pack',
      place.pack,
      '--expand',
      file,
    ];
    await assistant.connect(new StdioClientTransport({ command: process.execPath, args }));
    const asked = { index: 'docs', question, lang: 'de', expand: true };
    const { content } = await assistant.callTool({ name: 'search', arguments: asked });
    const { with: answer } = JSON.parse((content as { text: string }[])[0].text);
    expect(answer.expansion).toMatchObject({ by: 'recorded', text: 'Honig der Biene' });
    await assistant.close();
  });

  it('serves the HTTP API, and is printed at the start; a question without a recorded text is no failure', async () => {
    const served = ['serve', '--index', place.directory, '--pack', place.pack, '--port', '0'];
    const { child, ended } = start(...served, '--json', '--expand', file, '--expand-how', 'mix');
    const told = await new Promise<string>((resolve) => child.stdout!.once('data', resolve));
    const other = new XqgClient({ address: JSON.parse(told).address });
    expect((await other.indexes()).expander).toBe('recorded');
    const ask = async (text: string) =>
      (await other.search('docs', { question: text, lang: 'de', expand: true })).with!;
    expect((await ask(question)).expansion).toMatchObject({ how: 'mix', weight: 1 / 3 });
    const lacking = await ask('Und hier?');
    expect([lacking.expansion, lacking.warnings.at(-1)]).toEqual([
      null,
      'The question was searched without an expansion: no text was recorded for it.',
    ]);
    child.kill('SIGTERM');
    expect((await ended).stderr).toMatch(/Questions that ask for it are expanded by recorded\./);
    const wrong = await start(
      ...served,
      '--expand',
      file,
      '--expand-how',
      'mix',
      '--expand-weight',
      '7',
    ).ended;
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('XQG_NUMBER_OUT_OF_RANGE'),
    ]);
  });
});

describe('xqg serve', () => {
  it('prints its address, logs requests and shuts down cleanly', async () => {
    const words = [
      'serve',
      '--index',
      `notes=${place.directory}`,
      '--pack',
      place.pack,
      '--port',
      '0',
      '--json',
    ];
    const { child, ended } = start(...words);
    const told = await new Promise<string>((resolve) => child.stdout!.once('data', resolve));
    const { address: served } = JSON.parse(told);
    const other = new XqgClient({ address: served });
    expect((await other.search('notes', { question: 'Zug', lang: 'de' })).with!.hits[0].id).toBe(
      'trains',
    );
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    const log = stderr.split('\n').filter((line) => line.includes('/search'));
    expect(JSON.parse(log[0])).toMatchObject({ method: 'POST', status: 200, key: null });
    expect(stderr).not.toContain('Zug');
  });

  it('does not accept other machines without keys', async () => {
    const { ended } = start('serve', '--index', place.directory, '--host', '0.0.0.0', '--json');
    const { code, stdout } = await ended;
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('XQG_SERVER_OPEN');
  });
});
