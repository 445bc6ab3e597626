/**
 * Endpoints whose answers cannot be used as they are: one text that fails is set aside with the
 * provider's words, and nothing is kept that means nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ItemErrors } from '../../src/base/errors.js';
import { RemoteEncoder } from '../../src/encode/remote-encoder.js';
import { ChatGenerator } from '../../src/generate/chat.js';
import { computeRows } from '../../src/indexing/compute.js';
import { Answers } from '../../src/models/remote/answer-cache.js';
import { type EndpointFields, endpointOf } from '../../src/models/remote/endpoint.js';
import { type OpenAiServer, startOpenAiServer, vectorOf } from '../support/openai-server.js';

let server: OpenAiServer;
let folder: string;

beforeEach(async () => {
  server = await startOpenAiServer();
  folder = mkdtempSync(join(tmpdir(), 'xqg-faults-'));
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function endpoint(settings: EndpointFields = {}) {
  return endpointOf({ url: server.url, backoffSeconds: 0.01, retries: 2, ...settings });
}

async function open(settings: EndpointFields = {}): Promise<RemoteEncoder> {
  const answers = await Answers.open(join(folder, 'answers.jsonl'));
  return RemoteEncoder.open('tiny', { endpoint: endpoint(settings), answers });
}

const passages = (...texts: string[]) =>
  texts.map((text, i) => ({ id: `p${i}`, title: '', text, lang: 'en' }));

/** Directions of vectors: what the encoder brings to unit length. */
function unit(text: string): number[] {
  const vector = vectorOf(text);
  const length = Math.hypot(...vector);
  return vector.map((value) => Math.fround(value / length));
}

async function vectors(encoder: RemoteEncoder, ...texts: string[]): Promise<number[][]> {
  const rows = await encoder.encodePassages(passages(...texts));
  return texts.map((_, i) => [...rows.subarray(i * 8, (i + 1) * 8)]);
}

const TEXTS = ['harbor', 'lighthouse', 'anchor', 'tide', 'gull'];
const BAD = 'anchor';

type Data = { index?: unknown; embedding: unknown }[];

/** Changes the embedding of the one bad text. */
function spoil(embedding: unknown): void {
  server.change = (answer, { input }) => {
    for (const each of answer.data as Data)
      if (input[each.index as number] === BAD) each.embedding = embedding;
    return answer;
  };
}

describe('an embedding that cannot be used', () => {
  it.each<[string, unknown, RegExp]>([
    ['of zeros', new Array(8).fill(0), /a vector of zeros/],
    ['that is empty', [], /an empty vector/],
    ['of nulls', new Array(8).fill(null), /null in place of a number/],
    ['that is null', null, /null in place of a vector/],
    ['of another length', [1, 2, 3], /3 numbers, where others have 8/],
    ['of texts', new Array(8).fill('0.1'), /"0\.1" in place of a number/],
    ['beyond 32 bits', new Array(8).fill(1e39), /Infinity at position 0/],
    ['of every token', [vectorOf('x'), vectorOf('y')], /does not pool/],
    ['that is no base64', 'no vector!', /no base64/],
  ])('%s sets its text aside, and is not kept', async (_, embedding, reason) => {
    spoil(embedding);
    const encoder = await open();
    const failed = await encoder.encodePassages(passages(...TEXTS)).catch((error) => error);
    expect(failed).toBeInstanceOf(ItemErrors);
    expect([...failed.problems.keys()]).toEqual([2]);
    expect(failed).toMatchObject({ code: 'XQG_TEXT_REJECTED', details: { what: 'passage p2' } });
    expect(failed.details.problem).toMatch(reason);
    await encoder.close();
    // The others are in the cache, and the one is requested again.
    server.change = (answer) => answer;
    const before = server.answered.length;
    const again = await open();
    const rows = await vectors(again, ...TEXTS);
    TEXTS.forEach((text, i) => {
      unit(text).forEach((value, d) => {
        expect(rows[i][d]).toBeCloseTo(value, 6);
      });
    });
    expect(server.answered.slice(before).flatMap(({ input }) => input)).toEqual([BAD]);
    await again.close();
  });

  it('is requested again where an older cache has it', async () => {
    const answers = await Answers.open(join(folder, 'answers.jsonl'));
    await answers.put(Answers.key('a'), '');
    await answers.put(
      Answers.key('tide'),
      Buffer.from(new Float32Array(8).buffer).toString('base64'),
    );
    await answers.close();
    const encoder = await open();
    const [row] = await vectors(encoder, 'tide');
    expect(row[0]).toBeCloseTo(unit('tide')[0], 6);
    await encoder.close();
  });
});

describe('an answer in another form', () => {
  const forms: Record<string, (data: Data) => unknown> = {
    'in base64': (data) => ({
      data: data.map((each) => ({
        ...each,
        embedding: Buffer.from(Float32Array.from(each.embedding as number[]).buffer).toString(
          'base64',
        ),
      })),
    }),
    'without index': (data) => ({ data: inOrder(data).map(({ embedding }) => ({ embedding })) }),
    'with index null': (data) => ({
      data: inOrder(data).map((each) => ({ ...each, index: null })),
    }),
    'of TEI': (data) => inOrder(data).map(({ embedding }) => embedding),
    'of Ollama': (data) => ({ embeddings: inOrder(data).map(({ embedding }) => embedding) }),
    'with members of others': (data) => ({ object: 'list', data, embeddings: null, error: null }),
    'with each vector in a list': (data) => ({
      data: data.map((each) => ({ ...each, embedding: [each.embedding] })),
    }),
    'where indexes are text': (data) => ({
      data: data.map((each) => ({ ...each, index: String(each.index) })),
    }),
    'where indexes begin at 1': (data) => ({
      data: data.map((each) => ({ ...each, index: (each.index as number) + 1 })),
    }),
    'where every index is 0': (data) => ({
      data: inOrder(data).map((each) => ({ ...each, index: 0 })),
    }),
  };
  const inOrder = (data: Data) =>
    [...data].sort((a, b) => (a.index as number) - (b.index as number));

  it.each(Object.keys(forms))('%s gives each text its own vector', async (form) => {
    server.change = ({ data }) => forms[form](data);
    const encoder = await open();
    const rows = await vectors(encoder, ...TEXTS);
    TEXTS.forEach((text, i) => {
      unit(text).forEach((value, d) => {
        expect(rows[i][d]).toBeCloseTo(value, 5);
      });
    });
    await encoder.close();
  });

  it('is asked for without its form where the endpoint refuses to be told', async () => {
    server.refuse = ({ encoding_format }) =>
      encoding_format === undefined
        ? undefined
        : { status: 400, body: '{"error": {"message": "unsupported: encoding_format"}}' };
    const encoder = await open();
    expect(await vectors(encoder, 'tide')).toHaveLength(1);
    await encoder.close();
  });
});

describe('a request that is refused', () => {
  it('for one text sets that one aside, with the words of the provider', async () => {
    for (const [status, body, words] of [
      [
        400,
        '{"error":{"message":"Input is longer than 60 tokens"}}',
        'Input is longer than 60 tokens',
      ],
      [500, '{"error":"failed to encode response: NaN"}', 'failed to encode response: NaN'],
      [422, '{"detail":[{"loc":["body"],"msg":"value is not allowed"}]}', 'value is not allowed'],
      [
        413,
        '<html><head><title>413 Too Large</title></head><body>nginx</body></html>',
        '413 Too Large nginx',
      ],
    ] as const) {
      server.refuse = ({ input }) => (input.includes(BAD) ? { status, body } : undefined);
      const encoder = await open({ itemsPerRequest: 64 });
      const failed = await encoder.encodePassages(passages(...TEXTS)).catch((error) => error);
      expect([...failed.problems.keys()]).toEqual([2]);
      expect(failed.message).toContain(words);
      expect(await vectors(encoder, ...TEXTS.filter((text) => text !== BAD))).toHaveLength(4);
      await encoder.close();
    }
  });

  it('for the number of texts is sent in smaller ones, and later ones begin small', async () => {
    server.refuse = ({ input }) =>
      input.length > 2 ? { status: 400, body: '{"message":"at most 2"}' } : undefined;
    const encoder = await open();
    expect(await vectors(encoder, ...TEXTS)).toHaveLength(5);
    const before = server.requests.length;
    await vectors(encoder, ...TEXTS.map((text) => `${text} again`));
    expect(server.requests.slice(before).every(({ input }) => input.length <= 2)).toBe(true);
    await encoder.close();
  });

  it('by no answer in time is sent in smaller ones', async () => {
    const encoder = await open({ timeoutSeconds: 0.2 });
    server.delay = ({ input }) => (input.length > 2 ? 1000 : 0);
    expect(await vectors(encoder, ...TEXTS)).toHaveLength(5);
    await encoder.close();
  });

  it('whatever it holds stops the run: the endpoint is at fault, not the texts', async () => {
    const encoder = await open({ retries: 1 });
    for (const [status, body, code] of [
      [400, '{"error":{"message":"The model tiny was removed"}}', 'XQG_REMOTE_REFUSED'],
      [500, '{"error":"out of memory"}', 'XQG_REMOTE_FAILED'],
      [401, '{"error":{"message":"wrong key"}}', 'XQG_REMOTE_REFUSED'],
      [404, '{"error":"model \\"tiny\\" not found, try pulling it first"}', 'XQG_REMOTE_REFUSED'],
    ] as const) {
      server.refuse = () => ({ status, body });
      const failed = await encoder.encodePassages(passages(...TEXTS)).catch((error) => error);
      expect(failed).toMatchObject({ code });
      expect(failed).not.toBeInstanceOf(ItemErrors);
      expect(failed.message).toMatch(/removed|out of memory|wrong key|try pulling it first/);
    }
    await encoder.close();
  });
});

describe('an answer with status 200', () => {
  it.each<[string, unknown, RegExp, string]>([
    [
      'that is an error',
      { error: { message: 'no such model', code: 404 } },
      /no such model/,
      'XQG_REMOTE_REFUSED',
    ],
    ['that is an error in words', { error: 'busy loading' }, /busy loading/, 'XQG_REMOTE_FAILED'],
    [
      'that is a web page',
      '<!doctype html><title>Log in</title>',
      /web page.*Log in/,
      'XQG_REMOTE_REFUSED',
    ],
    ['without embeddings', { object: 'list' }, /without embeddings/, 'XQG_REMOTE_FAILED'],
    [
      'with NaN',
      '{"data":[{"index":0,"embedding":[NaN]}]}',
      /NaN or Infinity/,
      'XQG_REMOTE_FAILED',
    ],
  ])('%s is told in its words', async (_, answer, message, code) => {
    server.change = () => answer;
    const failed = await open({ retries: 1 }).catch((error) => error);
    expect(failed).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('an index', () => {
  const recipe = (encoder: RemoteEncoder, generator: ChatGenerator | null = null) => ({
    encoder,
    generator,
    expectations: null,
    queryLanguages: generator?.languages ?? [],
    queriesPerLanguage: 1,
    seed: 0,
  });
  const documents = TEXTS.map((text, i) => ({
    ...{
      id: `d${i}`,
      documentId: `d${i}`,
      source: 's',
      path: `/d${i}.md`,
      ordinal: 0,
      title: '',
      text,
    },
    ...{ headings: [], lang: 'en', langDetected: false, langConfidence: 1, metadata: {} },
  })) as unknown as Parameters<typeof computeRows>[0];

  it('has rows of all passages but the one that cannot be encoded', async () => {
    spoil([]);
    const encoder = await open();
    const rows = await computeRows(documents, recipe(encoder));
    expect(rows.map((row) => (row instanceof Error ? row.message : row.id))).toEqual([
      'd0',
      'd1',
      expect.stringMatching(/passage d2: an empty vector/),
      'd3',
      'd4',
    ]);
    await encoder.close();
  });

  it('has rows of all passages but the one that a chat model writes nothing for', async () => {
    const answers = await Answers.open(join(folder, 'chat.jsonl'));
    const generator = await ChatGenerator.open('chatty', {
      endpoint: endpoint({ retries: 1 }),
      languages: ['de', 'th'],
      answers,
    });
    server.reply = () => '<think>hm</think>Here: {"de": ["Wo?"], "th": ["ที่ไหน"]}';
    server.change = (answer, { messages }) => {
      if (!messages?.[0].content.includes(BAD)) return answer;
      return { choices: [{ message: { content: null, refusal: 'I will not.' } }] };
    };
    const encoder = await open();
    const rows = await computeRows(documents, recipe(encoder, generator));
    expect(rows.map((row) => (row instanceof Error ? row.message : row.id))).toEqual([
      'd0',
      'd1',
      expect.stringMatching(/passage d2: the model refused: I will not/),
      'd3',
      'd4',
    ]);
    const [first] = rows;
    if (first instanceof Error) throw first;
    expect(first.drawn?.get('de')).toEqual(['Wo?']);
    // Whatever it is asked: then it is the endpoint.
    server.refuse = ({ messages }) =>
      messages === undefined ? undefined : { status: 400, body: '{"error":"no json_schema here"}' };
    const others = documents.map((each) => ({ ...each, text: `${each.text} at night` }));
    await expect(computeRows(others, recipe(encoder, generator))).rejects.toThrow(/no json_schema/);
    await encoder.close();
    await generator.close();
  });
});
