import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArtifactStore } from '../../../src/evaluate/ranking/artifact-store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

describe('ArtifactStore', () => {
  it('makes a thing once for an identity, in whatever order its keys come', async () => {
    const store = new ArtifactStore(folder);
    const make = async () => Float32Array.of(1, 2.5);
    await store.floats('vectors', { a: 1, b: [2] }, make);
    const kept = await new ArtifactStore(folder).floats('vectors', { b: [2], a: 1 }, () => {
      throw new Error('made again');
    });
    expect([...kept]).toEqual([1, 2.5]);
    expect(await store.has('vectors', { a: 1, b: [2] })).toBe(true);
    expect(await store.has('vectors', { a: 2, b: [2] })).toBe(false);
    expect(await store.has('queries', { a: 1, b: [2] })).toBe(false);
  });

  it.each([
    ['truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
    [
      'changed',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.length - 1), Buffer.of(9)]),
    ],
    ['without a header', () => Buffer.from('nothing')],
    ['empty', () => Buffer.alloc(0)],
  ])('makes a file anew that is %s', async (_, damage) => {
    const store = new ArtifactStore(folder);
    const make = async () => Int32Array.of(7, 8);
    await store.integers('ranks', { of: 'x' }, make);
    const [file] = files();
    writeFileSync(file, damage(readFileSync(file)));
    expect([...(await store.integers('ranks', { of: 'x' }, make))]).toEqual([7, 8]);
    expect(store.counts).toEqual({ read: 0, made: 2 });
    expect([...(await store.integers('ranks', { of: 'x' }, make))]).toEqual([7, 8]);
    expect(store.counts).toEqual({ read: 1, made: 2 });
  });

  it('keeps nothing of what fails', async () => {
    const store = new ArtifactStore(folder);
    await expect(
      store.json('tuning', {}, () => Promise.reject(new Error('killed'))),
    ).rejects.toThrow('killed');
    expect(files()).toEqual([]);
  });
});
