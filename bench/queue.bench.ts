/**
 * Measures what a queue costs: `xqg index --queue` with one and with two workers on this machine
 * against `xqg index` alone, in turn, every process started anew; and how many parts a second pass
 * through queue, storage and store where computing costs nothing. Starts a Redis server of its own
 * (redis-server on the PATH) on a loopback port.
 * usage: npm run bench bench/queue.bench.ts -- [--passages 6000] [--part-passages 512] [--rounds 3]
 *   [--parts 400] [--json]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { SourceDocument } from '../src/corpus/passage.js';
import { indexDocuments } from '../src/indexing/build.js';
import { digestIndex } from '../src/indexing/digest.js';
import { queueStatus } from '../src/indexing/workers/queue-status.js';
import { QueuedRun } from '../src/indexing/workers/queued-run.js';
import { takeParts } from '../src/indexing/workers/worker.js';
import { loadPack } from '../src/pack/format.js';

const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '6000' },
    'part-passages': { type: 'string', default: '512' },
    rounds: { type: 'string', default: '3' },
    parts: { type: 'string', default: '400' },
    json: { type: 'boolean', default: false },
  },
});
const [passages, rounds, emptyParts] = [values.passages, values.rounds, values.parts].map(Number);
const WORDS = 100;
const say = (text: string): boolean => process.stderr.write(`${text}\n`);
const children = new Set<ChildProcess>();

const home = mkdtempSync(join(tmpdir(), 'xqg-queue-bench-'));
const port = await freePort();
const url = `redis://127.0.0.1:${port}`;
const words = [
  '--port',
  port,
  '--bind',
  '127.0.0.1',
  '--dir',
  home,
  '--save',
  '',
  '--appendonly',
  'yes',
];
const redis = spawn('redis-server', words.map(String), { stdio: 'ignore' });
try {
  await untilItAnswers();
  const corpus = await writeCorpus();
  const ways = { alone: 0, 'one worker': 1, 'two workers': 2 };
  const seconds: Record<string, number[]> = {};
  for (const way of Object.keys(ways)) seconds[way] = [];
  const digests = new Set();
  for (let round = 0; round < rounds; round++) {
    for (const [way, workers] of Object.entries(ways)) {
      const index = join(home, `index-${round}-${workers}`);
      seconds[way].push(await timeIndexing(corpus, index, workers));
      say(`round ${round + 1} of ${rounds}, ${way}: ${seconds[way].at(-1)!.toFixed(1)} s`);
      digests.add(await digestIndex(index));
      rmSync(index, { recursive: true });
    }
  }
  if (digests.size !== 1) throw new Error('the indexes are not equal');
  const least = Object.fromEntries(
    Object.entries(seconds).map(([way, all]) => [way, Math.min(...all)]),
  );
  const report = {
    passages,
    partPassages: Number(values['part-passages']),
    seconds,
    least,
    ratios: {
      'one worker': least['one worker'] / least.alone,
      'two workers': least['two workers'] / least.alone,
    },
    emptyParts: await timeEmptyParts(),
    cores: availableParallelism(),
    otherLoad: loadavg().map((load) => Math.round(load * 10) / 10),
    node: process.version,
  };
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else {
    for (const [way, all] of Object.entries(seconds)) {
      const of = (Math.min(...all) / least.alone).toFixed(2);
      const rate = Math.round(passages / Math.min(...all));
      console.log(
        `${way.padEnd(12)} ${all.map((s) => s.toFixed(1)).join(' ')} s, ${rate} passages/s, ${of} of alone`,
      );
    }
    const { perSecond, msEach } = report.emptyParts;
    console.log(
      `parts of one passage that costs nothing: ${perSecond.toFixed(0)} a second, ${msEach.toFixed(1)} ms each`,
    );
    console.log(
      `${report.cores} cores, load averages ${report.otherLoad.join(' ')}, Node ${report.node}`,
    );
  }
} finally {
  for (const child of children) child.kill('SIGKILL');
  redis.kill('SIGTERM');
  rmSync(home, { recursive: true, force: true });
}

/** Seconds from the start of all processes to the end of `xqg index`. */
async function timeIndexing(corpus: string, index: string, workers: number): Promise<number> {
  const began = performance.now();
  const workersAtWork = Array.from({ length: workers }, () => run('worker', '--queue', url));
  const words = workers === 0 ? [] : ['--queue', url, '--part-passages', values['part-passages']];
  const indexing = run('index', corpus, '--index', index, ...words);
  const first = await Promise.race([
    indexing.ended,
    ...workersAtWork.map((worker) => worker.ended),
  ]);
  const seconds = (performance.now() - began) / 1000;
  if (indexing.process.exitCode !== 0) throw new Error(`a process ended before its time: ${first}`);
  for (const worker of workersAtWork) worker.process.kill('SIGTERM');
  await Promise.all(workersAtWork.map((worker) => worker.ended));
  return seconds;
}

/** A command as users start it; `ended` resolves to what it said. */
function run(...words: string[]): { process: ChildProcess; ended: Promise<string> } {
  const child = spawn(process.execPath, ['dist/bin/xqg.js', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.add(child);
  let said = '';
  child.stderr.on('data', (data) => {
    said = (said + data).slice(-1000);
  });
  const ended = once(child, 'close').then(([code]) => {
    children.delete(child);
    return `xqg ${words[0]}, exit code ${code}: ${said}`;
  });
  return { process: child, ended };
}

/** Words by Zipf's law out of what the pack knows, so that queries are generated for them. */
async function writeCorpus() {
  const { pivot } = await loadPack('base');
  let stems = 0;
  while (stems < 30_000 && pivot.surface(stems) !== undefined) stems++;
  const path = join(home, 'corpus.jsonl');
  const out = createWriteStream(path);
  for (let number = 0; number < passages; number++) {
    const text = Array.from({ length: WORDS }, (_, i) =>
      pivot.surface(Math.floor(stems ** random(number * WORDS + i)) - 1),
    );
    out.write(`${JSON.stringify({ id: `passage-${number}`, lang: 'en', text: text.join(' ') })}\n`);
  }
  out.end();
  await once(out, 'close');
  return path;
}

/** In [0, 1), the same for the same number. */
function random(number: number): number {
  let state = Math.imul(number ^ 0x9e3779b9, 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}

/** Run and worker in this process, with a recipe that does nothing. */
async function timeEmptyParts() {
  const identity = { name: 'none', dim: 8, weights: '', unitLength: true, settings: {} };
  const encoder = {
    identity,
    encodePassages: async (texts: readonly unknown[]) =>
      new Float32Array(8 * texts.length).fill(0.5),
    encodeQueries: async (texts: readonly unknown[]) => new Float32Array(8 * texts.length),
  };
  const recipe = { encoder, generator: null, pack: null, glossary: null };
  const stopping = new AbortController();
  const worker = takeParts(url, { open: async () => recipe, signal: stopping.signal });
  const directory = join(home, 'empty');
  const run = await QueuedRun.open(
    { url, partPassages: 1 },
    { directory, recipe: { generator: null } },
  );
  const began = performance.now();
  await run.end(
    await indexDocuments(directory, emptyDocuments(), {
      ...recipe,
      rowsFrom: run.rowsFrom,
    }),
  );
  const ms = performance.now() - began;
  await run.close();
  stopping.abort();
  await worker;
  return { parts: emptyParts, perSecond: emptyParts / (ms / 1000), msEach: ms / emptyParts };
}

async function* emptyDocuments(): AsyncGenerator<SourceDocument> {
  for (let number = 0; number < emptyParts; number++) {
    yield {
      id: `d${number}`,
      source: '/synthetic',
      path: '/synthetic/documents',
      title: '',
      lang: 'en',
      metadata: {},
      blocks: [{ headings: [], text: `Text ${number}` }],
      whole: true,
    };
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => done(free));
    });
  });
}

async function untilItAnswers(): Promise<unknown> {
  for (;;) {
    if (redis.exitCode !== null)
      throw new Error(`redis-server ended with exit code ${redis.exitCode}`);
    try {
      return await queueStatus(url);
    } catch {
      await setTimeout(100);
    }
  }
}
