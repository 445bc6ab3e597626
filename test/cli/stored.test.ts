/**
 * Commands, a queue and a server over an index in OpenSearch: what they tell is what they tell of
 * an index in a directory.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ResultRow } from '../../src/evaluate/report/results.js';
import { runWorker } from '../../src/indexing/workers/worker.js';
import { servedIndexes } from '../../src/server/served-index.js';
import { buildServer, type XqgServer } from '../../src/server/server.js';
import { openIndex } from '../../src/xqg-index.js';
import { forgetRuns, redisUrl } from '../indexing/workers/redis.js';
import { post } from '../server/served.js';
import { describeWithOpenSearch, newStoreSpec } from '../support/opensearch.js';
import { writePack } from '../support/pack-folder.js';
import { xqg } from './run-xqg.js';

const url = redisUrl(13);
const WORDS = [
  'bee',
  'honey',
  'flower',
  'train',
  'station',
  'morning',
  'bread',
  'oven',
  'water',
  'river',
];
const ROWS = 150;
const QUESTION = 'Wo fährt der Zug am Morgen?';

function textOf(i: number): string {
  return Array.from(
    { length: 12 },
    (_, w) => WORDS[(i * 7 + w * (1 + (i % 9))) % WORDS.length],
  ).join(' ');
}

describeWithOpenSearch('commands over an index in OpenSearch', () => {
  const home = mkdtempSync(join(tmpdir(), 'xqg-cli-stored-'));
  const at = (name: string): string => join(home, name);
  const pack = at('pack');
  const [corpus, embedded, control] = [at('corpus.jsonl'), at('embedded'), at('control')];
  let store: string;

  const write = (name: string, text: string): string => {
    writeFileSync(at(name), text);
    return at(name);
  };
  const writeCorpus = (rows: number, changed = 0): string =>
    write(
      'corpus.jsonl',
      Array.from({ length: rows }, (_, i) =>
        JSON.stringify({
          id: `d${i}`,
          text: `${textOf(i)}${i < changed ? ' moon' : ''}`,
          lang: 'en',
        }),
      ).join('\n'),
    );
  /** Runs a command that has to succeed. */
  const told = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await xqg(...words);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const json = async (...words: string[]) => JSON.parse(await told(...words, '--json'));
  const digest = (...place: string[]) => told('status', ...place, '--digest');

  beforeAll(async () => {
    vi.stubEnv('XQG_CACHE', at('cache'));
    writePack(pack);
    writeCorpus(ROWS);
    store = newStoreSpec();
    await told('index', corpus, '--index', embedded, '--pack', pack);
    await told('index', corpus, '--index', control, '--store', store, '--pack', pack);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });

  it('attach by the address alone, and tell the same', async () => {
    const places = [
      ['--index', embedded, '--pack', pack],
      ['--store', store, '--pack', pack],
    ];
    const right = await json('search', QUESTION, ...places[0]);
    const found = await json('search', QUESTION, ...places[1]);
    expect(found.hits.map(({ id }: { id: string }) => id)).toEqual(
      right.hits.map(({ id }: { id: string }) => id),
    );
    const [{ id }] = right.hits;
    for (const command of [
      ['explain', QUESTION, id],
      ['queries', id],
    ]) {
      const [one, other] = [
        await json(...command, ...places[0]),
        await json(...command, ...places[1]),
      ];
      expect(Object.keys(other)).toEqual(Object.keys(one));
      expect(other.queries).toEqual(one.queries);
      expect(other.rank).toEqual(one.rank);
    }
    expect(await digest('--store', store)).toBe(await digest('--index', embedded));
    expect((await json('status', '--store', store)).passages).toBe(ROWS);
  });

  it('rank a file of questions into a run that xqg evaluate measures alike', async () => {
    const questions = write(
      'questions.tsv',
      `1\t${QUESTION}\n2\tHonig der Biene\n3\tWasser im Fluss\n`,
    );
    const qrels = write('qrels.txt', '1 0 d3 1\n2 0 d10 1\n2 0 d20 1\n3 0 d8 1\n');
    const measured = [];
    for (const place of [
      ['--index', embedded],
      ['--store', store],
    ]) {
      const run = at(`${place[0].slice(2)}.run`);
      await told(
        'search',
        '--queries',
        questions,
        '--lang',
        'de',
        '--run',
        run,
        ...place,
        '--pack',
        pack,
      );
      const { results } = await json('evaluate', 'run', '--run', run, '--qrels', qrels);
      measured.push(results.map(({ metric, value }: ResultRow) => [metric, value]));
    }
    expect(measured[0].length).toBeGreaterThan(0);
    expect(measured[1]).toEqual(measured[0]);
  });

  it.each([
    ['hybrid', 'append'],
    ['dense', 'mix'],
    ['lexical', 'append'],
  ])('expand a question: %s, %s', async (mode, how) => {
    const [first, second] = ['Was tun sie dort?', 'Und wer?'];
    const texts = write(
      'texts.jsonl',
      [
        { question: first, text: 'honey bee flower', lang: 'en' },
        { question: second, text: 'bread oven', lang: 'en' },
      ]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    );
    const asked = [
      '--lang',
      'de',
      '--mode',
      mode,
      '--expand',
      texts,
      '--expand-how',
      how,
      '--pack',
      pack,
    ];
    const [right, found] = [
      await json('search', first, '--index', embedded, ...asked),
      await json('search', first, '--store', store, ...asked),
    ];
    expect(right.hits.length).toBeGreaterThan(0);
    expect(found.expansion).toMatchObject({ text: 'honey bee flower', lang: 'en', how });
    expect(found.hits.map(({ id }: { id: string }) => id)).toEqual(
      right.hits.map(({ id }: { id: string }) => id),
    );
    if (mode === 'dense')
      expect(found.hits.map(({ score }: { score: number }) => score)).toEqual(
        right.hits.map(({ score }: { score: number }) => score),
      );
    const questions = write('expanded.tsv', `1\t${first}\n2\t${second}\n`);
    const ids = async (...place: string[]) =>
      (await told('search', '--queries', questions, ...place, ...asked, '-k', '20'))
        .split('\n')
        .map((line) => line.split(' ').slice(0, 4));
    expect(await ids('--store', store)).toEqual(await ids('--index', embedded));
  });

  describe('by a queue', () => {
    it.skipIf(url === null)(
      'write the index that is written alone, and follow changes',
      async () => {
        await forgetRuns(url!);
        const queued = newStoreSpec();
        const [directory, parts] = [at('queued'), at('parts')];
        const index = () =>
          json(
            ...['index', corpus, '--index', directory, '--store', queued, '--pack', pack],
            ...['--queue', url!, '--parts', parts, '--part-passages', '16'],
          );
        const stopping = new AbortController();
        const workers = ['one', 'two'].map((name) =>
          runWorker(url!, { name, signal: stopping.signal }),
        );
        try {
          writeCorpus(ROWS);
          expect((await index()).documents).toMatchObject({ indexed: ROWS, failed: 0 });
          expect(await digest('--index', directory)).toBe(await digest('--index', embedded));
          // Some change, some are gone; the rest is not computed again.
          writeCorpus(ROWS - 20, 30);
          expect((await index()).documents).toMatchObject({
            indexed: 30,
            removed: 20,
            unchanged: ROWS - 50,
          });
          const alone = at('changed');
          await told('index', corpus, '--index', alone, '--pack', pack);
          expect(await digest('--store', queued)).toBe(await digest('--index', alone));
          expect((await index()).documents).toMatchObject({ indexed: 0, unchanged: ROWS - 20 });
          expect(
            readdirSync(parts, { recursive: true }).filter((name) =>
              /rows|passages/.test(String(name)),
            ),
          ).toEqual([]);
          expect(JSON.parse(readFileSync(join(directory, 'xqg.json'), 'utf8')).store).toContain(
            'opensearch://',
          );
        } finally {
          stopping.abort();
          const done = await Promise.all(workers);
          expect(done.reduce((sum, { passages }) => sum + passages, 0)).toBeGreaterThanOrEqual(
            ROWS + 30,
          );
          writeCorpus(ROWS);
        }
      },
    );
  });

  describe('by a server', () => {
    let server: XqgServer;
    beforeAll(async () => {
      // Attached as on another machine: it does not see what is written through the other folder.
      await told('status', '--index', at('elsewhere'), '--store', store);
      server = await buildServer({
        indexes: servedIndexes([{ name: 'docs', directory: at('elsewhere') }], { pack }),
        page: at('no-page'),
      });
      await server.ready();
    });
    afterAll(() => server.close());

    const ask = async (body: object) =>
      (await post(server, '/api/indexes/docs/search', body)).json();

    it('answer, list and explain', async () => {
      const [{ id }] = (await json('search', QUESTION, '--index', embedded, '--pack', pack)).hits;
      const answer = await ask({ question: QUESTION, augment: 'both' });
      expect(answer.with.hits[0].id).toBe(id);
      expect(answer.compared).toBeGreaterThan(0);
      const { indexes } = (await server.inject({ url: '/api/indexes' })).json();
      expect(indexes).toMatchObject([
        { name: 'docs', condition: 'open', passages: ROWS, documents: ROWS },
      ]);
      expect(indexes[0].queryLanguages.length).toBeGreaterThan(0);
      const explained = await post(server, '/api/indexes/docs/explain', { question: QUESTION, id });
      expect(explained.json()).toMatchObject({ id, rank: 1 });
      const passage = (await server.inject({ url: `/api/indexes/docs/passages/${id}` })).json();
      expect(passage).toMatchObject({ id, lang: 'en' });
      const counted = await server.inject({ url: '/api/indexes/docs' });
      expect(counted.json().error.code).toBe('XQG_STORE_WHOLE');
    });

    it('follow what another machine writes, also when it frees the rows that are searched', async () => {
      const index = await openIndex(control, { pack });
      await index.add([
        { id: 'new', title: 'Moon', text: 'The moon shines at night.', lang: 'en' },
      ]);
      const found = async () =>
        (await ask({ question: 'Mond', lang: 'de', k: 1 })).with.hits[0]?.id;
      await vi.waitFor(async () => expect(await found()).toBe('new'), {
        timeout: 20_000,
        interval: 200,
      });
      // No version from before is left: the question that comes next goes over to the newest one.
      await index.remove({ documents: ['new'] }, { purge: true });
      const answer = await ask({ question: QUESTION });
      expect(answer.with.hits).toHaveLength(10);
      await index.close();
    });
  });
});
