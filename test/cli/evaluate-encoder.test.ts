/** Evaluations with another encoder than the pack's, and the same generated queries. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { EvaluationResult } from '../../src/evaluate/report/results.js';
import { type OpenAiServer, startOpenAiServer } from '../support/openai-server.js';
import { writePack } from '../support/pack-folder.js';
import { shared } from '../support/shared.js';
import { xqg } from './run-xqg.js';

const home = mkdtempSync(join(tmpdir(), 'xqg-encoder-'));
const pack = writePack(join(home, 'pack'));
const mlqaR = shared('data/eval/mlqa-r');
let server: OpenAiServer;
let endpoint: string;

beforeAll(async () => {
  server = await startOpenAiServer();
  vi.stubEnv('XQG_CACHE', join(home, 'cache'));
  vi.stubEnv('OPENAI_API_KEY', 'sk-very-secret');
  endpoint = join(home, 'endpoint.json');
  writeFileSync(endpoint, JSON.stringify({ url: server.url, itemsPerRequest: 64 }));
});
afterAll(async () => {
  await server.close();
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

async function evaluated(...words: string[]): Promise<EvaluationResult> {
  const named = ['--encoder', 'openai:tiny', '--endpoint', endpoint, '--pack', pack, '--json'];
  const { stdout, stderr, code } = await xqg('evaluate', ...words, ...named);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('openai:tiny');
  return JSON.parse(stdout);
}

describe('--encoder', () => {
  it('of xqg evaluate beir makes every vector, of passages, questions and generated queries', async () => {
    const data = join(home, 'beir');
    mkdirSync(join(data, 'qrels'), { recursive: true });
    const line = (row: object) => `${JSON.stringify(row)}\n`;
    const texts = ['bee and honey', 'train in the morning'];
    writeFileSync(
      join(data, 'corpus.jsonl'),
      texts.map((text, i) => line({ _id: `d${i}`, text, lang: 'en' })).join(''),
    );
    writeFileSync(
      join(data, 'queries.jsonl'),
      line({ _id: 'q', text: 'Zug am Morgen', lang: 'de' }),
    );
    writeFileSync(join(data, 'qrels', 'test.tsv'), 'query-id\tcorpus-id\tscore\nq\td1\t1\n');
    const asked = ['--data', data, '--systems', 'dense,dense+xqg', '--languages', 'given'];
    const { results, madeBy } = await evaluated('beir', ...asked);
    expect(new Set(results.map(({ system }) => system))).toEqual(new Set(['dense', 'dense+xqg']));
    expect(madeBy.identities.encoder).toMatchObject({ dim: 8 });
    expect(madeBy.identities.pack).toMatchObject({ name: 'tiny' });
    const sent = server.answered.flatMap(({ input }) => input as string[]);
    expect(sent).toEqual(expect.arrayContaining([...texts, 'Zug am Morgen']));
    // Generated queries in German are sent too.
    expect(sent.some((text) => /Biene|Honig/.test(text))).toBe(true);
  });

  it.skipIf(!mlqaR)(
    'of xqg evaluate mlqa-r does the same (needs XQG_SHARED data/eval/mlqa-r)',
    async () => {
      const asked = ['--data', mlqaR!, '--langs', 'es', '--half', 'tune', '--settings', 'mono'];
      const { results, madeBy } = await evaluated('mlqa-r', ...asked, '--systems', 'dense');
      expect(madeBy.identities.encoder).toMatchObject({ dim: 8 });
      expect(new Set(results.map(({ queryLang }) => queryLang))).toEqual(new Set(['en', 'es']));
    },
    60_000,
  );

  it.each(['xquad', 'xquad-r', 'mlqa-r', 'beir'])(
    'is an option of xqg evaluate %s',
    async (set) => {
      const told = await xqg(
        'evaluate',
        set,
        '--data',
        home,
        '--encoder',
        'hf:nobody/nothing',
        '--pack',
        pack,
      );
      expect(told.code).toBe(1);
      expect(told.stderr).not.toContain('unknown option');
    },
  );
});
