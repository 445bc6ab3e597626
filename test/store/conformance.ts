/**
 * The conformance suite of passage stores. Each implementation runs it with its own way to create
 * an empty store.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quantize, rowsOfBytes } from '../../src/store/quantize.js';
import {
  COLUMNS,
  type IndexedPassage,
  type PassageStore,
  type StoreReader,
  type StoreShape,
} from '../../src/store/store.js';

export const shape: StoreShape = {
  dim: 4,
  queryLanguages: ['bn', 'th'],
  sumBits: 8,
  sentences: true,
};

/** So many sentences of a passage, whose numbers are exact in 8 bits. */
function sentencesOf(count: number): Uint8Array {
  const vectors = Array.from({ length: count }, (_, i) => Float32Array.of(127, i, -i, 64));
  return new Uint8Array(Buffer.concat(vectors.map((vector) => quantize(vector, 8))));
}

/** A passage whose values depend on its id; sums are exact in 8 bits. */
export function passage(
  documentId: string,
  ordinal = 0,
  changes: Partial<IndexedPassage> = {},
): IndexedPassage {
  return {
    id: `${documentId}#${ordinal}`,
    documentId,
    source: '/data',
    path: `/data/${documentId}`,
    title: `Title of ${documentId}`,
    headings: ['One', `“${ordinal}”`],
    text: `Text ${ordinal} of ${documentId}: ข้อความ`,
    lang: 'en',
    langConfidence: 0.75,
    metadata: { year: 1948, tags: ['a', 'b'], open: true },
    ordinal,
    documentHash: `hash of ${documentId}`,
    vector: Float32Array.of(1, 0.5, -0.25, ordinal),
    sums: new Map([['th', Float32Array.of(127, -127, ordinal, 0)]]),
    sentences: sentencesOf(2 + ordinal),
    own: { terms: ['a', 'text'], weights: Float32Array.of(2, 0.25) },
    pivot: { terms: ['right'], weights: Float32Array.of(0.5) },
    drawn: new Map([['bn', ['প্রশ্ন', 'দুই']]]),
    ...changes,
  };
}

export async function idsOf(reader: StoreReader): Promise<string[]> {
  const ids: string[] = [];
  for await (const rows of reader.scan(['id'])) ids.push(...rows.map((row) => row.id));
  return ids;
}

/**
 * @param create creates an empty store in a directory of its own
 * @param reopen closes a store and opens it again
 */
export function passageStoreConformance(
  create: () => Promise<PassageStore>,
  reopen: (store: PassageStore) => Promise<PassageStore>,
): void {
  let store: PassageStore;
  beforeEach(async () => {
    store = await create();
  });
  afterEach(() => store.close());

  const current = async (): Promise<string[]> => (await idsOf(await store.snapshot())).sort();

  describe('rows', () => {
    it('are read as they were written', async () => {
      const plain = passage('b', 0, {
        headings: [],
        metadata: {},
        sums: new Map(),
        sentences: null,
        pivot: null,
        drawn: null,
        own: { terms: [], weights: new Float32Array(0) },
      });
      await store.upsert([passage('a', 0), plain]);
      const reader = await (await reopen(store)).snapshot();
      expect(reader.shape).toEqual(shape);
      const rows: IndexedPassage[] = [];
      for await (const batch of reader.scan(COLUMNS)) rows.push(...batch);
      expect(rows).toEqual([passage('a', 0), plain]);
    });

    it('are read by column, language and range', async () => {
      await store.upsert(Array.from({ length: 10 }, (_, i) => passage('a', i)));
      const reader = await store.snapshot();
      for await (const rows of reader.scan(['id', 'sums'], {
        offset: 3,
        limit: 2,
        languages: ['bn'],
      })) {
        expect(rows).toEqual([
          { id: 'a#3', sums: new Map() },
          { id: 'a#4', sums: new Map() },
        ]);
      }
      for await (const rows of reader.scan(['ordinal', 'sums'], { languages: ['th'] })) {
        expect(rows.map((row) => row.sums.get('th')![2])).toEqual(rows.map((row) => row.ordinal));
      }
    });

    it('are found by row number and by id, in the requested order', async () => {
      for (let part = 0; part < 5; part++) {
        await store.upsert([passage(`d${part}`, 0), passage(`d${part}`, 1)], { allNew: true });
      }
      await store.deleteDocuments(['d1']);
      const reader = await store.snapshot();
      const ids = await idsOf(reader);
      expect(ids).toHaveLength(8);
      const places = [7, 0, 3, 3, 5];
      expect((await reader.take(places, ['text', 'id'])).map((row) => row.id)).toEqual(
        places.map((place) => ids[place]),
      );
      expect(await reader.get(['d4#1', 'none', 'd0#0'], ['title'])).toEqual([
        { title: 'Title of d4' },
        null,
        { title: 'Title of d0' },
      ]);
      await expect(reader.take([8], ['id'])).rejects.toThrow(RangeError);
      expect(await reader.take([], ['id'])).toEqual([]);
    });

    it('say how many sentences they have', async () => {
      await store.upsert([passage('a', 0), passage('a', 3), passage('b', 0, { sentences: null })]);
      await store.upsert([passage('c', 1)]);
      const reader = await store.snapshot();
      const counts: number[] = [];
      for await (const some of reader.sentenceCounts()) counts.push(...some);
      expect(counts).toEqual([2, 5, 0, 3]);
      const [row] = await reader.take([1], ['sentences']);
      expect(rowsOfBytes(row.sentences, shape.dim)).toEqual({
        scales: Float32Array.of(1, 1, 1, 1, 1),
        steps: Int8Array.from([0, 1, 2, 3, 4].flatMap((i) => [127, i, -i, 64])),
      });
    });

    it('have the same order in every scan after many small writes', async () => {
      for (let part = 0; part < 20; part++)
        await store.upsert([passage(`d${part}`)], { allNew: true });
      const reader = await store.snapshot();
      expect(await idsOf(reader)).toEqual(Array.from({ length: 20 }, (_, i) => `d${i}#0`));
      expect(await idsOf(reader)).toEqual(await idsOf(reader));
    });
  });

  describe('documents', () => {
    it('are replaced completely', async () => {
      await store.upsert([passage('a', 0), passage('a', 1), passage('a', 2), passage('b', 0)]);
      await store.upsert([passage('a', 0, { text: 'new' }), passage('c', 0)]);
      expect(await current()).toEqual(['a#0', 'b#0', 'c#0']);
      const [row] = await (await store.snapshot()).get(['a#0'], ['text']);
      expect(row).toEqual({ text: 'new' });
    });

    it('are deleted by id and by source', async () => {
      await store.upsert([
        passage("it's", 0),
        passage('b\n"\\', 0),
        passage('c', 0, { source: "/o'ther" }),
      ]);
      expect(await store.deleteDocuments(["it's", 'unknown', 'b\n"\\'])).toBe(2);
      expect(await current()).toEqual(['c#0']);
      expect(await store.deleteSource('/data')).toBe(0);
      expect(await store.deleteSource("/o'ther")).toBe(1);
      expect(await current()).toEqual([]);
    });
  });

  describe('a refused write', () => {
    it.each([
      ['a vector of another length', { vector: new Float32Array(3) }, 'XQG_VECTOR_LENGTH'],
      [
        'a number that is none',
        { vector: Float32Array.of(0, Number.NaN, 0, 0) },
        'XQG_VECTOR_NOT_FINITE',
      ],
      [
        'an infinite sum',
        { sums: new Map([['th', Float32Array.of(0, Infinity, 0, 0)]]) },
        'XQG_VECTOR_NOT_FINITE',
      ],
      [
        'a sum of another length',
        { sums: new Map([['th', new Float32Array(5)]]) },
        'XQG_VECTOR_LENGTH',
      ],
      [
        'a sum of an unknown language',
        { sums: new Map([['ja', new Float32Array(4)]]) },
        'XQG_UNKNOWN_LANGUAGE',
      ],
      ['a sentence of another length', { sentences: new Uint8Array(17) }, 'XQG_VECTOR_LENGTH'],
      [
        'a sentence without a number',
        { sentences: Uint8Array.of(0, 0, 0xc0, 0x7f, 1, 1, 1, 1) },
        'XQG_VECTOR_NOT_FINITE',
      ],
      ['an id that is there twice', { id: 'good#0' }, 'XQG_DUPLICATE_PASSAGE'],
    ] as const)('%s, and nothing is written', async (_, changes, code) => {
      await expect(
        store.upsert([passage('good'), passage('bad', 0, changes)]),
      ).rejects.toMatchObject({
        code,
      });
      expect(await current()).toEqual([]);
    });
  });

  describe('versions', () => {
    it('do not change for a reader while the store changes', async () => {
      await store.upsert([passage('a'), passage('b')]);
      const reader = await store.snapshot();
      await store.upsert([passage('a', 0, { text: 'new' }), passage('c')]);
      await store.deleteDocuments(['b']);
      expect(await idsOf(reader)).toEqual(['a#0', 'b#0']);
      expect(await reader.count()).toBe(2);
      expect((await reader.take([0], ['text']))[0].text).toContain('Text 0 of a');
      const again = await store.at(reader.version);
      expect(await idsOf(again)).toEqual(['a#0', 'b#0']);
      await store.compact([reader.version], { force: true });
      expect(await idsOf(await store.at(reader.version))).toEqual(['a#0', 'b#0']);
    });

    it('that are current during a compaction stay readable', async () => {
      for (let part = 0; part < 4; part++)
        await store.upsert([passage(`d${part}`)], { allNew: true });
      const { version } = await store.snapshot();
      expect(await store.compact([version], { force: true })).toBe(true);
      expect((await store.snapshot()).version).not.toBe(version);
      expect(await idsOf(await store.at(version))).toHaveLength(4);
      expect(await store.compact([version])).toBe(false);
    });

    it('that nobody leases are freed by compaction, and reported as gone', async () => {
      await store.upsert([passage('a')]);
      const { version } = await store.snapshot();
      await store.upsert([passage('b')]);
      await store.compact([], { force: true });
      await expect(store.at(version)).rejects.toMatchObject({ code: 'XQG_STORE_VERSION_GONE' });
      expect(await current()).toEqual(['a#0', 'b#0']);
    });

    it('before a purge are gone, but not the current rows', async () => {
      await store.upsert([passage('a'), passage('b', 0, { drawn: null, pivot: null })]);
      const reader = await store.snapshot();
      await store.deleteDocuments(['a']);
      await store.purge();
      const after = await store.snapshot();
      const rows: IndexedPassage[] = [];
      for await (const batch of after.scan(COLUMNS)) rows.push(...batch);
      expect(rows).toEqual([passage('b', 0, { drawn: null, pivot: null })]);
      await expect(store.at(reader.version)).rejects.toMatchObject({
        code: 'XQG_STORE_VERSION_GONE',
      });
      await store.upsert([passage('c')]);
      expect(await current()).toEqual(['b#0', 'c#0']);
    });
  });
}
