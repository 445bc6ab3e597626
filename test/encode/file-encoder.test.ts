import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IdTable } from '../../src/base/id-table.js';
import { FileEncoder } from '../../src/encode/file/file-encoder.js';
import { FLOAT_BYTES, type FloatType, toFloat32 } from '../../src/encode/file/numbers.js';
import { encodeSafetensors } from '../../src/pack/safetensors.js';

/**
 * Two rows, [0.5 -1 2] and [0.25 3 -0.125], with the ids d1 and d2 (7 and 8 in f8), pickled by
 * NumPy 1.26 and 2.4.
 */
const PICKLES = {
  'protocol 3, float32, NumPy 1':
    'gANjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVjdApxAGNudW1weQpuZGFycmF5CnEBSwCFcQJDAWJxA4dxBFJxBShLAUsCSwOGcQZjbnVtcHkKZHR5cGUKcQdYAgAAAGY0cQiJiIdxCVJxCihLA1gBAAAAPHELTk5OSv////9K/////0sAdHEMYolDGAAAAD8AAIC/AAAAQAAAgD4AAEBAAAAAvnENdHEOYl1xDyhYAgAAAGQxcRBYAgAAAGQycRFlhnESLg==',
  'protocol 4, float16, NumPy 1':
    'gASVpgAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwJLA4aUaAOMBWR0eXBllJOUjAJmMpSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiiUMMADgAvABAADQAQgCwlHSUYl2UKIwCZDGUjAJkMpRlhpQu',
  'protocol 4, float32, NumPy 2':
    'gASVswAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsCSwOGlGgDjAVkdHlwZZSTlIwCZjSUiYiHlFKUKEsDjAE8lE5OTkr/////Sv////9LAHSUYolDGAAAAD8AAIC/AAAAQAAAgD4AAEBAAAAAvpR0lGJdlCiMAmQxlIwCZDKUZYaULg==',
  'protocol 5, float64, whole numbers as ids, NumPy 2':
    'gAWVsAAAAAAAAACME251bXB5Ll9jb3JlLm51bWVyaWOUjAtfZnJvbWJ1ZmZlcpSTlCiWMAAAAAAAAAAAAAAAAADgPwAAAAAAAPC/AAAAAAAAAEAAAAAAAADQPwAAAAAAAAhAAAAAAAAAwL+UjAVudW1weZSMBWR0eXBllJOUjAJmOJSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiSwJLA4aUjAFDlHSUUpRdlChLB0sIZYaULg==',
};
const REFUSED = {
  /** `os.system('touch /tmp/evil')`, run by whoever loads it. */
  program:
    'gASVOgAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjA90b3VjaCAvdG1wL2V2aWyUhZRSlF2UKIwCZDGUjAJkMpRlhpQu',
  fortran:
    'gASVygAAAAAAAACMFW51bXB5LmNvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwJLA4aUaAOMBWR0eXBllJOUjAJmOJSJiIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiiEMwAAAAAAAA4D8AAAAAAADQPwAAAAAAAPC/AAAAAAAACEAAAAAAAAAAQAAAAAAAAMC/lHSUYl2UKIwCZDGUjAJkMpRlhpQu',
  objects:
    'gASVnwAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLAUsChZRoA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZQojAFhlE5ldJRiXZQojAJkMZSMAmQylGWGlC4=',
  protocol2: Buffer.from([0x80, 2, 0x5d, 0x2e]).toString('base64'),
};
const unpacked = (pickle: string) => Buffer.from(pickle, 'base64');
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
  it('finds vectors by id, in any order', async () => {
    const encoder = await open(one, { passages });
    expect(await encoder.encodePassages(['d2', 'd1', 'd2'].map((id) => passage(id)))).toEqual(
      Float32Array.from([...ROWS.slice(3), ...ROWS.slice(0, 3), ...ROWS.slice(3)]),
    );
    expect(await encoder.encodePassages([])).toEqual(new Float32Array(0));
    expect(encoder.identity).toMatchObject({ name: 'file/test', dim: 3, unitLength: false });
  });

  it.each(Object.entries(PICKLES))('reads a pickle of %s', async (name, pickle) => {
    const encoder = await open({ 'a.pkl': unpacked(pickle) }, { passages: [{ vectors: 'a.pkl' }] });
    const ids = name.includes('whole') ? ['7', '8'] : ['d1', 'd2'];
    expect([...(await encoder.encodePassages(ids.map((id) => passage(id))))]).toEqual(ROWS);
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
    ['no ids', one, { passages: [{ vectors: 'a.npy' }] }, 'it holds no ids'],
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
    ['one dimension', { ...one, 'a.npy': npy(ROWS, 3, '<f4', '6,') }, { passages }, '1 dimensions'],
    ['another file', { ...one, 'a.npy': 'hello hello hello' }, { passages }, 'it is not .npy'],
    [
      'an unknown kind',
      { 'a.csv': '' },
      { passages: [{ vectors: 'a.csv' }] },
      'no reader knows ".csv"',
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

  it.each<[string, Uint8Array, string]>([
    ['a program', unpacked(REFUSED.program), 'the name posix.system'],
    ['column-major numbers', unpacked(REFUSED.fortran), 'column-major'],
    ['an array of objects', unpacked(REFUSED.objects), 'an array that does not hold plain numbers'],
    ['protocol 2', unpacked(REFUSED.protocol2), 'protocol 2; 3 to 5 are read'],
    ['text', Buffer.from('hello'), 'it is no pickle, or damaged'],
    ['a list alone', Buffer.from([0x80, 4, 0x5d, 0x2e]), 'it does not hold (array, ids)'],
    ['an unbalanced pickle', Buffer.from([0x80, 4, 0x86, 0x2e]), 'it is no pickle, or damaged'],
  ])('refuses a pickle of %s', async (_, bytes, reason) => {
    await expect(open({ 'a.pkl': bytes }, { passages: [{ vectors: 'a.pkl' }] })).rejects.toThrow(
      reason,
    );
    expect(existsSync('/tmp/evil')).toBe(false);
  });

  it('refuses a pickle that is cut anywhere', async () => {
    const whole = unpacked(PICKLES['protocol 4, float32, NumPy 2']);
    for (let length = 0; length < whole.length; length += 7) {
      const cut = { 'a.pkl': whole.subarray(0, length) };
      await expect(
        open(cut, { passages: [{ vectors: 'a.pkl' }] }),
        `${length}`,
      ).rejects.toMatchObject({
        code: 'XQG_VECTOR_FILE',
      });
    }
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

describe('IdTable', () => {
  it('keeps the first row of an id', () => {
    const table = new IdTable();
    for (let i = 0; i < 1000; i++) expect(table.add(`id ${i}`, i)).toBeUndefined();
    expect(table.add('id 7', 1000)).toBe(7);
    expect([table.get('id 999'), table.get('id 1000'), table.size]).toEqual([999, undefined, 1000]);
  });
});
