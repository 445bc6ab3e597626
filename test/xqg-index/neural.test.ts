import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openIndex } from '../../src/xqg-index.js';
import { start, xqg } from '../cli/run-xqg.js';
import { type OpenAiServer, startOpenAiServer } from '../support/openai-server.js';
import { shared } from '../support/shared.js';

const golden = shared('golden/models');
const CARD = { pooling: 'mean', normalize: true } as const;
let folder: string;
let server: OpenAiServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xqg-neural-'));
  server = await startOpenAiServer();
  vi.stubEnv('XQG_CACHE', join(folder, 'cache'));
  vi.stubEnv('OPENAI_API_KEY', 'sk-very-secret');
});
afterEach(async () => {
  await server.close();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function writePassages(n: number): string {
  const file = join(folder, 'passages.jsonl');
  const rows = Array.from({ length: n }, (_, i) => {
    return { id: `p${i}`, title: `Number ${i}`, text: `Passage ${i} speaks of bees.`, lang: 'en' };
  });
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  return file;
}

describe.skipIf(golden === null)('an index of tiny models', () => {
  for (const model of ['tiny-mt5', 'tiny-llama']) {
    it(`is made with tiny-xlmr and ${model}, filtered, and searched without naming them again`, async () => {
      const index = join(folder, 'index');
      const made = await xqg(
        'index',
        writePassages(6),
        ...[
          '--index',
          index,
          '--encoder',
          join(golden!, 'tiny-xlmr'),
          '--card',
          JSON.stringify(CARD),
        ],
        ...[
          '--generator',
          join(golden!, model),
          '--query-langs',
          'de,th',
          '--queries',
          '3',
          '--keep',
          'form>=1',
          '--json',
        ],
      );
      expect(made.code, made.stderr).toBe(0);
      expect(made.stderr).toMatch(/pooling mean, unit length/);
      expect(made.stderr).toMatch(
        /About 6 passages, each with generated queries in 2 languages \(6\): 42 encodings/,
      );
      expect(made.stderr).toMatch(/de: \d+ of 18 generated queries kept/);
      const found = await xqg('search', 'bees', '--index', index, '--lang', 'de', '--json');
      expect(found.code, found.stderr).toBe(0);
      expect(JSON.parse(found.stdout).hits).toHaveLength(6);
      const queries = await xqg('queries', 'p1', '--index', index, '--json');
      expect(Object.keys(JSON.parse(queries.stdout).queries).sort()).toEqual(['de', 'th']);
      const again = await xqg(
        'search',
        'bees',
        '--index',
        index,
        '--encoder',
        join(golden!, 'tiny-bert'),
        '--card',
        JSON.stringify(CARD),
      );
      expect(again.stderr).toContain('XQG_INDEX_IDENTITY');
    });
  }

  it('may leave generated queries to the lexical leg', async () => {
    const directory = join(folder, 'index');
    const options = {
      create: true,
      encoder: join(golden!, 'tiny-xlmr'),
      encoderOptions: { card: CARD },
    };
    const index = await openIndex(directory, {
      ...options,
      pack: 'base',
      encodeQueries: false,
      queryLanguages: ['de'],
    });
    await index.add([
      { id: 'a', title: '', text: 'Bees make honey.', lang: 'en' },
      { id: 'b', title: '', text: 'The court decides.', lang: 'en' },
    ]);
    const [best] = (await index.search('Honig', { lang: 'de', mode: 'lexical' })).hits;
    expect(best.id).toBe('a');
    const on = await index.search('Honig', { lang: 'de', mode: 'dense' });
    const off = await index.search('Honig', { lang: 'de', mode: 'dense', augment: false });
    expect(on.hits.map(({ id }) => id)).toEqual(off.hits.map(({ id }) => id));
    await index.close();
    const other = await openIndex(directory, { encodeQueries: true });
    await expect(
      other.add([{ id: 'c', title: '', text: 'More.', lang: 'en' }]),
    ).rejects.toMatchObject({
      code: 'XQG_INDEX_IDENTITY',
    });
    await other.close();
  });

  it('keeps only queries that find their own passage, and asks for every passage', async () => {
    const [plain, index] = [join(folder, 'plain'), join(folder, 'index')];
    const encoding = ['--encoder', join(golden!, 'tiny-xlmr'), '--card', JSON.stringify(CARD)];
    const made = await xqg(
      'index',
      writePassages(5),
      '--index',
      plain,
      ...encoding,
      '--generator',
      'none',
    );
    expect(made.code, made.stderr).toBe(0);
    const words = (dir: string, ...more: string[]) => [
      ...['index', join(folder, 'passages.jsonl'), '--index', dir, ...encoding, '--queries', '3'],
      ...[
        '--generator',
        join(golden!, 'tiny-mt5'),
        '--query-langs',
        'de',
        '--keep',
        'round-trip>=1',
        ...more,
      ],
    ];
    const alone = await xqg(...words(index));
    expect(alone.stderr).toContain('XQG_UNKNOWN_SCORER');
    const pack = await xqg(
      'index',
      folder,
      '--index',
      index,
      '--generator',
      'gloss',
      '--keep',
      'form>=1',
    );
    expect([pack.code, pack.stderr]).toEqual([1, expect.stringContaining('XQG_BAD_OPTION')]);
    const kept = await xqg(...words(index, '--round-trip', plain));
    expect(kept.code, kept.stderr).toBe(0);
    const [, drawn, left] = /de: (\d+) of (\d+) generated queries kept/
      .exec(kept.stderr)!
      .map(Number);
    expect(drawn).toBeLessThan(left);
    writePassages(6);
    const lacking = await xqg(...words(join(folder, 'other'), '--round-trip', plain));
    expect([lacking.code, lacking.stderr]).toEqual([
      1,
      expect.stringContaining('XQG_PASSAGE_UNKNOWN'),
    ]);
  });

  it('is asked for a model that is not there in one message', async () => {
    const told = await xqg(
      'index',
      writePassages(1),
      '--index',
      join(folder, 'index'),
      '--encoder',
      'hf:nobody/nothing',
    );
    expect(told.code).toBe(1);
    expect(told.stderr).toMatch(/Looked in: .*nobody\/nothing.*xqg models get hf:nobody\/nothing/s);
  });
});

describe('an index of remote models', () => {
  const reply = (body: {
    response_format: { json_schema: { schema: { required: string[] } } };
  }) => {
    const languages = body.response_format.json_schema.schema.required;
    return JSON.stringify(
      Object.fromEntries(languages.map((lang) => [lang, [`${lang} bees`, `${lang} honey`]])),
    );
  };

  it('that was killed goes on: what had arrived is there and is not asked for again', async () => {
    const settings = join(folder, 'endpoint.json');
    const prices = { pricePerMillionInput: 1, pricePerMillionOutput: 4 };
    writeFileSync(
      settings,
      JSON.stringify({
        url: server.url,
        itemsPerRequest: 4,
        concurrency: 1,
        backoffSeconds: 0.01,
        ...prices,
      }),
    );
    const words = (index: string) => [
      ...['index', writePassages(30), '--index', join(folder, index), '--encoder', 'openai:tiny'],
      ...[
        '--generator',
        'openai:chatty',
        '--endpoint',
        settings,
        '--query-langs',
        'de,th',
        '--queries',
        '2',
      ],
    ];
    server.reply = reply;
    const killed = start(...words('index'));
    server.beforeAnswer = (count) => {
      if (count === 25) killed.child.kill('SIGKILL');
    };
    expect((await killed.ended).code).not.toBe(0);
    const before = server.answered.length;
    expect(before).toBeLessThan(30);
    server.beforeAnswer = () => {};
    server.troubles = [{ status: 429, retryAfter: '0' }, 'drop'];
    const resumed = await start(...words('index')).ended;
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toMatch(
      /Queries of about \d+ passages? in 2 languages: \d+ calls? of the endpoint, about \d+ min, price about 0\.\d+/,
    );
    expect(resumed.stderr).toMatch(/\d+ encodings, about \d+ min, price about 0\.\d+/);
    // An answer is kept before the next request begins. The one that was on its way when the
    // process died never came, and nobody can know of it: it alone may be asked for again.
    const asked = server.answered.map((body) => JSON.stringify(body.input ?? body.messages));
    const twice = asked.filter((each, i) => asked.indexOf(each) !== i);
    const underWay = asked.slice(24, before);
    expect(underWay.length).toBe(1);
    expect(twice.filter((each) => !underWay.includes(each))).toEqual([]);
    expect(twice.length).toBeLessThanOrEqual(1);
    const chats = server.answered.filter(({ messages }) => messages !== undefined).length;
    expect(chats - 30).toBeLessThanOrEqual(1);
    const another = await start(...words('other')).ended;
    expect(another.code, another.stderr).toBe(0);
    expect(server.answered.length).toBe(asked.length);
    const digests = await Promise.all(
      ['index', 'other'].map(async (name) => {
        const index = await openIndex(join(folder, name), {
          encoder: 'openai:tiny',
          encoderOptions: { endpoint: settings },
        });
        const digest = await index.digest();
        await index.close();
        return digest;
      }),
    );
    expect(digests[0]).toBe(digests[1]);
    const manifest = readFileSync(join(folder, 'index', 'xqg.json'), 'utf8');
    expect(manifest + resumed.stderr + resumed.stdout).not.toContain('sk-very-secret');
  });
});
