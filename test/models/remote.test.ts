import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RemoteEncoder } from '../../src/encode/remote-encoder.js';
import { ChatGenerator } from '../../src/generate/chat.js';
import { FilteredGenerator } from '../../src/generate/filters/filtered.js';
import { SCORERS } from '../../src/generate/filters/scorers.js';
import { Answers } from '../../src/models/remote/answer-cache.js';
import { type EndpointFields, endpointOf } from '../../src/models/remote/endpoint.js';
import { type OpenAiServer, startOpenAiServer, vectorOf } from '../support/openai-server.js';

const KEY = 'sk-very-secret';
let server: OpenAiServer;
let folder: string;

beforeEach(async () => {
  server = await startOpenAiServer();
  folder = mkdtempSync(join(tmpdir(), 'xqg-remote-'));
  vi.stubEnv('OPENAI_API_KEY', KEY);
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

function endpoint(settings: EndpointFields = {}) {
  return endpointOf({ url: server.url, backoffSeconds: 0.01, timeoutSeconds: 10, ...settings });
}

function answers(name = 'answers'): Promise<Answers> {
  return Answers.open(join(folder, `${name}.jsonl`));
}

function queries(...texts: string[]) {
  return texts.map((text) => ({ text, languages: [{ lang: 'en', weight: 1 }] }));
}

function passages(n: number) {
  return Array.from({ length: n }, (_, i) => ({
    id: `p${i}`,
    title: `Title ${i}`,
    text: `Passage ${i}.`,
    lang: 'en',
  }));
}

/** Queries in every language that was asked for. */
function wellBehaved({
  response_format,
}: {
  response_format: { json_schema: { schema: { required: string[] } } };
}): string {
  const languages = response_format.json_schema.schema.required;
  return JSON.stringify(
    Object.fromEntries(languages.map((lang) => [lang, [`${lang} one?`, `${lang} two?`]])),
  );
}

describe('the embeddings endpoint', () => {
  async function open(settings: EndpointFields = {}, kept?: Answers) {
    return RemoteEncoder.open('tiny', {
      endpoint: endpoint(settings),
      answers: kept ?? (await answers()),
    });
  }

  it('gives each text its vector, whatever the order of the answer, within the limits of a request', async () => {
    const encoder = await open({ itemsPerRequest: 3, tokensPerRequest: 19 });
    const texts = [
      'one',
      'two',
      'three',
      'four',
      'a much longer text than the others, cut off by tokens',
      'six',
    ];
    const rows = await encoder.encodeQueries(queries(...texts));
    expect(encoder.identity).toMatchObject({ name: 'openai/tiny', dim: 8, unitLength: true });
    texts.forEach((text, i) => {
      const expected = vectorOf(text);
      const length = Math.hypot(...expected);
      expected.forEach((value, d) => {
        expect(rows[i * 8 + d]).toBeCloseTo(value / length, 6);
      });
    });
    expect(server.requests.slice(1).map(({ input }) => input.length)).toEqual([3, 1, 2]);
    expect(server.authorizations[0]).toBe(`Bearer ${KEY}`);
    await encoder.close();
  });

  it('asks for nothing twice, also in another run', async () => {
    const encoder = await open();
    const once = await encoder.encodeQueries(queries('one', 'two', 'one'));
    expect(server.answered.flatMap(({ input }) => input)).toEqual(['a', 'one', 'two']);
    expect(await encoder.encodeQueries(queries('one', 'two', 'one'))).toEqual(once);
    await encoder.close();
    const again = await open();
    expect(await again.encodeQueries(queries('one', 'two', 'one'))).toEqual(once);
    expect(server.requests).toHaveLength(2);
    await again.close();
  });

  for (const [name, trouble] of Object.entries({
    'a limit on the rate': { status: 429, retryAfter: '0' },
    'a fault of the server': { status: 500 },
    'a hang': 'hang',
    'JSON that is cut': 'cut',
    'a dropped connection': 'drop',
  } as const)) {
    it(`tries again after ${name}`, async () => {
      const encoder = await open(trouble === 'hang' ? { timeoutSeconds: 1 } : {});
      server.troubles = [trouble, trouble];
      const rows = await encoder.encodeQueries(queries('one'));
      expect(rows.some((value) => value !== 0)).toBe(true);
      expect(server.requests).toHaveLength(4);
      await encoder.close();
    });
  }

  it('follows no redirect: texts and key go where the settings say', async () => {
    const encoder = await open();
    server.troubles = [{ status: 307, location: '/v1/embeddings' }];
    const refused = await encoder.encodeQueries(queries('one')).catch((error) => error);
    expect(refused).toMatchObject({
      code: 'XQG_REMOTE_REFUSED',
      details: { problem: expect.stringMatching(/^status 307/) },
    });
    expect(server.requests).toHaveLength(2);
    await encoder.close();
  });

  it('reads no answer without an end', async () => {
    const encoder = await open({ retries: 0 });
    server.troubles = ['endless'];
    const failed = await encoder.encodeQueries(queries('one')).catch((error) => error);
    expect(failed).toMatchObject({
      code: 'XQG_REMOTE_FAILED',
      details: { problem: expect.stringContaining('longer than 32 MB') },
    });
    await expect.poll(() => server.left).toBe(1);
    await encoder.close();
  });

  it('waits as long as it is told to', async () => {
    const encoder = await open();
    server.troubles = [{ status: 429, retryAfter: '0.4' }];
    await encoder.encodeQueries(queries('one'));
    const [first, second] = server.times.slice(1);
    expect(second - first).toBeGreaterThan(380);
    await encoder.close();
  });

  it('keeps to the requests of a minute', async () => {
    const encoder = await open({ requestsPerMinute: 600, itemsPerRequest: 1 });
    await encoder.encodeQueries(queries('one', 'two', 'three'));
    expect(server.times.at(-1)! - server.times[0]).toBeGreaterThan(280);
    await encoder.close();
  });

  it('gives up after the last attempt, and names the key nowhere', async () => {
    const encoder = await open({ retries: 2 });
    server.troubles = Array.from({ length: 3 }, () => ({
      status: 503,
      body: `overloaded, ${KEY}`,
    }));
    const failed = await encoder.encodeQueries(queries('one')).catch((error) => error);
    expect(failed).toMatchObject({ code: 'XQG_REMOTE_FAILED', details: { attempts: 3 } });
    server.troubles = [{ status: 401, body: `the key ${KEY} is unknown` }];
    const refused = await encoder.encodeQueries(queries('one')).catch((error) => error);
    expect(refused).toMatchObject({ code: 'XQG_REMOTE_REFUSED' });
    expect(refused.remedy).toContain('OPENAI_API_KEY');
    expect(server.requests).toHaveLength(1 + 3 + 1);
    for (const error of [failed, refused])
      expect(JSON.stringify([error.message, error.details])).not.toContain(KEY);
    expect(JSON.stringify(encoder.identity)).not.toContain(KEY);
    expect(readFileSync(join(folder, 'answers.jsonl'), 'utf8')).not.toContain(KEY);
    await encoder.close();
  });

  it('keeps what arrived before a failure', async () => {
    const encoder = await open({ itemsPerRequest: 1, concurrency: 1, retries: 0 });
    server.beforeAnswer = (count) => {
      if (count === 3) server.troubles = [{ status: 401 }, { status: 401 }, { status: 401 }];
    };
    await expect(encoder.encodeQueries(queries('1', '2', '3', '4', '5'))).rejects.toMatchObject({
      code: 'XQG_REMOTE_REFUSED',
    });
    server.troubles = [];
    server.beforeAnswer = () => {};
    await encoder.encodeQueries(queries('1', '2', '3', '4', '5'));
    expect(server.answered.flatMap(({ input }) => input).sort()).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      'a',
    ]);
    await encoder.close();
  });

  it('says where the address is missing', () => {
    vi.stubEnv('OPENAI_BASE_URL', '');
    expect(() => endpointOf()).toThrow(expect.objectContaining({ code: 'XQG_ENDPOINT_ADDRESS' }));
    expect(() => endpointOf({ url: server.url, retris: 2 } as never)).toThrow(/retris/);
  });

  it('takes no secret in its settings, and repeats none', () => {
    for (const settings of [
      { url: server.url, apiKey: KEY },
      { url: `http://me:${KEY}@127.0.0.1/v1` },
    ]) {
      try {
        endpointOf(settings as never);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'XQG_ENDPOINT_SETTINGS' });
        const { message, details } = error as { message: string; details: unknown };
        expect(JSON.stringify([message, details])).not.toContain(KEY);
      }
    }
    vi.stubEnv('OPENAI_BASE_URL', `http://me:${KEY}@127.0.0.1/v1`);
    expect(() => endpointOf()).toThrow(/name or password/);
  });
});

describe('the chat generator', () => {
  async function open(settings: EndpointFields = {}, languages = ['de', 'th']) {
    const options = { endpoint: endpoint(settings), languages, answers: await answers() };
    return ChatGenerator.open('chatty', options);
  }

  it('asks for all languages of a passage in one call, as structured output', async () => {
    const generator = await open();
    server.reply = wellBehaved;
    expect(await generator.draw(passages(2), 'de', 2, 0)).toEqual([
      ['de one?', 'de two?'],
      ['de one?', 'de two?'],
    ]);
    expect(await generator.draw(passages(2), 'th', 2, 0)).toEqual([
      ['th one?', 'th two?'],
      ['th one?', 'th two?'],
    ]);
    expect(server.requests).toHaveLength(2);
    const [{ messages, response_format }] = server.requests;
    expect(messages[0].content).toMatch(
      /German \(de\), Thai \(th\)[\s\S]*Title 0[\s\S]*Passage 0\./,
    );
    expect(response_format.json_schema.schema.required).toEqual(['de', 'th']);
    await generator.close();
  });

  it('asks again where JSON is cut, is none, or lacks a language; takes JSON in fences', async () => {
    const generator = await open({ timeoutSeconds: 2 });
    const replies = [
      'the answer that is cut',
      '{"de": ["eins?", "zwei?"]}',
      'Sure! Here you go',
      '```json\n{"de": ["eins?"], "th": []}\n```',
    ];
    server.reply = () => replies.shift()!;
    server.troubles = ['cut', 'hang', 'drop', { status: 500 }];
    expect(await generator.draw(passages(1), 'de', 2, 0)).toEqual([['eins?']]);
    expect(server.requests).toHaveLength(7);
    await generator.close();
  });

  it('that answers in the wrong language is believed no query of it, without another call', async () => {
    server.reply = ({ response_format }) =>
      JSON.stringify(
        Object.fromEntries(
          response_format.json_schema.schema.required.map((lang: string) => [
            lang,
            ['Wer macht eigentlich den Honig?', 'Warum sind die Bienen so wichtig für die Blumen?'],
          ]),
        ),
      );
    const filtered = new FilteredGenerator(
      await open(),
      SCORERS,
      { language: 0.5 },
      await answers('scores'),
    );
    expect((await filtered.draw(passages(1), 'de', 2, 0))[0]).toHaveLength(2);
    expect(await filtered.draw(passages(1), 'th', 2, 0)).toEqual([[]]);
    expect(filtered.yields.get('th')).toEqual({ drawn: 2, kept: 0, below: { language: 2 } });
    expect(server.requests).toHaveLength(1);
    await filtered.close();
  });

  it('stops at the limit of cost, and goes on later without paying twice', async () => {
    const prices = { pricePerMillionInput: 1000, pricePerMillionOutput: 1000, concurrency: 1 };
    server.reply = wellBehaved;
    const poor = await open({ ...prices, costLimit: 0.4 });
    await expect(poor.draw(passages(5), 'de', 2, 0)).rejects.toMatchObject({
      code: 'XQG_COST_LIMIT',
    });
    expect(poor.client.spent).toMatchObject({ requests: 3, cost: expect.closeTo(0.45, 5) });
    await poor.close();
    const rich = await open(prices);
    expect(await rich.draw(passages(5), 'de', 2, 0)).toHaveLength(5);
    expect(server.answered).toHaveLength(5);
    await rich.close();
  });
});

describe('kept answers', () => {
  it('survive a line that a kill cut, and writers beside each other', async () => {
    const path = join(folder, 'answers.jsonl');
    const first = await Answers.open(path);
    await first.put(Answers.key(1), { text: 'ünïcode' });
    await first.close();
    const whole = statSync(path).size;
    appendFileSync(path, `${Answers.key(2)} {"text": "half`);
    const [a, b] = [await Answers.open(path), await Answers.open(path)];
    expect(statSync(path).size).toBe(whole);
    expect(a.has(Answers.key(2))).toBe(false);
    await Promise.all([a.put(Answers.key(3), 'a'.repeat(100)), a.put(Answers.key(4), [1, 2])]);
    await b.put(Answers.key(5), 'b');
    expect(await a.get(Answers.key(1))).toEqual({ text: 'ünïcode' });
    expect(await a.get(Answers.key(4))).toEqual([1, 2]);
    await a.close();
    await b.close();
    const all = await Answers.open(path);
    expect([await all.get(Answers.key(3)), await all.get(Answers.key(5))]).toEqual([
      'a'.repeat(100),
      'b',
    ]);
    expect(all.size).toBe(4);
    await all.close();
  });
});
