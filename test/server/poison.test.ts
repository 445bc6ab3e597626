/** Uploads that spin or swell: the job goes on without them, ends when it is told, and meets them last. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadingMark } from '../../src/server/jobs/reading-mark.js';
import type { XqgServer } from '../../src/server/server.js';
import { DEEP, SPINNING } from '../corpus/isolation/hostile-files.js';
import { ended, type TestPlace, testPlace } from './served.js';

let place: TestPlace;
beforeAll(async () => {
  place = await testPlace();
});
afterAll(() => place.end());

async function upload(server: XqgServer, files: Record<string, string>) {
  const form = new FormData();
  for (const [name, text] of Object.entries(files)) form.append('files', new Blob([text]), name);
  const request = new Request('http://localhost', { method: 'POST', body: form });
  return server.inject({
    method: 'POST',
    url: '/api/indexes/docs/files',
    headers: { 'content-type': request.headers.get('content-type')! },
    payload: Buffer.from(await request.arrayBuffer()),
  });
}

/** Waits until a job reads the file, which then spins. */
async function reading(id: string, name: string): Promise<void> {
  const mark = join(place.directory, 'incoming', id, 'reading.json');
  for (;;) {
    try {
      if (readFileSync(mark, 'utf8').includes(name)) break;
    } catch {}
    await setTimeout(20);
  }
  await setTimeout(500);
}

describe('an upload that never ends', { timeout: 300_000 }, () => {
  it('is set aside by its name; the rest of the job is indexed', async () => {
    const server = await place.serve({ fileLimits: { seconds: 1 } });
    const files = { 'a.txt': 'Bread.', 'b.md': SPINNING, 'c.md': DEEP, 'd.md': 'The moon.' };
    const job = await ended(server, (await upload(server, files)).json().id);
    expect(job).toMatchObject({ state: 'done', result: { documents: { indexed: 3, failed: 1 } } });
    expect(job.result.failures).toMatchObject([{ path: 'b.md', code: 'XQG_CORPUS_OVER_TIME' }]);
    expect(JSON.stringify(job)).not.toContain(place.home);
  });

  // Neither cancellation nor SIGTERM did anything, and a restart left a process that nobody ended.
  it('ends when its job is cancelled', async () => {
    const server = await place.serve({ fileLimits: { seconds: 1000 } });
    const { id } = (await upload(server, { 'b.md': SPINNING })).json();
    await reading(id, 'b.md');
    const since = performance.now();
    await server.inject({ method: 'DELETE', url: `/api/jobs/${id}` });
    expect(await ended(server, id)).toMatchObject({ state: 'cancelled' });
    expect(performance.now() - since).toBeLessThan(8000);
    expect(readdirSync(join(place.directory, 'incoming'))).toEqual([]);
  });

  it('ends with the server, and is read last by the next one', async () => {
    const server = await place.serve({ fileLimits: { seconds: 1000 } });
    const { id } = (await upload(server, { 'b.md': SPINNING, 'c.txt': 'An oven.' })).json();
    await reading(id, 'b.md');
    const since = performance.now();
    await server.close();
    expect(performance.now() - since).toBeLessThan(8000);
    const files = join(place.directory, 'incoming', id, 'files');
    expect([...new ReadingMark(files).left]).toEqual([join(files, 'b.md')]);
    const next = await place.serve({ fileLimits: { seconds: 1 } });
    const job = await ended(next, id);
    expect(job.result.documents).toMatchObject({ indexed: 1, failed: 1 });
  });
});

it('a request of many files has a limit', async () => {
  const server = await place.serve({ maxUpload: 1000, maxRequest: 2500 });
  const file = 'x'.repeat(900);
  const response = await upload(server, { 'a.txt': file, 'b.txt': file, 'c.txt': file });
  expect(response.statusCode).toBe(413);
  expect(response.json().error).toMatchObject({
    code: 'XQG_REQUEST_TOO_LARGE',
    remedy: expect.stringContaining('--max-request'),
  });
  expect(readdirSync(join(place.directory, 'incoming'))).toEqual([]);
});

describe('the mark of what is being read', () => {
  it('outlives the process, and damage is no harm', () => {
    const files = join(place.home, 'marked', 'files');
    mkdirSync(files, { recursive: true });
    new ReadingMark(files).begin(join(files, 'a.md'));
    new ReadingMark(files).begin(join(files, 'b.md'));
    expect([...new ReadingMark(files).left]).toEqual([join(files, 'a.md'), join(files, 'b.md')]);
    for (const damaged of ['', '{', '[1, null, "../../outside"]']) {
      writeFileSync(join(place.home, 'marked', 'reading.json'), damaged);
      for (const path of new ReadingMark(files).left) expect(path).toBe(join(files, 'outside'));
    }
  });
});
