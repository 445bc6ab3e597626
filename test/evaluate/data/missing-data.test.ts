/** Data that is elsewhere, and data that is nowhere. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  checkPresent,
  dataPath,
  defaultDataFolder,
  remedyOf,
} from '../../../src/evaluate/data/missing-data.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'xqg-missing-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
  vi.unstubAllEnvs();
});

describe('a path through a folder named shared', () => {
  it('that does not exist is looked for under XQG_SHARED', () => {
    const other = join(home, 'elsewhere');
    mkdirSync(join(other, 'data', 'eval', 'xquad'), { recursive: true });
    vi.stubEnv('XQG_SHARED', other);
    const path = '/somewhere/shared/data/eval/xquad';
    expect(dataPath(path)).toBe(join(other, 'data', 'eval', 'xquad'));
    expect(dataPath('/somewhere/shared/data/eval/mlqa-r')).toBe(
      '/somewhere/shared/data/eval/mlqa-r',
    );
    expect(dataPath('/somewhere/own/xquad')).toBe('/somewhere/own/xquad');
    expect(defaultDataFolder()).toBe(join(other, 'data', 'eval'));
    vi.stubEnv('XQG_SHARED', '');
    expect(dataPath(path)).toBe(path);
    expect(defaultDataFolder()).toBe(join('..', 'shared', 'data', 'eval'));
  });
});

describe('missing data', () => {
  it('is named at once, with the commands that bring it', () => {
    mkdirSync(join(home, 'xquad'));
    const needed = [
      { set: 'xquad', path: join(home, 'xquad') },
      { set: 'xquad-r', path: join(home, 'xquad-r') },
      { set: 'mlqa-r', path: join(home, 'mlqa-r') },
      { set: 'xor-tydi', path: join(home, 'questions') },
    ];
    expect(() => checkPresent(needed)).toThrow(
      `Data is missing: xquad-r in ${home}/xquad-r; mlqa-r in ${home}/mlqa-r; xor-tydi in ${home}/questions.`,
    );
    expect(remedyOf(needed.slice(1))).toBe(
      `xqg data get xquad-r mlqa-r --dir ${home}; xqg data get xor-tydi --dir data (and name data/xor-tydi as its path), or set XQG_SHARED to the folder whose data/eval has them, or name the folder where they are.`,
    );
    expect(remedyOf([{ set: 'beir', path: '/nowhere' }])).toMatch(
      /^Check the path, or set XQG_SHARED/,
    );
    expect(() => checkPresent(needed.slice(0, 1))).not.toThrow();
  });
});
