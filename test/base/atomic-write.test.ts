import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceAtomically, writeAtomically } from '../../src/base/atomic-write.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'xqg-atomic-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('an atomic write', () => {
  it('replaces a file and leaves nothing beside it, also where it fails', async () => {
    await writeAtomically(join(dir, 'a'), 'one');
    await writeAtomically(join(dir, 'a'), Uint8Array.of(1));
    expect(await readdir(dir)).toEqual(['a']);
    await expect(writeAtomically(join(dir, 'none', 'a'), 'x')).rejects.toThrow(/ENOENT/);
    await expect(writeAtomically(dir, 'x')).rejects.toThrow();
    expect(await readdir(dir)).toEqual(['a']);
  });

  it('gives a file its permissions, whatever it replaces', async () => {
    const path = join(dir, 'keys');
    await writeFile(path, 'old', { mode: 0o644 });
    await writeAtomically(path, 'new', { mode: 0o600 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps what was there when the disk takes only a part of the new content', async () => {
    const path = join(dir, 'a');
    await writeFile(path, 'old');
    // The limit of the size of files makes a write short, as a disk does that is nearly full.
    const write = `
      import { writeAtomically } from ${JSON.stringify(resolve('src/base/atomic-write.ts'))};
      process.on('SIGXFSZ', () => undefined);
      writeAtomically(${JSON.stringify(path)}, Buffer.alloc(4_000_000)).catch(({ code }) => {
        console.log(code);
      });`;
    const { stdout } = spawnSync(
      'sh',
      ['-c', 'ulimit -f 2000; exec "$0" "$@"', process.execPath, '--import', 'tsx'].concat([
        '--input-type=module',
        '--eval',
        write,
      ]),
      { encoding: 'utf8' },
    );
    expect(stdout).toBe('EFBIG\n');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(dir)).toEqual(['a']);
  });
});

describe('an atomic replacement', () => {
  it('puts a folder in place once it is filled', async () => {
    const folder = join(dir, 'graph');
    const size = await replaceAtomically(folder, async (temporary) => {
      await mkdir(temporary);
      await writeFile(join(temporary, 'rows'), 'rows');
      expect(await readdir(dir)).not.toContain('graph');
      return 4;
    });
    expect(size).toBe(4);
    expect(await readdir(folder)).toEqual(['rows']);
  });

  it('leaves nothing where filling fails', async () => {
    const filling = replaceAtomically(join(dir, 'a'), async (temporary) => {
      await writeFile(temporary, 'half');
      throw new Error('cancelled');
    });
    await expect(filling).rejects.toThrow('cancelled');
    expect(await readdir(dir)).toEqual([]);
  });
});
