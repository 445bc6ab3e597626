import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openPartStorage } from '../../../src/indexing/workers/open-part-storage.js';
import { describeStorage } from './storage-conformance.js';

const folders: string[] = [];
const placeOf = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'xqg-parts-'));
  folders.push(folder);
  return folder;
};
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

describeStorage('a folder', placeOf);

it('removes what killed writers left a day ago, and nothing that is being written', async () => {
  const place = await placeOf();
  (await openPartStorage(place)).close();
  const [old, young] = ['old', 'young'].map((name) => join(place, 'unfinished', name));
  await writeFile(old, '');
  await writeFile(young, '');
  const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
  await utimes(old, yesterday, yesterday);
  (await openPartStorage(place)).close();
  expect(await readdir(join(place, 'unfinished'))).toEqual(['young']);
});

it('refuses a place that is none', async () => {
  await expect(openPartStorage('s3://')).rejects.toMatchObject({ code: 'XQG_PARTS_PLACE' });
});
