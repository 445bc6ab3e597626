import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSegments, writeSegments } from '../../src/indexing/lexical/segments.js';
import { SegmentFollower, SegmentsAhead } from '../../src/indexing/segments-ahead.js';
import { LanceStore } from '../../src/store/lance/lance-store.js';
import type { IndexedPassage } from '../../src/store/store.js';
import { passage, shape } from '../store/conformance.js';

/** Rows per write; three writes fill more than one segment. */
const ROWS = 6000;

let root: string;
/** An index whose store has three writes. */
let dir: string;
let store: LanceStore;
/** Names of the segments that sealing would build, with the sha256 of their content. */
const expected = new Map<string, string>();

const rowsOf = (write: number): IndexedPassage[] =>
  Array.from({ length: ROWS }, (_, i) =>
    passage(`${write}-${i}`, 0, {
      sums: new Map(),
      drawn: null,
      own: { terms: [`w${i % 97}`, `v${write}`], weights: Float32Array.of(1 + (i % 3), 0.3) },
    }),
  );

async function filesOf(index: string): Promise<Map<string, string>> {
  const folder = join(index, 'lexical');
  const files = new Map<string, string>();
  for (const name of (await readdir(folder)).sort()) {
    files.set(
      name,
      createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex'),
    );
  }
  return files;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-ahead-'));
  dir = join(root, 'index');
  store = await LanceStore.create(join(dir, 'store'), shape);
});
afterAll(async () => {
  store.close();
  await rm(root, { recursive: true, force: true });
});

describe('segments that are built while rows arrive', () => {
  it('equal those of sealing, starting from an empty store or from one with rows', async () => {
    const first = new SegmentFollower(join(root, 'first'), 0);
    const later = new SegmentFollower(join(root, 'later'), 2 * ROWS);
    for (let write = 0; write < 3; write++) {
      await store.upsert(rowsOf(write), { allNew: true });
      const reader = await store.snapshot();
      await first.follow(reader);
      if (write === 2) await later.follow(reader);
      reader.close();
    }
    await first.end();
    await later.end();
    const reader = await store.snapshot();
    const { segments } = await planSegments(reader);
    expect(segments.length).toBeGreaterThan(1);
    await writeSegments(join(root, 'sealed'), reader, segments);
    reader.close();
    for (const [name, sha256] of await filesOf(join(root, 'sealed'))) expected.set(name, sha256);
    expect(await filesOf(join(root, 'first'))).toEqual(expected);
    const [ofLater, ofAll] = [await filesOf(join(root, 'later')), [...expected]];
    // One segment was complete before.
    expect(ofLater.size).toBe(expected.size - 1);
    expect([...ofLater]).toEqual(ofAll.filter(([name]) => ofLater.has(name)));
  });

  it('are built by a thread, which waits until there are enough rows', async () => {
    const ahead = new SegmentsAhead(dir);
    await ahead.written(10, true);
    await ahead.written(3 * ROWS - 10, true);
    await ahead.finish();
    expect(await filesOf(dir)).toEqual(expected);
  });

  it('are left to sealing if rows change, threads are disabled, or the thread fails', async () => {
    const changed = new SegmentsAhead(join(root, 'changed'));
    await changed.written(ROWS, false);
    await changed.finish();
    const alone = new SegmentsAhead(join(root, 'changed'), 0);
    await alone.written(ROWS, true);
    await alone.finish();
    const failing = new SegmentsAhead(join(root, 'no-such-index'));
    await failing.written(ROWS, true);
    await failing.finish();
    await expect(readdir(join(root, 'changed'))).rejects.toThrow(/ENOENT/);
    await expect(readdir(join(root, 'no-such-index'))).rejects.toThrow(/ENOENT/);
  });
});
