/**
 * Files that a power failure or a broken disk leaves torn, missing or stale. LanceDB never syncs
 * its files: images of a disk, taken right after "complete", had zero-byte manifests and rows, and
 * no command could read the index again.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { indexDocuments } from '../../src/indexing/build.js';
import { digestIndex } from '../../src/indexing/digest.js';
import { damagedFiles } from '../../src/indexing/durability/checksums.js';
import { readManifest, writeManifest } from '../../src/indexing/manifest.js';
import { openSnapshot } from '../../src/indexing/open.js';
import { removeFromIndex } from '../../src/indexing/remove.js';
import { documentsOf, encoder, generator, upTo } from '../support/hashed-recipe.js';

const options = { encoder, generator, writeRows: 8, computeRows: 4 };
/** Documents of the index, and of the update that was done last. */
const BEFORE = 20;
const AFTER = 24;

let root: string;
let digest: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-recovery-'));
  await indexDocuments(join(root, 'whole'), documentsOf(upTo(BEFORE)), options);
  await indexDocuments(join(root, 'whole'), documentsOf(upTo(AFTER)), options);
  digest = await digestIndex(join(root, 'whole'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let number = 0;
/** A copy of the index, and the messages of recoveries in this test. */
async function copy(): Promise<{ dir: string; warnings: string[] }> {
  const dir = join(root, String(++number));
  await cp(join(root, 'whole'), dir, { recursive: true });
  const warnings: string[] = [];
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation((message) => {
    warnings.push(String(message));
  });
  onTestFinished(() => spy.mockRestore());
  return { dir, warnings };
}

const table = (dir: string) => join(dir, 'store', 'passages-1.lance');
/** Names count down: the newest version comes first. */
async function versionsOf(dir: string): Promise<string[]> {
  const folder = join(table(dir), '_versions');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.manifest')).sort();
  return names.map((name) => join(folder, name));
}

async function passagesOf(dir: string): Promise<number> {
  const snapshot = await openSnapshot(dir);
  const passages = snapshot.ids.length;
  const rows = (await snapshot.segments()).reduce((sum, segment) => sum + segment.rows, 0);
  expect(rows).toBe(passages);
  await snapshot.close();
  return passages;
}

async function indexAgain(dir: string): Promise<void> {
  const { status } = await indexDocuments(dir, documentsOf(upTo(AFTER)), options);
  expect(status).toBe('complete');
  expect(await digestIndex(dir)).toBe(digest);
  const { state, recovered } = await readManifest(dir);
  expect(state.status).toBe('complete');
  expect(recovered).toBeUndefined();
}

/** The data file that the newest version has and the one before has not. */
async function newestData(dir: string): Promise<string> {
  const [newest, before] = await Promise.all(
    (await versionsOf(dir)).slice(0, 2).map((path) => readFile(path, 'latin1')),
  );
  const names = await readdir(join(table(dir), 'data'));
  const added = names.find((name) => newest.includes(name) && !before.includes(name));
  return join(table(dir), 'data', added!);
}

describe('an index whose newest version is torn', () => {
  const whole = async () => passagesOf(join(root, 'whole'));

  it.each([
    ['its manifest is empty', async (dir: string) => truncate((await versionsOf(dir))[0])],
    ['its manifest is cut off', async (dir: string) => truncate((await versionsOf(dir))[0], 900)],
    ['its manifest is lost', async (dir: string) => rm((await versionsOf(dir))[0])],
    ['its rows are empty', async (dir: string) => truncate(await newestData(dir))],
    ['its rows are cut off', async (dir: string) => truncate(await newestData(dir), 1000)],
    ['its rows are lost', async (dir: string) => rm(await newestData(dir))],
  ])('opens with the version before and says so: %s', async (_, tear) => {
    const { dir, warnings } = await copy();
    await tear(dir);
    const passages = await passagesOf(dir);
    expect(passages).toBeGreaterThan(0);
    expect(passages).toBeLessThan(await whole());
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^Version 1@\d+ of the index in .* cannot be read/);
    const { state, recovered, sealed } = await readManifest(dir);
    expect(state.status).toBe('indexing');
    expect(recovered?.reason).toMatch(/missing|cut off/);
    expect(sealed).toBeNull();
    // It is said once, and the next reader opens the same.
    expect(await passagesOf(dir)).toBe(passages);
    expect(warnings).toHaveLength(1);
    await indexAgain(dir);
  });

  it('is recovered by a writer as well', async () => {
    const { dir, warnings } = await copy();
    await truncate((await versionsOf(dir))[0]);
    await indexAgain(dir);
    expect(warnings).toHaveLength(1);
  });

  it('opens with what the manifest names if only a version behind it is torn', async () => {
    const { dir, warnings } = await copy();
    const [newest] = await versionsOf(dir);
    const next = (BigInt(newest.match(/(\d+)\.manifest$/)![1]) - 1n).toString();
    await writeFile(newest.replace(/\d+\.manifest$/, `${next}.manifest`), '');
    expect(await passagesOf(dir)).toBe(await whole());
    expect(await digestIndex(dir)).toBe(digest);
    expect((await readManifest(dir)).state.status).toBe('complete');
    expect(warnings).toEqual([]);
    await indexAgain(dir);
  });

  it('does not take rows for done that may not be on the disk', async () => {
    const { dir } = await copy();
    // Written behind what the manifest says to be durable, as if the machine had failed then.
    const manifest = await readManifest(dir);
    await indexDocuments(dir, documentsOf(upTo(60)), options);
    await writeManifest(dir, manifest);
    const before = (await versionsOf(dir)).length;
    await truncate(await newestData(dir));
    await indexAgain(dir);
    expect((await versionsOf(dir)).length).toBeLessThan(before);
  });

  it('is refused by name if no version is left', async () => {
    const { dir } = await copy();
    for (const path of await versionsOf(dir)) await rm(path);
    await expect(openSnapshot(dir)).rejects.toMatchObject({ code: 'XQG_INDEX_DAMAGED' });
    await expect(removeFromIndex(dir, { documents: ['d1'] })).rejects.toMatchObject({
      code: 'XQG_INDEX_DAMAGED',
    });
  });
});

describe('an index whose store is not the one that was sealed', () => {
  // Without its newest version the store of an index was empty, while its status was "complete".
  it('is refused with both numbers of passages', async () => {
    const { dir } = await copy();
    const manifest = await readManifest(dir);
    const { documents, passages } = manifest.counts;
    await writeManifest(dir, { ...manifest, counts: { documents, passages: passages + 1 } });
    await expect(openSnapshot(dir)).rejects.toMatchObject({
      code: 'XQG_INDEX_DAMAGED',
      message: expect.stringContaining(`has ${passages} passages, but ${passages + 1} in `),
    });
  });
});

describe('a flipped bit', () => {
  it.each(['store', 'lexical'] as const)('in any file under %s is named', async (folder) => {
    const { dir } = await copy();
    expect(await damagedFiles(dir)).toEqual([]);
    const { sealed } = await readManifest(dir);
    const entries = await readdir(join(dir, folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && /\.(lance|manifest|arrow|bin|xqgl)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThanOrEqual(sealed!.segments.length);
    for (const [i, path] of files.entries()) {
      const bytes = await readFile(path);
      const flipped = Buffer.from(bytes);
      flipped[(i * 7919 + 50) % bytes.length] ^= 1 << (i % 8);
      await writeFile(path, flipped);
      expect(await damagedFiles(dir)).toEqual([{ path, kind: folder }]);
      await writeFile(path, bytes);
    }
    expect(await damagedFiles(dir)).toEqual([]);
  });

  it('is not taken for what was written by the next update', async () => {
    const { dir } = await copy();
    const path = await newestData(dir);
    const bytes = await readFile(path);
    bytes[bytes.length >> 2] ^= 4;
    await writeFile(path, bytes);
    const more = documentsOf([70], () => ({ source: '/more' }));
    // The update is refused if it reads the rows; it never seals the file as it is.
    const outcome = await indexDocuments(dir, more, options).catch(({ code }) => code);
    if (typeof outcome === 'string') expect(outcome).toBe('XQG_INDEX_DAMAGED');
    expect(await damagedFiles(dir)).toEqual([{ path, kind: 'store' }]);
  });
});

describe('a writer that was killed while it made the table', () => {
  it.each([
    ['without a version', ['passages-1.lance', '_transactions']],
    ['under its first name', ['partial-1.lance', '_versions']],
  ])('leaves a table %s, which the next one makes again', async (_, [name, folder]) => {
    const dir = join(root, String(++number));
    const made = join(root, String(++number));
    await indexDocuments(made, documentsOf(upTo(AFTER)), options);
    const { sealed: _sealed, durable: _durable, ...manifest } = await readManifest(made);
    await rm(join(made, 'store'), { recursive: true });
    await cp(made, dir, { recursive: true });
    await writeManifest(dir, { ...manifest, sealed: null });
    await mkdir(join(dir, 'store', name, folder), { recursive: true });
    await expect(openSnapshot(dir)).rejects.toMatchObject({ code: 'XQG_STORE_MISSING' });
    await indexAgain(dir);
    expect(await readdir(join(dir, 'store'))).toEqual(['checksums.json', 'passages-1.lance']);
  });
});
