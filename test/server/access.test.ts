import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addKey, KeyRing, readKeys, removeKey } from '../../src/server/keys.js';
import type { XqgServer } from '../../src/server/server.js';
import { ended, post, type TestPlace, testPlace } from './served.js';

let place: TestPlace;
let file: string;
let server: XqgServer;
const keys: Record<string, string> = {};

const bearer = (name: string) => ({ authorization: `Bearer ${keys[name]}` });
const all = ['search', 'add', 'remove'] as const;

beforeAll(async () => {
  place = await testPlace();
  file = join(place.home, 'keys.json');
  const make = async (name: string, more: Partial<Parameters<typeof addKey>[1]>) => {
    const { key } = await addKey(file, {
      name,
      indexes: null,
      rights: [...all],
      filters: [],
      ...more,
    });
    keys[name] = key;
  };
  await make('full', {});
  await make('red', { filters: ['team=red'] });
  await make('reader', { rights: ['search'], filters: ['team=red', 'year>=2020'] });
  await make('adder', { rights: ['add'] });
  await make('elsewhere', { indexes: ['empty'] });
  server = await place.serve({ keys: await KeyRing.open(file) });
});
afterAll(() => place.end());

describe('keys', () => {
  it('are stored as hashes, readable by their owner only', async () => {
    const text = readFileSync(file, 'utf8');
    for (const key of Object.values(keys)) expect(text).not.toContain(key);
    expect(await readKeys(file)).toHaveLength(5);
    await expect(
      addKey(file, { name: 'red', indexes: null, rights: [], filters: [] }),
    ).rejects.toHaveProperty('code', 'XQG_KEY_NAMED');
  });

  it('appear in the log only by their fingerprint, and questions do not appear', async () => {
    let log = '';
    const write = (line: string): void => {
      log += line;
    };
    const logged = await place.serve({
      keys: await KeyRing.open(file),
      logger: { level: 'info', stream: { write } },
    });
    await post(logged, '/api/indexes/docs/search', { question: 'Geheimnis' }, bearer('red'));
    await logged.inject({ url: '/api/indexes', headers: { authorization: 'Bearer xqg_wrong' } });
    await logged.close();
    const fingerprint = createHash('sha256').update(keys.red).digest('hex').slice(0, 8);
    const requests = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { method?: string; key?: string | null; status?: number })
      .filter(({ method }) => method !== undefined);
    expect(requests.map(({ key, status }) => [key, status])).toEqual([
      [fingerprint, 200],
      [null, 401],
    ]);
    for (const key of [...Object.values(keys), 'xqg_wrong', 'Geheimnis'])
      expect(log).not.toContain(key);
  });

  it('that have been revoked are refused', async () => {
    const { key } = await addKey(file, {
      name: 'gone',
      indexes: null,
      rights: ['search'],
      filters: [],
    });
    await removeKey(file, 'gone');
    const headers = { authorization: `Bearer ${key}` };
    await expect
      .poll(async () => (await server.inject({ url: '/api/indexes', headers })).statusCode, {
        timeout: 5000,
      })
      .toBe(401);
  });

  it.each(['/api/indexes', '/api/indexes/docs', '/api/jobs', '/api/experiments', '/metrics'])(
    'are required for %s',
    async (url) => {
      const without = await server.inject({ url });
      expect([without.statusCode, without.json().error.code]).toEqual([401, 'XQG_KEY_MISSING']);
      expect(without.headers['www-authenticate']).toContain('Bearer');
      const wrong = await server.inject({ url, headers: { authorization: 'Bearer xqg_wrong' } });
      expect([wrong.statusCode, wrong.json().error.code]).toEqual([401, 'XQG_KEY_UNKNOWN']);
      expect(wrong.body).not.toContain('xqg_wrong');
    },
  );

  it('are not required for health, readiness and the API description', async () => {
    for (const url of ['/health', '/openapi.json'])
      expect((await server.inject({ url })).statusCode).toBe(200);
  });

  it('grant only their rights', async () => {
    const asked = await post(
      server,
      '/api/indexes/docs/search',
      { question: 'x' },
      bearer('adder'),
    );
    expect([asked.statusCode, asked.json().error.code]).toEqual([403, 'XQG_KEY_RIGHT']);
    const documents = [{ id: 'new', text: 'x' }];
    const added = await post(
      server,
      '/api/indexes/docs/documents',
      { documents },
      bearer('reader'),
    );
    expect(added.statusCode).toBe(403);
    const headers = bearer('reader');
    const removed = await server.inject({
      method: 'DELETE',
      url: '/api/indexes/docs/documents/bees',
      headers,
    });
    expect(removed.statusCode).toBe(403);
  });

  it('grant access only to their indexes', async () => {
    const listed = await server.inject({ url: '/api/indexes', headers: bearer('elsewhere') });
    expect(listed.json().indexes.map(({ name }: { name: string }) => name)).toEqual(['empty']);
    const asked = await post(
      server,
      '/api/indexes/docs/search',
      { question: 'x' },
      bearer('elsewhere'),
    );
    expect([asked.statusCode, asked.json().error.code]).toEqual([404, 'XQG_INDEX_UNKNOWN']);
  });
});

describe('a passage that does not pass the filters of a key', () => {
  const QUESTIONS = [
    'Secretbread',
    'Brot aus dem Ofen',
    'Mond in der Nacht',
    'honey bee morning',
    'пчела и мёд',
  ];
  const secret = /secret|geheim/i;

  for (const augment of ['on', 'off', 'both']) {
    for (const mode of ['dense', 'lexical', 'hybrid']) {
      it(`is not found (${mode}, ${augment})`, async () => {
        for (const question of QUESTIONS) {
          const body = { question, augment, mode, k: 100 };
          const response = await post(server, '/api/indexes/docs/search', body, bearer('red'));
          expect(response.statusCode).toBe(200);
          const { with: on, without: off } = response.json();
          for (const answer of [on, off]) {
            const text = JSON.stringify((answer?.hits ?? []) as unknown);
            expect(text).not.toMatch(secret);
          }
        }
      });
    }
  }

  it('cannot be reached by filters of the request', async () => {
    for (const filters of [
      ['team=blue'],
      ['team!=red'],
      ['id=secret-bread'],
      ['team=red', 'team=blue'],
    ]) {
      const body = { question: 'Secretbread', filters };
      const response = await post(server, '/api/indexes/docs/search', body, bearer('red'));
      expect(response.json().with.hits).toEqual([]);
    }
  });

  it('is reported like a passage that does not exist', async () => {
    const failure = async (url: string, body?: object) => {
      const method = body === undefined ? 'GET' : 'POST';
      const response = await server.inject({ method, url, payload: body, headers: bearer('red') });
      return [
        response.statusCode,
        JSON.stringify(response.json().error).replaceAll('secret-bread', 'none'),
      ];
    };
    expect(await failure('/api/indexes/docs/passages/secret-bread')).toEqual(
      await failure('/api/indexes/docs/passages/none'),
    );
    const explain = '/api/indexes/docs/explain';
    expect(await failure(explain, { question: 'bread', id: 'secret-bread' })).toEqual(
      await failure(explain, { question: 'bread', id: 'none' }),
    );
  });

  it('affects neither ranks nor frequencies', async () => {
    const body = { question: 'Secretbread with honey of the bee in the morning', id: 'trains' };
    const seen = (await post(server, '/api/indexes/docs/explain', body, bearer('red'))).json();
    const full = (await post(server, '/api/indexes/docs/explain', body, bearer('full'))).json();
    expect(full.rank).toBeGreaterThan(seen.rank);
    expect(seen.rank).toBeLessThanOrEqual(2);
    const terms = seen.lexical.languages.flatMap(({ terms }: { terms: object[] }) => terms);
    expect(terms.length).toBeGreaterThan(0);
    for (const term of terms) expect(term).toMatchObject({ documentFrequency: null, idf: null });
  });

  it('is not counted, listed or measured', async () => {
    const get = async (url: string) => server.inject({ url, headers: bearer('red') });
    const index = await get('/api/indexes/docs');
    expect(index.json()).toMatchObject({
      passages: 2,
      documents: 2,
      languages: [{ lang: 'en', passages: 2 }],
    });
    expect(index.body).not.toMatch(secret);
    expect((await get('/api/indexes')).json().indexes[0]).toMatchObject({
      passages: 2,
      documents: 2,
    });
    expect((await get('/api/indexes/docs/passages')).json().total).toBe(2);
    expect((await get('/api/indexes/docs/coverage?sample=50')).json().passages).toBe(2);
    expect((await get('/metrics')).statusCode).toBe(403);
    const narrow = await server.inject({ url: '/api/indexes/docs', headers: bearer('reader') });
    expect(narrow.json().passages).toBe(1);
  });

  it('is not shown to assistants', async () => {
    const call = async (name: string, args: object, key: string) => {
      const payload = {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: args },
      };
      const headers = { ...bearer(key), accept: 'application/json, text/event-stream' };
      return (await post(server, '/mcp', payload, headers)).json().result;
    };
    const asked = { index: 'docs', question: 'Geheimnis', augment: 'both', k: 50 };
    expect((await call('search', asked, 'full')).content[0].text).toMatch(secret);
    for (const question of ['Brot im Ofen', 'Mond', 'honey bee']) {
      const answer = await call('search', { ...asked, question }, 'red');
      expect(answer.content[0].text).not.toMatch(secret);
    }
    expect(
      JSON.parse((await call('list_indexes', {}, 'red')).content[0].text).indexes[0].passages,
    ).toBe(2);
    const hidden = { index: 'docs', question: 'bread', id: 'secret-bread' };
    const refused = await call('explain', hidden, 'red');
    expect(refused.isError).toBe(true);
    expect(refused.content[0].text).toContain('XQG_PASSAGE_UNKNOWN');
  });

  it('is neither overwritten nor removed, and added documents get the filter', async () => {
    const write = async (documents: object[]) => {
      const response = await post(
        server,
        '/api/indexes/docs/documents',
        { documents },
        bearer('red'),
      );
      return ended(server, response.json().id, bearer('red'));
    };
    const over = await write([{ id: 'secret-bread', text: 'Mine now.' }]);
    expect([over.state, over.error.code]).toEqual(['failed', 'XQG_DOCUMENT_REFUSED']);
    const other = await write([
      { id: 'new', text: 'Water of the river.', metadata: { team: 'blue' } },
    ]);
    expect(other.error.code).toBe('XQG_DOCUMENT_REFUSED');
    expect((await write([{ id: 'new', text: 'Water of the river.', lang: 'en' }])).state).toBe(
      'done',
    );
    const added = await server.inject({
      url: '/api/indexes/docs/passages/new',
      headers: bearer('full'),
    });
    expect(added.json().metadata).toEqual({ team: 'red' });

    const remove = { method: 'DELETE' as const, url: '/api/indexes/docs/documents/secret-bread' };
    const job = (await server.inject({ ...remove, headers: bearer('red') })).json();
    expect((await ended(server, job.id, bearer('red'))).error.code).toBe('XQG_NOTHING_REMOVED');
    const there = await server.inject({
      url: '/api/indexes/docs/passages/secret-bread',
      headers: bearer('full'),
    });
    expect(there.statusCode).toBe(200);
    // Jobs of other keys are not visible.
    const listed = await server.inject({ url: `/api/jobs/${job.id}`, headers: bearer('reader') });
    expect(listed.statusCode).toBe(404);
  });
});
