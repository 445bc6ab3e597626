/**
 * Measures what encoders and generators cost on this machine, and writes the tables of
 * docs/models.md between their marks: minima of turns over made-up passages, for the models of
 * $XQG_SHARED (default ../shared) that are there.
 * usage: npm run docs:costs -- [--passages 32] [--rounds 3] [--print]
 */
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../src/base/version.js';
import type { Encoder } from '../src/encode/encoder.js';
import { madeUpPassages } from '../src/encode/neural/bench.js';
import { NeuralEncoder } from '../src/encode/neural/neural.js';
import type { Generator } from '../src/generate/generator.js';
import { GlossGenerator } from '../src/generate/gloss.js';
import { LexiconGenerator } from '../src/generate/lexicon.js';
import { openGenerator } from '../src/generate/open-generator.js';
import { findModel } from '../src/models/places.js';
import { loadPack } from '../src/pack/format.js';
import { table, writeMarked } from './marked.js';

const { values: options } = parseArgs({
  options: {
    passages: { type: 'string', default: '32' },
    rounds: { type: 'string', default: '3' },
    print: { type: 'boolean', default: false },
  },
});
const shared = resolve(process.env.XQG_SHARED ?? '../shared');
const [n, rounds] = [Number(options.passages), Number(options.rounds)];
const WORDS = 100;
const QUERIES = 5;
/** Languages of the generated queries of an English passage, as packs have them. */
const QUERY_LANGUAGES = 17;
const THOUSANDS = 100;

/** What else the machine does. */
const [load] = loadavg();
const texts = madeUpPassages(n, WORDS);
const passages = texts.map((text, i) => ({ id: `p${i}`, title: '', text, lang: 'en' }));
const queries = texts.map((text) => ({
  text: text.split(' ').slice(0, 7).join(' '),
  languages: [{ lang: 'en', weight: 1 }],
}));
const pack = await loadPack('base');

const encoders: string[][] = [];
for (const [name, open] of [
  ['all-MiniLM-L6-v2, q8', () => neural('models/all-MiniLM-L6-v2')],
  ['use-multilingual-v3, fp32', () => neural('models/use-multilingual-v3')],
] as const) {
  const encoder = await open();
  if (encoder === null) continue;
  const perPassage = await least(() => encoder.encodePassages(passages));
  const perQuery = await least(() => encoder.encodeQueries(queries));
  await encoder.close?.();
  const all = perPassage + QUERY_LANGUAGES * QUERIES * perQuery;
  const costs = [
    name,
    milliseconds(perPassage),
    milliseconds(perQuery),
    hours(perPassage),
    hours(all),
  ];
  encoders.push(costs);
  console.error(costs.join('  '));
}

const generators: string[][] = [];
const candidates: readonly [string, () => Promise<Generator | null>, string][] = [
  [
    '`lexicon` (`base`)',
    async () => new LexiconGenerator(pack),
    'the default; an index takes its expectation and draws nothing',
  ],
  ['`gloss` (`base`)', async () => new GlossGenerator(pack), 'for neural encoders'],
  [
    'tiny-mt5, random weights',
    () => model('golden/models/tiny-mt5'),
    'only what calling a model costs at least',
  ],
  ['tiny-llama, random weights', () => model('golden/models/tiny-llama'), 'likewise'],
];
for (const [name, open, note] of candidates) {
  const generator = await open();
  if (generator === null) continue;
  const some = passages.slice(0, 8);
  const seconds =
    (await least(() => generator.draw(some, 'de', QUERIES, 0))) * (passages.length / some.length);
  await generator.close?.();
  const costs = [name, milliseconds(seconds), hours(QUERY_LANGUAGES * seconds), note];
  generators.push(costs);
  console.error(costs.join('  '));
}

const text = [
  `Passages of 20 to ${WORDS} words, questions of 7; ${availableParallelism()} cores (${cpus()[0].model.trim()}), Node ${process.version}, one text at a time; load average at the start ${load.toFixed(1)}${load > availableParallelism() / 2 ? ', so that these are upper bounds' : ''}.`,
  table(
    [
      'encoder',
      'ms a passage',
      'ms a query',
      `h for ${THOUSANDS},000 passages`,
      `h with ${QUERIES} queries in ${QUERY_LANGUAGES} languages each`,
    ],
    encoders,
  ),
  table(
    [
      'generator',
      `ms for ${QUERIES} queries in a language`,
      `h for ${THOUSANDS},000 passages in ${QUERY_LANGUAGES} languages`,
      '',
    ],
    generators,
  ),
  `Measured on ${new Date().toISOString().slice(0, 10)} with xqg ${version()}: \`npm run docs:costs\``,
].join('\n\n');
if (options.print) console.log(text);
else writeMarked('docs/models.md', 'costs', text);

async function neural(path: string): Promise<Encoder | null> {
  const folder = join(shared, path);
  return existsSync(folder) ? NeuralEncoder.open(findModel(folder)) : null;
}

async function model(path: string): Promise<Generator | null> {
  const folder = join(shared, path);
  return existsSync(folder) ? openGenerator(folder) : null;
}

/** Seconds a passage, the least of the turns; the first one warms up. */
async function least(work: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    await work();
    if (round > 0) best = Math.min(best, (performance.now() - started) / 1000);
  }
  return best / n;
}

function milliseconds(seconds: number): string {
  const value = 1000 * seconds;
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

function hours(seconds: number): string {
  const value = (1000 * THOUSANDS * seconds) / 3600;
  return value < 0.1 ? value.toFixed(3) : value < 10 ? value.toFixed(1) : value.toFixed(0);
}
