/**
 * Question expansion by the server's model: on request, within limits, and without delaying others.
 */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { XqgClient } from '../../src/client/index.js';
import { ChatExpander } from '../../src/expand/chat.js';
import type { Expander } from '../../src/expand/expander.js';
import { Answers } from '../../src/models/remote/answer-cache.js';
import { type EndpointFields, endpointOf } from '../../src/models/remote/endpoint.js';
import { addKey, KeyRing } from '../../src/server/keys.js';
import type { ServerOptions, XqgServer } from '../../src/server/server.js';
import { type OpenAiServer, startOpenAiServer, type Trouble } from '../support/openai-server.js';
import { post, type TestPlace, testPlace } from './served.js';

const SECRET = 'sk-very-secret';
/** None of its words is in a passage or in the pack. */
const ASKED = { question: 'Was tun sie dort?', lang: 'de' };
const EXPAND = { ...ASKED, expand: true };

let place: TestPlace;
let model: OpenAiServer;
let files = 0;

beforeAll(async () => {
  place = await testPlace();
});
afterAll(() => place.end());
beforeEach(async () => {
  model = await startOpenAiServer();
  model.reply = () => 'Biene und Honig in der Nacht.';
  vi.stubEnv('OPENAI_API_KEY', SECRET);
});
afterEach(async () => {
  await model.close();
  vi.unstubAllEnvs();
});

async function expander(settings: EndpointFields = {}): Promise<Expander> {
  const endpoint = endpointOf({ url: model.url, backoffSeconds: 0.01, retries: 1, ...settings });
  const answers = await Answers.open(join(place.home, `answers-${files++}.jsonl`));
  return ChatExpander.open('chatty', { endpoint, answers });
}

async function serve(options: Partial<ServerOptions> = {}, settings: EndpointFields = {}) {
  const { expand = { by: await expander(settings) } } = options;
  return place.serve({ rate: 0, ...options, expand });
}

async function search(server: XqgServer, body: object = EXPAND, headers = {}) {
  const response = await post(server, '/api/indexes/docs/search', body, headers);
  return { status: response.statusCode, body: response.body, ...response.json() };
}

const always = (trouble: Trouble): Trouble[] => Array.from({ length: 500 }, () => trouble);

async function listening(options: Partial<ServerOptions> = {}, settings: EndpointFields = {}) {
  const server = await serve(options, settings);
  return { server, address: await server.listen({ host: '127.0.0.1', port: 0 }) };
}

async function metric(server: XqgServer, outcome: string): Promise<number> {
  const { body } = await server.inject({ url: '/metrics' });
  return Number(
    new RegExp(`^xqg_expansions_total{outcome="${outcome}"} (\\d+)`, 'm').exec(body)![1],
  );
}

/** Names of the tools' arguments. */
async function tools(server: XqgServer): Promise<Record<string, string[]>> {
  const payload = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  const headers = { accept: 'application/json, text/event-stream' };
  const { result } = (await post(server, '/mcp', payload, headers)).json();
  return Object.fromEntries(
    result.tools.map(
      ({ name, inputSchema }: { name: string; inputSchema: { properties: object } }) => [
        name,
        Object.keys(inputSchema.properties),
      ],
    ),
  );
}

describe('a server without an expander', () => {
  it('says so, refuses to expand, and does not offer expansion to assistants', async () => {
    const server = await place.serve();
    expect((await server.inject({ url: '/api/indexes' })).json().expander).toBeNull();
    const told = await search(server);
    expect([told.status, told.error.code]).toEqual([409, 'XQG_NO_EXPANDER']);
    expect((await tools(server)).search).not.toContain('expand');
  });
});

describe('a server with an expander', () => {
  it('calls the model only on request, and once per question', async () => {
    const { server, address } = await listening();
    const client = new XqgClient({ address });
    expect((await client.indexes()).expander).toBe('openai/chatty');
    const plain = await client.search('docs', { ...ASKED, augment: 'off' });
    expect(plain.without!.expansion).toBeNull();
    expect(model.requests).toHaveLength(0);
    const both = await client.search('docs', { ...EXPAND, augment: 'both' });
    for (const ranking of [both.with!, both.without!]) {
      expect(ranking.expansion).toMatchObject({
        text: 'Biene und Honig in der Nacht.',
        lang: 'de',
        how: 'append',
        weight: 0.2,
        by: 'openai/chatty',
      });
      expect(ranking.expansion!.milliseconds).toBeGreaterThan(0);
      expect(ranking.hits[0].id).toBe('bees');
    }
    await client.search('docs', { ...EXPAND, alpha: 0.1 });
    expect(model.requests).toHaveLength(1);
    expect(await metric(server, 'written')).toBe(2);
  });

  it.each(['append', 'mix'] as const)(
    'explains the contribution of the expansion (%s)',
    async (how) => {
      const server = await serve({ expand: { by: await expander(), how } });
      const body = { ...EXPAND, question: 'Was tun sie am Bahnhof?', id: 'bees' };
      const { dense, lexical, expansion } = (
        await post(server, '/api/indexes/docs/explain', body)
      ).json();
      expect(expansion.how).toBe(how);
      const { question, text } = dense.expansion;
      expect(question + text + (dense.toward?.share ?? 0)).toBeCloseTo(dense.score, 6);
      expect(dense.expansion.text).toBeGreaterThan(Math.abs(dense.expansion.question));
      const added = lexical.languages.filter(
        (language: { expansion: boolean }) => language.expansion,
      );
      if (how === 'mix') expect(added).toEqual([]);
      else {
        expect(added).toMatchObject([{ lang: 'de', weight: 0.2 }]);
        expect(added[0].terms[0].contribution).toBeGreaterThan(0);
      }
      const plain = await post(server, '/api/indexes/docs/explain', { ...body, expand: false });
      expect(plain.json()).toMatchObject({ expansion: null, dense: { expansion: null } });
    },
  );

  it('offers it to assistants', async () => {
    const server = await serve();
    const { search, explain, list_indexes } = await tools(server);
    expect([search, explain].every((names) => names.includes('expand'))).toBe(true);
    expect(list_indexes).not.toContain('expand');
    const payload = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'search', arguments: { index: 'docs', ...EXPAND } },
    };
    const headers = { accept: 'application/json, text/event-stream' };
    const { result } = (await post(server, '/mcp', payload, headers)).json();
    expect(JSON.parse(result.content[0].text).with.expansion.by).toBe('openai/chatty');
  });
});

describe('if the model fails', () => {
  it.each<[string, Trouble[], RegExp]>([
    ['refuses', [{ status: 401, body: `${SECRET} is wrong` }], /XQG_REMOTE_REFUSED/],
    ['is overloaded', always({ status: 503, body: 'Was tun sie dort?' }), /XQG_REMOTE_FAILED/],
    ['cuts its answers', always('cut'), /XQG_REMOTE_FAILED/],
    ['drops connections', always('drop'), /XQG_REMOTE_FAILED/],
    ['says nothing', always('hang'), /wrote nothing within 0.3 s/],
    ['never ends', always('endless'), /XQG_REMOTE_FAILED|wrote nothing/],
    ['sends elsewhere', [{ status: 307, location: '/v1/elsewhere' }], /XQG_REMOTE_REFUSED/],
  ])('and %s, the question is searched unexpanded, with a warning', async (_, troubles, told) => {
    const lines: string[] = [];
    const logger = { level: 'warn', stream: { write: (line: string) => void lines.push(line) } };
    const server = await serve({ expandTimeoutMs: 300, logger });
    const plain = await search(server, { ...ASKED, expand: false });
    model.troubles = troubles;
    const answer = await search(server);
    expect(answer.status).toBe(200);
    expect(answer.with.expansion).toBeNull();
    expect(answer.with.hits).toEqual(plain.with.hits);
    expect(answer.with.warnings.at(-1)).toMatch(/searched without an expansion/);
    expect(answer.with.warnings.at(-1)).toMatch(told);
    expect(answer.body).not.toContain(model.url);
    expect(answer.body).not.toContain(SECRET);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/XQG_/);
    expect(lines[0]).not.toMatch(new RegExp(`${SECRET}|Was tun`));
    expect(model.requests.every((body) => body.model === 'chatty')).toBe(true);
    expect(await metric(server, 'failed')).toBe(1);
  });

  it('several times, it is not called for a while', async () => {
    const server = await serve({ expandTimeoutMs: 100 });
    model.troubles = always('hang');
    for (let i = 0; i < 3; i++) await search(server);
    const asked = model.requests.length;
    const answer = await search(server);
    expect(answer.with.warnings.at(-1)).toMatch(/left alone/);
    expect(model.requests).toHaveLength(asked);
    expect(await metric(server, 'skipped')).toBe(1);
  });

  it('because it has no text for a question or the cost limit is reached, too', async () => {
    const priced = { pricePerMillionInput: 1000, costLimit: 0.05 };
    const server = await serve({}, priced);
    expect((await search(server)).with.expansion).not.toBeNull();
    const spent = await search(server, { ...EXPAND, question: 'Und hier?' });
    expect(spent.with.warnings.at(-1)).toMatch(/what may be spent on it is spent/);
    expect(model.requests).toHaveLength(1);
  });

  it('the length of an endless text is limited', async () => {
    const server = await serve();
    model.reply = () => 'Honig '.repeat(200_000);
    expect((await search(server)).with.expansion.text.length).toBeLessThanOrEqual(2000);
  });
});

describe('a model that hangs', () => {
  it('does not block searches', async () => {
    const { address } = await listening({ running: 1, waiting: 8, expandTimeoutMs: 4000 });
    const client = new XqgClient({ address });
    model.troubles = always('hang');
    let ended = 0;
    const hanging = Array.from({ length: 9 }, (_, i) =>
      client.search('docs', { ...EXPAND, question: `Frage ${i}?` }).finally(() => ended++),
    );
    await expect.poll(() => model.requests.length).toBe(4);
    for (let i = 0; i < 20; i++) await client.search('docs', ASKED);
    // A tenth request does not wait for a model that nine are waiting for.
    const answer = await client.search('docs', EXPAND);
    expect(answer.with!.warnings.at(-1)).toMatch(/too many questions wait/);
    expect(ended).toBe(0);
    await Promise.all(hanging);
    expect(ended).toBe(9);
  });

  it('is abandoned when the client disconnects, and the next request continues', async () => {
    const { address } = await listening(
      { expandTimeoutMs: 20_000 },
      { concurrency: 1, timeoutSeconds: 20 },
    );
    const client = new XqgClient({ address });
    model.troubles = ['hang'];
    const stop = new AbortController();
    const gone = client.search('docs', EXPAND, stop.signal).catch((error: Error) => error.name);
    await expect.poll(() => model.requests.length).toBe(1);
    const waiting = new AbortController();
    const never = client
      .search('docs', { ...EXPAND, question: 'Eins?' }, waiting.signal)
      .catch((error: Error) => error.name);
    const behind = client.search('docs', { ...EXPAND, question: 'Zwei?' });
    waiting.abort();
    expect(await never).toBe('AbortError');
    stop.abort();
    expect(await gone).toBe('AbortError');
    expect((await behind).with!.expansion).not.toBeNull();
    expect(model.left).toBe(1);
    expect(model.requests).toHaveLength(2);
  });

  it('takes at most half of the time limit of a search', async () => {
    const server = await serve({ timeoutMs: 1000, expandTimeoutMs: 60_000 });
    model.troubles = always('hang');
    const answer = await search(server);
    expect(answer.status).toBe(200);
    expect(answer.with.warnings.at(-1)).toMatch(/within 0.5 s/);
  });
});

describe('keys and limits', () => {
  it('apply before the model is called, and its text finds no hidden passage', async () => {
    const file = join(place.home, 'keys.json');
    const make = async (name: string, more: object) =>
      (await addKey(file, { name, indexes: null, rights: ['search'], filters: [], ...more })).key;
    const red = await make('red', { filters: ['team=red'] });
    const adder = await make('adder', { rights: ['add'] });
    const elsewhere = await make('elsewhere', { indexes: ['empty'] });
    const server = await serve({ keys: await KeyRing.open(file) });
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    for (const [key, status] of [
      [adder, 403],
      [elsewhere, 404],
    ] as const)
      expect((await search(server, EXPAND, bearer(key))).status).toBe(status);
    const missing = await post(server, '/api/indexes/empty/search', EXPAND, bearer(elsewhere));
    expect(missing.statusCode).toBe(404);
    const unlisted = await server.inject({ url: '/api/indexes', headers: bearer(adder) });
    expect(unlisted.json().expander).toBeNull();
    expect(model.requests).toHaveLength(0);
    model.reply = () => 'Secretbread, Geheimer Mond, Honig.';
    const found = await search(server, EXPAND, bearer(red));
    expect(found.with.expansion.text).toContain('Secretbread');
    expect(found.with.hits.map(({ id }: { id: string }) => id)).not.toContain('secret-bread');
    const explain = (id: string) =>
      post(server, '/api/indexes/docs/explain', { ...EXPAND, id }, bearer(red));
    expect((await explain('secret-bread')).statusCode).toBe(404);
    const { lexical } = (await explain('bees')).json();
    const terms = lexical.languages.flatMap(
      (language: { terms: { idf: unknown }[] }) => language.terms,
    );
    expect(terms.length).toBeGreaterThan(0);
    expect(terms.every(({ idf }: { idf: unknown }) => idf === null)).toBe(true);
  });

  it('count an expanded question like any other', async () => {
    const server = await serve({ rate: 2 });
    for (const expected of [200, 200, 429]) expect((await search(server)).status).toBe(expected);
    expect(model.requests).toHaveLength(1);
  });
});
