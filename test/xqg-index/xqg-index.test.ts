import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NewDocument, openIndex, type SearchOptions, type XqgIndex } from '../../src/index.js';
import { writePack } from '../support/pack-folder.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-library-'));
const pack = writePack(join(home, 'pack'));
let index: XqgIndex;

const DOCUMENTS: NewDocument[] = [
  {
    id: 'bees',
    title: 'Bees',
    text: 'The bee flies far. Honey is made at night.',
    lang: 'en',
    metadata: { year: 2020, tags: ['food', 'animals'] },
  },
  {
    id: 'trains',
    title: 'Trains',
    text: 'The train leaves the station in the morning.',
    lang: 'en',
    metadata: { year: 1999 },
  },
  {
    id: 'bread',
    title: 'Bread',
    text: 'Bread comes out of the oven every morning.',
    lang: 'en',
    metadata: { year: 2021, tags: ['food'] },
  },
  {
    id: 'fluss',
    title: 'Der Fluss',
    text: 'Der Mond scheint in der Nacht auf den Fluss.',
    lang: 'de',
    metadata: { year: 2022 },
  },
];

async function* streamed(documents: readonly NewDocument[]) {
  yield* documents;
}

beforeAll(async () => {
  index = await openIndex(join(home, 'index'), { create: true, pack });
  const { documents } = await index.add(streamed(DOCUMENTS));
  expect(documents.indexed).toBe(4);
});

afterAll(async () => {
  await index.close();
  rmSync(home, { recursive: true });
});

describe('openIndex', () => {
  it('refuses a directory without an index, unless it may make one', async () => {
    await expect(openIndex(join(home, 'none'), { pack })).rejects.toHaveProperty(
      'code',
      'XQG_INDEX_MISSING',
    );
  });

  it('refuses another encoder with both identities', async () => {
    const encoder = {
      identity: { ...index.recipe.encoder.identity, name: 'other' },
      encodePassages: async () => new Float32Array(0),
      encodeQueries: async () => new Float32Array(0),
    };
    const other = await openIndex(index.directory, { pack, encoder });
    await expect(other.search('x')).rejects.toThrow(/static\/tiny.*other/s);
  });

  it('asks for the folder of a pack that does not come with xqg', async () => {
    await expect(openIndex(index.directory)).rejects.toHaveProperty('code', 'XQG_PACK_UNNAMED');
  });

  it('says that a closed index is closed', async () => {
    const closed = await openIndex(index.directory, { pack });
    await closed.close();
    await expect(closed.search('x')).rejects.toHaveProperty('code', 'XQG_INDEX_CLOSED');
  });
});

describe('search', () => {
  it('finds across languages with everything that people see', async () => {
    const { hits, augmentation, languages } = await index.search('пчела мёд', { lang: 'ru', k: 2 });
    expect(languages).toEqual([{ lang: 'ru', weight: 1 }]);
    expect(augmentation).toMatchObject({ name: 'unit', alpha: 0.4, alphaEffective: 0.4 });
    expect(hits).toHaveLength(2);
    expect(hits[0]).toMatchObject({
      rank: 1,
      id: 'bees',
      title: 'Bees',
      lang: 'en',
      langConfidence: 1,
      metadata: { year: 2020, tags: ['food', 'animals'] },
      others: [],
    });
    expect(['The bee flies far.', 'Honey is made at night.']).toContain(hits[0].snippet);
  });

  it('takes filters on metadata and on the language of the passage', async () => {
    const ids = async (...filters: string[]) =>
      (await index.search('утро', { filters })).hits.map(({ id }) => id).sort();
    expect(await ids('year>=2020', 'lang=en')).toEqual(['bees', 'bread']);
    expect(await ids('tags=food', 'year!=2020')).toEqual(['bread']);
    expect(await ids('year<1900')).toEqual([]);
    await expect(ids('year~2020')).rejects.toHaveProperty('code', 'XQG_FILTER_SYNTAX');
  });

  it('is the baseline with alpha 0', async () => {
    const ranked = async (options: object) =>
      (await index.search('Zug am Morgen', { lang: 'de', mode: 'dense', ...options })).hits.map(
        ({ id, score }) => [id, score],
      );
    expect(await ranked({ alpha: 0 })).toEqual(await ranked({ augment: false }));
    expect(await ranked({ alpha: 0.9 })).not.toEqual(await ranked({ augment: false }));
  });

  it('gives at most min(k, n) hits', async () => {
    expect((await index.search('утро', { mode: 'dense', k: 100 })).hits).toHaveLength(4);
    await expect(index.search('утро', { k: 0 })).rejects.toHaveProperty(
      'code',
      'XQG_NUMBER_OUT_OF_RANGE',
    );
  });

  it('groups passages by their document', async () => {
    const split = await openIndex(join(home, 'split'), { create: true, pack });
    const text = ['The train waits. '.repeat(80), 'The bread is in the oven. '.repeat(80)].join(
      '\n\n',
    );
    await split.add(
      [
        { id: 'long', text, lang: 'en' },
        { id: 'short', text: 'A train.', lang: 'en' },
      ],
      { split: true },
    );
    const all = await split.search('поезд', { lang: 'ru' });
    expect(all.hits.length).toBeGreaterThan(2);
    const { hits } = await split.search('поезд', { lang: 'ru', groupBy: 'document', k: 5 });
    expect(hits.map(({ documentId }) => documentId).sort()).toEqual(['long', 'short']);
    const long = hits.find(({ documentId }) => documentId === 'long');
    expect(long?.others.length).toBeGreaterThan(0);
    // The order of the documents is that of their best passages.
    expect(hits.map(({ id }) => id)).toEqual(
      all.hits.map(({ id }) => id).filter((id) => hits.some((hit) => hit.id === id)),
    );
    await split.close();
  });
});

describe('compare', () => {
  it('answers what was asked again in another way as if it were asked for the first time', async () => {
    const ways: SearchOptions[] = [
      {},
      { alpha: 0.9 },
      { languagePolicy: { ru: 1, de: 1 } },
      { languagePolicy: 'all', alpha: 0 },
      { translate: true },
      { translate: true, languagePolicy: { de: 1 } },
      { filters: ['year>=2020'] },
      { mode: 'dense' },
      { mode: 'lexical' },
      { k: 1 },
      { groupBy: 'document' },
      { lang: 'ru' },
    ];
    for (const question of ['утро пчела', 'morning Fluss']) {
      for (const options of [...ways, ...ways]) {
        const fresh = await openIndex(join(home, 'index'), { pack });
        expect(await index.compare(question, options)).toEqual(
          await fresh.compare(question, options),
        );
        await fresh.close();
      }
    }
  });
});

describe('rank', () => {
  it('gives what single searches give, for more questions than fit into one batch', async () => {
    const words = ['пчела', 'поезд', 'хлеб', 'ночь', 'утро'];
    const questions = Array.from({ length: 70 }, (_, i) => ({
      id: i,
      text: words[i % words.length],
      lang: 'ru',
    }));
    const single = new Map<string, string[]>();
    for (const word of words) {
      single.set(
        word,
        (await index.search(word, { lang: 'ru' })).hits.map(({ id, score }) => `${id} ${score}`),
      );
    }
    let next = 0;
    for await (const { question, hits } of index.rank(questions)) {
      expect(question.id).toBe(next++);
      expect(hits.map(({ id, score }) => `${id} ${score}`)).toEqual(single.get(question.text));
    }
    expect(next).toBe(70);
  });
});

describe('explain', () => {
  it('accounts for both scores', async () => {
    const dense = await index.search('поезд утро', { lang: 'ru', mode: 'dense', feedback: 0 });
    const lexical = await index.search('поезд утро', { lang: 'ru', mode: 'lexical' });
    const explained = await index.explain('поезд утро', 'trains', { lang: 'ru' });
    const parts =
      explained.dense!.passage +
      explained.dense!.languages.reduce((sum, { share }) => sum + share, 0);
    expect(parts).toBeCloseTo(dense.hits.find(({ id }) => id === 'trains')!.score, 5);
    expect(explained.lexical.score).toBeCloseTo(
      lexical.hits.find(({ id }) => id === 'trains')!.score,
      9,
    );
    expect(explained.rank).toBe(1);
    expect(explained.nearest[0].lang).not.toBe('en');
  });

  it('has a rank only where the search finds the passage', async () => {
    expect((await index.explain('поезд', 'bees', { lang: 'ru', mode: 'lexical' })).rank).toBeNull();
    await expect(index.explain('x', 'nobody')).rejects.toHaveProperty(
      'code',
      'XQG_PASSAGE_UNKNOWN',
    );
  });
});

describe('add and remove', () => {
  it('are seen by the next search; the same documents again change nothing', async () => {
    const changing = await openIndex(join(home, 'changing'), { create: true, pack });
    await changing.add(DOCUMENTS.slice(0, 2));
    expect((await changing.search('хлеб', { lang: 'ru', mode: 'lexical' })).hits).toEqual([]);
    await changing.add(DOCUMENTS.slice(1));
    expect((await changing.search('хлеб', { lang: 'ru' })).hits[0].id).toBe('bread');
    expect((await changing.status()).passages).toBe(4);
    expect(await changing.digest()).toBe(await index.digest());
    expect((await changing.add(DOCUMENTS)).documents).toMatchObject({ indexed: 0, unchanged: 4 });
    expect(await changing.remove({ documents: ['bread'] })).toBe(1);
    expect((await changing.search('хлеб', { lang: 'ru' })).hits.map(({ id }) => id)).not.toContain(
      'bread',
    );
    const { documents } = await changing.add(DOCUMENTS.slice(0, 1), { replace: true });
    expect(documents).toMatchObject({ unchanged: 1, removed: 2 });
    await changing.close();
  });

  it('makes an index without generated queries', async () => {
    const plain = await openIndex(join(home, 'plain'), { create: true, pack, generator: null });
    await plain.add(DOCUMENTS);
    await plain.close();
    const opened = await openIndex(join(home, 'plain'), { pack });
    const { augmentation, hits } = await opened.search('train', { lang: 'en' });
    expect(augmentation).toBeNull();
    expect(hits[0].id).toBe('trains');
    await expect(opened.queries('bees')).rejects.toHaveProperty('code', 'XQG_NO_GENERATED_QUERIES');
    await opened.close();
  });
});
