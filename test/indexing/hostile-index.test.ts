/**
 * Indexes that a stranger made: each is refused with a clear error or answers as the whole one. No
 * file outside is read or removed, nothing is sent, and memory stays bounded.
 */
import { spawnSync } from 'node:child_process';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { XqgError } from '../../src/base/errors.js';
import { sha256 } from '../../src/base/identity.js';
import { indexDocuments } from '../../src/indexing/build.js';
import { copyIndex } from '../../src/indexing/copy.js';
import { damagedFiles, writeChecksums } from '../../src/indexing/durability/checksums.js';
import { readManifest } from '../../src/indexing/manifest.js';
import { removeFromIndex } from '../../src/indexing/remove.js';
import { indexStatus } from '../../src/indexing/status.js';
import { queueStatusOf } from '../../src/indexing/workers/queue-status.js';
import { leftJobs } from '../../src/server/jobs/stored-job.js';
import { storeFolder } from '../../src/store/open-store.js';
import { openHashed } from '../support/hashed-index.js';
import { documentsOf, encoder, generator, upTo, withSentences } from '../support/hashed-recipe.js';
import {
  field,
  numberField,
  rewrite,
  rewriteAnn,
  rewriteGraph,
  rewriteSegment,
  rewriteVersion,
} from '../support/strange-index.js';

/** Beyond what the tests take anyway, in bytes. */
const MOST_MEMORY = 400e6;
let root: string;
let outside: string;
let answers: string;
let connections = 0;
const listener = createServer((socket) => {
  connections++;
  socket.destroy();
});
let host: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-hostile-'));
  outside = join(root, 'outside');
  await mkdir(join(outside, 'private'), { recursive: true });
  await writeFile(join(outside, 'private', 'secret.md'), 'the secret of the user');
  await writeFile(join(outside, 'x.lease'), 'the lease of somebody');
  const dir = join(root, 'whole');
  const options = { encoder, generator, sentences: true };
  await indexDocuments(dir, documentsOf(upTo(30), withSentences), options);
  const index = openHashed(dir);
  await index.buildAnn();
  await index.close();
  answers = await answersOf(dir);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  vi.stubEnv('XQG_TRUST', '');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  listener.close();
  await rm(root, { recursive: true, force: true });
});

async function answersOf(dir: string): Promise<string> {
  const index = openHashed(dir);
  try {
    const results: unknown[] = [];
    for (const mode of ['dense', 'lexical', 'hybrid'] as const)
      results.push((await index.search('right to work', { lang: 'bn', mode, k: 10 })).hits);
    return sha256(JSON.stringify(results));
  } finally {
    await index.close();
  }
}

async function jobsLeft(dir: string) {
  const left: { readonly id: string; readonly job: unknown }[] = [];
  for await (const each of await leftJobs(dir)) left.push(each);
  return left;
}

/** Unless an earlier version stands in for the one that was changed, and the index says so. */
async function sameAnswers(dir: string): Promise<void> {
  const found = await answersOf(dir);
  if ((await readManifest(dir)).recovered === undefined) expect(found).toBe(answers);
}

const one = (name: string, value: unknown) => (dir: string) => rewrite(dir, { [name]: value });
const put = (name: string, content: string | Buffer) => async (dir: string) => {
  await rm(join(dir, name), { recursive: true, force: true });
  await writeFile(join(dir, name), content);
};
/** A part of the index that is a link to somewhere else. */
const link = (name: string, target: () => string) => async (dir: string) => {
  await rm(join(dir, name), { recursive: true, force: true });
  await symlink(target(), join(dir, name));
};
const inFolder = (name: string) => async (dir: string) => {
  const [first] = await readdir(join(dir, name));
  return join(name, first);
};
const numbers =
  (at: number, ...values: number[]) =>
  (bytes: Buffer) => {
    for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, at + 4 * i);
    return bytes;
  };

type Change = (dir: string) => Promise<unknown>;
const CASES: readonly (readonly [string, Change])[] = [
  ['a manifest that is a list', put('xqg.json', '[]')],
  ['a manifest that is null', put('xqg.json', 'null')],
  ['a manifest nested 100,000 deep', put('xqg.json', '['.repeat(100_000))],
  ['a manifest that is a link', link('xqg.json', () => join(outside, 'private', 'secret.md'))],
  ['a manifest that never ends', link('xqg.json', () => '/dev/zero')],
  ['a manifest of 100 GB', (dir) => truncate(join(dir, 'xqg.json'), 100e9)],
  [
    'a manifest that is a pipe',
    async (dir) => {
      await rm(join(dir, 'xqg.json'));
      spawnSync('mkfifo', [join(dir, 'xqg.json')]);
    },
  ],
  ['no dimensions', one('identity.encoder.dim', 0)],
  ['a billion dimensions', one('identity.encoder.dim', 1e9)],
  ['half a dimension', one('identity.encoder.dim', 0.5)],
  ['dimensions as text', one('identity.encoder.dim', '16')],
  ['other dimensions than the rows', one('identity.encoder.dim', 1024)],
  ['a language that leaves the folder', one('identity.queryLanguages', ['../../x'])],
  ['languages that the rows do not have', one('identity.queryLanguages', ['bn', 'en', 'fr'])],
  ['sums of 4 bits', one('identity.sumBits', 4)],
  ['a glossary that leaves the folder', one('identity.glossary', '../../../../etc/passwd')],
  ['a glossary that is not there', one('identity.glossary', 'a'.repeat(64))],
  ['no identity', one('identity', undefined)],
  ['an encoder that is no group', one('identity.encoder', [])],
  ['a profile that is none', one('augmentation', { profile: '__proto__', alpha: 1 })],
  ['billions of passages', one('counts.passages', 4e9)],
  ['less than no passages', one('counts.passages', -1)],
  [
    'a segment that leaves the folder',
    one('sealed.segments', [{ key: '../../outside/private/secret', rows: 30 }]),
  ],
  ['a segment of too many rows', one('sealed.segments', [{ key: 'a', rows: 2 ** 40 }])],
  ['a version that leaves the folder', one('sealed.version', '../../x@1')],
  ['a version that is not there', one('sealed.version', '7@9')],
  ['a version that is no number', one('sealed.version', 'a@b')],
  ['a state that is none', one('state.status', 'ready')],
  ['failures that are no list', one('state.failures', { length: 1e9 })],
  ['a store that is a file', one('store', 'file:///etc')],
  ['a store with a password', (dir) => rewrite(dir, { store: `opensearch://a:b@${host}/x` })],
  ['a store at an address', (dir) => rewrite(dir, { store: `opensearch://${host}/x` })],
  ['a manifest without its checksum', put('xqg.json', '{"format":2,"tool":{"version":"1"}}')],
  ['a store elsewhere', link('store', () => outside)],
  ['segments elsewhere', link('lexical', () => outside)],
  ['leases elsewhere', link('readers', () => outside)],
  ['a graph elsewhere', link('ann', () => outside)],
  ['uploads elsewhere', link('incoming', () => outside)],
  ['a lock elsewhere', link('writer-x-1.lock', () => join(outside, 'x.lease'))],
  [
    'a segment that never ends',
    async (dir) => link(await inFolder('lexical')(dir), () => '/dev/zero')(dir),
  ],
  [
    'rows that are a link',
    async (dir) => {
      const name = await inFolder('store/passages-1.lance/data')(dir);
      await rename(join(dir, name), join(outside, `rows-${number}`));
      await symlink(join(outside, `rows-${number}`), join(dir, name));
    },
  ],
  [
    'a base of another address',
    (dir) => rewriteVersion(dir, field(18, Buffer.concat([field(4, `http://${host}/x`)]))),
  ],
  [
    'a data file outside',
    (dir) => rewriteVersion(dir, field(2, field(2, field(1, '../../../outside/rows')))),
  ],
  [
    'a data file with a base',
    (dir) =>
      rewriteVersion(
        dir,
        field(
          2,
          field(
            2,
            Buffer.concat([
              field(1, `${'0'.repeat(24)}${'a'.repeat(26)}.lance`),
              numberField(7, 1),
            ]),
          ),
        ),
      ),
  ],
  ['a transaction outside', (dir) => rewriteVersion(dir, field(12, '../../../outside/x.txn'))],
  ['a version cut within a field', (dir) => rewriteVersion(dir, Buffer.from([0x12, 0xff, 0x7f]))],
  ['checksums that are none', put('store/checksums.json', '{"files":{"a":1}}')],
  ['a segment with a header of 4 GB', (dir) => rewriteSegment(dir, numbers(0, 2 ** 32 - 1))],
  [
    'a segment with another header',
    (dir) => rewriteSegment(dir, (body) => void body.fill(65, 4, 40)),
  ],
  [
    'a segment with postings out of order',
    (dir) => rewriteSegment(dir, (body) => void body.fill(0xff, body.length >> 1)),
  ],
  ['a graph record that leaves the folder', (dir) => rewriteAnn(dir, { files: '../../outside' })],
  ['a graph without a recall', (dir) => rewriteAnn(dir, { recall: [] })],
  ['a graph that names no rows', (dir) => rewriteAnn(dir, { candidates: -5 })],
  ['a graph cut short', (dir) => rewriteGraph(dir, (bytes) => bytes.subarray(0, 4000))],
  ['a graph of a billion rows', (dir) => rewriteGraph(dir, numbers(0, 1e9, 16))],
  ['a graph of wide vectors', (dir) => rewriteGraph(dir, numbers(4, 2 ** 31))],
  [
    'a graph whose links lead out',
    (dir) => rewriteGraph(dir, (bytes) => bytes.fill(0xff, bytes.length - 40)),
  ],
  [
    'a graph with levels that are not there',
    (dir) =>
      rewriteGraph(dir, (bytes) => {
        const rows = bytes.readUInt32LE(0);
        bytes.writeInt16LE(30_000, 8 + rows * bytes.readUInt32LE(4) + 64 + 40);
        return bytes;
      }),
  ],
  ['a graph record that is no JSON', put('ann/ann.json', '{"format":3')],
];

let number = 0;

describe('an index of a stranger', () => {
  const baseline = process.memoryUsage().rss;

  it('is tried in many ways', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(55);
  });

  it.each(CASES)('with %s is refused, or answers as the whole one', async (_, change) => {
    const dir = join(root, `strange-${++number}`);
    await cp(join(root, 'whole'), dir, { recursive: true });
    await change(dir);
    const work: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['search', () => sameAnswers(dir)],
      ['status', () => indexStatus(dir)],
      ['doctor', () => damagedFiles(dir)],
      ['jobs', async () => jobsLeft(dir)],
      ['queue', () => queueStatusOf(dir)],
      ['copy', () => copyIndex(dir, join(root, `copy-${number}`))],
      ['remove', () => removeFromIndex(dir, { documents: ['d1'] })],
    ];
    const refusals: string[] = [];
    for (const [what, run] of work) {
      try {
        await run();
      } catch (error) {
        if (!(error instanceof XqgError)) throw error;
        expect(`${what}: ${error.code}`).not.toContain('XQG_UNEXPECTED');
        expect(error.message).not.toContain('the secret of the user');
        refusals.push(what);
      }
    }
    expect(await readFile(join(outside, 'private', 'secret.md'), 'utf8')).toContain('secret');
    expect(await readFile(join(outside, 'x.lease'), 'utf8')).toContain('lease');
    expect(connections).toBe(0);
    await rm(dir, { recursive: true, force: true });
  });

  it('takes no more memory than others', () => {
    expect(process.memoryUsage().rss - baseline).toBeLessThan(MOST_MEMORY);
    expect(1024 * process.resourceUsage().maxRSS).toBeLessThan(baseline + 2 * MOST_MEMORY);
  });
});

describe('jobs that wait in an index of a stranger', () => {
  it('name no files outside, and remove none', async () => {
    const dir = join(root, 'jobs');
    const job = {
      accepted: 1,
      what: ['x'],
      created: '',
      access: { fingerprint: null, filters: [] },
    };
    const task = { kind: 'add', metadata: {}, folder: outside, directory: outside };
    await mkdir(join(dir, 'incoming', 'linked'), { recursive: true });
    await mkdir(join(dir, 'incoming', 'inner', 'files'), { recursive: true });
    for (const id of ['linked', 'inner'])
      await writeFile(join(dir, 'incoming', id, 'job.json'), JSON.stringify({ ...job, task }));
    await symlink(outside, join(dir, 'incoming', 'linked', 'files'));
    await symlink(outside, join(dir, 'incoming', 'inner', 'files', 'x'));
    const left = await jobsLeft(dir);
    expect(left.map(({ id, job }) => [id, job instanceof XqgError]).sort()).toEqual([
      ['inner', true],
      ['linked', true],
    ]);
    expect(await readdir(join(outside, 'private'))).toEqual(['secret.md']);
  });
});

describe('a strange index with right checksums', () => {
  it('has these only where the test made them: without, it is refused for that alone', async () => {
    const dir = join(root, 'sums');
    await cp(join(root, 'whole'), dir, { recursive: true });
    await writeChecksums(storeFolder(dir));
    expect(await damagedFiles(dir)).toEqual([]);
    expect(await answersOf(dir)).toBe(answers);
  });
});
