/**
 * Queries in a passage's own language once were drawn for nobody: an English file of questions
 * changed nothing for English passages, and nothing said so. They join the passage's words and its
 * vector (Doc2Query).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openIndex } from '../../src/index.js';
import { searchDefaults } from '../../src/search/defaults.js';
import { writePack } from '../support/pack-folder.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-own-language-'));
const pack = writePack(join(home, 'pack'));
afterAll(() => rmSync(home, { recursive: true }));

const DOCUMENTS = [
  { id: 'bees', title: '', text: 'The bee flies far in the morning.', lang: 'en' },
  { id: 'trains', title: '', text: 'The train leaves the station in the morning.', lang: 'en' },
];
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  bees: ['who makes honey', 'what lives in a hive'],
  trains: ['when does it depart', 'where is the platform'],
};

it('find a passage by words that only its English questions have', async () => {
  const plain = await openIndex(join(home, 'plain'), { create: true, pack, generator: null });
  await plain.add(DOCUMENTS);
  const [first] = (await plain.passages({ limit: 1 })).passages;
  await plain.close();
  const suffix = first.id.slice('bees'.length);
  const file = join(home, 'questions.jsonl');
  writeFileSync(
    file,
    Object.entries(QUESTIONS)
      .map(([id, en]) => JSON.stringify({ docid: `${id}${suffix}`, generated_queries: { en } }))
      .join('\n'),
  );
  const folder = join(home, 'index');
  const options = { create: true, pack, generator: file, queriesPerLanguage: 2 };
  const written = await openIndex(folder, options);
  await written.add(DOCUMENTS);
  await written.close();
  // Searched without the file, with the weights of questions all the same.
  const index = await openIndex(folder, { pack });
  try {
    expect((await index.queries(`bees${suffix}`)).queries).toEqual({ en: QUESTIONS.bees });
    for (const [question, id] of [
      ['platform', 'trains'],
      ['hive', 'bees'],
    ]) {
      const search = (augment: boolean) =>
        index.search(question, { mode: 'lexical', lang: 'en', augment });
      expect((await search(true)).hits.map((hit) => hit.id)).toEqual([`${id}${suffix}`]);
      expect((await search(false)).hits).toEqual([]);
    }
    const dense = (augment: boolean) =>
      index.search('who makes honey', { mode: 'dense', lang: 'en', augment });
    const [augmented] = (await dense(true)).hits;
    const [own] = (await dense(false)).hits;
    expect(augmented.score).toBeGreaterThan(own.score);
    const { alpha } = searchDefaults({ tuning: 'static' }, { tuning: 'questions' });
    const stated = await index.search('who makes honey', { mode: 'dense', lang: 'en', alpha });
    expect(stated.hits[0].score).toBe(augmented.score);
  } finally {
    await index.close();
  }
});
