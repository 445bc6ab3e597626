/**
 * Flips single bits of the files of an index with a graph, sentences and generated queries. No flip
 * may change an answer unless `xqg doctor` names a file; where rows are read, the search itself
 * fails. `npm run test:crash` tries 300; the integration tests try some.
 *
 * Of 48 flips in the data of rows doctor once saw none, and 7 of 30 changed a ranking or a text.
 */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { XqgError } from '../../src/base/errors.js';
import { seededRandom } from '../../src/base/random.js';
import { indexDocuments } from '../../src/indexing/build.js';
import { damagedFiles } from '../../src/indexing/durability/checksums.js';
import { removeFromIndex } from '../../src/indexing/remove.js';
import { openHashed } from '../support/hashed-index.js';
import { documentsOf, encoder, generator, upTo, withSentences } from '../support/hashed-recipe.js';

const FLIPS = process.env.XQG_EVERY === '1' ? 300 : 45;
const QUESTIONS = ['dignity of every person', 'right to work and rest', 'sentence 2 of document 9'];
/** Not read by any search: locks, leases, and what Lance leaves beside a table. */
const UNREAD = /^readers\/|\.lock$|_transactions\/|latest_version_hint/;

let root: string;
let files: Map<string, string[]>;
let answers: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-flips-'));
  const dir = join(root, 'whole');
  const options = { encoder, generator, sentences: true };
  await indexDocuments(dir, documentsOf(upTo(60), withSentences), options);
  await removeFromIndex(dir, { documents: ['d3', 'd8'] });
  const index = openHashed(dir);
  await index.buildAnn();
  await index.close();
  answers = await answersOf(dir);
  expect(await damagedFiles(dir)).toEqual([]);
  files = await filesByKind(dir);
  expect([...files.keys()].sort()).toEqual([
    'ann',
    'ann.json',
    'checksums',
    'deletions',
    'graph',
    'lexical',
    'rows',
    'version',
    'xqg.json',
  ]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Rankings, scores and texts of each leg, with and without the graph. */
async function answersOf(dir: string): Promise<string> {
  const index = openHashed(dir);
  try {
    const results: unknown[] = [];
    for (const question of QUESTIONS)
      for (const mode of ['dense', 'lexical', 'hybrid'] as const)
        for (const ann of [true, false]) {
          const given = { lang: 'bn', mode, k: 20, ...(mode === 'lexical' ? {} : { ann }) };
          const { hits } = await index.search(question, given);
          results.push(hits);
        }
    return JSON.stringify(results);
  } finally {
    await index.close();
  }
}

function kindOf(name: string): string {
  if (!name.includes('/')) return name;
  if (name.endsWith('checksums.json')) return 'checksums';
  if (name.startsWith('lexical/')) return 'lexical';
  if (name === 'ann/ann.json') return 'ann.json';
  if (name.endsWith('graph.usearch')) return 'graph';
  if (name.startsWith('ann/')) return 'ann';
  if (name.includes('_versions')) return 'version';
  return name.includes('_deletions') ? 'deletions' : 'rows';
}

async function filesByKind(dir: string): Promise<Map<string, string[]>> {
  const kinds = new Map<string, string[]>();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const name = relative(dir, join(entry.parentPath, entry.name));
    if (!entry.isFile() || UNREAD.test(name)) continue;
    kinds.set(kindOf(name), [...(kinds.get(kindOf(name)) ?? []), name].sort());
  }
  return kinds;
}

describe('a flipped bit', () => {
  it('changes no answer without being named', { timeout: 600_000 }, async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const random = seededRandom('flips');
    const silent: string[] = [];
    const unexpected: string[] = [];
    const noticed = { search: 0, doctor: 0 };
    const kinds = [...files.keys()].sort();
    for (let flip = 0; flip < FLIPS; flip++) {
      const kind = kinds[flip % kinds.length];
      const names = files.get(kind)!;
      const name = names[Math.floor(random() * names.length)];
      const dir = join(root, `flip-${flip}`);
      await cp(join(root, 'whole'), dir, { recursive: true });
      const bytes = await readFile(join(dir, name));
      const bit = Math.floor(random() * bytes.length * 8);
      bytes[bit >> 3] ^= 1 << (bit & 7);
      await writeFile(join(dir, name), bytes);
      const what = `${name}, bit ${bit}`;
      const doctor = await damagedFiles(dir).then(
        (damaged) => damaged.length > 0,
        (error: unknown) => {
          if (!(error instanceof XqgError)) unexpected.push(`${what}: doctor ${error}`);
          return true;
        },
      );
      let same = false;
      try {
        same = (await answersOf(dir)) === answers;
      } catch (error) {
        noticed.search++;
        if (!(error instanceof XqgError)) unexpected.push(`${what}: search ${error}`);
        same = true;
      }
      if (doctor) noticed.doctor++;
      else silent.push(`${what}: not seen by doctor`);
      if (!same && kind !== 'graph') silent.push(`${what}: the search answered otherwise`);
      await rm(dir, { recursive: true });
    }
    expect(unexpected).toEqual([]);
    expect(silent).toEqual([]);
    expect(noticed.doctor).toBe(FLIPS);
    expect(noticed.search).toBeGreaterThan(FLIPS / 4);
  });
});
