import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generationOf } from '../../src/add-documents.js';
import type { Passage } from '../../src/corpus/passage.js';
import { passageSentences } from '../../src/corpus/sentences.js';
import { passagesOf } from '../../src/corpus/split.js';
import type { Encoder } from '../../src/encode/encoder.js';
import { indexDocuments } from '../../src/indexing/build.js';
import { type ComputedRow, computeRows } from '../../src/indexing/compute.js';
import { copyIndex } from '../../src/indexing/copy.js';
import { digestIndex } from '../../src/indexing/digest.js';
import { readManifest } from '../../src/indexing/manifest.js';
import { openSnapshot } from '../../src/indexing/open.js';
import type { IndexOptions } from '../../src/indexing/options.js';
import { removeFromIndex } from '../../src/indexing/remove.js';
import { indexStatus } from '../../src/indexing/status.js';
import { quantize } from '../../src/store/quantize.js';
import {
  DIM,
  documentOf,
  documentsOf,
  encoder,
  generator,
  textEncoder,
  upTo,
  withSentences,
} from '../support/hashed-recipe.js';

let root: string;
let number = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-sentences-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const newDir = (): string => join(root, String(++number));
const options: IndexOptions = {
  encoder,
  generator,
  sentences: true,
  writeRows: 8,
  computeRows: 4,
};
const recipe = {
  ...{ encoder: textEncoder, generator: null, expectations: null, queryLanguages: [] },
  ...{ queriesPerLanguage: 5, seed: 0, sentences: true },
};

async function passages(n: number): Promise<Passage[]> {
  const split = upTo(n).map((i) => passagesOf(documentOf(i, withSentences(i)), {}));
  return (await Promise.all(split)).flatMap(({ passages }) => passages);
}

const encoded = async (text: string): Promise<Uint8Array> =>
  quantize(await textEncoder.encodePassages([{ title: '', text, lang: 'en' }]), 8);

describe('the sentences of a row', () => {
  it('are encoded each alone, without the title, and none of a passage of one', async () => {
    const all = await passages(12);
    const rows = (await computeRows(all, recipe)) as ComputedRow[];
    for (const [i, { sentences }] of rows.entries()) {
      const { text, lang } = all[i];
      const ranges = passageSentences(text, lang);
      if (ranges.length === 0) expect(sentences).toBeNull();
      else {
        const alone = ranges.map(({ start, end }) => encoded(text.slice(start, end)));
        expect(sentences).toEqual(new Uint8Array(Buffer.concat(await Promise.all(alone))));
      }
    }
    expect(rows.filter(({ sentences }) => sentences === null).length).toBeGreaterThan(2);
    expect(rows.filter(({ sentences }) => sentences !== null).length).toBeGreaterThan(8);
  });

  it('do not depend on the passages beside it', async () => {
    const all = await passages(10);
    const together = (await computeRows(all, recipe)) as ComputedRow[];
    for (const [i, passage] of all.entries()) {
      const [alone] = (await computeRows([passage], recipe)) as ComputedRow[];
      expect(alone).toEqual(together[i]);
    }
  });

  it('fail alone where the encoder gives a number that is none', async () => {
    const broken: Encoder = {
      ...textEncoder,
      encodePassages: async (texts) => {
        const vectors = await textEncoder.encodePassages(texts);
        texts.forEach(({ text }, i) => {
          if (/^\S+ คือประโยคที่ 0 ของเอกสาร 3\./.test(text)) vectors[i * DIM] = Number.NaN;
        });
        return vectors;
      },
    };
    const rows = await computeRows(await passages(5), { ...recipe, encoder: broken });
    const failed = rows.filter((row) => 'code' in row);
    expect(failed).toEqual([expect.objectContaining({ code: 'XQG_VECTOR_NOT_FINITE' })]);
    expect(String(failed[0])).toContain('d3#sentence#1');
  });
});

describe('an index with sentences', () => {
  it('gives them back in the order of its rows, and counts them', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(30), withSentences), options);
    const snapshot = await openSnapshot(dir);
    const { starts, matrix } = (await snapshot.sentences())!;
    const into = new Float32Array(DIM);
    const rows = await snapshot.take([...snapshot.ids.keys()], ['text', 'lang']);
    for (const [row, { text, lang }] of rows.entries()) {
      const ranges = passageSentences(text, lang);
      expect(starts[row + 1] - starts[row]).toBe(ranges.length);
      for (const [i, { start, end }] of ranges.entries()) {
        const bytes = await encoded(text.slice(start, end));
        matrix.row(starts[row] + i, into);
        const scale = new DataView(bytes.buffer).getFloat32(0, true);
        const steps = new Int8Array(bytes.buffer, 4);
        expect(into).toEqual(Float32Array.from(steps, (step) => step * scale));
      }
    }
    await snapshot.close();
    const { sentences, passages } = await indexStatus(dir);
    expect(sentences).toEqual({
      count: matrix.n,
      bytesPerPassage: (matrix.n * (4 + DIM)) / passages,
    });
  });

  it('has none where it is made without', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(9), withSentences), { encoder, generator });
    expect((await readManifest(dir)).identity).not.toHaveProperty('sentences');
    const snapshot = await openSnapshot(dir);
    expect(await snapshot.sentences()).toBeNull();
    await snapshot.close();
    expect((await indexStatus(dir)).sentences).toBeNull();
  });

  it('has one digest for batches of any size, and another one than an index without', async () => {
    const dirs = [newDir(), newDir(), newDir()];
    const documents = (numbers: number[]) => documentsOf(numbers, withSentences);
    await indexDocuments(dirs[0], documents(upTo(30)), options);
    await indexDocuments(dirs[1], documents(upTo(30).reverse()), {
      ...options,
      writeRows: 1000,
      computeRows: 64,
    });
    const { sentences: _, ...without } = options;
    await indexDocuments(dirs[2], documents(upTo(30)), without);
    const [one, other, bare] = await Promise.all(dirs.map(digestIndex));
    expect(other).toBe(one);
    expect(bare).not.toBe(one);
  });

  it('keeps what it has, whatever is asked for later', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(3), withSentences), options);
    const again = (sentences?: boolean) =>
      indexDocuments(dir, documentsOf(upTo(4), withSentences), { ...options, sentences });
    await expect(again(false)).rejects.toMatchObject({ code: 'XQG_INDEX_SENTENCES' });
    expect((await again(true)).documents).toMatchObject({ unchanged: 3, indexed: 1 });
  });

  it('is finished after an interruption with the same content', async () => {
    const [whole, dir] = [newDir(), newDir()];
    const documents = () => documentsOf(upTo(30), withSentences);
    await indexDocuments(whole, documents(), options);
    const interruption = new AbortController();
    const first = await indexDocuments(dir, documents(), {
      ...options,
      signal: interruption.signal,
      onProgress: ({ passages }) => passages >= 12 && interruption.abort(),
    });
    expect(first.status).toBe('interrupted');
    await indexDocuments(dir, documents(), options);
    expect(await digestIndex(dir)).toBe(await digestIndex(whole));
  });

  it('is copied and purged with them', async () => {
    const [dir, copy] = [newDir(), newDir()];
    await indexDocuments(dir, documentsOf(upTo(20), withSentences), options);
    await copyIndex(dir, copy, { writeRows: 7 });
    expect(await digestIndex(copy)).toBe(await digestIndex(dir));
    expect((await indexStatus(copy)).sentences).toEqual((await indexStatus(dir)).sentences);
    await removeFromIndex(dir, { documents: ['d4', 'd9'] }, { purge: true });
    const fewer = newDir();
    const left = upTo(20).filter((i) => i !== 4 && i !== 9);
    await indexDocuments(fewer, documentsOf(left, withSentences), options);
    expect(await digestIndex(dir)).toBe(await digestIndex(fewer));
  });
});

describe('sentences are encoded', () => {
  const index = (tuning: Encoder['tuning'], sentences?: boolean) => ({
    directory: '',
    options: { sentences },
    recipe: { encoder: { ...encoder, tuning }, generator, pack: null, glossary: null },
    identity: null,
  });

  it('by the encoder where nothing is said, else as it is said', () => {
    expect(generationOf(index('neural')).sentences).toBe(true);
    expect(generationOf(index('static')).sentences).toBe(false);
    expect(generationOf(index('neural', false)).sentences).toBe(false);
    expect(generationOf(index('static', true)).sentences).toBe(true);
  });

  it('as before in an index that is there', async () => {
    const dir = newDir();
    await indexDocuments(dir, documentsOf(upTo(2)), { encoder, generator });
    const { identity } = await readManifest(dir);
    expect(generationOf({ ...index('neural'), identity }).sentences).toBe(false);
    const spoken = { ...identity, sentences: true as const };
    expect(generationOf({ ...index('static'), identity: spoken }).sentences).toBe(true);
  });
});
