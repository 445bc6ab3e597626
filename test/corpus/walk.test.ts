import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { XqgError } from '../../src/base/errors.js';
import { filesUnder } from '../../src/corpus/walk.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-walk-'));
  for (const name of ['a', 'b', 'c']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'one.txt'), 'One.');
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('filesUnder', () => {
  /** Takes a folder away between its listing and its reading, as rights would that are lacking. */
  const removing = async (gone: string): Promise<ReadonlySet<string>> => {
    rmSync(join(folder, gone), { recursive: true, force: true });
    return new Set();
  };

  it('goes on after a folder that cannot be read, and names it', async () => {
    const failures: [string, string][] = [];
    const found: string[] = [];
    const onFailure = (path: string, { code }: XqgError): void => {
      failures.push([path, code]);
    };
    for await (const path of filesUnder(folder, () => removing('b'), { onFailure }))
      found.push(path);
    expect(found).toEqual([join(folder, 'a/one.txt'), join(folder, 'c/one.txt')]);
    expect(failures).toEqual([[join(folder, 'b'), 'XQG_CORPUS_NOT_FOUND']]);
  });

  it('throws what nobody listens to, and what concerns the folder that was named', async () => {
    const walking = async (root: string, onFailure?: () => void): Promise<void> => {
      for await (const _ of filesUnder(root, () => removing('b'), { onFailure }));
    };
    await expect(walking(folder)).rejects.toMatchObject({ code: 'XQG_CORPUS_NOT_FOUND' });
    await expect(walking(join(folder, 'a/one.txt'), () => undefined)).rejects.toThrow();
  });
});

describe('a folder that was made to be walked for ever', () => {
  const walked = async (): Promise<{ files: string[]; events: string[] }> => {
    const files: string[] = [];
    const events: string[] = [];
    const nameOf = (path: string): string => path.slice(folder.length + 1);
    for await (const path of filesUnder(folder, async () => new Set(), {
      onSkip: (at, reason) => events.push(`${nameOf(at)} ${reason}`),
      onFailure: (at, { message }) => events.push(`${nameOf(at)} ${message}`),
    }))
      files.push(nameOf(path));
    return { files, events };
  };

  // Two ways at each of 40 levels are 2^40 ways.
  it('of links that part and meet again is walked once', async () => {
    for (let level = 0; level < 40; level++) {
      mkdirSync(join(folder, 'levels', String(level)), { recursive: true });
      for (const way of ['left', 'right'])
        symlinkSync(join('..', String(level + 1)), join(folder, 'levels', String(level), way));
    }
    mkdirSync(join(folder, 'levels', '40'));
    writeFileSync(join(folder, 'levels', '40', 'end.txt'), 'End.');
    const { files, events } = await walked();
    expect(files.filter((name) => name.endsWith('end.txt'))).toHaveLength(1);
    expect(events.filter((event) => event.endsWith(' repeated')).length).toBeGreaterThan(39);
  });

  it('beyond any depth is named', async () => {
    mkdirSync(join(folder, 'd', ...Array.from({ length: 150 }, () => 'd')), { recursive: true });
    const { files, events } = await walked();
    expect(files).toHaveLength(3);
    expect(events).toEqual([expect.stringMatching(/^d(\/d){100} .*more than 100 folders deep\.$/)]);
  });

  it('with rules that take for ever to match, or are no file, is named', async () => {
    writeFileSync(join(folder, 'a', '.gitignore'), `# fine\n${'**/a/'.repeat(3)}b\n`);
    writeFileSync(join(folder, 'b', '.gitignore'), '**/x/**/*.bak\n*a*b*c*d*\n');
    writeFileSync(join(folder, 'c', '.xqgignore'), '# '.repeat(2 ** 20));
    const { files, events } = await walked();
    expect(files).toEqual(['b/one.txt']);
    expect(events.filter((event) => event.includes('Cannot read'))).toEqual([
      expect.stringContaining('its line 2 has more than 2 times "**/"'),
      expect.stringContaining('it has more than 1,048,576 bytes'),
    ]);
  });
});
