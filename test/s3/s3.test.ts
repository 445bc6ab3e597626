import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexDocuments } from '../../src/indexing/build.js';
import { digestIndex } from '../../src/indexing/digest.js';
import { openPartStorage } from '../../src/indexing/workers/open-part-storage.js';
import { QueuedRun } from '../../src/indexing/workers/queued-run.js';
import { takeParts } from '../../src/indexing/workers/worker.js';
import { freePort, hasRedis, startRedis } from '../indexing/workers/redis.js';
import { describeStorage } from '../indexing/workers/storage-conformance.js';
import { documentsOf, encoder, generator, upTo } from '../support/hashed-recipe.js';

const client = new S3Client({ forcePathStyle: true });
const Bucket = 'xqg-parts';
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-s3-test-'));
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  client.destroy();
  await rm(root, { recursive: true, force: true });
});

describeStorage('S3', async () => `s3://${Bucket}/${randomUUID()}`);

describe('parts in S3', () => {
  it('are refused with what the server says, and without keys, where there is no such bucket', async () => {
    const storage = await openPartStorage('s3://no-such-bucket/x');
    const error = await storage.put('a', Buffer.from('a')).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      code: 'XQG_PARTS_STORAGE',
      details: { place: 's3://no-such-bucket/x' },
    });
    expect((error as Error).message).toContain('NoSuchBucket');
    expect(JSON.stringify(error)).not.toContain(process.env.AWS_SECRET_ACCESS_KEY);
    storage.close();
  });

  it('of one name: the first stays', async () => {
    const place = `s3://${Bucket}/${randomUUID()}`;
    const storage = await openPartStorage(place);
    await storage.put('a', Buffer.from('first'));
    await storage.put('a', Buffer.from('second'));
    expect(Buffer.from((await storage.get('a'))!).toString()).toBe('first');
    storage.close();
    const Key = `${place.slice(`s3://${Bucket}/`.length)}/a`;
    await expect(
      client.send(new PutObjectCommand({ Bucket, Key, Body: 'third', IfNoneMatch: '*' })),
    ).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it.skipIf(!hasRedis())('make the index that is made alone, and are gone afterwards', async () => {
    const port = await freePort();
    const redis = await startRedis(port, root);
    const url = `redis://127.0.0.1:${port}`;
    const [alone, dir] = [join(root, 'alone'), join(root, 'index')];
    await indexDocuments(alone, documentsOf(upTo(200)), { encoder, generator });
    const stopping = new AbortController();
    const workers = ['a', 'b'].map((name) =>
      takeParts(url, {
        open: async () => ({ encoder, generator, pack: null, glossary: null }),
        name,
        signal: stopping.signal,
      }),
    );
    const parts = `s3://${Bucket}/run`;
    const queuedRun = await QueuedRun.open(
      { url, parts, partPassages: 16 },
      { directory: dir, recipe: { generator: 'fake' } },
    );
    const { rowsFrom } = queuedRun;
    const result = await queuedRun.end(
      await indexDocuments(dir, documentsOf(upTo(200)), { encoder, generator, rowsFrom }),
    );
    await queuedRun.close();
    stopping.abort();
    const done = await Promise.all(workers);
    redis.kill('SIGTERM');
    expect(result.status).toBe('complete');
    expect(done.reduce((sum, { passages }) => sum + passages, 0)).toBe(result.passages);
    expect(await digestIndex(dir)).toBe(await digestIndex(alone));
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'run/' }),
    );
    expect(Contents.map(({ Key }) => Key)).toEqual([
      expect.stringMatching(/^run\/\w+\/made-by\.json$/),
    ]);
  });
});
