/**
 * Hostile documents among good ones in one folder: the good ones are found, each other one is read
 * or named, in bounded time and memory. `npm run test:hostile` tries all of them, with the limits
 * that `xqg index` has; the integration tests try some.
 *
 * One file of nested quotes once ended the whole run without being named, and a Word file of 459 kB
 * took 4.6 GB.
 */
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIndex } from '../../src/index.js';
import { start } from '../cli/run-xqg.js';
import { writePack } from '../support/pack-folder.js';
import { type HostileFolder, writeHostileFolder } from './documents.js';

const EVERY = process.env.XQG_EVERY === '1' ? 1 : 13;
const SECONDS = process.env.XQG_EVERY === '1' ? '10' : '1';
/** Of `xqg index` and its readers together, in bytes. */
const MOST_MEMORY = 2.5e9;

let root: string;
let written: HostileFolder;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'xqg-hostile-')));
  written = await writeHostileFolder(join(root, 'documents'), EVERY);
});
afterAll(async () => {
  written.end();
  await rm(root, { recursive: true, force: true });
});

/** Memory of a process and of those that it started, in bytes. */
async function memoryOf(pid: number): Promise<number> {
  try {
    const pages = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1];
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const others = children.split(' ').filter((child) => child.trim() !== '');
    const below = await Promise.all(others.map((child) => memoryOf(Number(child))));
    return below.reduce((sum, bytes) => sum + bytes, Number(pages) * 4096);
  } catch {
    return 0;
  }
}

describe.runIf(process.platform === 'linux')('hostile documents', () => {
  it('cost themselves alone', async () => {
    const index = join(root, 'index');
    const pack = writePack(join(root, 'pack'));
    const { child, ended } = start(
      ...['index', join(root, 'documents'), '--index', index, '--pack', pack],
      ...['--encoder', 'static', '--file-seconds', SECONDS, '--json'],
    );
    let memory = 0;
    while (child.exitCode === null && child.signalCode === null) {
      memory = Math.max(memory, await memoryOf(child.pid!));
      await setTimeout(20);
    }
    const { stdout, stderr, code } = await ended;
    expect(code, stderr).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('XQG_INDEX_INCOMPLETE');
    expect(stderr).not.toContain('XQG_UNEXPECTED');
    expect(memory).toBeGreaterThan(50e6);
    expect(memory).toBeLessThan(MOST_MEMORY);

    const opened = await openIndex(index, { pack });
    const found = new Set<string>();
    for (let offset = 0; ; ) {
      const { total, passages } = await opened.passages({ offset, limit: 1000 });
      for (const { path } of passages) found.add(path.slice(join(root, 'documents').length + 1));
      offset += passages.length;
      if (offset >= total || passages.length === 0) break;
    }
    await opened.close();
    expect(written.good.filter((name) => !found.has(name))).toEqual([]);
    // Characters that drive a terminal are left out of what is printed.
    const isNamed = (name: string): boolean => (stderr + stdout).includes(name);
    expect(written.hostile.filter((name) => !found.has(name) && !isNamed(name))).toEqual([]);
    expect(written.special.filter((name) => !isNamed(name))).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]\[31m/);
  }, 1_200_000);
});
