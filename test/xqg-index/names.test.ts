import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIndex, type XqgIndex } from '../../src/index.js';
import { writePack } from '../support/pack-folder.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-names-'));
const pack = writePack(join(home, 'pack'));
const TYPED = 'años/crème-brûlée.md';
const STORED = TYPED.normalize('NFD');
let index: XqgIndex;

async function* documents() {
  yield {
    id: STORED,
    title: 'Crème brûlée'.normalize('NFD'),
    text: 'The bee flies far. Honey is made at night.',
    lang: 'en',
    metadata: { año: 2020, kind: 'dessert' },
  };
  yield { id: 'trains', title: '', text: 'The train leaves the station.', lang: 'en' };
  yield { id: 'bread', title: 'Bread', text: 'Bread comes out of the oven.', lang: 'en' };
}

beforeAll(async () => {
  index = await openIndex(join(home, 'index'), { create: true, pack });
  await index.add(documents());
});

afterAll(async () => {
  await index.close();
  rmSync(home, { recursive: true });
});

describe('names whose accents are characters of their own', () => {
  it.each([`document=${TYPED}`, `id=${TYPED}`, 'title=Crème brûlée', `document=${STORED}`])(
    'are found by what people type: %s',
    async (filter) => {
      const { hits, warnings } = await index.search('honey', { filters: [filter] });
      expect(hits.map(({ documentId }) => documentId)).toEqual([STORED]);
      expect(warnings).toEqual([]);
    },
  );

  it('name passages and their queries', async () => {
    expect((await index.passage(TYPED)).id).toBe(STORED);
    expect((await index.queries(TYPED)).queries).toEqual((await index.queries(STORED)).queries);
    expect((await index.explain('honey', TYPED)).id).toBe(STORED);
  });

  it('name documents to remove', async () => {
    const other = await openIndex(join(home, 'other'), { create: true, pack });
    await other.add(documents());
    expect(await other.remove({ documents: [TYPED] })).toBe(1);
    await other.close();
  });
});

describe('filters that leave nothing over', () => {
  const warningsOf = async (...filters: string[]) =>
    (await index.search('honey', { filters })).warnings;

  it('say so', async () => {
    expect(await warningsOf('kind=cake')).toEqual(['No passage passes kind=cake.']);
    expect(await warningsOf('lang=en', 'kind=cake')).toEqual([
      'No passage that passes the other filters passes kind=cake.',
    ]);
  });

  it('name the key that no passage has, also where everything passes', async () => {
    expect(await warningsOf('kimd!=cake')).toEqual([
      'No passage has the key "kimd"; did you mean "kind"? Keys: año, document, id, kind, lang, path, source, title.',
    ]);
    expect(await warningsOf(`document=${TYPED}`, 'color=red')).toEqual([
      'No passage that passes the other filters has the key "color". Keys: año, document, id, kind, lang, path, source, title.',
    ]);
    expect(await warningsOf('año'.normalize('NFD').concat('=2020'))).toEqual([]);
  });

  it('tell nothing of passages that an earlier filter leaves out', async () => {
    expect(await warningsOf('document=bread', 'kind=dessert')).toEqual([
      'No passage that passes the other filters has the key "kind". Keys: document, id, lang, path, source, title.',
    ]);
  });
});

describe('misspelled words', () => {
  it('are said, and searched as known ones', async () => {
    const { hits, warnings } = await index.search('bahnhfo', {
      lang: 'de',
      mode: 'lexical',
    });
    expect(warnings).toEqual(['"bahnhfo" is in no table of words: also searched as "Bahnhof".']);
    expect(hits.map(({ documentId }) => documentId)).toEqual(['trains']);
    const { lexical } = await index.explain('bahnhfo', 'trains', { lang: 'de' });
    expect(lexical.languages[0].terms).toContainEqual(
      expect.objectContaining({
        term: 'bahnhof',
        standIn: { word: 'bahnhfo', surface: 'Bahnhof', by: 'correction' },
      }),
    );
  });
});
