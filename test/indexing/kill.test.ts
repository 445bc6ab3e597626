import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexDocuments } from '../../src/indexing/build.js';
import { digestIndex } from '../../src/indexing/digest.js';
import { readManifest } from '../../src/indexing/manifest.js';
import { openSnapshot } from '../../src/indexing/open.js';
import { indexStatus } from '../../src/indexing/status.js';
import { documentsOf, encoder, generator, upTo, withSentences } from '../support/hashed-recipe.js';

const DOCUMENTS = 400;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-kill-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

function start(dir: string): ChildProcess {
  return fork('test/indexing/index-child.ts', [dir, String(DOCUMENTS)], { silent: true });
}

/** The output of a child process until it exited. */
async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout!.on('data', (data: Buffer) => {
    output += data.toString();
  });
  child.stderr!.on('data', (data: Buffer) => {
    output += data.toString();
  });
  await once(child, 'close');
  return output;
}

/** Waits until a child has printed `count` lines with this prefix, or has exited. */
async function lineOf(child: ChildProcess, beginning: string, count: number): Promise<void> {
  let said = '';
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.stdout!.on('data', (data: Buffer) => {
      said += data.toString();
      if (said.split('\n').filter((line) => line.startsWith(beginning)).length >= count) resolve();
    });
  });
}

describe('an index whose writer is killed', () => {
  it('has the same content in the end, after ten kills at random moments', async () => {
    const whole = join(root, 'whole');
    expect(await outputOf(start(whole))).toMatch(/finished\n$/);
    const digest = await digestIndex(whole);
    expect((await indexStatus(whole)).sentences!.count).toBeGreaterThan(DOCUMENTS);

    const dir = join(root, 'killed');
    const unfinished: boolean[] = [];
    for (let attempt = 0; attempt < 10; attempt++) {
      const child = start(dir);
      const output = outputOf(child);
      // Seven while documents are indexed (130 lines of progress), three while segments are sealed.
      if (attempt < 7) await lineOf(child, 'documents', Math.floor(Math.random() * 15));
      else await lineOf(child, 'sealing', 1);
      await setTimeout(Math.random() * 10);
      child.kill('SIGKILL');
      unfinished.push(!(await output).includes('finished'));
    }
    expect(unfinished.slice(0, 7)).toEqual(new Array(7).fill(true));
    expect(await outputOf(start(dir))).toMatch(/finished\n$/);
    expect(await digestIndex(dir)).toBe(digest);
    expect((await readManifest(dir)).state).toMatchObject({ status: 'complete', done: DOCUMENTS });
    expect((await readdir(dir)).sort()).toEqual(['lexical', 'readers', 'store', 'xqg.json']);
  });

  it('can be read at any time', async () => {
    const dir = join(root, 'partial');
    const child = start(dir);
    const output = outputOf(child);
    while (
      !(await Promise.race([output, once(child.stdout!, 'data').then(String)])).includes(
        'documents 2',
      )
    ) {}
    child.kill('SIGKILL');
    await output;
    const snapshot = await openSnapshot(dir);
    expect(snapshot.manifest.state.status).toBe('indexing');
    const segments = await snapshot.segments();
    expect(segments.reduce((sum, { rows }) => sum + rows, 0)).toBe(snapshot.ids.length);
    await snapshot.close();
  });
});

describe('a second writer', () => {
  it('is refused with the pid of the first, and may write after that has been killed', async () => {
    const dir = join(root, 'two');
    const child = start(dir);
    const output = outputOf(child);
    await once(child.stdout!, 'data');
    child.kill('SIGSTOP');
    const attempt = () =>
      indexDocuments(dir, documentsOf(upTo(5), withSentences), {
        ...{ encoder, generator, sentences: true },
      });
    await expect(attempt()).rejects.toMatchObject({
      code: 'XQG_INDEX_LOCKED',
      details: { pid: child.pid },
    });
    child.kill('SIGKILL');
    await output;
    expect((await attempt()).status).toBe('complete');
  });
});
