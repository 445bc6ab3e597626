import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { splitDocument } from '../../src/corpus/split.js';
import { FileEncoder } from '../../src/encode/file/file-encoder.js';
import { FLOAT_BYTES, type FloatType, toFloat32 } from '../../src/encode/file/matrix-file.js';
import { computeRows } from '../../src/indexing/compute.js';
import { encodeSafetensors } from '../../src/pack/safetensors.js';
import { quantize } from '../../src/store/quantize.js';

const ROWS = [0.5, -1, 2, 0.25, 3, -0.125];

/** A .npy file of rows of `dim` numbers. */
function npy(
  values: readonly number[],
  dim: number,
  descr = '<f4',
  shape = `${values.length / dim}, ${dim}`,
): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`;
  const start = Buffer.alloc(10);
  start.write('\x93NUMPY', 'latin1');
  start[6] = 1;
  start.writeUInt16LE(header.length, 8);
  const numbers = descr.endsWith('8') ? Float64Array.from(values) : Float32Array.from(values);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(numbers.buffer)]);
}

/** The same file, declared to be in Fortran order. */
function columnMajor(file: Buffer): Buffer {
  return Buffer.from(file.toString('latin1').replace('False', 'True '), 'latin1');
}

function folder(files: Record<string, string | Uint8Array | object>): string {
  const directory = mkdtempSync(join(tmpdir(), 'xqg-vectors-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    const isBytes = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(join(directory, name), isBytes ? content : JSON.stringify(content));
  }
  return directory;
}

async function open(
  files: Record<string, string | Uint8Array | object>,
  manifest: object,
): Promise<FileEncoder> {
  const directory = folder({ ...files, 'vectors.json': { name: 'test', ...manifest } });
  const encoder = await FileEncoder.open(join(directory, 'vectors.json'));
  onTestFinished(() => encoder.close());
  return encoder;
}

const passage = (id: string, lang = 'en') => ({ id, title: '', text: '', lang });
const query = (id: string, lang = 'en') => ({ id, text: '', languages: [{ lang, weight: 1 }] });
const one = { 'a.npy': npy(ROWS, 3), 'a.txt': 'd1\nd2\n' };
const passages = [{ vectors: 'a.npy', ids: 'a.txt' }];

describe('FileEncoder', () => {
  it('has vectors of sentences where they are among the passages, else names the missing one', async () => {
    const recipe = {
      ...{ generator: null, expectations: null, queryLanguages: [], queriesPerLanguage: 1 },
      ...{ seed: 0, sentences: true },
    };
    const text = 'The first sentence. The second one.';
    const split = splitDocument(
      { id: 'd1', source: '', path: '', title: '', metadata: {}, blocks: [{ headings: [], text }] },
      { lang: 'en', langConfidence: 1 },
    ).passages;
    const none = await open(one, { passages });
    await expect(computeRows(split, { ...recipe, encoder: none })).rejects.toMatchObject({
      code: 'XQG_VECTOR_UNKNOWN',
      details: { what: 'passage "d1#sentence#0" (en)' },
    });
    const ids = 'd1\nd1#sentence#0\nd1#sentence#1\n';
    const spoken = await open({ 'a.npy': npy(ROWS, 2), 'a.txt': ids }, { passages });
    const [row] = await computeRows(split, { ...recipe, encoder: spoken });
    expect(row).toMatchObject({
      vector: Float32Array.of(0.5, -1),
      sentences: new Uint8Array(
        Buffer.concat([
          quantize(Float32Array.of(2, 0.25), 8),
          quantize(Float32Array.of(3, -0.125), 8),
        ]),
      ),
    });
  });

  it('finds vectors by id, in any order', async () => {
    const encoder = await open(one, { passages });
    expect(await encoder.encodePassages(['d2', 'd1', 'd2'].map((id) => passage(id)))).toEqual(
      Float32Array.from([...ROWS.slice(3), ...ROWS.slice(0, 3), ...ROWS.slice(3)]),
    );
    expect(await encoder.encodePassages([])).toEqual(new Float32Array(0));
    expect(encoder.identity).toMatchObject({ name: 'file/test', dim: 3, unitLength: false });
  });

  it('reads safetensors, of several matrices the one that is named', async () => {
    const tensor = (values: number[]) => ({ shape: [2, 3], data: Float32Array.from(values) });
    const bytes = encodeSafetensors({
      tensors: { a: tensor(ROWS.map((x) => -x)), b: tensor(ROWS) },
      metadata: {},
    });
    const files = { 'a.safetensors': bytes, 'a.txt': 'd1\nd2\n' };
    const entry = { vectors: 'a.safetensors', ids: 'a.txt' };
    const encoder = await open(files, { passages: [{ ...entry, tensor: 'b' }] });
    expect([...(await encoder.encodePassages([passage('d1'), passage('d2')]))]).toEqual(ROWS);
    await expect(open(files, { passages: [entry] })).rejects.toThrow('its tensors are a, b');
    await expect(open(files, { passages: [{ ...entry, tensor: 'c' }] })).rejects.toThrow(
      'there is no "c"',
    );
  });

  it('tells languages that share ids apart, and takes ids with their language', async () => {
    const files = { 'de.npy': npy([1, 0], 2), 'th.npy': npy([0, 1], 2), 'one.txt': 'q1\n' };
    const questions = ['de', 'th'].map((lang) => ({
      vectors: `${lang}.npy`,
      ids: 'one.txt',
      lang,
    }));
    const encoder = await open(files, { questions, passages: questions });
    expect([...(await encoder.encodeQueries([query('q1', 'th'), query('q1', 'de')]))]).toEqual([
      0, 1, 1, 0,
    ]);
    expect([...(await encoder.encodePassages([passage('th:q1', 'th')]))]).toEqual([0, 1]);
    const guessed = { ...query('q1'), lang: 'th', languages: [{ lang: 'de', weight: 1 }] };
    expect([...(await encoder.encodeQueries([guessed]))]).toEqual([0, 1]);
    await expect(encoder.encodeQueries([query('q1', 'fi')])).rejects.toThrow('query "q1" (fi)');
    expect(encoder.identity.unitLength).toBe(true);
  });

  it('knows generated queries by passage, language and number', async () => {
    const generated = [0, 1].map((index) => ({
      vectors: `g${index}.npy`,
      ids: 'ids.txt',
      lang: 'ar',
      index,
    }));
    const files = { 'g0.npy': npy([1, 2], 2), 'g1.npy': npy([3, 4], 2), 'ids.txt': 'p7\n' };
    const encoder = await open(files, { generated });
    expect([
      ...(await encoder.encodeQueries([query('p7#ar#1', 'ar'), query('p7#ar#0', 'ar')])),
    ]).toEqual([3, 4, 1, 2]);
  });

  it('has an identity of what it read', async () => {
    const [a, same, other, renamed] = await Promise.all([
      open(one, { passages }),
      open(one, { passages }),
      open({ ...one, 'a.npy': npy([...ROWS.slice(0, 5), 9], 3) }, { passages }),
      open({ ...one, 'a.txt': 'd1\nd3\n' }, { passages }),
    ]);
    expect(same.identity).toEqual(a.identity);
    expect(new Set([a, other, renamed].map(({ identity }) => identity.weights)).size).toBe(3);
  });

  it('refuses a text without id or vector', async () => {
    const encoder = await open(one, { passages });
    await expect(encoder.encodePassages([passage('d3')])).rejects.toMatchObject({
      code: 'XQG_VECTOR_UNKNOWN',
      message: expect.stringContaining('passage "d3" (en)'),
    });
    await expect(encoder.encodeQueries([{ text: 'x', languages: [] }])).rejects.toThrow(
      'without an id',
    );
  });

  const nan = Number.NaN;
  it.each<[string, Record<string, string | Uint8Array>, object, string]>([
    [
      'NaN',
      { ...one, 'a.npy': npy([1, 2, 3, 4, nan, 6], 3) },
      { passages },
      'a.npy, row 2: number 2 of 3 is NaN',
    ],
    [
      'float64 beyond float32',
      { ...one, 'a.npy': npy([1, 2, 3, 4, 5, 1e300], 3, '<f8') },
      { passages },
      'row 2: number 3',
    ],
    [
      'an id twice',
      { ...one, 'a.txt': 'd1\nd1\n' },
      { passages },
      'a.txt, row 2: the id "d1" came before, in row 1',
    ],
    ['an empty id', { ...one, 'a.txt': 'd1\n\n' }, { passages }, 'a.txt, row 2: the line is empty'],
    ['fewer ids than rows', { ...one, 'a.txt': 'd1\n' }, { passages }, '2 rows, but 1 ids'],
    ['more ids than rows', { ...one, 'a.txt': 'd1\nd2\nd3\n' }, { passages }, '2 rows, but 3 ids'],
    ['no ids', one, { passages: [{ vectors: 'a.npy' }] }, 'passages.0.ids: Invalid input'],
    [
      'another dimension',
      { ...one, 'b.npy': npy([1, 2], 2), 'b.txt': 'd3\n' },
      { passages: [...passages, { vectors: 'b.npy', ids: 'b.txt' }] },
      'its rows have 2 numbers, but those of',
    ],
    [
      'another dimension of questions',
      { ...one, 'b.npy': npy([1, 2], 2), 'b.txt': 'd3\n' },
      { passages, questions: [{ vectors: 'b.npy', ids: 'b.txt' }] },
      '3 and 2 numbers',
    ],
    [
      'a truncated .npy',
      { ...one, 'a.npy': npy(ROWS, 3).subarray(0, -1) },
      { passages },
      'it is truncated',
    ],
    [
      'a .npy cut in its header',
      { ...one, 'a.npy': npy(ROWS, 3).subarray(0, 40) },
      { passages },
      'within its header',
    ],
    [
      'whole numbers',
      { ...one, 'a.npy': npy(ROWS, 3, '<i4') },
      { passages },
      'its numbers are <i4',
    ],
    [
      'big-endian numbers',
      { ...one, 'a.npy': npy(ROWS, 3, '>f4') },
      { passages },
      'its numbers are >f4',
    ],
    [
      'column-major numbers',
      { ...one, 'a.npy': columnMajor(npy(ROWS, 3)) },
      { passages },
      'it is column-major',
    ],
    ['one dimension', { ...one, 'a.npy': npy(ROWS, 3, '<f4', '6,') }, { passages }, '1 dimensions'],
    ['another file', { ...one, 'a.npy': 'hello hello hello' }, { passages }, 'it is not .npy'],
    [
      'an unknown kind',
      { 'a.csv': '' },
      { passages: [{ vectors: 'a.csv', ids: 'a.txt' }] },
      '".csv" is not supported',
    ],
    ['a missing file', {}, { passages }, 'there is no such file'],
    ['no files', {}, {}, 'it names no files'],
    [
      'an unknown key',
      one,
      { passages: [{ vectors: 'a.npy', id: 'a.txt' }] },
      'passages.0: Unrecognized key: "id"',
    ],
    [
      'an index without language',
      one,
      { generated: [{ ...passages[0], index: 0 }] },
      'an "index" needs a "lang"',
    ],
    [
      'a truncated safetensors',
      { 'a.safetensors': Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 123) },
      { passages: [{ vectors: 'a.safetensors', ids: 'a.txt' }] },
      'within its header',
    ],
  ])('refuses %s', async (_, files, manifest, reason) => {
    await expect(open(files, manifest)).rejects.toThrow(reason);
  });

  it('reads more rows than a chunk holds', async () => {
    const n = 3000;
    const dim = 1024;
    const values = Array.from({ length: n * dim }, (_, i) => i % 4093);
    const files = {
      'a.npy': npy(values, dim),
      'a.txt': Array.from({ length: n }, (_, i) => `${i}\n`).join(''),
    };
    const encoder = await open(files, { passages });
    const rows = await encoder.encodePassages(
      Array.from({ length: n }, (_, i) => passage(String(n - 1 - i))),
    );
    for (const i of [0, 1, 952, 953, 2999]) {
      const row = n - 1 - i;
      expect([...rows.subarray(i * dim, i * dim + 2)]).toEqual([
        values[row * dim],
        values[row * dim + 1],
      ]);
    }
  });
});

describe('toFloat32', () => {
  it('reads every kind', () => {
    const halves = Uint16Array.of(0x0000, 0x8000, 0x3c00, 0x7bff, 0x0001, 0x7c00, 0x7e00);
    expect([...toFloat32(new Uint8Array(halves.buffer), 'f2')]).toEqual([
      0,
      -0,
      1,
      65504,
      2 ** -24,
      Infinity,
      Number.NaN,
    ]);
    for (const [type, values] of [
      ['f4', Float32Array.of(1.5, -2)],
      ['f8', Float64Array.of(1.5, -2)],
    ] as [FloatType, Float32Array | Float64Array][]) {
      expect([...toFloat32(new Uint8Array(values.buffer), type)]).toEqual([1.5, -2]);
      expect(values.BYTES_PER_ELEMENT).toBe(FLOAT_BYTES[type]);
    }
  });
});
