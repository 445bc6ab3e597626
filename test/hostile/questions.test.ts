/**
 * One key asks the worst questions that requests may hold, over documents that it made for that:
 * the server lives, and another key gets its answers.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { XqgClient } from '../../src/client/index.js';
import { type NewDocument, openIndex } from '../../src/index.js';
import { addKey } from '../../src/server/keys.js';
import { start } from '../cli/run-xqg.js';
import { writePack } from '../support/pack-folder.js';
import { Random } from '../support/random.js';

const DOCUMENTS = process.env.XQG_EVERY === undefined ? 1500 : 10_000;
const SECONDS = process.env.XQG_EVERY === undefined ? 6 : 60;
const AT_ONCE = 30;
/** Of the answers of `/health`, where the machine has no other work. */
const ALLOWED_MS = 100;
const SHARE = 0.95;
/** Prints how many times longer work takes here than its processor time, by other work. */
const STRETCH = `
  const stretches = [];
  setInterval(() => {
    const [started, used] = [performance.now(), process.cpuUsage().user];
    while (process.cpuUsage().user - used < 30_000);
    stretches.push((performance.now() - started) / 30);
    stretches.sort((a, b) => a - b);
    console.log(stretches[Math.floor(${SHARE} * (stretches.length - 1))]);
  }, 100);
`;

const home = mkdtempSync(join(tmpdir(), 'xqg-questions-'));
const random = new Random(3);
const WORDS = 'bee honey train station morning night river moon bread oven water'.split(' ');
const sentence = (words: number): string =>
  Array.from({ length: words }, () => WORDS[random.below(WORDS.length)]).join(' ');

function* documents(): Generator<NewDocument> {
  const digits = '1'.repeat(30_000);
  for (let i = 0; i < DOCUMENTS; i++) {
    const metadata: NewDocument['metadata'] =
      i % 10 === 0 ? { digits: `${digits}x`, list: Array(40).fill('1'.repeat(399)) } : { i };
    yield { id: `doc${i}`, text: `${sentence(60)}.`, title: sentence(3), lang: 'en', metadata };
  }
}

let address: string;
let greedy: string;
let modest: string;
let server: ReturnType<typeof start>;

beforeAll(async () => {
  const directory = join(home, 'docs');
  const pack = writePack(join(home, 'pack'));
  const index = await openIndex(directory, { create: true, pack });
  await index.add(documents());
  await index.close();
  const file = join(home, 'keys.json');
  const rights = ['search' as const];
  const make = async (name: string) =>
    (await addKey(file, { name, indexes: null, rights: [...rights], filters: [] })).key;
  [greedy, modest] = [await make('greedy'), await make('modest')];
  const args = ['serve', '--index', directory, '--pack', pack, '--port', '0', '--json'];
  server = start(...args, '--keys', file, '--rate', '0', '--no-access-log', '--timeout', '30');
  const text = await new Promise<string>((resolve) => server.child.stdout!.once('data', resolve));
  ({ address } = JSON.parse(text));
  await new XqgClient({ address, key: modest }).search('docs', { question: 'honey' });
});
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  rmSync(home, { recursive: true, force: true });
});

/** A filter of the greatest length that is another one every time. */
const filter = (): string => `digits!=${random.below(1e9)}${'1'.repeat(380)}`;
const question = (): string => sentence(400).slice(0, 1990);
const LANGUAGES = ['en', 'de', 'fr', 'es', 'ru', 'ar', 'tr', 'fi'];
const lang = LANGUAGES.map((code) => ({ lang: code, weight: 1 / LANGUAGES.length }));

function worst(): [path: string, body?: object] {
  const filters = Array.from({ length: 32 }, filter);
  switch (random.below(6)) {
    case 0:
      return ['search', { question: question(), k: 100, augment: 'both', lang, filters }];
    case 1:
      return [
        'search',
        { question: question(), k: 100, mode: 'dense', feedback: 3, alpha: random.next() },
      ];
    case 2:
      return [
        'explain',
        { question: question(), id: `doc${random.below(DOCUMENTS)}`, filters, lang },
      ];
    case 3:
      return [`coverage?sample=${1 + random.below(200)}`];
    case 4: {
      const some = filters.slice(0, 8).map((each) => `filters=${encodeURIComponent(each)}`);
      return [`passages?limit=200&offset=${random.below(DOCUMENTS)}&${some.join('&')}`];
    }
    default:
      return ['search', { question: 'x'.repeat(2000), k: 100, filters: ['list=1', 'list>=2'] }];
  }
}

it('leaves /health and other keys their answers', { timeout: 300_000 }, async () => {
  const until = Date.now() + SECONDS * 1000;
  const statuses = new Map<number, number>();
  const ask = async (): Promise<void> => {
    while (Date.now() < until) {
      const [path, body] = worst();
      const response = await fetch(`${address}/api/indexes/docs/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${greedy}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
        // Some hang up before the answer, and ask again.
        signal: AbortSignal.timeout(random.below(3) === 0 ? 300 : 60_000),
      }).catch(() => null);
      await response?.arrayBuffer().catch(() => undefined);
      const status = response?.status ?? 0;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const health: number[] = [];
  const searches: number[] = [];
  const look = async (): Promise<void> => {
    for (; Date.now() < until; await setTimeout(20)) {
      const started = performance.now();
      expect((await fetch(`${address}/health`)).status).toBe(200);
      health.push(performance.now() - started);
    }
  };
  const other = new XqgClient({ address, key: modest });
  const search = async (): Promise<void> => {
    for (; Date.now() < until; await setTimeout(50)) {
      const started = performance.now();
      expect((await other.search('docs', { question: 'honey' })).with!.hits).toHaveLength(10);
      searches.push(performance.now() - started);
    }
  };
  const stretching = spawn(process.execPath, ['-e', STRETCH], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stretch = 1;
  stretching.stdout.on('data', (line) => {
    stretch = Math.max(1, Number(`${line}`.trim().split('\n').at(-1)));
  });
  await Promise.all([...Array.from({ length: AT_ONCE }, ask), look(), search()]);
  stretching.kill();
  const at = (times: number[], share: number) =>
    Math.round(times.sort((a, b) => a - b)[Math.floor(share * (times.length - 1))]);
  const told = `health ${at(health, 0.5)}, ${at(health, SHARE)}, ${at(health, 1)} ms of ${health.length}; searches ${at(searches, 0.5)}, ${at(searches, 1)} ms of ${searches.length}; answers ${JSON.stringify([...statuses])}; stretched ${stretch.toFixed(1)} times`;
  process.stderr.write(`${told}\n`);
  expect(
    [...statuses.keys()].every((status) => [0, 200, 503, 504].includes(status)),
    told,
  ).toBe(true);
  expect(statuses.get(200) ?? 0, told).toBeGreaterThan(0);
  expect(at(health, SHARE), told).toBeLessThan(ALLOWED_MS * stretch);
});
