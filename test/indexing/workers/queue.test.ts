import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Encoder } from '../../../src/encode/encoder.js';
import type { Generator } from '../../../src/generate/generator.js';
import { indexDocuments } from '../../../src/indexing/build.js';
import { digestIndex } from '../../../src/indexing/digest.js';
import { readManifest } from '../../../src/indexing/manifest.js';
import type { IndexResult } from '../../../src/indexing/options.js';
import type { Recipe } from '../../../src/indexing/recipe.js';
import { queueStatus, queueStatusOf } from '../../../src/indexing/workers/queue-status.js';
import { QueuedRun, type QueueOptions } from '../../../src/indexing/workers/queued-run.js';
import { takeParts, type WorkerOptions } from '../../../src/indexing/workers/worker.js';
import {
  documentsOf,
  drawing,
  encoder,
  generator,
  upTo,
  withSentences,
} from '../../support/hashed-recipe.js';
import { forgetRuns, redisUrl } from './redis.js';

const url = redisUrl(11);
const DOCUMENTS = 120;
let root: string;
let alone: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-queue-'));
  await indexDocuments(join(root, 'alone'), documentsOf(upTo(DOCUMENTS)), { encoder, generator });
  alone = await digestIndex(join(root, 'alone'));
});
beforeEach(async () => {
  if (url !== null) await forgetRuns(url);
});
afterAll(async () => rm(root, { recursive: true, force: true }));

interface Making {
  readonly encoder?: Encoder;
  readonly generator?: Generator;
  readonly signal?: AbortSignal;
  readonly documents?: readonly number[];
}

/** As XqgIndex.addPaths does it. */
async function indexBy(
  dir: string,
  options: Partial<QueueOptions> = {},
  making: Making = {},
): Promise<IndexResult> {
  const { signal, documents = upTo(DOCUMENTS), ...made } = making;
  const recipe = { generator: 'fake' };
  const queue = { url: url!, partPassages: 16, ...options };
  const queuedRun = await QueuedRun.open(queue, { directory: dir, recipe, signal });
  try {
    const { rowsFrom } = queuedRun;
    return await queuedRun.end(
      await indexDocuments(dir, documentsOf(documents), {
        encoder,
        generator,
        rowsFrom,
        signal,
        ...made,
      }),
    );
  } finally {
    await queuedRun.close();
  }
}

/** Workers of this process, until `stop`. */
function workers(
  n: number,
  options: Partial<WorkerOptions> = {},
  recipe: Recipe = { encoder, generator, pack: null, glossary: null },
) {
  const stopping = new AbortController();
  const talk: string[] = [];
  const ended = Promise.all(
    Array.from({ length: n }, (_, i) =>
      takeParts(url!, {
        open: async () => recipe,
        name: `w${i}`,
        signal: stopping.signal,
        onTalk: (text) => talk.push(text),
        ...options,
      }),
    ),
  );
  ended.catch(() => undefined);
  const stop = async () => {
    stopping.abort();
    return ended;
  };
  return { stop, ended, talk };
}

/** The fake encoder, which cannot bear one text. */
const poisoned: Encoder = {
  ...encoder,
  encodePassages: async (passages) => {
    if (passages.some(({ text }) => text.includes('Document 40 ')))
      throw new Error('cannot bear document 40');
    return encoder.encodePassages(passages);
  },
};

describe.skipIf(url === null)('an index by a queue', () => {
  it('has the sentences of the one built alone', async () => {
    const options = { encoder, generator, sentences: true };
    const documents = () => documentsOf(upTo(40), withSentences);
    const dir = join(root, 'sentences');
    await indexDocuments(join(root, 'sentences alone'), documents(), options);
    const { stop } = workers(2);
    const queue = { url: url!, partPassages: 16 };
    const run = await QueuedRun.open(queue, { directory: dir, recipe: { generator: 'fake' } });
    const { rowsFrom } = run;
    await run.end(await indexDocuments(dir, documents(), { ...options, rowsFrom }));
    await run.close();
    await stop();
    expect(await digestIndex(dir)).toBe(await digestIndex(join(root, 'sentences alone')));
    expect((await readManifest(dir)).identity.sentences).toBe(true);
  });

  it('equals the one built alone, by two workers, and leaves nothing behind', async () => {
    const dir = join(root, 'two');
    const { stop } = workers(2);
    const result = await indexBy(dir);
    expect(result).toMatchObject({
      status: 'complete',
      documents: { indexed: DOCUMENTS, failed: 0 },
    });
    const done = await stop();
    expect(done.reduce((sum, { parts }) => sum + parts, 0)).toBeGreaterThan(8);
    expect(done.reduce((sum, { passages }) => sum + passages, 0)).toBe(result.passages);
    expect(await digestIndex(dir)).toBe(alone);
    expect((await readdir(dir)).sort()).toEqual(['lexical', 'readers', 'store', 'xqg.json']);
    expect(await queueStatus(url!)).toMatchObject({
      runs: [],
      counts: { waiting: 0, active: 0, delayed: 0, done: 0, setAside: 0 },
    });
  });

  it('counts the workers of its own database alone', async () => {
    const { stop } = workers(1, { name: 'here' });
    await expect
      .poll(async () => (await queueStatus(url!)).workers, { timeout: 10_000 })
      .toEqual(['here']);
    expect((await queueStatus(url!.replace(/\d+$/, '14'))).workers).toEqual([]);
    await stop();
  });

  it('is not built again when nothing changed, and only what changed is computed', async () => {
    const dir = join(root, 'changed');
    const { stop } = workers(1);
    await indexBy(dir, {}, { documents: upTo(60) });
    expect(await indexBy(dir, {}, { documents: upTo(60) })).toMatchObject({
      passages: 0,
      documents: { unchanged: 60 },
    });
    const result = await indexBy(dir);
    expect(result.documents).toMatchObject({ indexed: DOCUMENTS - 60, unchanged: 60 });
    await stop();
    expect(await digestIndex(dir)).toBe(alone);
  });

  it('takes parts that were kept, for another index too, without any worker', async () => {
    const parts = join(root, 'kept-parts');
    const { stop } = workers(1);
    await indexBy(join(root, 'kept'), { parts, keepParts: true });
    await stop();
    expect((await indexBy(join(root, 'kept-again'), { parts })).status).toBe('complete');
    expect(await digestIndex(join(root, 'kept-again'))).toBe(alone);
    const left = (await readdir(parts, { recursive: true })).filter((name) =>
      /rows|passages/.test(name),
    );
    expect(left).toEqual([]);
  });

  it('goes on after an interruption with what is done', async () => {
    const dir = join(root, 'interrupted');
    const interruption = new AbortController();
    const { stop } = workers(1);
    const interrupted = await indexBy(
      dir,
      { onParts: ({ done }) => done > 0 && interruption.abort() },
      { signal: interruption.signal },
    );
    expect(['interrupted', 'complete']).toContain(interrupted.status);
    expect((await indexBy(dir)).status).toBe('complete');
    await stop();
    expect(await digestIndex(dir)).toBe(alone);
  });

  it('sets a poison part aside with its reason, keeps the rest, and tries again when told', async () => {
    const dir = join(root, 'poison');
    const bad = workers(1, {}, { encoder: poisoned, generator, pack: null, glossary: null });
    const first = await indexBy(dir, { attempts: 2 });
    expect(first).toMatchObject({
      status: 'incomplete',
      error: {
        code: 'XQG_PARTS_INCOMPLETE',
        details: { setAside: 1, reason: 'cannot bear document 40' },
      },
    });
    expect(first.error!.message).toMatch(/^(\d+) of (\d+) parts done, 1 set aside/);
    expect(first.error!.remedy).toContain('run the same command again');
    expect(first.documents.indexed).toBe(DOCUMENTS - first.documents.failed);
    expect(first.failures[0]).toMatchObject({ code: 'XQG_PART_SET_ASIDE' });
    expect(bad.talk.filter((line) => line.includes('failed'))).toHaveLength(2);
    const seen = await queueStatus(url!);
    expect(seen).toMatchObject({
      runs: [{ phase: 'incomplete', setAside: 1 }],
      setAside: [{ reason: 'cannot bear document 40', attempts: 2 }],
    });
    expect(await queueStatusOf(dir)).toMatchObject({ setAside: [{ attempts: 2 }] });

    const again = await indexBy(dir, { attempts: 2 });
    expect(again.error?.details).toMatchObject({ done: 0, parts: 1, setAside: 1 });
    expect(bad.talk.filter((line) => line.includes('failed'))).toHaveLength(2);
    await bad.stop();

    const good = workers(1);
    expect((await indexBy(dir, { retryFailed: true })).status).toBe('complete');
    await good.stop();
    expect(await digestIndex(dir)).toBe(alone);
    expect(await queueStatusOf(dir)).toBeNull();
  });

  it('fails the documents that fail when it is built alone, and tries them again', async () => {
    const short: Generator = {
      ...drawing,
      draw: async (passages, lang, n, seed) =>
        (await drawing.draw(passages, lang, n, seed)).map((queries, i) =>
          passages[i].id === 'd41' ? queries.slice(1) : queries,
        ),
    };
    const made = { documents: upTo(60) };
    const wanted = await indexDocuments(join(root, 'failing-alone'), documentsOf(upTo(60)), {
      encoder,
      generator: short,
    });
    const { stop } = workers(1, {}, { encoder, generator: short, pack: null, glossary: null });
    const result = await indexBy(join(root, 'failing'), {}, { ...made, generator: short });
    await stop();
    expect(result.failures).toEqual(wanted.failures);
    expect(result.error).toEqual(wanted.error);
    expect(await digestIndex(join(root, 'failing'))).toBe(
      await digestIndex(join(root, 'failing-alone')),
    );
    const mended = workers(1, {}, { encoder, generator: drawing, pack: null, glossary: null });
    const again = await indexBy(join(root, 'failing'), {}, { ...made, generator: drawing });
    await mended.stop();
    expect(again).toMatchObject({ status: 'complete', documents: { indexed: 1, unchanged: 59 } });
  });

  it('refuses a worker with another encoder, which gives its part back', async () => {
    const dir = join(root, 'refused');
    const other = { ...encoder, identity: { ...encoder.identity, weights: 'other' } };
    const wrong = workers(1, {}, { encoder: other, generator, pack: null, glossary: null });
    const indexing = indexBy(dir);
    await expect(wrong.ended).rejects.toMatchObject({
      code: 'XQG_WORKER_IDENTITY',
      details: { what: 'encoder' },
    });
    const right = workers(1);
    expect((await indexing).status).toBe('complete');
    expect(right.talk.filter((line) => line.includes('failed'))).toEqual([]);
    await right.stop();
    expect(await digestIndex(dir)).toBe(alone);
  });

  it('refuses a worker that does not see the parts', async () => {
    const blind = workers(1, { parts: join(root, 'elsewhere') });
    const interruption = new AbortController();
    const indexing = indexBy(join(root, 'unseen'), {}, { signal: interruption.signal });
    await expect(blind.ended).rejects.toMatchObject({ code: 'XQG_PARTS_UNSEEN' });
    interruption.abort();
    await indexing;
  });

  it('makes damaged rows anew, and refuses those of another make', async () => {
    const parts = join(root, 'damaged-parts');
    const { stop } = workers(1);
    await indexBy(join(root, 'damaged'), { parts, keepParts: true });
    const [make] = (await readdir(parts)).filter((name) => name !== 'unfinished');
    const files = (await readdir(join(parts, make))).filter((name) => name.endsWith('.rows'));
    const [first, second] = files.map((name) => join(parts, make, name));
    await writeFile(first, (await readFile(first)).subarray(0, 1000));
    await indexBy(join(root, 'mended'), { parts, keepParts: true });
    expect(await digestIndex(join(root, 'mended'))).toBe(alone);
    const bytes = await readFile(second);
    const text = bytes.toString('latin1').replace('"weights":"w"', '"weights":"x"');
    await writeFile(second, Buffer.from(text, 'latin1'));
    await expect(indexBy(join(root, 'foreign'), { parts })).rejects.toMatchObject({
      code: 'XQG_PART_IDENTITY',
      details: { what: 'encoder' },
    });
    await stop();
  });

  it('sets a part with damaged passages aside at once, and makes them anew when told', async () => {
    const [dir, parts] = [join(root, 'torn'), join(root, 'torn-parts')];
    const indexing = indexBy(dir, { parts }).catch((error: Error) => error);
    while ((await queueStatus(url!)).runs[0]?.phase !== 'computing') await setTimeout(20);
    const [make] = (await readdir(parts)).filter((name) => name !== 'unfinished');
    const [first] = (await readdir(join(parts, make))).filter((name) => name.endsWith('.passages'));
    await writeFile(join(parts, make, first), 'torn\n');
    const { stop, talk } = workers(1);
    expect(await indexing).toMatchObject({ code: 'XQG_PART_DAMAGED' });
    expect(talk.filter((line) => line.includes('failed'))).toHaveLength(1);
    expect((await indexBy(dir, { parts, retryFailed: true })).status).toBe('complete');
    await stop();
    expect(await digestIndex(dir)).toBe(alone);
  });

  it('gives the part in hand back when a worker is stopped, and counts no attempt', async () => {
    const dir = join(root, 'stopped');
    let waiting = () => {};
    const slow: Encoder = {
      ...encoder,
      encodePassages: async (passages) => {
        await new Promise<void>((go) => {
          waiting = go;
        });
        return encoder.encodePassages(passages);
      },
    };
    const first = workers(1, {}, { encoder: slow, generator, pack: null, glossary: null });
    const indexing = indexBy(dir, { attempts: 1 });
    while ((await queueStatus(url!)).inHand.length === 0) await setTimeout(20);
    const stopping = first.stop();
    await setTimeout(200);
    waiting();
    expect(await stopping).toMatchObject([{ parts: 0, failed: 0 }]);
    const second = workers(1);
    expect((await indexing).status).toBe('complete');
    await second.stop();
    expect(await digestIndex(dir)).toBe(alone);
  });

  it('says where it is while it works, without the password', async () => {
    const dir = join(root, 'told');
    const { host } = new URL(url!);
    const interruption = new AbortController();
    const indexing = indexBy(
      dir,
      { url: url!.replace('://', '://:secret@') },
      { signal: interruption.signal },
    );
    while (!existsSync(join(dir, 'queue.json'))) await setTimeout(20);
    const file = JSON.parse(await readFile(join(dir, 'queue.json'), 'utf8'));
    expect(file).toMatchObject({ queue: `redis://${host}/11`, parts: join(dir, 'parts') });
    const status = await queueStatus(url!);
    const { runs } = status;
    expect(JSON.stringify([file, status])).not.toContain('secret');
    expect(runs).toMatchObject([{ index: dir, plan: { recipe: { generator: 'fake' } } }]);
    interruption.abort();
    expect((await indexing).status).toBe('interrupted');
    expect((await readManifest(dir)).state.status).toBe('indexing');
  });
});
