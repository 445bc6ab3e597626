/** The public API over the real server: what it answers is what the embedded index answers. */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Expander,
  type NewDocument,
  openIndex,
  type SearchOptions,
  type XqgIndex,
} from '../../src/index.js';
import { copyIndex } from '../../src/indexing/copy.js';
import { askServer, describeWithOpenSearch, newStoreSpec } from '../support/opensearch.js';

const SUBJECTS = [
  'river',
  'school',
  'union',
  'family',
  'budget',
  'fire',
  'city',
  'doctor',
  'freedom',
  'winter',
];
const VERBS = ['protects', 'needs', 'remembers', 'visits', 'pays', 'teaches'];
const OBJECTS = [
  'children',
  'workers',
  'the old bridge',
  'a hospital',
  'the law',
  'music',
  'bread and water',
];

/** Sentences with metadata of every kind. */
const documents: NewDocument[] = Array.from({ length: 120 }, (_, i) => ({
  id: `d${i}`,
  title: `${SUBJECTS[i % 10]} ${i}`,
  text: `The ${SUBJECTS[i % 10]} ${VERBS[i % 6]} ${OBJECTS[i % 7]}. Number ${i} of the ${SUBJECTS[(i * 3) % 10]}.`,
  lang: i % 9 === 0 ? 'de' : 'en',
  metadata: {
    year: 1990 + (i % 30),
    topic: i % 2 === 0 ? 'law' : 'Ärger "quoted"\\',
    tags: i % 4 === 0 ? ['a', `t${i % 3}`, '7'] : [],
    open: i % 3 === 0,
    day: `20${String(10 + (i % 15)).padStart(2, '0')}-0${1 + (i % 9)}-15`,
    ...(i % 5 === 0 ? { ratio: (i - 40) / 8 } : {}),
    ...(i % 6 === 0 ? { long: 'x'.repeat(300 + (i % 2)) } : {}),
  },
}));

const QUESTIONS = [
  { text: 'Wer schützt die Kinder in der Schule?', lang: 'de' },
  { text: '¿Qué necesita la familia?', lang: 'es' },
  { text: 'река и старый мост', lang: 'ru' },
  { text: 'शहर को अस्पताल चाहिए', lang: 'hi' },
  { text: 'The doctor visits workers in winter', lang: 'en' },
];

describeWithOpenSearch('an index in OpenSearch', () => {
  let root: string;
  let spec: string;
  let embedded: XqgIndex;
  let stored: XqgIndex;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'xqg-os-'));
    spec = newStoreSpec();
    const options = { create: true, sentences: true };
    embedded = await openIndex(join(root, 'embedded'), options);
    stored = await openIndex(join(root, 'stored'), { ...options, store: spec });
    for (const index of [embedded, stored]) await index.add(documents);
  });
  afterAll(async () => {
    await embedded.close();
    await stored.close();
    await rm(root, { recursive: true, force: true });
  });

  /**
   * Documents whose scores are all but equal may change places: frequencies of generated terms are
   * expectations.
   */
  const sameAnswers = async (options: SearchOptions) => {
    // With queries in all languages a term has many stems, and its expectation is rougher.
    const near = options.profile === 'paper' ? 0.1 : 0.01;
    for (const { text, lang } of QUESTIONS) {
      const found = await stored.search(text, { lang, ...options });
      const right = await embedded.search(text, { lang, ...options, k: 120 });
      expect(found.augmentation).toEqual(right.augmentation);
      expect(found.hits).toHaveLength(Math.min(options.k ?? 10, right.hits.length));
      const byId = new Map(right.hits.map((hit) => [hit.id, hit]));
      found.hits.forEach(({ rank: _, score, dense, lexical, ...shown }, i) => {
        const { rank: _r, score: s, dense: d, lexical: l, ...rest } = byId.get(shown.id)!;
        expect(shown).toEqual(rest);
        expect(Math.abs(score - right.hits[i].score)).toBeLessThan(near);
        expect(Math.abs(score - s)).toBeLessThan(near);
        expect(dense).toBe(d);
        if (l === null) expect(lexical).toBeNull();
        else expect(Math.abs(lexical! - l)).toBeLessThan(near);
      });
    }
  };

  it('has the digest of the embedded one', async () => {
    expect(await stored.digest()).toBe(await embedded.digest());
  });

  it.each([
    ['hybrid', {}],
    ['dense', { mode: 'dense' }],
    ['lexical', { mode: 'lexical' }],
    ['without generated queries', { augment: false }],
    ['another alpha', { mode: 'dense', alpha: 0.9 }],
    ['the formula of the paper', { profile: 'paper' }],
    ['translated', { translate: true }],
    ['grouped', { groupBy: 'document' }],
    ['more than there are', { k: 500, mode: 'dense' }],
  ] as [string, SearchOptions][])('answers as the embedded one does: %s', async (_, options) => {
    await sameAnswers(options);
  });

  it.each([
    'year>=2010',
    'year<1995',
    'year=2000.0',
    'year!=2000',
    'topic=law',
    'topic=Ärger "quoted"\\',
    'topic!=law',
    'tags=t1',
    'tags=7.0',
    'tags!=a',
    'tags>=6.5',
    'open=true',
    'day>=2015-03',
    'day<2012-05-01',
    'ratio<0',
    'ratio>-2.5',
    'ratio<=0.625',
    'none=1',
    'none!=1',
    'lang=de',
    'id=d7',
    'document!=d7',
    `long=${'x'.repeat(301)}`,
    'title=river 10',
  ])('filters as the embedded one does: %s', async (filter) => {
    const ids = async (index: XqgIndex) =>
      (
        await index.search(QUESTIONS[4].text, {
          mode: 'dense',
          lang: 'en',
          filters: [filter],
          k: 200,
        })
      ).hits
        .map(({ id }) => id)
        .sort();
    expect(await ids(stored)).toEqual(await ids(embedded));
  });

  it('explains as the embedded one does', async () => {
    const [{ text, lang }] = QUESTIONS;
    const { hits } = await embedded.search(text, { lang });
    const [found, right] = [
      await stored.explain(text, hits[1].id, { lang }),
      await embedded.explain(text, hits[1].id, { lang }),
    ];
    expect(found.rank).toBe(right.rank);
    expect(found.dense!.score).toBeCloseTo(right.dense!.score, 6);
    expect(found.dense!.languages.map((each) => each.lang)).toEqual(
      right.dense!.languages.map((each) => each.lang),
    );
    expect(found.nearest).toEqual(right.nearest);
    expect(found.lexical.languages[0].terms.map(({ term }) => term)).toEqual(
      right.lexical.languages[0].terms.map(({ term }) => term),
    );
    await expect(stored.explain(text, 'nobody')).rejects.toMatchObject({
      code: 'XQG_PASSAGE_UNKNOWN',
    });
    expect(await stored.queries('d3')).toEqual(await embedded.queries('d3'));
    expect(await stored.passage('d3')).toEqual(await embedded.passage('d3'));
    // What does not pass the filters does not exist.
    const filters = ['lang=de'];
    const hidden = [
      () => stored.passage('d3', { filters }),
      () => stored.queries('d3', { filters }),
      () => stored.explain(text, 'd3', { filters }),
    ];
    for (const asked of hidden)
      await expect(asked()).rejects.toMatchObject({ code: 'XQG_PASSAGE_UNKNOWN' });
  });

  it.each(['dense', 'lexical', 'hybrid'] as const)(
    'explains an expanded question, by %s',
    async (mode) => {
      const [{ text, lang }] = QUESTIONS;
      const by: Expander = {
        identity: { name: 'test', settings: {} },
        expand: async (questions) =>
          questions.map(() => ({ text: 'The doctor visits the old bridge.', lang: 'en' })),
      };
      for (const how of ['append', 'mix'] as const) {
        const asked = { lang, mode, expand: { by, how } };
        const { hits } = await embedded.search(text, asked);
        expect((await stored.search(text, asked)).hits[0].score).toBeCloseTo(hits[0].score, 6);
        const [found, right] = [
          await stored.explain(text, hits[0].id, asked),
          await embedded.explain(text, hits[0].id, asked),
        ];
        expect(found.expansion).toMatchObject({ how, by: 'test' });
        expect(found.dense!.score).toBeCloseTo(right.dense!.score, 6);
        expect(found.dense!.expansion!.text).toBeCloseTo(right.dense!.expansion!.text, 6);
        expect(found.lexical.score).toBeCloseTo(right.lexical.score!, 6);
        expect(found.lexical.languages.map(({ expansion }) => expansion)).toEqual(
          how === 'append' ? [false, true] : [false],
        );
      }
    },
  );

  it('ranks a batch, and compares rankings', async () => {
    const ranked = async (index: XqgIndex) => {
      const lists = [];
      for await (const { hits } of index.rank(QUESTIONS, { k: 20 }))
        lists.push(hits.map(({ id }) => id));
      return lists;
    };
    expect(await ranked(stored)).toEqual(await ranked(embedded));
    const places = async (index: XqgIndex) =>
      (await index.compare(QUESTIONS[1].text, { lang: 'es' })).with.hits.map(
        ({ id, otherRank }) => [id, otherRank],
      );
    expect(await places(stored)).toEqual(await places(embedded));
  });

  it('is attached from another directory, and refuses another encoder and another store', async () => {
    const elsewhere = await openIndex(join(root, 'elsewhere'), { store: spec });
    expect((await elsewhere.search(QUESTIONS[0].text)).hits[0].id).toBe(
      (await stored.search(QUESTIONS[0].text)).hits[0].id,
    );
    // The first question of its kind: nothing was counted for it before.
    const dense = await elsewhere.search('Der Winter lehrt Musik', { mode: 'dense', lang: 'de' });
    expect(dense.hits[0].id).toBe(
      (await embedded.search('Der Winter lehrt Musik', { mode: 'dense', lang: 'de' })).hits[0].id,
    );
    await elsewhere.close();
    await expect(openIndex(join(root, 'stored'), { store: newStoreSpec() })).rejects.toMatchObject({
      code: 'XQG_STORE_OTHER',
    });
    const other = await openIndex(join(root, 'stored'), { generator: 'gloss' });
    await expect(other.search('fire')).rejects.toMatchObject({ code: 'XQG_INDEX_IDENTITY' });
    await other.close();
    await expect(openIndex(join(root, 'none'), { store: newStoreSpec() })).rejects.toMatchObject({
      code: 'XQG_INDEX_MISSING',
    });
  });

  describe('that changes', () => {
    it('follows: replaced, removed and purged documents, with the digest and answers of the embedded one', async () => {
      const changed = documents
        .slice(0, 100)
        .map((document, i) =>
          i % 10 === 0 ? { ...document, text: `Something else ${i}: the lighthouse.` } : document,
        );
      for (const index of [embedded, stored]) {
        await index.add(changed, { replace: true });
        await index.remove({ documents: ['d1', 'd2'] });
      }
      expect(await stored.digest()).toBe(await embedded.digest());
      await sameAnswers({});
      for (const index of [embedded, stored])
        await index.remove({ documents: ['d3'] }, { purge: true });
      expect(await stored.digest()).toBe(await embedded.digest());
      await sameAnswers({ mode: 'lexical' });
      expect((await stored.status()).passages).toBe(97);
    });
  });

  it('has the sentences of the embedded one', async () => {
    const [here, there] = [await embedded.status(), await stored.status()];
    expect(here.sentences!.count).toBeGreaterThan(here.passages);
    expect(there.sentences).toEqual(here.sentences);
  });

  it('is copied there and back, also when interrupted, with the same digest', async () => {
    const [there, back] = [join(root, 'there'), join(root, 'back')];
    const store = newStoreSpec();
    const stop = new AbortController();
    const interrupted = copyIndex(embedded.directory, there, {
      store,
      signal: stop.signal,
      writeRows: 40,
      onProgress: () => stop.abort(new Error('stopped')),
    });
    await expect(interrupted).rejects.toThrow('stopped');
    const { passages, before } = await copyIndex(embedded.directory, there, { store });
    expect(before).toBe(40);
    expect(passages).toBe((await embedded.status()).passages);
    await copyIndex(there, back);
    for (const dir of [there, back]) {
      const copy = await openIndex(dir);
      expect(await copy.digest()).toBe(await embedded.digest());
      await copy.close();
    }
    await expect(copyIndex(embedded.directory, back)).rejects.toMatchObject({
      code: 'XQG_COPY_OTHER',
    });
  });

  describe('whose server fails', () => {
    it('says that nothing answers', async () => {
      const opened = openIndex(join(root, 'down'), {
        create: true,
        store: 'opensearch://127.0.0.1:9/down',
      });
      await expect(opened).rejects.toMatchObject({ code: 'XQG_STORE_UNREACHABLE' });
    });

    it('says that it refuses the user, and names no password', async () => {
      const server = createServer((_, answer) => {
        answer
          .writeHead(401, { 'content-type': 'application/json' })
          .end('{"error":"Unauthorized"}');
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const { port } = server.address() as AddressInfo;
      await expect(
        openIndex(join(root, 'refused'), {
          create: true,
          store: `opensearch://127.0.0.1:${port}/refused`,
        }),
      ).rejects.toMatchObject({ code: 'XQG_STORE_REFUSED' });
      server.close();
      const withPassword = openIndex(join(root, 'x'), {
        store: 'opensearch://me:secret@127.0.0.1:9200/x',
      });
      await expect(withPassword).rejects.toMatchObject({
        code: 'XQG_STORE_ADDRESS',
        message: expect.not.stringContaining('secret'),
      });
    });

    it('says that it is full, and goes on when it is not any more', async () => {
      const full = newStoreSpec();
      const name = full.split('/').at(-1)!;
      const index = await openIndex(join(root, 'full'), { create: true, store: full });
      await index.add(documents.slice(0, 10));
      // What a node does whose disk is beyond the flood-stage watermark.
      const block = (on: boolean | null) =>
        askServer('PUT', `/${name}/_settings`, { 'index.blocks.read_only_allow_delete': on });
      await block(true);
      await expect(index.add(documents.slice(0, 20))).rejects.toMatchObject({
        code: 'XQG_STORE_FULL',
      });
      expect((await index.search('river')).hits).not.toEqual([]);
      await block(null);
      const result = await index.add(documents.slice(0, 20));
      expect(result).toMatchObject({
        status: 'complete',
        documents: { unchanged: 10, indexed: 10 },
      });
      await index.close();
    });
  });
});
