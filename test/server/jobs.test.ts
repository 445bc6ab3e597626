import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockIndex } from '../../src/indexing/locks.js';
import type { XqgServer } from '../../src/server/server.js';
import { ended, post, type TestPlace, testPlace } from './served.js';

let place: TestPlace;
let server: XqgServer;

beforeAll(async () => {
  place = await testPlace();
  server = await place.serve();
});
afterAll(() => place.end());

/** A form with files, as a browser sends it. */
async function upload(
  index: string,
  files: Record<string, string>,
  fields: Record<string, string> = {},
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const [name, text] of Object.entries(files)) form.append('files', new Blob([text]), name);
  const request = new Request('http://localhost', { method: 'POST', body: form });
  return server.inject({
    method: 'POST',
    url: `/api/indexes/${index}/files`,
    headers: { 'content-type': request.headers.get('content-type')! },
    payload: Buffer.from(await request.arrayBuffer()),
  });
}

const search = async (index: string, question: string) =>
  (await post(server, `/api/indexes/${index}/search`, { question, k: 100 })).json();

const get = async (from: XqgServer, id: string) => ({
  job: (await from.inject({ url: `/api/jobs/${id}` })).json(),
});

describe('a job', () => {
  it('creates an index from files, which can be searched', async () => {
    const response = await upload(
      'empty',
      { 'bees.md': '# Bees\n\nThe bee makes honey.', 'moon.txt': 'The moon shines at night.' },
      { lang: 'en', metadata: '{"year":2024}' },
    );
    expect(response.statusCode).toBe(202);
    const job = await ended(server, response.json().id);
    expect(job).toMatchObject({
      state: 'done',
      kind: 'add',
      index: 'empty',
      what: ['bees.md', 'moon.txt'],
      result: { documents: { indexed: 2, failed: 0 } },
    });
    const { with: answer } = await search('empty', 'Honig der Biene');
    expect(answer.hits[0]).toMatchObject({ path: 'bees.md', metadata: { year: 2024 }, lang: 'en' });
    expect(JSON.stringify(answer)).not.toContain(place.home);
    expect(readdirSync(join(place.home, 'empty', 'incoming'))).toEqual([]);
  });

  // A job used to report its end before its files were removed, so that they were still visible.
  it('leaves no file behind once it reports its end', async () => {
    const incoming = join(place.home, 'empty', 'incoming');
    for (let round = 0; round < 3; round++) {
      const { id } = (await upload('empty', { 'oven.txt': `The oven is hot. ${round}` })).json();
      await ended(server, id, {}, 2);
      expect(readdirSync(incoming)).toEqual([]);
    }
  });

  it('replaces documents with the same id, keeps the others, and removes documents', async () => {
    const write = async (text: string) => {
      const documents = [{ id: 'a/b#c', text, lang: 'en' }];
      const job = (await post(server, '/api/indexes/docs/documents', { documents })).json();
      return ended(server, job.id);
    };
    await write('Water of the river.');
    expect((await search('docs', 'Fluss')).with.hits.map(({ id }: { id: string }) => id)).toContain(
      'a/b#c',
    );
    await write('The moon at night.');
    const url = `/api/indexes/docs/passages/${encodeURIComponent('a/b#c')}`;
    expect((await server.inject({ url })).json().text).toBe('The moon at night.');
    const gone = `/api/indexes/docs/documents/${encodeURIComponent('a/b#c')}`;
    const job = (await server.inject({ method: 'DELETE', url: gone })).json();
    expect((await ended(server, job.id)).result).toMatchObject({ passages: 1 });
    expect((await server.inject({ url })).statusCode).toBe(404);
    expect((await server.inject({ url: '/api/indexes/docs' })).json().passages).toBe(4);
  });

  it('reports failures file by file, without folders of the server', async () => {
    const response = await upload('docs', {
      'picture.png': 'x',
      'good.txt': 'Bread.',
      'bad.jsonl': '{"id":',
    });
    const job = await ended(server, response.json().id);
    expect(job.state).toBe('done');
    expect(job.result.failures).toMatchObject([{ path: 'bad.jsonl', code: 'XQG_CORPUS_ROW' }]);
    expect(job.result.omissions).toEqual({
      counts: { format: 1 },
      named: [{ path: 'picture.png', reason: 'no reader knows the format' }],
    });
    expect(JSON.stringify(job)).not.toContain(place.home);
    const nothing = await ended(server, (await upload('docs', { 'picture.png': 'x' })).json().id);
    expect([nothing.state, nothing.error.code]).toEqual(['failed', 'XQG_CORPUS_NOTHING_FOUND']);
    expect(JSON.stringify(nothing)).not.toContain(place.home);
  });

  it.each([
    [{}, {}, 'holds no file'],
    [{ '.hidden': 'x' }, {}, 'no name of a file'],
    [{ 'a.txt': 'x' }, { metadata: '{' }, 'is not JSON'],
    [{ 'a.txt': 'x' }, { unknown: '1' }, 'unknown'],
  ])('is not started for a form like %j %j', async (files, fields, told) => {
    const response = await upload('docs', files, fields);
    expect(response.statusCode).toBe(400);
    expect(response.json().error.message).toContain(told);
  });

  it('confines a file name to its folder', async () => {
    const response = await upload('docs', { '../../outside.txt': 'Night.' });
    expect((await ended(server, response.json().id)).what).toEqual(['outside.txt']);
    expect(readdirSync(place.home)).not.toContain('outside.txt');
  });

  it('restarts after the server was killed', async () => {
    const folder = join(place.directory, 'incoming', 'left');
    const files = join(folder, 'files');
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, 'left.txt'), 'The oven is hot.');
    const task = { kind: 'add', folder: files, metadata: {} };
    const access = { fingerprint: null, filters: [] };
    const stored = { accepted: 1, what: ['left.txt'], created: 'x', access, task };
    writeFileSync(join(folder, 'job.json'), JSON.stringify(stored));
    const next = await place.serve();
    expect((await ended(next, 'left')).state).toBe('done');
    expect(
      (await next.inject({ url: '/api/indexes/docs/passages/left.txt' })).json().text,
    ).toContain('oven');
  });

  // A full disk left an empty job.json, and the server never started again.
  it.each(['', '{"what":["a"]}'])(
    'that cannot be read (%j) costs itself, not the server, until it is discarded',
    async (text) => {
      const folder = join(place.directory, 'incoming', 'broken');
      mkdirSync(join(folder, 'files'), { recursive: true });
      writeFileSync(join(folder, 'job.json'), text);
      const next = await place.serve();
      const { job } = await get(next, 'broken');
      expect(job).toMatchObject({ state: 'failed', error: { code: 'XQG_JOB_UNREADABLE' } });
      expect(job.error.message).toContain('broken');
      expect(job.error.message).not.toContain(place.home);
      expect(existsSync(folder)).toBe(true);
      await next.inject({ method: 'DELETE', url: '/api/jobs/broken' });
      expect(existsSync(folder)).toBe(false);
    },
  );

  it('reads no files but its own, whatever its file says', async () => {
    const folder = join(place.directory, 'incoming', 'stranger');
    mkdirSync(join(folder, 'files'), { recursive: true });
    mkdirSync(join(place.home, 'private'));
    writeFileSync(join(place.home, 'private', 'secret.txt'), 'The key lies under the oven.');
    const task = { kind: 'add', folder: join(place.home, 'private'), metadata: {} };
    const access = { fingerprint: null, filters: [] };
    writeFileSync(
      join(folder, 'job.json'),
      JSON.stringify({ accepted: 2, what: ['secret.txt'], created: 'x', access, task }),
    );
    const next = await place.serve();
    await ended(next, 'stranger');
    const { statusCode } = await next.inject({ url: '/api/indexes/docs/passages/secret.txt' });
    expect(statusCode).toBe(404);
  });

  // A writer that held the lock for a moment made a job fail, and what was sent was deleted.
  it('waits for another writer of its index', async () => {
    const lock = await lockIndex(place.directory);
    const documents = [{ id: 'patient', text: 'Water of the river.', lang: 'en' }];
    const { id } = (await post(server, '/api/indexes/docs/documents', { documents })).json();
    let { job } = await get(server, id);
    for (; job.error === null; { job } = await get(server, id)) await setTimeout(50);
    expect(job).toMatchObject({ state: 'waiting', error: { code: 'XQG_INDEX_LOCKED' } });
    await lock.release();
    expect(await ended(server, id)).toMatchObject({ state: 'done', error: null });
  });

  it('is never partially visible to concurrent searches', async () => {
    const round = async (number: number) => {
      const documents = Array.from({ length: 40 }, (_, i) => ({
        id: `round-${i}`,
        text: `The river has water. Round${number}`,
        lang: 'en',
      }));
      return (await post(server, '/api/indexes/docs/documents', { documents })).json().id as string;
    };
    await ended(server, await round(0));
    const id = await round(1);
    const states = new Set<string>();
    for (let running = true; running; ) {
      running = (await server.inject({ url: `/api/jobs/${id}` })).json().ended === null;
      const { with: answer } = await search('docs', 'water of the river');
      const rounds = answer.hits
        .filter(({ id }: { id: string }) => id.startsWith('round-'))
        .map(({ text }: { text: string }) => text.slice(-1));
      expect(rounds).toHaveLength(40);
      states.add([...new Set(rounds)].join());
    }
    states.add('1');
    expect([...states].every((state) => state === '0' || state === '1')).toBe(true);
    expect(
      (await server.inject({ url: '/api/indexes/docs/passages/round-7' })).json().text,
    ).toMatch(/Round1$/);
  });
});
