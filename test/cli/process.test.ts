import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../src/base/version.js';
import { writePack } from '../support/pack-folder.js';
import { EXECUTABLE, start } from './run-xqg.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-process-'));
const pack = join(home, 'pack');
const corpus = join(home, 'corpus.jsonl');
const ROWS = 2_500;

beforeAll(async () => {
  expect(existsSync(EXECUTABLE)).toBe(true);
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
    ).join(' ');
    out.write(`${JSON.stringify({ id: `d${i}`, text, lang: 'en' })}\n`);
  }
  out.end();
  await once(out, 'close');
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the executable', () => {
  it('prints its version', async () => {
    expect(await start('--version').ended).toEqual({
      stdout: `${version()}\n`,
      stderr: '',
      code: 0,
    });
  });

  it('fails with exit code 1, the reason on stderr, nothing on stdout', async () => {
    const { stdout, stderr, code } = await start('search', 'x', '--index', join(home, 'nothing'))
      .ended;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('XQG_INDEX_MISSING');
  });

  it('stops at a safe point on Ctrl-C; the same command goes on to the content of an uninterrupted run', async () => {
    const [stopped, whole] = [join(home, 'stopped'), join(home, 'whole')];
    const { child, ended } = start('index', corpus, '--index', stopped, '--pack', pack);
    while (!existsSync(join(stopped, 'xqg.json')))
      await new Promise((done) => setTimeout(done, 10));
    child.kill('SIGINT');
    const interrupted = await ended;
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain('run the same command again');
    const again = await start('index', corpus, '--index', stopped, '--pack', pack).ended;
    expect(again.code).toBe(0);
    expect((await start('index', corpus, '--index', whole, '--pack', pack).ended).code).toBe(0);
    const digest = async (index: string) =>
      (await start('status', '--index', index, '--digest').ended).stdout;
    expect(await digest(stopped)).toBe(await digest(whole));
  });

  it('ends quietly when its reader goes away, as in `xqg search ... | head -1`', async () => {
    const index = join(home, 'whole');
    const { child, ended } = start(
      'search',
      'honey',
      '--index',
      index,
      '--pack',
      pack,
      '--k',
      '2500',
    );
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { stderr, code } = await ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|XQG_/);
  });
});
