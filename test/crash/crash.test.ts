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
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailureReport } from '../../src/base/errors.js';
import { annRecordPath } from '../../src/indexing/ann/record.js';
import { digestIndex } from '../../src/indexing/digest.js';
import { damagedFiles } from '../../src/indexing/durability/checksums.js';
import { readManifest } from '../../src/indexing/manifest.js';
import { COMMANDS, type CommandName } from './commands.js';

const EVERY = process.env.XQG_EVERY === '1';
/** Sizes of a disk that are tried. */
const SIZES = EVERY ? 40 : 1;
/** Steps between those that the integration tests try. */
const STRIDE = 30;
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

interface Run {
  readonly killed: boolean;
  readonly steps: readonly Step[];
  /** Bytes that were written. */
  readonly size: number;
  /** As `describeFailure` says it; null where the command did not fail. */
  readonly failure: FailureReport['error'] | null;
}

interface Trouble {
  /** The step at which the process is killed. */
  readonly at?: number;
  /** Bytes after which the disk is full. */
  readonly room?: number;
}

/** Runs a command in a process of its own. */
async function run(name: CommandName, dir: string, { at = 0, room }: Trouble = {}): Promise<Run> {
  const log = join(root, `${name}.log`);
  const sizeFile = join(root, `${name}.size`);
  const child = spawn(
    process.execPath,
    [...process.execArgv, 'test/crash/commands.ts', dir, name, join(root, 'base')],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        ...{ LD_PRELOAD: library, CRASH_DIR: dir, CRASH_AT: String(at), CRASH_LOG: log },
        ...{ CRASH_SIZE: sizeFile, ...(room !== undefined && { CRASH_FULL: String(room) }) },
      },
    },
  );
  let talk = '';
  child.stderr!.on('data', (data: Buffer) => {
    talk += data.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const failure = code === 1 ? failureIn(talk) : null;
  if (code !== 0 && signal !== 'SIGKILL' && failure === null) throw new Error(talk);
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n');
  await rm(log, { force: true });
  const steps = lines.map((line): Step => {
    const [, call, path] = /^\d+ (\S+) (.*)$/.exec(line)!;
    return { call, path };
  });
  const size = Number(await readFile(sizeFile, 'utf8').catch(() => '0'));
  await rm(sizeFile, { force: true });
  return { killed: signal === 'SIGKILL', steps, size, failure };
}

function failureIn(talk: string): FailureReport['error'] | null {
  const line = talk.split('\n').find((each) => each.startsWith('{"error":'));
  return line === undefined ? null : (JSON.parse(line) as FailureReport).error;
}

async function begin(name: CommandName, dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  if (name !== 'first' && name !== 'copy') await cp(join(root, 'base'), dir, { recursive: true });
}

/** The digest of the rows, and whether there is a graph. */
async function contentOf(dir: string): Promise<string> {
  return `${await digestIndex(dir)}${existsSync(annRecordPath(dir)) ? ' and a graph' : ''}`;
}

/** The content that a reader sees; null where there is nothing yet. */
async function contentSeen(dir: string): Promise<string | null> {
  try {
    return await contentOf(dir);
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
      const before = await contentSeen(dir);
      const { steps } = await run(name, dir);
      const digest = await contentOf(dir);
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
          await run(name, dir, { at });
          const seen = await contentSeen(dir);
          // Rows of a first run become visible batch by batch.
          const isGrowing = before === null && seen !== null;
          if (isGrowing && seen !== digest)
            expect((await readManifest(dir)).state.status).toBe('indexing');
          else if (seen !== before && seen !== digest) say('a reader sees neither state');
          // A copy that is whole is refused as any index that is there already.
          const isCopied = name === 'copy' && seen === digest && !(await isCopying(dir));
          if (isCopied) continue;
          await COMMANDS[name](dir, join(root, 'base'));
          if ((await contentOf(dir)) !== digest) say('the content is another one');
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

  it.each(Object.keys(COMMANDS) as CommandName[])(
    'on a disk that is full after some of what "%s" writes says so, and ends when there is room',
    async (name) => {
      const dir = join(root, `${name}-full`);
      await begin(name, dir);
      const before = await contentSeen(dir);
      const { size } = await run(name, dir);
      expect(size).toBeGreaterThan(1000);
      const after = await contentOf(dir);
      const failures: string[] = [];
      for (let part = 0; part < SIZES; part++) {
        const room = Math.floor(((part + 1) * size) / (SIZES + 1));
        const say = (what: unknown) => failures.push(`with room for ${room} of ${size}: ${what}`);
        try {
          await begin(name, dir);
          const { failure } = await run(name, dir, { room });
          if (failure === null) say('no failure');
          else if (failure.code !== 'XQG_DISK_FULL') say(JSON.stringify(failure));
          const seen = await contentSeen(dir);
          if (before !== null && seen !== before && seen !== after) say('neither state');
          await COMMANDS[name](dir, join(root, 'base'));
          if ((await contentOf(dir)) !== after) say('the content is another one');
          if ((await damagedFiles(dir)).length > 0) say('files do not fit their checksums');
        } catch (error) {
          say((error as Error).stack);
        }
      }
      expect(failures).toEqual([]);
    },
    (EVERY ? 10 : 2) * MINUTES,
  );

  // What is said to be done was only in memory: no image of the disk right after "complete" could
  // be read.
  it.each(Object.keys(COMMANDS) as CommandName[])(
    'by a power failure finds on the disk what "%s" said to be done',
    async (name) => {
      const dir = join(root, `${name}-order`);
      await begin(name, dir);
      const old = new Set(await filesOf(dir));
      const { steps } = await run(name, dir);
      const said = steps.findLastIndex(
        ({ call, path }) =>
          call.startsWith('rename') &&
          path === (name === 'graph' ? annRecordPath(dir) : join(dir, 'xqg.json')),
      );
      expect(said).toBeGreaterThan(0);
      const synced = new Set(
        steps.slice(0, said).flatMap(({ call, path }) => (call === 'fsync' ? path : [])),
      );
      const needed = (await filesOf(dir)).filter(
        (path) => !old.has(path) && /\/(store|lexical|ann)\//.test(path) && !path.endsWith('.json'),
      );
      const kind = name === 'graph' ? /graph/ : /\.manifest$/;
      expect(
        needed.some((path) => kind.test(path)),
        needed.join(),
      ).toBe(true);
      // A renamed table or graph was synced under its name before.
      const placed = new Set([...synced].map(placedName));
      const isSynced = (path: string) => placed.has(path);
      expect(needed.filter((path) => !isSynced(path) && !written(steps, path, synced))).toEqual([]);
      for (const path of needed) expect(isSynced(join(path, '..')), path).toBe(true);
      expect(synced).toContain(dir);
    },
    MINUTES,
  );
});

/** The name that a path gets when its folder is put in place. */
function placedName(path: string): string {
  return path
    .replace(/\/partial-(\d+)\./, '/passages-$1.')
    .replace(/\/\.([^/]+)\.[0-9a-f]{12}\.tmp(?=\/|$)/, '/$1');
}

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
