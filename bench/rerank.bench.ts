/**
 * Measures what moves on the page over a large index: the same question sent again while alpha
 * slides and languages of the generated queries are switched, both columns, over HTTP as the page
 * does. `processor` is the server's own time for a step on all cores, which says more than the clock
 * where other programs run. Builds the index if it is not there.
 * usage: npm run bench bench/rerank.bench.ts -- [--index .xqg/load] [--json]
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildLargeIndex, LANGUAGES, serveLargeIndex } from './large-index.js';

const { values } = parseArgs({
  options: {
    index: { type: 'string', default: join('.xqg', 'load') },
    json: { type: 'boolean', default: false },
  },
});
const QUESTION = {
  question: 'ماذا يحدث في الصباح عند الماء والمدرسة؟',
  lang: 'ar',
  augment: 'both',
  k: 10,
};
const ALPHAS = Array.from({ length: 21 }, (_, i) => i / 20);

buildLargeIndex(values.index);
const { server, address } = await serveLargeIndex(values.index);
try {
  const times: Record<string, number[]> = {
    first: [],
    alpha: [],
    languages: [],
    'alpha in chosen languages': [],
    'all languages': [],
  };
  for (;;) {
    const { status } = (await (await fetch(`${address}/ready`)).json()) as { status: string };
    if (status === 'ready') break;
    if (status === 'failed') throw new Error('the index does not open');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // The page has been open for a while when somebody asks.
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  const processor: Record<string, number> = {};
  const group = async (name: string, steps: () => Promise<void>): Promise<void> => {
    const before = await processorMs();
    await steps();
    processor[name] = (await processorMs()) - before;
  };
  const step = async (name: string, body: object): Promise<void> => {
    const started = performance.now();
    const response = await fetch(`${address}/api/indexes/load/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...QUESTION, ...body }),
    });
    const answer = await response.json();
    if (response.status !== 200) throw new Error(JSON.stringify(answer));
    times[name].push(performance.now() - started);
  };
  await group('first', () => step('first', {}));
  await group('alpha', async () => {
    for (const alpha of ALPHAS) await step('alpha', { alpha });
  });
  await group('languages', async () => {
    const chosen: string[] = [];
    // One more at a time, then one fewer at a time.
    for (const lang of [...LANGUAGES, ...LANGUAGES.slice(0, -1)]) {
      if (chosen.includes(lang)) chosen.splice(chosen.indexOf(lang), 1);
      else chosen.push(lang);
      await step('languages', {
        languagePolicy: Object.fromEntries(chosen.map((code) => [code, 1])),
      });
    }
  });
  const two = { ar: 1, de: 1 };
  await group('alpha in chosen languages', async () => {
    for (const alpha of ALPHAS)
      await step('alpha in chosen languages', { alpha, languagePolicy: two });
  });
  await group('all languages', () => step('all languages', { languagePolicy: 'all' }));
  const results = Object.entries(times).map(([name, list]) => {
    list.sort((a, b) => a - b);
    const [median, most] = [list[list.length >> 1], list.at(-1)!].map(
      (ms) => Math.round(ms * 10) / 10,
    );
    return {
      name,
      steps: list.length,
      median,
      most,
      processor: Math.round(processor[name] / list.length),
    };
  });
  if (values.json)
    console.log(
      JSON.stringify({ cores: availableParallelism(), node: process.version, results }, null, 2),
    );
  else console.table(results);
} finally {
  server.kill('SIGTERM');
}

async function processorMs(): Promise<number> {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  return 1000 * Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)![1]);
}
