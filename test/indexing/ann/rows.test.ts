import { mkdtemp, rename, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LanguageSums } from '../../../src/encode/centroids.js';
import { AnnRows, scanLanguageSums, writeAnnRows } from '../../../src/indexing/ann/rows.js';
import { indexDocuments } from '../../../src/indexing/build.js';
import { openSnapshot } from '../../../src/indexing/open.js';
import {
  DIM,
  documentsOf,
  encoder,
  generator,
  upTo,
  withSentences,
} from '../../support/hashed-recipe.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-ann-rows-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe.each([8, 16] as const)('rows beside a graph, with sums in %i bits', (sumBits) => {
  it('are those of the matrices to the bit, in any order', async () => {
    const dir = join(root, `index-${sumBits}`);
    const options = { encoder, generator, queryLanguages: ['bn', 'th'], sumBits };
    await indexDocuments(dir, documentsOf(upTo(40)), options);
    const snapshot = await openSnapshot(dir);
    const folder = await mkdtemp(join(root, 'rows-'));
    const n = snapshot.ids.length;
    const bytes = await writeAnnRows(snapshot, folder, null);
    expect(bytes).toBe(n * (4 * DIM + 4 + 2 * (4 + (DIM * sumBits) / 8 + 4)));
    const rows = AnnRows.open(folder, snapshot);
    const into = new Float32Array(DIM);
    const matrix = await snapshot.passageVectors();
    for (const row of [n - 1, 0, n >> 1, 3]) {
      const own = (all: Float32Array): Float32Array => all.subarray(row * DIM, (row + 1) * DIM);
      rows.passage(row, into);
      expect(into).toEqual(own(matrix));
      for (const lang of ['bn', 'th']) {
        rows.sum(lang, row, into);
        expect(into).toEqual(own(await snapshot.languageSum(lang)));
      }
    }
    expect(rows.sentences).toBeUndefined();
    await truncate(join(folder, 'vectors.f32'), 4 * DIM + 4);
    expect(() => rows.passage(1, into)).toThrow(`row 1 has 0 of ${4 * DIM + 4} bytes`);
    rows.close();
    expect(() => AnnRows.open(folder, snapshot)).toThrow(`it has ${4 * DIM + 4} bytes instead of`);
    await snapshot.close();
  });
});

describe('sentences beside a graph', () => {
  it('are those of the rows, and files of other sizes are refused', async () => {
    const dir = join(root, 'sentences');
    const options = { encoder, generator: null, sentences: true };
    await indexDocuments(dir, documentsOf(upTo(40), withSentences), options);
    const snapshot = await openSnapshot(dir);
    const folder = await mkdtemp(join(root, 'rows-'));
    const n = snapshot.ids.length;
    const { starts, matrix } = (await snapshot.sentences())!;
    const bytes = await writeAnnRows(snapshot, folder, null);
    expect(bytes).toBe(n * (4 * DIM + 4) + 4 * (n + 1 + n) + matrix.n * (4 + DIM));
    const rows = AnnRows.open(folder, snapshot);
    for (const row of [n - 1, 0, n >> 1, 3, 1]) {
      const { scales, steps } = rows.sentences!(row);
      expect(scales).toEqual(matrix.scales.slice(starts[row], starts[row + 1]));
      expect(steps).toHaveLength(scales.length * DIM);
      const into = new Float32Array(DIM);
      scales.forEach((scale, i) => {
        matrix.row(starts[row] + i, into);
        expect(Float32Array.from(into, (_, d) => steps[i * DIM + d] * scale)).toEqual(into);
      });
    }
    rows.close();
    const file = join(folder, 'sentences.quantized');
    await truncate(file, 4 + DIM);
    expect(() => AnnRows.open(folder, snapshot)).toThrow(`it has ${4 + DIM} bytes instead of`);
    await rm(file);
    expect(() => AnnRows.open(folder, snapshot)).toThrow(
      expect.objectContaining({ code: 'XQG_ANN_DAMAGED' }),
    );
    await snapshot.close();
  });
});

describe('sums by language beside a graph', () => {
  it('are those of the vectors, also where a graph has no such file, and other sizes are refused', async () => {
    const dir = join(root, 'language-sums');
    await indexDocuments(dir, documentsOf(upTo(40)), { encoder, generator: null });
    const snapshot = await openSnapshot(dir);
    const sums = LanguageSums.of(await snapshot.passageVectors(), snapshot.langs, DIM);
    const folder = await mkdtemp(join(root, 'rows-'));
    const scanned = await scanLanguageSums(snapshot);
    expect(scanned.numbers()).toEqual(sums.numbers());
    const bytes = await writeAnnRows(snapshot, folder, scanned);
    expect(bytes).toBe(snapshot.ids.length * (4 * DIM + 4) + 2 * DIM * 8);
    const file = join(folder, 'language-sums.f64');
    const shipped = new Map([['en', new Float32Array(DIM).fill(0.1)]]);
    const expected = [...sums.centroids(shipped)];
    for (const removed of [false, true]) {
      if (removed) await rename(file, `${file}.away`);
      const rows = AnnRows.open(folder, snapshot);
      expect([...(await rows.languageSums()).centroids(shipped)]).toEqual(expected);
      rows.close();
    }
    await rename(`${file}.away`, file);
    await truncate(file, DIM * 8 + 4);
    expect(() => AnnRows.open(folder, snapshot)).toThrow(
      `it has ${DIM * 8 + 4} bytes instead of ${2 * DIM * 8}`,
    );
    await snapshot.close();
  });
});
