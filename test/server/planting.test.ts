/** What a key with filters writes stays within them, whatever the documents say of themselves. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFilters } from '../../src/search/filters.js';
import { documentWithin } from '../../src/server/access.js';
import { addKey, KeyRing } from '../../src/server/keys.js';
import type { XqgServer } from '../../src/server/server.js';
import { ended, post, type TestPlace, testPlace } from './served.js';

type Metadata = Record<string, string | number | boolean | string[]>;

const document = (metadata: Metadata, more: object = {}) => ({
  ...{ id: 'new', source: 'upload', path: 'new.md', title: 'New', metadata, blocks: [] },
  ...more,
});
const written = (filters: string[], metadata: Metadata, more: object = {}) =>
  documentWithin(document(metadata, more), filters, () => false);

describe('a document that a key with filters writes', () => {
  it.each<[string[], Metadata]>([
    [['team=red'], { team: ['blue', 'red'] }],
    [['team=red'], { team: ['red', 'blue'] }],
    [['team=red'], { team: [] }],
    [['team=red'], { team: 'blue' }],
    [['team!=blue'], { team: ['red', 'blue'] }],
    [['year>=2020'], { year: ['1999', '2021'] }],
    [['year<2000'], { year: ['1999', '2021'] }],
    [['team=red', 'year=1'], { team: 'red', year: ['1', '2'] }],
    [['tenant=12345678901234567'], { tenant: '12345678901234568' }],
    [['tenant=12345678901234567'], { tenant: 12345678901234568 }],
    [['year>=2020'], {}],
    [['lang=de'], { lang: 'de' }],
  ])('is refused by %j for %j', (filters, metadata) => {
    expect(() => written(filters, metadata)).toThrow('outside of what this key may write');
  });

  it.each<[string[], Metadata, Metadata]>([
    [['team=red'], {}, { team: 'red' }],
    [['team=red'], { team: 'red' }, { team: 'red' }],
    [['team=red'], { team: ['red'] }, { team: ['red'] }],
    [
      ['team=red'],
      { team: ['red', 'red'], topic: ['a', 'b'] },
      { team: ['red', 'red'], topic: ['a', 'b'] },
    ],
    [['year>=2020'], { year: ['2020', '2021'] }, { year: ['2020', '2021'] }],
    [['team!=blue'], { team: ['red', 'green'] }, { team: ['red', 'green'] }],
    [['constructor=x'], {}, { constructor: 'x' as never }],
    [['tenant=007'], { tenant: 7 }, { tenant: 7 }],
  ])('is taken by %j for %j', (filters, metadata, expected) => {
    expect(written(filters, metadata).metadata).toEqual(expected);
  });

  it('is seen by no key whose filter differs', () => {
    const values = [
      'red',
      'blue',
      '12345678901234567',
      '12345678901234568',
      '1e3',
      '1000',
      '01000',
    ];
    for (const own of values) {
      const { id, source, path, title, metadata } = written([`team=${own}`], {});
      const passage = { id, documentId: id, source, path, title, lang: 'en', metadata };
      const seenBy = values.filter((other) => parseFilters([`team=${other}`])(passage));
      // These three are one number.
      const same = ['1e3', '1000', '01000'];
      expect(seenBy).toEqual(same.includes(own) ? same : [own]);
    }
  });
});

describe('over HTTP', () => {
  let place: TestPlace;
  let server: XqgServer;
  const keys: Record<string, string> = {};
  const bearer = (name: string) => ({ authorization: `Bearer ${keys[name]}` });

  beforeAll(async () => {
    place = await testPlace([
      {
        id: 'shared',
        text: 'The moon shines on the river of both teams.',
        lang: 'en',
        metadata: { team: ['red', 'blue'] },
      },
      { id: 'reds', text: 'Bread of the red team.', lang: 'en', metadata: { team: 'red' } },
      { id: 'german', text: 'Brot und Honig.', lang: 'de', metadata: { team: 'green' } },
    ]);
    const file = join(place.home, 'keys.json');
    for (const [name, filter] of Object.entries({
      red: 'team=red',
      blue: 'team=blue',
      de: 'lang=de',
    }))
      ({ key: keys[name] } = await addKey(file, {
        name,
        indexes: null,
        rights: ['search', 'add', 'remove'],
        filters: [filter],
      }));
    const rights = ['search' as const];
    ({ key: keys.full } = await addKey(file, { name: 'full', indexes: null, rights, filters: [] }));
    ({ key: keys.one } = await addKey(file, {
      name: 'one',
      indexes: ['docs'],
      rights,
      filters: [],
    }));
    server = await place.serve({ keys: await KeyRing.open(file), experiments: place.home });
  });
  afterAll(() => place.end());

  const blueIds = async () => {
    const listed = await server.inject({
      url: '/api/indexes/docs/passages',
      headers: bearer('blue'),
    });
    return listed.json().passages.map(({ id }: { id: string }) => id);
  };
  const upload = async (
    name: string,
    content: string,
    fields: Record<string, string>,
    key: string,
  ) => {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    form.append('files', new Blob([content]), name);
    const request = new Request('http://localhost', { method: 'POST', body: form });
    const response = await server.inject({
      method: 'POST',
      url: '/api/indexes/docs/files',
      headers: { ...bearer(key), 'content-type': request.headers.get('content-type')! },
      payload: Buffer.from(await request.arrayBuffer()),
    });
    return ended(server, response.json().id, bearer(key));
  };

  it('nothing is planted by documents, fields of forms, front matter or rows', async () => {
    const team = ['blue', 'red'];
    const documents = [{ id: 'planted', text: 'Planted.', lang: 'en', metadata: { team } }];
    const { id } = (
      await post(server, '/api/indexes/docs/documents', { documents }, bearer('red'))
    ).json();
    const jobs = [
      await ended(server, id, bearer('red')),
      await upload('planted.txt', 'Planted.', { metadata: JSON.stringify({ team }) }, 'red'),
      await upload('planted.md', '---\nteam: [blue, red]\n---\nPlanted.', {}, 'red'),
      await upload(
        'planted.jsonl',
        JSON.stringify({ id: 'row', text: 'Planted.', team }),
        {},
        'red',
      ),
    ];
    for (const job of jobs) expect(job.error?.code ?? job.state).toBe('XQG_DOCUMENT_REFUSED');
    expect(await blueIds()).toEqual(['shared']);
  });

  it('a document of others, too, is neither replaced nor removed', async () => {
    const documents = [{ id: 'shared', text: 'Mine.', lang: 'en', metadata: { team: 'red' } }];
    const { id } = (
      await post(server, '/api/indexes/docs/documents', { documents }, bearer('red'))
    ).json();
    expect((await ended(server, id, bearer('red'))).error.code).toBe('XQG_DOCUMENT_REFUSED');
    const url = '/api/indexes/docs/documents/shared';
    const job = (await server.inject({ method: 'DELETE', url, headers: bearer('red') })).json();
    expect((await ended(server, job.id, bearer('red'))).error.code).toBe('XQG_NOTHING_REMOVED');
    expect(await blueIds()).toEqual(['shared']);
    const seen = await server.inject({
      url: '/api/indexes/docs/passages/shared',
      headers: bearer('red'),
    });
    expect(seen.statusCode).toBe(200);
  });

  it('the language of a form does not carry documents out of a key', async () => {
    const row = JSON.stringify({ id: 'row', text: 'Honig und Brot.', lang: 'de' });
    const job = await upload('rows.jsonl', row, { lang: 'en' }, 'de');
    expect(job.error.code).toBe('XQG_DOCUMENT_REFUSED');
    expect((await upload('rows.jsonl', row, { lang: 'de' }, 'de')).state).toBe('done');
  });

  it('labels that every passage would repeat have a limit', async () => {
    const labels = {
      metadata: JSON.stringify({
        note: ['x'.repeat(9000)].concat(Array(9).fill('y'.repeat(9000))),
      }),
    };
    const job = await upload('long.txt', 'Bread. '.repeat(1000), labels, 'red');
    expect(job.error.code).toBe('XQG_DOCUMENT_LABELS');
  });

  it('jobs and what they say are those of the key', async () => {
    const seen = (await server.inject({ url: '/api/jobs', headers: bearer('blue') })).json().jobs;
    expect(seen).toEqual([]);
    const [job] = (await server.inject({ url: '/api/jobs', headers: bearer('red') })).json().jobs;
    for (const [method, url] of [
      ['GET', `/api/jobs/${job.id}`],
      ['DELETE', `/api/jobs/${job.id}`],
      ['POST', `/api/jobs/${job.id}/retry`],
    ] as const)
      expect((await server.inject({ method, url, headers: bearer('blue') })).statusCode).toBe(404);
  });

  it('experiments, which may show every index, are for keys of every index', async () => {
    const names = async (name: string) =>
      (await server.inject({ url: '/api/experiments', headers: bearer(name) })).json().experiments
        .length;
    mkdirSync(join(place.home, 'run'));
    writeFileSync(join(place.home, 'run', 'results.json'), '{"secret":1}');
    expect([await names('full'), await names('one'), await names('red')]).toEqual([1, 0, 0]);
    for (const key of ['one', 'red']) {
      const url = '/api/experiments/run/results';
      expect((await server.inject({ url, headers: bearer(key) })).statusCode).toBe(404);
    }
  });
});
