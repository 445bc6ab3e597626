import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LanceStore } from '../../src/store/lance/lance-store.js';
import { COLUMNS } from '../../src/store/store.js';
import { passage, passageStoreConformance, shape } from './conformance.js';

let root: string;
let number = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-store-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('the Lance store', () => {
  passageStoreConformance(
    () => LanceStore.create(join(root, String(++number)), shape),
    async (store) => {
      store.close();
      return LanceStore.open(join(root, String(number)));
    },
  );

  it('names a folder of temporary files that is not there', async () => {
    const missing = join(root, 'no-such-tmp');
    vi.stubEnv('TMPDIR', missing);
    try {
      await expect(LanceStore.create(join(root, 'homeless'), shape)).rejects.toMatchObject({
        code: 'XQG_TEMPORARY_FOLDER',
        details: { path: missing },
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('is reported missing if none was created', async () => {
    await expect(LanceStore.open(join(root, 'none'))).rejects.toMatchObject({
      code: 'XQG_STORE_MISSING',
    });
  });

  it('opens an existing store instead of creating it', async () => {
    const dir = join(root, 'twice');
    const store = await LanceStore.create(dir, shape);
    await store.upsert([passage('a')]);
    store.close();
    const again = await LanceStore.create(dir, shape);
    expect(await (await again.snapshot()).count()).toBe(1);
    again.close();
  });

  it('of an index without sentences has none, and takes none', async () => {
    const dir = join(root, 'silent');
    const { sentences: _, ...silent } = shape;
    const made = await LanceStore.create(dir, silent);
    await made.upsert([passage('a', 0, { sentences: null })]);
    await expect(made.upsert([passage('b')])).rejects.toMatchObject({ code: 'XQG_VECTOR_LENGTH' });
    made.close();
    const store = await LanceStore.open(dir);
    const reader = await store.snapshot();
    for await (const rows of reader.scan(COLUMNS))
      expect(rows).toEqual([passage('a', 0, { sentences: null })]);
    for await (const counts of reader.sentenceCounts()) expect(counts).toEqual([0]);
    expect(await reader.take([0], ['sentences'])).toEqual([{ sentences: null }]);
    await store.purge();
    for await (const rows of (await store.snapshot()).scan(['sentences']))
      expect(rows).toEqual([{ sentences: null }]);
    store.close();
  });

  it('stores sums in 16 bits if requested', async () => {
    const store = await LanceStore.create(join(root, 'fine'), { ...shape, sumBits: 16 });
    const sum = Float32Array.of(0.1, 0.7, -0.33, 1);
    await store.upsert([passage('a', 0, { sums: new Map([['th', sum]]) })]);
    for await (const [row] of (await store.snapshot()).scan(['sums'])) {
      row.sums.get('th')!.forEach((value, i) => {
        expect(Math.abs(value - sum[i])).toBeLessThanOrEqual(1 / 65_534 + 1e-7);
      });
    }
    store.close();
  });

  it('leaves no byte of a deleted text after a purge, although Lance keeps small deletions', async () => {
    const dir = join(root, 'purged');
    const store = await LanceStore.create(dir, shape);
    const secret = 'Wz8rGf2q';
    const rows = Array.from({ length: 50 }, (_, i) => passage(`d${i}`));
    await store.upsert([
      ...rows,
      passage('x', 0, { title: secret, own: { terms: [secret], weights: Float32Array.of(1) } }),
    ]);
    expect(await filesWith(dir, secret)).not.toEqual([]);
    await store.deleteDocuments(['x']);
    await store.compact([], { force: true });
    await store.purge();
    expect(await filesWith(dir, secret)).toEqual([]);
    store.close();
  });
});

async function filesWith(dir: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && (await readFile(join(entry.parentPath, entry.name))).includes(text))
      found.push(entry.name);
  }
  return found;
}
