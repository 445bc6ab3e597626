/**
 * Measures indexing of synthetic 100-word passages with a pack and all its query languages: passages
 * a second, processor time of all threads, peak memory, bytes on disk, and how fast the result
 * opens. Every size runs in a process of its own.
 * usage: npm run bench bench/indexing.bench.ts -- [--passages 10000,20000,40000] [--pack base]
 *   [--languages ar,th] [--fake] [--keep DIR] [--json]
 *   --fake: no pack; an encoder and a generator that cost nothing, so that the pipeline and the
 *   store are measured
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { SourceDocument } from '../src/corpus/passage.js';
import type { IndexOptions } from '../src/indexing/options.js';

const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '10000,20000,40000' },
    pack: { type: 'string', default: 'base' },
    languages: { type: 'string' },
    fake: { type: 'boolean', default: false },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
    child: { type: 'string' },
  },
});
const WORDS = 100;
const FAKE_LANGUAGES = 'ar bn de el es fi fr hi ja ko ro ru te th tr vi zh'.split(' ');
const FAKE_DIM = 512;

if (values.child === undefined) measureAll();
else process.stdout.write(JSON.stringify(await measure(Number(values.child))));

type Result = Awaited<ReturnType<typeof measure>>;

function measureAll(): void {
  const results = values.passages.split(',').map((passages) => {
    const result: Result = JSON.parse(
      execFileSync(
        process.execPath,
        [
          ...process.execArgv,
          fileURLToPath(import.meta.url),
          ...process.argv.slice(2),
          '--child',
          passages,
        ],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
          encoding: 'utf8',
        },
      ),
    );
    if (!values.json) console.log(lineOf(result));
    return result;
  });
  if (values.json)
    console.log(
      JSON.stringify({ cores: availableParallelism(), node: process.version, results }, null, 2),
    );
}

function lineOf(result: Result): string {
  const {
    passages,
    languages,
    perSecond,
    seconds,
    cpuSeconds,
    sealSeconds,
    peakMiB,
    rssMiB,
    bytes,
    openMs,
    takeMs,
  } = result;
  return (
    `${passages} passages, ${languages} query languages: ${perSecond.toFixed(0)} passages/s ` +
    `(${seconds.toFixed(1)} s, ${sealSeconds.toFixed(1)} s of it sealing; ${cpuSeconds.toFixed(1)} s of processors), memory ${rssMiB.join(' ')} MiB ` +
    `by quarters, peak ${peakMiB} MiB; ${bytes.total} bytes a passage (store ${bytes.store}, lexical ${bytes.lexical}); ` +
    `opens in ${openMs.toFixed(0)} ms, 10 hits in ${takeMs.toFixed(1)} ms`
  );
}

async function measure(passages: number) {
  const { indexDocuments } = await import('../src/indexing/build.js');
  const { openSnapshot } = await import('../src/indexing/open.js');
  const { indexStatus } = await import('../src/indexing/status.js');
  const recipe = values.fake ? await fakeRecipe() : await packRecipe();
  const folder = mkdtempSync(join(tmpdir(), 'xqg-bench-'));
  const dir = values.keep ?? join(folder, 'index');
  const rssMiB: number[] = [];
  let sealing: number | undefined;
  try {
    const began = performance.now();
    const result = await indexDocuments(dir, documents(passages, recipe.word), {
      ...recipe.options,
      queryLanguages: values.languages?.split(','),
      expected: passages,
      onProgress: (progress) => {
        if (progress.phase === 'sealing') sealing ??= performance.now();
        if (progress.passages >= ((rssMiB.length + 1) * passages) / 4 && rssMiB.length < 4) {
          rssMiB.push(Math.round(process.memoryUsage().rss / 2 ** 20));
        }
      },
    });
    const ended = performance.now();
    const seconds = (ended - began) / 1000;
    const { user, system } = process.cpuUsage();
    if (result.passages !== passages)
      throw new Error(`${result.passages} instead of ${passages} passages`);
    const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
    const { bytes, manifest } = await indexStatus(dir);
    const opening = performance.now();
    const snapshot = await openSnapshot(dir);
    const openMs = performance.now() - opening;
    const takes: number[] = [];
    for (let i = 0; i < 21; i++) {
      const rows = Array.from({ length: 10 }, (_, hit) => (i * 7919 + hit * 104_729) % passages);
      const taking = performance.now();
      await snapshot.take(rows, ['id', 'title', 'headings', 'text', 'path', 'metadata']);
      takes.push(performance.now() - taking);
    }
    await snapshot.close();
    return {
      passages,
      languages: manifest.identity.queryLanguages.filter((lang) => lang !== 'en').length,
      dim: manifest.identity.encoder.dim,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      sealSeconds: (ended - (sealing ?? ended)) / 1000,
      perSecond: passages / seconds,
      rssMiB,
      peakMiB,
      bytes: Object.fromEntries(
        Object.entries(bytes).map(([part, of]) => [part, Math.round(of / passages)]),
      ),
      openMs,
      takeMs: takes.sort((a, b) => a - b)[10],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Words by Zipf's law that the recipe knows, so that queries are generated for them. */
async function* documents(
  n: number,
  word: (chance: number) => string,
): AsyncGenerator<SourceDocument> {
  for (let number = 0; number < n; number++) {
    const text = Array.from({ length: WORDS }, (_, i) => word(random(number * WORDS + i))).join(
      ' ',
    );
    yield {
      id: `passage-${number}`,
      source: '/synthetic',
      path: '/synthetic/passages.jsonl',
      title: '',
      lang: 'en',
      metadata: { number },
      blocks: [{ headings: [], text }],
      whole: true,
    };
  }
}

/** In [0, 1), the same for the same number. */
function random(number: number): number {
  let state = Math.imul(number ^ 0x9e3779b9, 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}

/** How documents are indexed, and the word at a place of its vocabulary. */
interface BenchRecipe {
  /** @param chance in [0, 1): frequent words take most of it */
  word(chance: number): string;
  readonly options: Pick<IndexOptions, 'encoder' | 'generator' | 'pack' | 'packFolder'>;
}

async function packRecipe(): Promise<BenchRecipe> {
  const { loadPack } = await import('../src/pack/format.js');
  const { packFolder } = await import('../src/pack/manifest.js');
  const { StaticEncoder } = await import('../src/encode/static/static-encoder.js');
  const { LexiconGenerator } = await import('../src/generate/lexicon.js');
  const pack = await loadPack(values.pack);
  let stems = 0;
  while (stems < 30_000 && pack.pivot.surface(stems) !== undefined) stems++;
  return {
    word: (chance) => pack.pivot.surface(Math.floor(stems ** chance) - 1),
    options: {
      encoder: new StaticEncoder(pack),
      generator: new LexiconGenerator(pack),
      pack: pack.identity,
      packFolder: packFolder(values.pack),
    },
  };
}

async function fakeRecipe(): Promise<BenchRecipe> {
  const noise = Float32Array.from({ length: 2 ** 20 }, (_, i) => random(i) - 0.5);
  let from = 0;
  const filled = (n: number): Float32Array => {
    const vectors = new Float32Array(n * FAKE_DIM);
    for (let row = 0; row < n; row++, from += 977) {
      const start = from % (noise.length - FAKE_DIM);
      vectors.set(noise.subarray(start, start + FAKE_DIM), row * FAKE_DIM);
    }
    return vectors;
  };
  const stemsOf = (text: string): string[] => [...new Set(text.split(' '))];
  return {
    word: (chance) => `w${Math.floor(30_000 ** chance).toString(36)}`,
    options: {
      encoder: {
        identity: { name: 'fake', dim: FAKE_DIM, weights: '', unitLength: true, settings: {} },
        encodePassages: async (passages) => filled(passages.length),
        encodeQueries: async (queries) => filled(queries.length),
        bags: { encodeMixtures: async (mixtures) => filled(mixtures.length) },
      },
      generator: {
        identity: { name: 'fake', weights: '', settings: {} },
        languages: FAKE_LANGUAGES,
        distribution: {
          pivot: ({ text }) => ({
            terms: stemsOf(text),
            weights: new Float32Array(stemsOf(text).length).fill(1),
          }),
          expectation: (pivot) => pivot,
          factors: {
            generatedFrom: () => ({ terms: [], weights: new Float32Array(0) }),
            translate: () => ({ terms: [], weights: new Float32Array(0) }),
            knows: () => false,
            relatives: () => ({ terms: [], weights: new Float32Array(0) }),
            termWeight: () => 1,
            generatedMass: () => 0,
          },
        },
        draw: async (passages) => passages.map(() => []),
      },
    },
  };
}
