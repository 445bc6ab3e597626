import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
