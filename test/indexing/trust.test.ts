/**
 * Addresses and files that an index names. An index of a stranger once had `xqg search` send any
 * environment variable to any address, and `xqg status` the password of the cluster.
 */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { allowHere, rememberTrust, trustEntry, trustedEntries } from '../../src/base/trust.js';
import type { EncoderSpec } from '../../src/encode/open-encoder.js';
import { indexDocuments } from '../../src/indexing/build.js';
import { copyIndex } from '../../src/indexing/copy.js';
import { digestIndex } from '../../src/indexing/digest.js';
import { readManifest, writeManifest } from '../../src/indexing/manifest.js';
import { specOfIndex } from '../../src/indexing/recipe.js';
import { removeFromIndex } from '../../src/indexing/remove.js';
import { indexStatus } from '../../src/indexing/status.js';
import { queueStatusOf } from '../../src/indexing/workers/queue-status.js';
import { openIndex } from '../../src/xqg-index.js';
import { documentsOf, encoder, generator, upTo } from '../support/hashed-recipe.js';
import { type OpenAiServer, startOpenAiServer } from '../support/openai-server.js';

const SECRET = 'a-secret-of-the-user';
let root: string;
let whole: string;
/** Connections that came in at an address which nobody allowed. */
let connections: Socket[] = [];
const listener = createServer((socket) => {
  connections.push(socket);
  socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
});
let host: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'xqg-trust-'));
  whole = join(root, 'whole');
  await indexDocuments(whole, documentsOf(upTo(6)), { encoder, generator });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
});
afterAll(async () => {
  listener.close();
  await rm(root, { recursive: true, force: true });
});
beforeEach(() => {
  connections = [];
  vi.stubEnv('XQG_CONFIG', join(root, `config-${++number}`));
  vi.stubEnv('XQG_TRUST', '');
  vi.stubEnv('XQG_CACHE', join(root, 'cache'));
  vi.stubEnv('OPENAI_BASE_URL', '');
  for (const name of ['OPENAI_API_KEY', 'AWS_SECRET_ACCESS_KEY', 'XQG_OPENSEARCH_PASSWORD'])
    vi.stubEnv(name, SECRET);
  vi.stubEnv('XQG_OPENSEARCH_USER', 'reader');
});
afterEach(() => vi.unstubAllEnvs());
let number = 0;

/** A copy of the index whose manifest is changed. */
async function strange(changes: object): Promise<string> {
  const dir = join(root, `strange-${++number}`);
  await cp(whole, dir, { recursive: true });
  await writeManifest(dir, { ...(await readManifest(dir)), ...changes });
  return dir;
}

function named(endpoint: EncoderSpec['endpoint'], spec = 'openai:model'): object {
  return { encoderSpec: { spec, endpoint } };
}

describe('an endpoint that an index names', () => {
  it.each([
    ['with the usual key', undefined],
    ['with another variable', 'AWS_SECRET_ACCESS_KEY'],
  ])('gets nothing, %s', async (_, keyVariable) => {
    const dir = await strange(named({ url: `http://${host}/v1`, keyVariable }));
    const variable = keyVariable ?? 'OPENAI_API_KEY';
    await expect(openIndex(dir)).rejects.toMatchObject({
      code: 'XQG_NOT_TRUSTED',
      details: {
        named: `http://${host}/v1 with the key in ${variable}`,
        allowed: 'nothing',
        command: `xqg trust http://${host}/v1 --key-variable ${variable}`,
      },
    });
    await expect(openIndex(dir, { create: true })).rejects.toMatchObject({
      code: 'XQG_NOT_TRUSTED',
    });
    expect(connections).toHaveLength(0);
  });

  it.each([
    ['another host', 'http://HOST.example.org/v1', 'OPENAI_API_KEY'],
    ['http for https', 'http://HOST/v1', 'OPENAI_API_KEY'],
    ['another path', 'https://HOST/other', 'OPENAI_API_KEY'],
    ['another variable', 'https://HOST/v1', 'AWS_SECRET_ACCESS_KEY'],
  ])('is refused beside an allowed one: %s', async (_, url, keyVariable) => {
    vi.stubEnv('XQG_TRUST', 'https://HOST/v1');
    const dir = await strange(named({ url, keyVariable }));
    await expect(openIndex(dir)).rejects.toMatchObject({
      code: 'XQG_NOT_TRUSTED',
      details: { allowed: 'https://host/v1 OPENAI_API_KEY' },
    });
  });

  it('is no other address because it is spelled otherwise', () => {
    for (const spelling of ['HTTPS://Host.example/v1/', 'https://host.example:443/v1'])
      expect(trustEntry(spelling)).toBe('https://host.example/v1 OPENAI_API_KEY');
  });

  it('without an address takes that of the environment, but no other key', async () => {
    vi.stubEnv('OPENAI_BASE_URL', `http://${host}/v1`);
    const manifest = await readManifest(whole);
    const specOf = (keyVariable?: string) =>
      specOfIndex({}, whole, { ...manifest, ...named({ keyVariable }) });
    expect((await specOf()).encoder).toBe('openai:model');
    await expect(specOf('AWS_SECRET_ACCESS_KEY')).rejects.toMatchObject({
      code: 'XQG_NOT_TRUSTED',
    });
  });

  it('by a file of settings, or a card by its path, is refused', async () => {
    const file = join(root, 'private.json');
    await writeFile(file, `"${SECRET}"`);
    for (const encoderSpec of [
      { spec: 'openai:model', endpoint: file },
      { spec: '/some/model', card: file },
    ]) {
      const dir = await strange({ encoderSpec });
      const error = await openIndex(dir).catch((error: Error) => error);
      expect(error).toMatchObject({ code: 'XQG_INDEX_DAMAGED' });
      expect(String(error)).not.toContain(SECRET);
    }
  });
});

describe('an index of the same user', () => {
  let server: OpenAiServer;
  beforeAll(async () => {
    server = await startOpenAiServer();
  });
  afterAll(() => server.close());

  it('is found again without options, once it was made with the endpoint', async () => {
    const dir = join(root, 'own');
    const settings = join(root, 'endpoint.json');
    await writeFile(settings, JSON.stringify({ url: server.url, backoffSeconds: 0.01 }));
    const made = await openIndex(dir, {
      create: true,
      encoder: 'openai:model',
      encoderOptions: { endpoint: settings },
      generator: null,
    });
    await made.add([{ id: 'a', text: 'bees make honey', lang: 'en' }]);
    await made.close();
    // The settings themselves are in the index, not the path of the file.
    await rm(settings);
    expect(await readFile(join(dir, 'xqg.json'), 'utf8')).not.toContain(settings);
    vi.stubEnv('XQG_TRUST', '');
    const again = await openIndex(dir);
    expect((await again.search('honey', { lang: 'en' })).hits[0].documentId).toBe('a');
    await again.close();
    expect(new Set(server.authorizations)).toEqual(new Set([`Bearer ${SECRET}`]));

    vi.stubEnv('XQG_CONFIG', join(root, 'elsewhere'));
    vi.stubEnv('XQG_TRUST', '');
    const sent = server.requests.length;
    await expect(openIndex(dir)).rejects.toMatchObject({ code: 'XQG_NOT_TRUSTED' });
    expect(server.requests).toHaveLength(sent);
    const given = await openIndex(dir, { encoderOptions: { endpoint: { url: server.url } } });
    await given.close();
  });

  it('is said to be forgotten where the configuration cannot be written', async () => {
    const file = join(root, 'no-folder');
    await writeFile(file, '');
    vi.stubEnv('XQG_CONFIG', join(file, 'xqg'));
    const warnings: string[] = [];
    const spy = vi.spyOn(process, 'emitWarning').mockImplementation((message) => {
      warnings.push(String(message));
    });
    await rememberTrust(['opensearch://host:9200/news']);
    spy.mockRestore();
    expect(warnings).toEqual([expect.stringContaining('opensearch://host:9200/news')]);
    // For this process, and those that it starts, it counts all the same.
    expect(await trustedEntries()).toEqual(['opensearch://host:9200/news']);
  });
});

describe('what else an index names', () => {
  it('is no store that gets a password', async () => {
    const dir = await strange({
      store: `opensearch://${host}/news?shards=1&replicas=0&engine=lucene`,
    });
    const copy = join(root, `copy-${number}`);
    const refused = {
      code: 'XQG_NOT_TRUSTED',
      details: {
        named: `opensearch://${host}/news`,
        command: `xqg trust opensearch://${host}/news`,
        option: `--store opensearch://${host}/news`,
      },
    };
    await expect(indexStatus(dir)).rejects.toMatchObject(refused);
    await expect(digestIndex(dir)).rejects.toMatchObject(refused);
    await expect(copyIndex(dir, copy)).rejects.toMatchObject(refused);
    await expect(removeFromIndex(dir, { documents: ['d1'] })).rejects.toMatchObject(refused);
    const adding = indexDocuments(dir, documentsOf([70]), { encoder, generator });
    await expect(adding).rejects.toMatchObject(refused);
    expect(connections).toHaveLength(0);
  });

  it('is no other index of an allowed cluster', async () => {
    allowHere([`opensearch://${host}/news`]);
    const dir = await strange({ store: `opensearch://${host}/payroll` });
    await expect(indexStatus(dir)).rejects.toMatchObject({ code: 'XQG_NOT_TRUSTED' });
    const two = await strange({ store: `opensearch://${host},127.0.0.1:1/news` });
    await expect(indexStatus(two)).rejects.toMatchObject({ code: 'XQG_NOT_TRUSTED' });
    const tls = await strange({ store: `opensearchs://${host}/news` });
    await expect(indexStatus(tls)).rejects.toMatchObject({ code: 'XQG_NOT_TRUSTED' });
    expect(connections).toHaveLength(0);
  });

  it('is no queue that gets a password', async () => {
    const dir = await strange({});
    const file = { queue: `redis://${host}`, run: 'r', parts: '/parts' };
    await writeFile(join(dir, 'queue.json'), JSON.stringify(file));
    expect(await queueStatusOf(dir)).toMatchObject({
      queue: `redis://${host}`,
      problem: expect.stringContaining('You have not allowed that'),
    });
    expect(connections).toHaveLength(0);
  });

  it.each(['file:SECRETS', 'SECRETS'])('is no file that is read: %s', async (form) => {
    const secrets = join(root, `secrets-${++number}`);
    await mkdir(secrets);
    await writeFile(join(secrets, 'config.json'), SECRET);
    const dir = await strange({ encoderSpec: { spec: form.replace('SECRETS', secrets) } });
    const error = await openIndex(dir).catch((error: Error) => error);
    expect(error).toMatchObject({ code: 'XQG_NOT_TRUSTED' });
    expect(String(error)).not.toContain(SECRET);
  });

  it.each(['hf:../../etc', 'hf:/etc', 'hf:a/../b', 'hf:..'])(
    'is no path as a name: %s',
    async (spec) => {
      const dir = await strange({ encoderSpec: { spec } });
      await expect(openIndex(dir)).rejects.toMatchObject({
        code: 'XQG_MODEL_MISSING',
        details: { places: 'nowhere, since that is no name on the hub' },
      });
    },
  );
});
