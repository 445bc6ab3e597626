import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XqgServer } from '../../src/server/server.js';
import { post, type TestPlace, testPlace } from './served.js';

let place: TestPlace;
let server: XqgServer;

beforeAll(async () => {
  place = await testPlace();
  server = await place.serve();
});
afterAll(() => place.end());

const search = async (body: object) =>
  (await post(server, '/api/indexes/docs/search', body)).json();
const get = async (url: string) => (await server.inject({ url })).json();

describe('search', () => {
  it('finds passages across languages, and states how it searched', async () => {
    const answer = await search({ question: 'Wann fährt der Zug am Morgen?', lang: 'de', k: 2 });
    expect(answer.with.hits[0]).toMatchObject({
      id: 'trains',
      rank: 1,
      otherRank: null,
      lang: 'en',
    });
    expect(answer.with.hits).toHaveLength(2);
    expect(answer.with.languages[0].lang).toBe('de');
    expect(answer.with.augmentation.alphaEffective).toBeGreaterThan(0);
    expect(answer.without).toBeNull();
  });

  it('ranks without the generated queries if they are off', async () => {
    const off = await search({ question: 'Zug', augment: 'off', lang: 'de' });
    expect(off.with).toBeNull();
    expect(off.without.augmentation).toBeNull();
  });

  it("returns both rankings, with each hit's rank in the other one", async () => {
    const both = await search({ question: 'Honig der Biene', augment: 'both', lang: 'de', k: 1 });
    const alone = await search({ question: 'Honig der Biene', augment: 'off', lang: 'de', k: 4 });
    const [best] = both.with.hits;
    expect(both.with.hits).toHaveLength(1);
    expect(best.otherRank).toBe(
      alone.without.hits.find(({ id }: { id: string }) => id === best.id).rank,
    );
    expect(both.without.hits[0].id).toBe(alone.without.hits[0].id);
  });

  it('accepts alpha, language weights and policies', async () => {
    const body = {
      question: 'Honig',
      lang: [
        { lang: 'de', weight: 0.5 },
        { lang: 'ru', weight: 0.5 },
      ],
    };
    const answer = await search({ ...body, alpha: 0.9, languagePolicy: { de: 1, ar: 2 } });
    expect(answer.with.augmentation).toMatchObject({ alpha: 0.9, languages: { de: 1, ar: 2 } });
    expect(answer.with.languages).toEqual(body.lang);
  });

  it.each([
    [{ question: ' ' }, 'XQG_REQUEST_INVALID', 'question'],
    [
      { question: 'x', alpha: 2, k: 0, unknown: 1 },
      'XQG_REQUEST_INVALID',
      'alpha is more than 1; k is less than 1',
    ],
    [{ question: 'x', filters: ['no condition'] }, 'XQG_FILTER_SYNTAX', 'no condition'],
    [{ question: 'x', lang: 'klingon!' }, 'XQG_UNKNOWN_LANGUAGE', 'klingon!'],
    [{ question: 'x', lang: [{ lang: 'de', weight: 0.1 }] }, 'XQG_NUMBER_OUT_OF_RANGE', 'weights'],
  ])('refuses %j', async (body, code, told) => {
    const response = await post(server, '/api/indexes/docs/search', body);
    expect(response.statusCode).toBe(400);
    const { error, requestId } = response.json();
    expect(error.code).toBe(code);
    expect(error.message).toContain(told);
    expect(error.remedy).not.toBe('');
    expect(requestId).toBe(response.headers['x-request-id']);
  });
});

describe('explain', () => {
  it('adds up to the score', async () => {
    const body = { question: 'Honig der Biene', id: 'bees', lang: 'de' };
    const { dense, lexical, nearest, rank } = (
      await post(server, '/api/indexes/docs/explain', body)
    ).json();
    expect(rank).toBe(1);
    const shares = dense.languages.reduce(
      (sum: number, { share }: { share: number }) => sum + share,
      0,
    );
    expect(dense.passage + shares).toBeCloseTo(dense.score, 5);
    expect(lexical.languages[0].terms[0].documentFrequency).toBeGreaterThan(0);
    expect(nearest[0].lang).toMatch(/^(de|ar|ru)$/);
  });

  it('reports unknown passages', async () => {
    const response = await post(server, '/api/indexes/docs/explain', { question: 'x', id: 'none' });
    expect(response.statusCode).toBe(404);
    expect(response.json().error.message).toBe('The index in docs has no passage "none".');
  });
});

describe('indexes', () => {
  it('are listed, even if they do not exist yet', async () => {
    const { indexes } = await get('/api/indexes');
    expect(indexes).toMatchObject([
      { name: 'docs', condition: 'open', passages: 4, documents: 4 },
      { name: 'empty', condition: 'missing', passages: null },
    ]);
  });

  it('state their content and recipe, but no folder of the server', async () => {
    const response = await server.inject({ url: '/api/indexes/docs' });
    expect(response.json()).toMatchObject({
      passages: 4,
      languages: [
        { lang: 'en', passages: 3 },
        { lang: 'de', passages: 1 },
      ],
      metadata: { team: { passages: 4, values: ['blue', 'red'] } },
      madeBy: { generator: 'lexicon/tiny', pack: 'tiny 1.0.0' },
    });
    expect(response.body).not.toContain(place.home);
  });

  it('list their passages page by page', async () => {
    const first = await get('/api/indexes/docs/passages?limit=3');
    const rest = await get('/api/indexes/docs/passages?limit=3&offset=3');
    expect(first.total).toBe(4);
    const ids = [...first.passages, ...rest.passages].map(({ id }: { id: string }) => id);
    expect(ids.sort()).toEqual(['bees', 'secret-bread', 'secret-moon', 'trains']);
    const recent = await get(
      '/api/indexes/docs/passages?filters=year%3E%3D2020&filters=team%3Dred',
    );
    expect(recent.total).toBe(1);
  });

  it('return a passage with its generated queries', async () => {
    const passage = await get('/api/indexes/docs/passages/bees');
    expect(passage).toMatchObject({
      id: 'bees',
      generator: 'lexicon/tiny',
      metadata: { team: 'red' },
    });
    expect(Object.keys(passage.queries).sort()).toEqual(['ar', 'de', 'ru']);
  });

  it('report how many generated queries find their passage', async () => {
    const { passages, languages } = await get('/api/indexes/docs/coverage?sample=4');
    expect(passages).toBe(4);
    const arabic = languages.find(({ lang }: { lang: string }) => lang === 'ar');
    expect(arabic.queries).toBe(4);
    expect(arabic.with).toEqual({ first: 1, firstTen: 1 });
  });

  it('are not found by other names', async () => {
    const response = await post(server, '/api/indexes/none/search', { question: 'x' });
    expect(response.statusCode).toBe(404);
    expect(response.json().error.code).toBe('XQG_INDEX_UNKNOWN');
  });

  it('that do not exist are reported with how to create one', async () => {
    const response = await post(server, '/api/indexes/empty/search', { question: 'x' });
    expect(response.statusCode).toBe(404);
    expect(response.json().error.code).toBe('XQG_INDEX_MISSING');
    expect(response.body).not.toContain(place.home);
  });
});

describe('operations', () => {
  it('reports health, readiness and metrics', async () => {
    expect((await server.inject({ url: '/health' })).json()).toEqual({ status: 'ok' });
    await expect.poll(async () => (await server.inject({ url: '/ready' })).statusCode).toBe(200);
    const metrics = (await server.inject({ url: '/metrics' })).body;
    expect(metrics).toMatch(/xqg_http_request_duration_seconds_count\{.*search.*\} \d+/);
    expect(metrics).not.toContain('Honig');
  });

  it('describes every endpoint in OpenAPI 3.1', async () => {
    const { openapi, paths } = await get('/openapi.json');
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths)).toContain('/api/indexes/{index}/search');
    for (const path of Object.values<Record<string, { summary?: string }>>(paths)) {
      for (const operation of Object.values(path)) expect(operation.summary).toBeTruthy();
    }
  });

  it('reports unknown addresses', async () => {
    const response = await server.inject({ url: '/nothing/here' });
    expect(response.statusCode).toBe(404);
    expect(response.json().error.code).toBe('XQG_ADDRESS_UNKNOWN');
  });
});
