import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { XqgError } from '../../src/base/errors.js';
import { indexDocuments } from '../../src/indexing/build.js';
import { digestIndex } from '../../src/indexing/digest.js';
import { type Manifest, readManifest, writeManifest } from '../../src/indexing/manifest.js';
import type { Omissions } from '../../src/indexing/omissions.js';
import { openSnapshot } from '../../src/indexing/open.js';
import type { IndexOptions, IndexProgress } from '../../src/indexing/options.js';
import { removeFromIndex } from '../../src/indexing/remove.js';
import { indexStatus } from '../../src/indexing/status.js';
import { openStore } from '../../src/store/open-store.js';
import {
  documentOf,
  documentsOf,
  drawing,
  encoder,
  generator,
  textEncoder,
  upTo,
} from '../support/hashed-recipe.js';

let root: string;
let number = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-indexing-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const newDir = (): string => join(root, String(++number));
const options: IndexOptions = { encoder, generator, writeRows: 8, computeRows: 4 };

async function rowsOf(dir: string): Promise<Map<string, string>> {
  const snapshot = await openSnapshot(dir);
  const rows = new Map<string, string>();
  for await (const batch of snapshot.scan(['id', 'text']))
    for (const { id, text } of batch) rows.set(id, text);
  await snapshot.close();
  return rows;
}

async function filesWith(dir: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && (await readFile(join(entry.parentPath, entry.name))).includes(text))
      found.push(entry.name);
  }
  return found;
}

describe('indexing', () => {
  it('adds all documents, reports them, and skips them in the next run', async () => {
    const dir = newDir();
    const progress: IndexProgress[] = [];
    const result = await indexDocuments(dir, documentsOf(upTo(20)), {
      ...options,
      expected: 20,
      onProgress: (step) => progress.push(step),
    });
    expect(result).toMatchObject({
      status: 'complete',
      error: null,
      documents: { indexed: 20, unchanged: 0, removed: 0, failed: 0 },
      passages: 26,
      split: 3,
    });
    expect(progress.at(-1)).toMatchObject({
      phase: 'sealing',
      documents: 20,
      expected: 20,
      passages: 26,
    });
    const manifest = await readManifest(dir);
    expect(manifest.state).toEqual({
      status: 'complete',
      expected: 20,
      done: 20,
      failed: 0,
      failures: [],
    });
    expect(manifest.counts).toEqual({ documents: 20, passages: 26 });
    expect(manifest.identity).toMatchObject({
      queryLanguages: ['bn', 'en', 'th'],
      queriesPerLanguage: 5,
    });

    const digest = await digestIndex(dir);
    const again = await indexDocuments(dir, documentsOf(upTo(20)), options);
    expect(again).toMatchObject({
      documents: { indexed: 0, unchanged: 20, removed: 0 },
      passages: 0,
    });
    expect(await digestIndex(dir)).toBe(digest);
  });

  it('gives the same content for batches of any size and order', async () => {
    const [one, other] = [newDir(), newDir()];
    await indexDocuments(one, documentsOf(upTo(30)), options);
    await indexDocuments(other, documentsOf(upTo(30).reverse()), {
      ...options,
      writeRows: 1000,
      computeRows: 7,
    });
    expect(await digestIndex(other)).toBe(await digestIndex(one));
  });

  it('indexes changed documents, and drops missing ones of the same source only', async () => {
    const dir = newDir();
    await indexDocuments(
      dir,
      documentsOf([100], () => ({ source: '/other' })),
      options,
    );
    await indexDocuments(dir, documentsOf(upTo(20)), options);
    const changed = (n: number) =>
      n === 7 ? { blocks: [{ headings: [], text: 'Shorter now.' }] } : {};
    const result = await indexDocuments(dir, documentsOf(upTo(22).slice(2), changed), options);
    expect(result.documents).toEqual({ indexed: 3, unchanged: 17, removed: 2, failed: 0 });
    const rows = await rowsOf(dir);
    expect(rows.get('d7')).toBe('Shorter now.');
    expect(rows.has('d7#1')).toBe(false);
    expect(rows.has('d0#0')).toBe(false);
    expect(rows.has('d1')).toBe(false);
    expect(rows.has('d100')).toBe(true);

    const fresh = newDir();
    await indexDocuments(fresh, documentsOf(upTo(22).slice(2), changed), options);
    await indexDocuments(
      fresh,
      documentsOf([100], () => ({ source: '/other' })),
      options,
    );
    expect(await digestIndex(fresh)).toBe(await digestIndex(dir));
  });

  it('drops a document whose text is now empty', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(3)), options);
    const empty = (n: number) => (n === 1 ? { title: '', blocks: [] } : {});
    await indexDocuments(dir, documentsOf(upTo(3), empty), options);
    expect([...(await rowsOf(dir)).keys()].sort()).toEqual(['d0#0', 'd0#1', 'd0#2', 'd2']);
  });

  it("stores the sum of the queries in every language but the passage's own", async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(4)), options);
    const snapshot = await openSnapshot(dir);
    const th = await snapshot.languageSum('th');
    for (const [row, id] of snapshot.ids.entries()) {
      const sum = th.subarray(row * 16, (row + 1) * 16);
      const text = (await snapshot.take([row], ['text']))[0].text;
      const pivot = generator.distribution.pivot({ id, title: '', text, lang: '' });
      const expected = await encoder.bags.encodeMixtures(
        [pivot],
        (name, lang) =>
          generator.distribution.expectation({ terms: [name], weights: Float32Array.of(1) }, lang),
        'th',
      );
      sum.forEach((value, d) => {
        const exact = snapshot.langs[row] === 'th' ? 0 : 5 * expected[d];
        expect(Math.abs(value - exact)).toBeLessThan(5 / 127);
      });
    }
    expect(await snapshot.languageSum('xx')).toEqual(new Float32Array(snapshot.ids.length * 16));
    await snapshot.close();
  });

  it('stores drawn queries of a generator without probabilities, and their postings', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf([1]), {
      ...options,
      encoder: textEncoder,
      generator: drawing,
      queryLanguages: ['th', 'bn'],
      queriesPerLanguage: 2,
      sumBits: 16,
    });
    const snapshot = await openSnapshot(dir);
    const [row] = await snapshot.take([0], ['drawn', 'pivot', 'sums']);
    expect(row.pivot).toBeNull();
    expect(row.drawn).toEqual(
      new Map([
        ['bn', ['bn query 0 of d1', 'bn query 1 of d1']],
        ['th', ['th query 0 of d1', 'th query 1 of d1']],
      ]),
    );
    const vectors = await encoder.encodeQueries(
      row.drawn!.get('th')!.map((text) => ({ text, languages: [{ lang: 'th', weight: 1 }] })),
    );
    row.sums.get('th')!.forEach((value, d) => {
      expect(value).toBeCloseTo(vectors[d] + vectors[16 + d], 4);
    });
    const [segment] = await snapshot.segments();
    expect(segment.fields).toEqual(['drawn:bn', 'drawn:th', 'own']);
    await snapshot.close();
  });

  it('works without a generator', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(3)), { encoder, generator: null });
    const snapshot = await openSnapshot(dir);
    expect(snapshot.queryLanguages).toEqual([]);
    expect((await snapshot.take([0], ['pivot', 'drawn', 'sums']))[0]).toEqual({
      pivot: null,
      drawn: null,
      sums: new Map(),
    });
    await snapshot.close();
  });
});

describe('a failure', () => {
  it('of a document is recorded, and loses neither its old rows nor other documents', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(10)), options);
    const broken: IndexOptions = {
      ...options,
      encoder: {
        ...encoder,
        encodePassages: async (passages) => {
          const vectors = await encoder.encodePassages(passages);
          passages.forEach(({ title }, i) => {
            if (title === 'new 3') vectors[i * 16 + 5] = Number.NaN;
          });
          return vectors;
        },
      },
      expected: 10,
    };
    const retitled = (n: number) => ({ title: `new ${n}` });
    const source = (onFailure: (path: string, error: XqgError) => void) =>
      (async function* () {
        yield* documentsOf([0, 1, 2, 3, 4], retitled);
        onFailure('/data/d5.md', new XqgError('XQG_CORPUS_EMPTY', { file: '/data/d5.md' }));
        yield* documentsOf([6, 7, 8], retitled);
      })();
    const result = await indexDocuments(dir, source, broken);
    expect(result.status).toBe('incomplete');
    expect(result.documents).toEqual({ indexed: 7, unchanged: 0, removed: 1, failed: 2 });
    expect(result.failures.map(({ path, code }) => [path, code])).toEqual(
      expect.arrayContaining([
        ['/data/d3.md', 'XQG_VECTOR_NOT_FINITE'],
        ['/data/d5.md', 'XQG_CORPUS_EMPTY'],
      ]),
    );
    expect(result.error).toMatchObject({
      code: 'XQG_INDEX_INCOMPLETE',
      details: { done: 7, expected: 10 },
    });
    expect(result.error!.remedy).toMatch(/same command again/);
    expect((await readManifest(dir)).state).toMatchObject({
      status: 'complete',
      done: 7,
      failed: 2,
    });
    const snapshot = await openSnapshot(dir);
    const titles = new Map<string, string>();
    for await (const rows of snapshot.scan(['documentId', 'title']))
      for (const { documentId, title } of rows) titles.set(documentId, title);
    await snapshot.close();
    expect(titles.get('d3')).toBe('Title 3');
    expect(titles.get('d5')).toBe('Title 5');
    expect(titles.get('d4')).toBe('new 4');
    expect(titles.has('d9')).toBe(false);

    const mended = await indexDocuments(dir, documentsOf(upTo(9), retitled), options);
    expect(mended).toMatchObject({ status: 'complete', documents: { indexed: 2, unchanged: 7 } });
  });

  it('keeps what it has of a folder that cannot be read, and what was left out', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf([0, 1]), options);
    const source = (
      onFailure: (path: string, error: XqgError) => void,
      omissions: Omissions,
    ): ReturnType<typeof documentsOf> => {
      onFailure('/data', new XqgError('XQG_CORPUS_UNREADABLE', { path: '/data', reason: 'x' }));
      omissions.skip('/other/a.odt', 'format');
      omissions.skip('/other/.git', 'ignored');
      omissions.note('/other/b.pdf', 'page 2 of 3 without text');
      return documentsOf([1]);
    };
    const result = await indexDocuments(dir, source, options);
    expect(result.documents).toEqual({ indexed: 0, unchanged: 1, removed: 0, failed: 1 });
    const omissions = {
      counts: { format: 1, ignored: 1, remark: 1 },
      named: [
        { path: '/other/a.odt', reason: 'no reader knows the format' },
        { path: '/other/b.pdf', reason: 'page 2 of 3 without text' },
      ],
    };
    expect(result.omissions).toEqual(omissions);
    expect((await readManifest(dir)).state).toMatchObject({ status: 'complete', omissions });
  });

  it('by an id that two documents or two sources share is reported', async () => {
    const dir = newDir();
    const twice = await indexDocuments(
      dir,
      documentsOf([1, 2, 1], () => ({})),
      options,
    );
    expect(twice.failures).toMatchObject([{ code: 'XQG_DUPLICATE_DOCUMENT' }]);
    const other = await indexDocuments(
      dir,
      documentsOf([2, 3], () => ({ source: '/elsewhere' })),
      options,
    );
    expect(other.failures).toMatchObject([{ code: 'XQG_DOCUMENT_ID_TAKEN' }]);
    expect([...(await rowsOf(dir)).keys()].sort()).toEqual(['d1', 'd2', 'd3']);
  });

  it.each(['split first', 'split last'])(
    'by a passage id that two documents would share is reported: %s',
    async (order) => {
      const dir = newDir();
      const split = documentOf(7, { id: 'a' });
      const whole = documentOf(1, { id: 'a#1', whole: true });
      const documents = order === 'split first' ? [split, whole] : [whole, split];
      const result = await indexDocuments(
        dir,
        (async function* () {
          yield* documents;
        })(),
        options,
      );
      expect(result.failures).toMatchObject([{ code: 'XQG_DUPLICATE_PASSAGE' }]);
      expect(result.documents).toMatchObject({ indexed: 1, failed: 1 });
    },
  );

  it('of a generator that writes too few queries concerns the passage, not the run', async () => {
    const dir = newDir();
    const result = await indexDocuments(dir, documentsOf(upTo(5)), {
      ...options,
      encoder: textEncoder,
      generator: {
        ...drawing,
        draw: async (passages, lang, n, seed) =>
          (await drawing.draw(passages, lang, n, seed)).map((queries, i) =>
            passages[i].id === 'd2' ? queries.slice(1) : queries,
          ),
      },
    });
    expect(result.failures).toMatchObject([{ code: 'XQG_QUERY_COUNT', path: '/data/d2.md' }]);
    expect(result.documents.indexed).toBe(4);
  });

  it('of an encoder whose vectors have the wrong length ends the run', async () => {
    const short = { ...encoder, encodePassages: async () => new Float32Array(3) };
    await expect(
      indexDocuments(newDir(), documentsOf(upTo(3)), { ...options, encoder: short }),
    ).rejects.toMatchObject({ code: 'XQG_VECTOR_LENGTH' });
  });

  it('to read any document of a source creates no index', async () => {
    const dir = newDir();
    const nothing = (async function* () {
      yield* [];
      throw new XqgError('XQG_CORPUS_NOT_FOUND', { path: '/typo' });
    })();
    await expect(indexDocuments(dir, nothing, options)).rejects.toMatchObject({
      code: 'XQG_CORPUS_NOT_FOUND',
    });
    await expect(readdir(dir)).rejects.toThrow(/ENOENT/);
  });

  it('in the middle of a run keeps what has been computed', async () => {
    const dir = newDir();
    const failing = (async function* () {
      yield* documentsOf(upTo(12));
      throw new Error('cable cut');
    })();
    await expect(indexDocuments(dir, failing, options)).rejects.toThrow('cable cut');
    expect((await readManifest(dir)).state.status).toBe('indexing');
    expect((await rowsOf(dir)).size).toBeGreaterThanOrEqual(12);
    await indexDocuments(dir, documentsOf(upTo(20)), options);
    const whole = newDir();
    await indexDocuments(whole, documentsOf(upTo(20)), options);
    expect(await digestIndex(dir)).toBe(await digestIndex(whole));
  });
});

describe('an aborted run', () => {
  it('keeps what has been computed, drops nothing, and is completed by the next run', async () => {
    const dir = newDir();
    const controller = new AbortController();
    const result = await indexDocuments(dir, documentsOf(upTo(40)), {
      ...options,
      signal: controller.signal,
      onProgress: ({ passages }) => {
        if (passages >= 20) controller.abort();
      },
    });
    expect(result.status).toBe('interrupted');
    expect(result.error).toMatchObject({ code: 'XQG_INDEX_INCOMPLETE' });
    const { size } = await rowsOf(dir);
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(52);
    const finished = await indexDocuments(dir, documentsOf(upTo(40)), options);
    expect(finished.documents.unchanged).toBe(result.documents.indexed);
    const whole = newDir();
    await indexDocuments(whole, documentsOf(upTo(40)), options);
    expect(await digestIndex(dir)).toBe(await digestIndex(whole));
  });
});

describe('the recipe of an index', () => {
  it.each([
    ['encoder', { encoder: { ...encoder, identity: { ...encoder.identity, weights: 'x' } } }],
    ['generator', { generator: drawing }],
    ['query languages', { queryLanguages: ['bn'] }],
    ['queries per language', { queriesPerLanguage: 3 }],
    ['pack', { pack: { name: 'p', version: '1', sha256: 's' } }],
  ])('is fixed: another %s is refused, naming both', async (what, changes) => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(2)), options);
    await expect(
      indexDocuments(dir, documentsOf(upTo(2)), { ...options, ...changes }),
    ).rejects.toMatchObject({
      code: 'XQG_INDEX_IDENTITY',
      message: expect.stringContaining(what),
    });
    expect((await readManifest(dir)).state.status).toBe('complete');
  });

  it('is checked when the index is opened for reading', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(2)), options);
    const other = { ...encoder.identity, weights: 'x' };
    await expect(openSnapshot(dir, { encoder: other })).rejects.toMatchObject({
      code: 'XQG_INDEX_IDENTITY',
    });
    await (await openSnapshot(dir, { encoder: encoder.identity })).close();
  });

  it('may change how documents are split, which indexes them all again', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(5)), options);
    const result = await indexDocuments(dir, documentsOf(upTo(5)), {
      ...options,
      splitting: { maxTokens: 8 },
    });
    expect(result.documents).toMatchObject({ indexed: 5, unchanged: 0 });
    const fresh = newDir();
    await indexDocuments(fresh, documentsOf(upTo(5)), { ...options, splitting: { maxTokens: 8 } });
    expect(await digestIndex(dir)).toBe(await digestIndex(fresh));
  });
});

describe('a reader', () => {
  it('keeps its version while a writer adds, removes and compacts', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(10)), options);
    const reader = await openSnapshot(dir);
    const ids = [...reader.ids];
    await indexDocuments(dir, documentsOf(upTo(60).slice(5)), { ...options, writeRows: 1 });
    await removeFromIndex(dir, { documents: upTo(30).map((n) => `d${n}`) });
    expect(reader.ids).toEqual(ids);
    expect((await reader.passageVectors()).length).toBe(ids.length * 16);
    const texts = await reader.take([0, ids.length - 1], ['id', 'text']);
    expect(texts.map(({ id }) => id)).toEqual([ids[0], ids.at(-1)]);
    const segments = await reader.segments();
    expect(segments.reduce((sum, { rows }) => sum + rows, 0)).toBe(ids.length);
    await reader.close();
    const next = await openSnapshot(dir);
    expect(next.version).toBe((await readManifest(dir)).sealed!.version);
    expect(next.row('d3')).toBe(-1);
    expect(next.ids[next.row('d40')]).toBe('d40');
    await next.close();
    expect(await readdir(join(dir, 'readers'))).toEqual([]);
  });

  it('rebuilds missing and damaged segments from the rows', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(10)), options);
    const digest = await digestIndex(dir);
    const [file] = await readdir(join(dir, 'lexical'));
    await rm(join(dir, 'lexical', file));
    expect(await digestIndex(dir)).toBe(digest);
    const bytes = await readFile(join(dir, 'lexical', file));
    bytes[bytes.length - 9] ^= 1;
    await writeFile(join(dir, 'lexical', file), bytes);
    expect(await digestIndex(dir)).toBe(digest);
  });

  it('gets an error if there is no index', async () => {
    await expect(openSnapshot(newDir())).rejects.toMatchObject({ code: 'XQG_INDEX_MISSING' });
    await expect(removeFromIndex(newDir(), { source: '/data' })).rejects.toMatchObject({
      code: 'XQG_INDEX_MISSING',
    });
  });
});

describe('removal', () => {
  it('of documents or a source leaves the index as if they had never been added', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(12)), options);
    await indexDocuments(
      dir,
      documentsOf([50, 51], () => ({ source: '/more' })),
      options,
    );
    expect(await removeFromIndex(dir, { documents: ['d7', 'd8', 'none'] })).toBe(4);
    expect(await removeFromIndex(dir, { source: '/more' })).toBe(2);
    expect(await removeFromIndex(dir, { source: '/more' })).toBe(0);
    const fresh = newDir();
    await indexDocuments(fresh, documentsOf(upTo(12).filter((n) => n !== 7 && n !== 8)), options);
    expect(await digestIndex(dir)).toBe(await digestIndex(fresh));
    expect((await readManifest(dir)).counts).toEqual((await readManifest(fresh)).counts);
  });

  // A removal that was killed between the store and the seal left its documents searchable for
  // ever: the same command found nothing more to delete.
  it.each([
    ['that was never synced', (manifest: Manifest) => manifest],
    ['of an earlier release', ({ durable: _, ...manifest }: Manifest) => manifest],
  ])('finishes a removal %s', async (_, manifestOf) => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(12)), options);
    await writeManifest(dir, manifestOf(await readManifest(dir)));
    const store = await openStore(dir, undefined);
    expect(await store.deleteDocuments(['d7', 'd8'])).toBe(4);
    store.close();
    expect((await rowsOf(dir)).has('d8')).toBe(true);
    expect(await removeFromIndex(dir, { documents: ['d7', 'd8'] })).toBe(4);
    expect((await rowsOf(dir)).has('d8')).toBe(false);
    expect(await removeFromIndex(dir, { documents: ['d7', 'd8'] })).toBe(0);
    const fresh = newDir();
    await indexDocuments(fresh, documentsOf(upTo(12).filter((n) => n !== 7 && n !== 8)), options);
    expect(await digestIndex(dir)).toBe(await digestIndex(fresh));
  });

  it('with purge leaves no trace in any file', async () => {
    const dir = newDir();
    const secret = 'Zyxwvut';
    // In a title, because titles are stored verbatim; the term is visible in the postings.
    const changes = (n: number) => (n === 4 ? { title: secret } : {});
    await indexDocuments(dir, documentsOf(upTo(40), changes), options);
    await removeFromIndex(dir, { documents: ['d4'] });
    expect(await filesWith(dir, secret)).not.toEqual([]);
    expect(await removeFromIndex(dir, { documents: ['d4'] }, { purge: true })).toBe(0);
    expect(await filesWith(dir, secret)).toEqual([]);
    expect(await filesWith(dir, secret.toLowerCase())).toEqual([]);
    const fresh = newDir();
    await indexDocuments(fresh, documentsOf(upTo(40).filter((n) => n !== 4)), options);
    expect(await digestIndex(dir)).toBe(await digestIndex(fresh));
  });
});

describe('the status of an index', () => {
  it('counts passages by language and source, and the bytes of its parts', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(6)), options);
    const status = await indexStatus(dir);
    expect(status).toMatchObject({
      documents: 6,
      passages: 8,
      languages: [
        { lang: 'en', passages: 4, detected: 0, confidence: null },
        { lang: 'th', passages: 4, detected: 0, confidence: null },
      ],
      sources: { '/data': 8 },
    });
    expect(status.bytes.store).toBeGreaterThan(8 * 16 * 4);
    expect(status.bytes.lexical).toBeGreaterThan(0);
    expect(status.bytes.total).toBeGreaterThan(status.bytes.store + status.bytes.lexical);
    expect(status.bytesPerPassage).toBe(status.bytes.total / 8);
  });
});
