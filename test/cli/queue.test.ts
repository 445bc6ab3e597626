import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetRuns, redisUrl } from '../indexing/workers/redis.js';
import { writePack } from '../support/pack-folder.js';
import { start, xqg } from './run-xqg.js';

const url = redisUrl(12);
const home = mkdtempSync(join(tmpdir(), 'xqg-cli-queue-'));
const pack = join(home, 'pack');
const corpus = join(home, 'corpus.jsonl');
const ROWS = 600;
/** Five processes that each load a pack (ms). */
const LONGEST = 240_000;

beforeAll(async () => {
  writePack(pack);
  const words = [
    'bee',
    'honey',
    'flower',
    'train',
    'station',
    'morning',
    'bread',
    'oven',
    'water',
    'river',
  ];
  const out = createWriteStream(corpus);
  for (let i = 0; i < ROWS; i++) {
    const text = Array.from(
      { length: 40 },
      (_, w) => words[(i * 7 + w * (1 + (i % 9))) % words.length],
    );
    out.write(`${JSON.stringify({ id: `d${i}`, text: text.join(' '), lang: 'en' })}\n`);
  }
  out.end();
  await once(out, 'close');
  if (url !== null) await forgetRuns(url);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe.skipIf(url === null)('xqg index --queue and xqg worker', () => {
  it(
    'make the index that xqg index makes alone, and xqg status shows how far they are',
    async () => {
      const [alone, queued, parts] = ['alone', 'queued', 'parts'].map((name) => join(home, name));
      expect((await xqg('index', corpus, '--index', alone, '--pack', pack)).code).toBe(0);
      const words = [
        'index',
        corpus,
        '--index',
        queued,
        '--pack',
        pack,
        '--queue',
        url!,
        '--parts',
        parts,
      ];
      const index = start(...words, '--part-passages', '50');
      for (;;) {
        const { runs, counts } = JSON.parse(
          (await xqg('status', '--queue', url!, '--json')).stdout,
        );
        if (counts.waiting === ROWS / 50 && runs[0]?.phase === 'computing') break;
        await setTimeout(100);
      }
      const seen = await xqg('status', '--queue', url!);
      expect(seen.stdout).toContain(`${ROWS / 50} waiting`);
      expect(seen.stdout).toContain(queued);
      expect(seen.stdout).toMatch(/workers +none/);

      const first = start('worker', '--queue', url!, '--name', 'first');
      const second = start(
        'worker',
        '--queue',
        url!,
        '--name',
        'second',
        '--json',
        '--leave-after',
        '2',
      );
      const told = await index.ended;
      expect(told).toMatchObject({ code: 0 });
      expect(told.stdout).toContain(`${ROWS} documents indexed`);
      first.child.kill('SIGINT');
      const [one, two] = [await first.ended, await second.ended];
      expect([one.code, two.code]).toEqual([0, 0]);
      expect(one.stdout).toMatch(/^\d+ parts? with [\d,]+ passages computed/);
      const done = Number(one.stdout.split(' ')[0]) + JSON.parse(two.stdout).parts;
      expect(done).toBe(ROWS / 50);

      const digest = async (dir: string) =>
        (await xqg('status', '--index', dir, '--digest')).stdout;
      expect(await digest(queued)).toBe(await digest(alone));
    },
    LONGEST,
  );

  it(
    'end with exit code 1, the reason and the remedy where a worker has another pack',
    async () => {
      const dir = join(home, 'other');
      const index = start('index', corpus, '--index', dir, '--pack', pack, '--queue', url!);
      const worker = await start('worker', '--queue', url!, '--pack', 'base').ended;
      expect(worker.code).toBe(1);
      expect(worker.stderr).toMatch(/XQG_WORKER_IDENTITY .* pack [\s\S]*xqg worker --pack FOLDER/);
      const status = await xqg('status', '--index', dir);
      expect(status.stdout).toContain('queue');
      index.child.kill('SIGINT');
      const { code, stderr } = await index.ended;
      expect(code).toBe(130);
      expect(stderr).toContain('run the same command again');
    },
    LONGEST,
  );
});

it('options of a queue need one', async () => {
  const { code, stderr } = await xqg(
    'index',
    corpus,
    '--index',
    join(home, 'none'),
    '--keep-parts',
  );
  expect(code).toBe(1);
  expect(stderr).toContain('--keep-parts needs --queue');
});

it('xqg status needs an index or a queue', async () => {
  const { code, stderr } = await xqg('status');
  expect(code).toBe(1);
  expect(stderr).toContain('neither --index nor --queue');
});
