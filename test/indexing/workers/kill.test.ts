import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexDocuments } from '../../../src/indexing/build.js';
import { digestIndex } from '../../../src/indexing/digest.js';
import { queueStatus } from '../../../src/indexing/workers/queue-status.js';
import {
  documentsOf,
  encoder,
  generator,
  upTo,
  withSentences,
} from '../../support/hashed-recipe.js';
import { freePort, hasRedis, startRedis } from './redis.js';

const DOCUMENTS = 320;
const LOCK_SECONDS = 2;
/** Both need half a minute on two quiet cores (ms). */
const LONGEST = 300_000;
let root: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-queue-kill-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

interface Child {
  readonly process: ChildProcess;
  /** What it said so far. */
  said(): string;
  ended: Promise<number | null>;
}

function start(script: string, ...words: string[]): Child {
  const child = fork(`test/indexing/workers/${script}.ts`, words, { silent: true });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (data: Buffer) => {
      said += data.toString();
    });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, said: () => said, ended };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await setTimeout(20);
  }
}

const partsOf = (child: Child): string[] =>
  [...child.said().matchAll(/^Part (\w+): \d+ passages/gm)].map(([, part]) => part);

describe.skipIf(!hasRedis())('an index by three workers', () => {
  it(
    'equals the one built alone though one is killed, one hangs, and the queue and the run are killed too',
    async () => {
      const alone = join(root, 'alone');
      const documents = documentsOf(upTo(DOCUMENTS), withSentences);
      await indexDocuments(alone, documents, { encoder, generator, sentences: true });

      const port = await freePort();
      const url = `redis://127.0.0.1:${port}`;
      let redis = await startRedis(port, root);
      children.push(redis);
      const dir = join(root, 'index');
      const run = (): Child => start('run-child', url, dir, String(DOCUMENTS));
      const worker = (name: string): Child =>
        start('worker-child', url, name, String(LOCK_SECONDS));
      const first = run();
      const [killed, hung, steady] = [worker('killed'), worker('hung'), worker('steady')];
      /** The part that a worker has in hand, or null. */
      const inHand = async (name: string): Promise<string | null> =>
        (await queueStatus(url)).inHand.find((part) => part.worker === name)?.part ?? null;
      const done = (): number =>
        [killed, hung, steady].reduce((sum, child) => sum + partsOf(child).length, 0);
      const strike = async (
        child: Child,
        name: string,
        signal: NodeJS.Signals,
      ): Promise<string> => {
        for (;;) {
          await until(`${name} has a part in hand`, async () => (await inHand(name)) !== null);
          child.process.kill('SIGSTOP');
          const part = await inHand(name);
          // It may have ended that part meanwhile.
          if (part !== null && !partsOf(child).includes(part.slice(0, 12))) {
            child.process.kill(signal);
            return part.slice(0, 12);
          }
          child.process.kill('SIGCONT');
          await setTimeout(10);
        }
      };

      await until('some parts are done', () => done() >= 6);
      const lost = await strike(killed, 'killed', 'SIGKILL');
      const stuck = await strike(hung, 'hung', 'SIGSTOP');
      const before = done();
      await until('more parts are done', () => done() >= before + 3);
      redis.kill('SIGKILL');
      await once(redis, 'close');
      first.process.kill('SIGKILL');
      await first.ended;
      await setTimeout(1000);
      redis = await startRedis(port, root);
      children.push(redis);
      const second = run();
      const joined = worker('joined');
      const doneBy = (part: string, ...workers: readonly Child[]): boolean =>
        workers.some((child) => partsOf(child).includes(part));
      // On a slow machine the hung one may have done it before it was stopped.
      await until('others did the part of the killed one', () =>
        doneBy(lost, steady, joined, hung),
      );
      await until('others did the part of the hung one', () => doneBy(stuck, steady, joined));
      // It ends a part that is done, or one that nobody waits for any longer.
      hung.process.kill('SIGCONT');
      expect(await second.ended, second.said()).toBe(0);
      expect(second.said()).toMatch(/finished: complete\n$/);
      expect(await digestIndex(dir)).toBe(await digestIndex(alone));

      // Every worker that was left alive is well, and nothing is left behind.
      for (const child of [hung, steady, joined]) {
        child.process.kill('SIGTERM');
        expect(await child.ended, child.said()).toBe(0);
        expect(child.said()).not.toContain('failed');
      }
      expect(await queueStatus(url)).toMatchObject({
        runs: [],
        counts: { waiting: 0, active: 0, delayed: 0, setAside: 0 },
      });
      // A worker that wakes up late may put rows of a part down that nobody needs any longer.
      const left = (await readdir(dir)).filter((name) => name !== 'parts');
      expect(left.sort()).toEqual(['lexical', 'readers', 'store', 'xqg.json']);
      redis.kill('SIGTERM');
    },
    LONGEST,
  );
});

describe.skipIf(!hasRedis())('while the server of the queue is away', () => {
  it(
    'a worker and a run end soon when they are told to, and the run goes on later',
    async () => {
      const data = await mkdtemp(join(root, 'away-'));
      const [port, dir] = [await freePort(), join(data, 'index')];
      const url = `redis://127.0.0.1:${port}`;
      const redis = await startRedis(port, data);
      children.push(redis);
      const worker = start('worker-child', url, 'worker', String(LOCK_SECONDS));
      const run = start('run-child', url, dir, '40');
      await until('a part is done', () => partsOf(worker).length > 0);
      redis.kill('SIGKILL');
      await until('both notice', () =>
        [worker, run].every((child) => child.said().includes('Trouble')),
      );
      const told = Date.now();
      worker.process.kill('SIGTERM');
      run.process.kill('SIGTERM');
      expect(await worker.ended, worker.said()).toBe(0);
      expect(await run.ended, run.said()).toBe(0);
      expect(run.said()).toMatch(/finished: interrupted\n$/);
      expect(Date.now() - told).toBeLessThan(30_000);

      const again = await startRedis(port, data);
      children.push(again);
      const other = start('worker-child', url, 'other', String(LOCK_SECONDS));
      const later = start('run-child', url, dir, '40');
      expect(await later.ended, later.said()).toBe(0);
      expect(later.said()).toMatch(/finished: complete\n$/);
      other.process.kill('SIGTERM');
      expect(await other.ended, other.said()).toBe(0);
      again.kill('SIGTERM');
    },
    LONGEST,
  );
});
