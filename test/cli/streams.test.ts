/**
 * Output that nobody takes, and names that drive terminals. A closed stderr once let `serve` and an
 * unfinished `index` exit with 0, and `> /dev/full` printed a raw stack.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePack } from '../support/pack-folder.js';
import { EXECUTABLE, start, xqg } from './run-xqg.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-streams-'));
const pack = join(home, 'pack');
const dir = join(home, 'index');
const EVIL = 'a\u001b[2J\u001b]0;owned\u0007\u009b3J.md';

beforeAll(async () => {
  writePack(pack);
  const corpus = join(home, 'corpus');
  mkdirSync(corpus);
  writeFileSync(join(corpus, 'bee.md'), '# Bees\n\nThe bee makes honey.');
  writeFileSync(join(corpus, EVIL), Buffer.from([0x23, 0x20, 0xff, 0xfe, 0xfd, 0x0a, 0x00]));
  const { code } = await start('index', join(corpus, 'bee.md'), '--index', dir, '--pack', pack)
    .ended;
  expect(code).toBe(0);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs a command with stdout or stderr somewhere else; the others are read. */
async function run(words: readonly string[], streams: { out?: string; err?: 'closed' | string }) {
  const out = streams.out === undefined ? 'pipe' : openSync(streams.out, 'w');
  const err =
    streams.err === undefined || streams.err === 'closed' ? 'pipe' : openSync(streams.err, 'w');
  const child = spawn(process.execPath, [EXECUTABLE, ...words], { stdio: ['ignore', out, err] });
  for (const file of [out, err]) if (typeof file === 'number') closeSync(file);
  if (streams.err === 'closed') child.stderr?.destroy();
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (more: string) => (text += more));
  child.stderr?.setEncoding('utf8').on('data', (more: string) => (text += more));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, text };
}

describe.runIf(existsSync('/dev/full'))('a full device', () => {
  it('as standard output is a failure with a remedy, not a stack', async () => {
    const words = ['search', 'Honig', '--index', dir, '--pack', pack];
    const { code, text } = await run(words, { out: '/dev/full' });
    expect(code).toBe(1);
    expect(text).toContain('XQG_DISK_FULL');
    expect(text).not.toMatch(/\n\s+at /);
  });

  it('as standard error changes neither the answer nor the exit code', async () => {
    const words = ['search', 'Honig', '--index', dir, '--pack', pack];
    const { code, text } = await run(words, { err: '/dev/full' });
    expect(code).toBe(0);
    expect(text).toContain('honey');
    const missing = ['search', 'Honig', '--index', join(home, 'nothing')];
    expect((await run(missing, { err: '/dev/full' })).code).toBe(1);
  });
});

describe('a closed standard error', () => {
  it('does not turn a failure into success', async () => {
    const missing = ['search', 'Honig', '--index', join(home, 'nothing')];
    expect((await run(missing, { err: 'closed' })).code).toBe(1);
    const partly = ['index', join(home, 'corpus'), '--index', join(home, 'partly'), '--pack', pack];
    const whole = await run(partly, {});
    expect((await run(partly, { err: 'closed' })).code).toBe(whole.code);
  });
});

describe('a name that drives the terminal', () => {
  it('is shown, in what is printed for people and in JSON', async () => {
    const words = ['index', join(home, 'corpus'), '--index', join(home, 'evil'), '--pack', pack];
    for (const more of [[], ['--json']]) {
      const { stdout, stderr } = await xqg(...words, ...more);
      const status = await xqg('status', '--index', join(home, 'evil'), ...more);
      for (const text of [stdout, stderr, status.stdout, status.stderr])
        expect(text).not.toMatch(/[^\P{Cc}\t\n]/u);
    }
  });
});

describe('xqg trust', () => {
  it('lists, allows and forgets what indexes may name', async () => {
    const url = 'https://api.example.org/v1';
    const added = await xqg('trust', `${url}/`, '--key-variable', 'MY_KEY', '--json');
    expect(JSON.parse(added.stdout).trusted).toContain(`${url} MY_KEY`);
    expect((await xqg('trust')).stdout).toContain(`${url} MY_KEY`);
    const wrong = await xqg('trust', 'redis://host:6379', '--key-variable', 'MY_KEY');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('XQG_BAD_OPTION');
    const removed = await xqg('trust', url, '--key-variable', 'MY_KEY', '--remove');
    expect(removed.stderr).toContain('1 line removed');
  });
});
