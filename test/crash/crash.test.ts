/**
 * Kills each command that changes an index at the steps that change the disk, one by one: readers
 * then see the old or the new state, and the same command again ends in the state of an
 * uninterrupted run. `npm run test:crash` tries every step; the integration tests try some.
 *
 * An interrupted removal once never finished (28 of 56 steps), and a kill while the table was made
 * left an index that no command could use (6 of 48).
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestIndex } from '../../src/indexing/digest.js';
import { damagedFiles } from '../../src/indexing/durability/checksums.js';
import { readManifest } from '../../src/indexing/manifest.js';
import { COMMANDS, type CommandName } from './commands.js';

const EVERY = process.env.XQG_EVERY === '1';
/** Steps between those that the integration tests try. */
const STRIDE = 15;
const MINUTES = 60_000;
/** Without an index, or without its table. */
const NOT_BEGUN = ['XQG_INDEX_MISSING', 'XQG_STORE_MISSING'];

const canCrash =
  process.platform === 'linux' && spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0;

let root: string;
let library: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'xqg-crash-')));
  if (!canCrash) return;
  library = join(root, 'crash-points.so');
  const source = 'test/crash/crash-points.c';
  const built = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
  expect(String(built.stderr)).toBe('');
  await COMMANDS.first(join(root, 'base'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Step {
  readonly call: string;
  readonly path: string;
}

/** Runs a command in a process of its own, which is killed at step `at`. */
async function run(
  name: CommandName,
  dir: string,
  at: number,
): Promise<{ readonly killed: boolean; readonly steps: readonly Step[] }> {
  const log = join(root, `${name}-${at}.log`);
  const child = spawn(
    process.execPath,
    [...process.execArgv, 'test/crash/commands.ts', dir, name, join(root, 'base')],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        ...{ LD_PRELOAD: library, CRASH_DIR: dir, CRASH_AT: String(at), CRASH_LOG: log },
      },
    },
  );
  let talk = '';
  child.stderr!.on('data', (data: Buffer) => {
    talk += data.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(talk);
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n');
  await rm(log, { force: true });
  const steps = lines.map((line): Step => {
    const [, call, path] = /^\d+ (\S+) (.*)$/.exec(line)!;
    return { call, path };
  });
  return { killed: signal === 'SIGKILL', steps };
}

async function begin(name: CommandName, dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  if (name !== 'first' && name !== 'copy') await cp(join(root, 'base'), dir, { recursive: true });
}

/** The digest that a reader sees; null where there is nothing yet. */
async function digestSeen(dir: string): Promise<string | null> {
  try {
    return await digestIndex(dir);
  } catch (error) {
    if (NOT_BEGUN.includes((error as { code?: string }).code ?? '')) return null;
    throw error;
  }
}

async function isCopying(dir: string): Promise<boolean> {
  return (await readManifest(dir)).copying !== undefined;
}

describe.skipIf(!canCrash)('a command that is killed', () => {
  it.each(Object.keys(COMMANDS) as CommandName[])(
    'at a step of "%s" leaves a valid index, and is finished by the same command',
    async (name) => {
      const dir = join(root, name);
      await begin(name, dir);
      const before = await digestSeen(dir);
      const { steps } = await run(name, dir, 0);
      const digest = await digestIndex(dir);
      expect(digest).not.toBe(before);
      const names = await readdir(dir);
      const failures: string[] = [];
      for (
        let at = EVERY ? 1 : 1 + (name.length % STRIDE);
        at <= steps.length;
        at += EVERY ? 1 : STRIDE
      ) {
        const say = (what: unknown) =>
          failures.push(`step ${at}, ${steps[at - 1].call} ${steps[at - 1].path}: ${what}`);
        try {
          await begin(name, dir);
          await run(name, dir, at);
          const seen = await digestSeen(dir);
          // Rows of a first run become visible batch by batch.
          const isGrowing = before === null && seen !== null;
          if (isGrowing && seen !== digest)
            expect((await readManifest(dir)).state.status).toBe('indexing');
          else if (seen !== before && seen !== digest) say('a reader sees neither state');
          // A copy that is whole is refused as any index that is there already.
          const isCopied = name === 'copy' && seen === digest && !(await isCopying(dir));
          if (isCopied) continue;
          await COMMANDS[name](dir, join(root, 'base'));
          if ((await digestIndex(dir)) !== digest) say('the content is another one');
          const { state, recovered } = await readManifest(dir);
          if (state.status !== 'complete') say(state.status);
          if (recovered !== undefined) say(recovered.reason);
          const left = (await readdir(dir)).filter((each) => !names.includes(each));
          if (left.length > 0) say(`left ${left}`);
          if ((await damagedFiles(dir)).length > 0) say('files do not fit their checksums');
        } catch (error) {
          say((error as Error).stack);
        }
      }
      expect(failures).toEqual([]);
    },
    (EVERY ? 20 : 3) * MINUTES,
  );

  // What is said to be done was only in memory: no image of the disk right after "complete" could
  // be read.
  it.each(Object.keys(COMMANDS) as CommandName[])(
    'by a power failure finds on the disk what "%s" said to be done',
    async (name) => {
      const dir = join(root, `${name}-order`);
      await begin(name, dir);
      const old = new Set(await filesOf(dir));
      const { steps } = await run(name, dir, 0);
      const said = steps.findLastIndex(
        ({ call, path }) => call.startsWith('rename') && path === join(dir, 'xqg.json'),
      );
      expect(said).toBeGreaterThan(0);
      const synced = new Set(
        steps.slice(0, said).flatMap(({ call, path }) => (call === 'fsync' ? path : [])),
      );
      const needed = (await filesOf(dir)).filter(
        (path) => !old.has(path) && /\/(store|lexical)\//.test(path) && !path.endsWith('.json'),
      );
      expect(needed.some((path) => path.endsWith('.manifest'))).toBe(true);
      // A renamed table was synced under its name before.
      const isSynced = (path: string) =>
        synced.has(path) || synced.has(path.replace(/\/passages-(\d+)\./, '/partial-$1.'));
      expect(needed.filter((path) => !isSynced(path) && !written(steps, path, synced))).toEqual([]);
      for (const path of needed) expect(isSynced(join(path, '..')), path).toBe(true);
      expect(synced).toContain(dir);
    },
    MINUTES,
  );
});

/** Synced under the name that it had before `writeAtomically` put it in place. */
function written(steps: readonly Step[], path: string, synced: ReadonlySet<string>): boolean {
  const placed = steps.findIndex((step) => step.call === 'rename' && step.path === path);
  const before = placed < 1 ? null : steps[placed - 1];
  return before?.call === 'fsync' && before.path.endsWith('.tmp') && synced.has(before.path);
}

async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
}
