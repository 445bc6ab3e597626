/**
 * Packs, vectors, settings and experiment files that a stranger made: each is refused with a clear
 * error, without end or much memory. A pack of 6 kB once took 4.5 GB, and `/dev/zero` as one of its
 * files never ended.
 */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { XqgError } from '../../src/base/errors.js';
import { sha256 } from '../../src/base/identity.js';
import { FileEncoder } from '../../src/encode/file/file-encoder.js';
import { readCardFields } from '../../src/encode/open-encoder.js';
import { readExperiment } from '../../src/evaluate/experiment/read-spec.js';
import { loadPrompt } from '../../src/generate/prompts.js';
import { endpointOf } from '../../src/models/remote/endpoint.js';
import { loadPack } from '../../src/pack/format.js';
import { readGlossary } from '../../src/pack/glossary/read-glossary.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/pack/safetensors.js';
import { decodeTerms, encodeTerms } from '../../src/store/term-bytes.js';
import { writePack } from '../support/pack-folder.js';

/** Beyond what the tests take anyway, in bytes. */
const MOST_MEMORY = 700e6;
const before = process.memoryUsage().rss;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-strange-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => expect(1024 * process.resourceUsage().maxRSS).toBeLessThan(before + MOST_MEMORY));

async function refusal(work: () => unknown): Promise<XqgError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof XqgError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

type Manifest = {
  pivot: Record<string, unknown>;
  languages: Record<string, Record<string, unknown>>;
} & Record<string, unknown>;

describe('a pack', () => {
  const manifestPath = () => join(folder, 'manifest.json');
  const change = (changed: (manifest: Manifest) => void) => {
    const manifest = JSON.parse(readFileSync(manifestPath(), 'utf8')) as Manifest;
    changed(manifest);
    writeFileSync(manifestPath(), JSON.stringify(manifest));
  };
  /** Another file of German with a right sha256. */
  const german = (container: Uint8Array, quality = 5) => {
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
    writeFileSync(join(folder, 'de.safetensors.br'), brotliCompressSync(container, { params }));
    change(({ languages }) => {
      languages.de.sha256 = sha256(Buffer.from(container));
    });
  };
  const pivot = (name: string, data: Float32Array | Int8Array | Uint8Array) => {
    const path = join(folder, 'pivot.safetensors');
    const container = decodeSafetensors(readFileSync(path), path);
    const tensors = { ...container.tensors, [name]: { shape: [data.length], data } };
    const bytes = encodeSafetensors({ ...container, tensors });
    writeFileSync(path, bytes);
    change((manifest) => {
      manifest.pivot.sha256 = sha256(Buffer.from(bytes));
    });
  };
  const bytes = (n: number) => ({ shape: [n], data: new Uint8Array(n) });
  const table = (changes: Record<string, { shape: number[]; data: Uint8Array | Uint16Array }>) => ({
    metadata: {},
    tensors: {
      terms: { shape: [1], data: Buffer.from('a') },
      surfaces: bytes(1),
      lengths: { shape: [1], data: Uint8Array.of(1) },
      stems: { shape: [1], data: Uint16Array.of(0) },
      counts: bytes(1),
      ...changes,
    },
  });

  const cases: readonly (readonly [string, () => void])[] = [
    ['no JSON', () => writeFileSync(manifestPath(), '{')],
    ['a list', () => writeFileSync(manifestPath(), '[]')],
    ['null', () => writeFileSync(manifestPath(), 'null')],
    ['no languages', () => change((manifest) => Object.assign(manifest, { languages: 7 }))],
    [
      'a file of the user',
      () => change(({ languages }) => Object.assign(languages.de, { file: '/etc/passwd' })),
    ],
    [
      'a file far above',
      () => change((manifest) => Object.assign(manifest.pivot, { file: '../../../etc/passwd' })),
    ],
    [
      'a folder above in the name of one beside it',
      () => change((manifest) => Object.assign(manifest.pivot, { file: '../../passwd' })),
    ],
    [
      'a sha256 that is none',
      () => change((manifest) => Object.assign(manifest.pivot, { sha256: {} })),
    ],
    [
      'a billion terms',
      () => change(({ languages }) => Object.assign(languages.de, { terms: 1e9 })),
    ],
    [
      'a manifest that never ends',
      () => {
        rmSync(manifestPath());
        symlinkSync('/dev/zero', manifestPath());
      },
    ],
    [
      'a file that never ends',
      () => {
        rmSync(join(folder, 'de.safetensors.br'));
        symlinkSync('/dev/zero', join(folder, 'de.safetensors.br'));
      },
    ],
    [
      'a pivot that is a pipe',
      () => {
        rmSync(join(folder, 'pivot.safetensors'));
        spawnSync('mkfifo', [join(folder, 'pivot.safetensors')]);
      },
    ],
    ['a pivot of 10 GB', () => truncateSync(join(folder, 'pivot.safetensors'), 10e9)],
    ['200 MB in some bytes', () => german(new Uint8Array(2e8), 1)],
    ['other tensors', () => german(encodeSafetensors({ metadata: {}, tensors: {} }))],
    [
      'lengths beyond the links',
      () => german(encodeSafetensors(table({ lengths: { shape: [1], data: Uint8Array.of(200) } }))),
    ],
    [
      'stems that are not there',
      () =>
        german(encodeSafetensors(table({ stems: { shape: [1], data: Uint16Array.of(60_000) } }))),
    ],
    ['20 million empty terms', () => german(encodeSafetensors(table({ terms: lines(2e7) })), 1)],
    ['vectors of another size', () => pivot('vectors', new Int8Array(5))],
    ['counts that are no numbers', () => pivot('counts', new Float32Array(12).fill(Number.NaN))],
    ['stems of another type', () => pivot('stems', new Float32Array(3))],
  ];

  function lines(n: number) {
    return { shape: [n], data: new Uint8Array(n).fill(10) };
  }

  it.each(cases)('with %s is refused', async (_, make) => {
    writePack(folder);
    await expect(loadPack(folder)).resolves.toBeDefined();
    make();
    const error = await refusal(async () => (await loadPack(folder)).table('de'));
    expect(['XQG_PACK_DAMAGED', 'XQG_PACK_FORMAT']).toContain(error.code);
  });
});

describe('vectors', () => {
  const npy = (header: string, { version = 1, length = header.length } = {}) => {
    const start = Buffer.alloc(version === 1 ? 10 : 12);
    start.write('\x93NUMPY', 'latin1');
    start[6] = version;
    if (version === 1) start.writeUInt16LE(length, 8);
    else start.writeUInt32LE(length, 8);
    return Buffer.concat([start, Buffer.from(header), Buffer.alloc(24)]);
  };
  const shape = (text: string) =>
    npy(`{'descr': '<f4', 'fortran_order': False, 'shape': (${text}), }\n`);
  const safetensors = (header: unknown, length?: number | bigint) => {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(length ?? json.length));
    return Buffer.concat([start, json, Buffer.alloc(24)]);
  };
  const tensor = (dims: unknown, offsets: unknown, dtype = 'F32') => ({
    dtype,
    shape: dims,
    data_offsets: offsets,
  });

  const files: readonly (readonly [string, string, Buffer])[] = [
    ['rows below zero', 'a.npy', shape('-2, 3')],
    ['dimensions below zero', 'a.npy', shape('2, -3')],
    ['half a row', 'a.npy', shape('1.5, 3')],
    ['more rows than numbers can say', 'a.npy', shape('9007199254740993, 9007199254740993')],
    ['endless rows', 'a.npy', shape('1e400, 3')],
    ['rows of 4 GB', 'a.npy', shape('1, 1000000000')],
    ['a header of 4 GB', 'a.npy', npy('{', { version: 2, length: 2 ** 32 - 1 })],
    ['an object', 'a.npy', npy("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }\n")],
    ['a header that is cut', 'a.npy', npy('', { length: 5000 })],
    ['a header of 2^64 bytes', 'a.safetensors', safetensors('{}', 2n ** 64n - 1n)],
    ['a header of 90 MB', 'a.safetensors', safetensors('{}', 90_000_000)],
    ['a header that is a list', 'a.safetensors', safetensors('[1]')],
    ['a header nested deeply', 'a.safetensors', safetensors('['.repeat(200_000))],
    ['offsets below zero', 'a.safetensors', safetensors({ a: tensor([2, 3], [-24, 0]) })],
    ['offsets in the wrong order', 'a.safetensors', safetensors({ a: tensor([2, 3], [24, 0]) })],
    ['offsets beyond the file', 'a.safetensors', safetensors({ a: tensor([2, 3], [0, 2 ** 50]) })],
    [
      'a shape beyond its offsets',
      'a.safetensors',
      safetensors({ a: tensor([2 ** 26, 2 ** 27], [0, 24]) }),
    ],
    [
      'tensors over one another',
      'a.safetensors',
      safetensors({ a: tensor([2, 3], [0, 24]), b: tensor([4], [8, 24]) }),
    ],
    [
      'numbers that are not finite',
      'a.safetensors',
      Buffer.concat([
        safetensors({ a: tensor([2, 3], [0, 24]) }).subarray(0, -24),
        Buffer.from(Float32Array.of(1, Number.NaN, 0, 0, Number.POSITIVE_INFINITY, 0).buffer),
      ]),
    ],
  ];

  it.each(files)('with %s are refused', async (_, name, content) => {
    writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, 'ids.txt'), 'a\nb\n');
    const passages = [{ vectors: name, ids: 'ids.txt' }];
    writeFileSync(join(folder, 'list.json'), JSON.stringify({ name: 'x', passages }));
    const error = await refusal(() => FileEncoder.open(join(folder, 'list.json')));
    expect(['XQG_VECTOR_FILE', 'XQG_VECTOR_ROW']).toContain(error.code);
  });

  it.each(['a.npy', 'a.safetensors', 'list.json'])(
    'of a pipe or a device are refused: %s',
    async (name) => {
      const passages = [{ vectors: name.endsWith('json') ? 'a.npy' : name, ids: 'ids.txt' }];
      writeFileSync(join(folder, 'ids.txt'), 'a\nb\n');
      for (const make of [
        () => spawnSync('mkfifo', [join(folder, name)]),
        () => symlinkSync('/dev/zero', join(folder, name)),
      ]) {
        rmSync(join(folder, name), { force: true });
        make();
        if (name !== 'list.json')
          writeFileSync(join(folder, 'list.json'), JSON.stringify({ name: 'x', passages }));
        const error = await refusal(() => FileEncoder.open(join(folder, 'list.json')));
        expect(error.code).toBe('XQG_VECTOR_FILE');
        expect(error.message).toContain('regular file');
      }
    },
  );
});

describe('files that a person names', () => {
  it.each([
    ['settings of an endpoint', 'XQG_ENDPOINT_SETTINGS', (file: string) => endpointOf(file)],
    ['a card', 'XQG_MODEL_CARD', (file: string) => readCardFields(file)],
    ['a glossary', 'XQG_GLOSSARY', (file: string) => readGlossary(file)],
    ['an experiment', 'XQG_EXPERIMENT_FILE', (file: string) => readExperiment(file)],
    ['a prompt', 'XQG_PROMPT', (file: string) => loadPrompt('queries', [], file)],
  ] as const)('end where a device does not: %s', async (_, code, read) => {
    const error = await refusal(() => read('/dev/zero'));
    expect(error.code).toContain(code);
  });
});

describe('an experiment', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghij'
      .split('')
      .map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]}, `.repeat(9)}]`),
  ].join('\n');
  it.each([
    ['aliases of aliases', bomb],
    ['an anchor around its alias', 'data: &a [*a]'],
    ['an anchor around its alias in a group', 'data: &a {b: *a}'],
    ['an alias of nothing', 'data: *nothing'],
    ['lists 50,000 deep', `data: ${'['.repeat(50_000)}`],
    ['groups 50,000 deep', `data: ${'{a: '.repeat(50_000)}`],
    ['a type of JavaScript', 'data: !!js/function "function () { process.exit(3) }"'],
    ['a prototype', '__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}'],
    ['no text', '\u0000\u0001'],
    ['a list of a million', `name: x\nencoders: [${'static, '.repeat(100_000)}]`],
    ['a billion samples', 'name: x\nstatistics: {samples: 1000000000}'],
    ['more than a file', `name: ${'x'.repeat(2_000_000)}`],
  ])('with %s is refused', { timeout: 20_000 }, async (_, yaml) => {
    const file = join(folder, 'experiment.yaml');
    writeFileSync(file, yaml);
    const error = await refusal(() => readExperiment(file));
    expect(['XQG_EXPERIMENT_FILE', 'XQG_EXPERIMENT_INVALID']).toContain(error.code);
    expect(error.message.length).toBeLessThan(100_000);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('bags of terms', () => {
  const bag = encodeTerms({ terms: ['a', 'b'], weights: Float32Array.of(1, 2) });
  it.each([
    ['numbers that do not end', new Uint8Array(20).fill(0xff)],
    ['more terms than bytes', Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 1, 1)],
    ['nothing', new Uint8Array(0)],
    ['their end cut off', bag.subarray(0, 3)],
  ])('with %s are refused', (_, bytes) => {
    expect(() => decodeTerms(bytes)).toThrow(RangeError);
  });
});

describe('the tests above', () => {
  it('make folders as strangers do', () => {
    mkdirSync(join(folder, 'pack'));
    expect(writePack(join(folder, 'pack'))).toBe(join(folder, 'pack'));
  });
});
