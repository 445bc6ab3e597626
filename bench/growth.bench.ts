/**
 * Growth: time, memory and disk of every stage from 1,000 passages to a million, each stage in a
 * process of its own, over synthetic passages with planted answers (planted-corpus.ts). Writes the
 * figures as JSON and a picture. A million passages take about 12 GB of disk and of memory; figures
 * of other sizes stay as they are in the JSON.
 * usage: npm run bench bench/growth.bench.ts -- [--passages 1000,10000,100000,1000000] [--pack base]
 *   [--folder DIR] [--out docs/growth] [--keep]
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { openIndex, type SearchMode } from '../src/index.js';
import { type GrowthSize, type GrowthStages, growthPicture } from './growth-picture.js';
import { LANGUAGES, PlantedCorpus } from './planted-corpus.js';

const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '1000,10000,100000,1000000' },
    pack: { type: 'string', default: 'base' },
    folder: { type: 'string' },
    out: { type: 'string', default: 'docs/growth' },
    keep: { type: 'boolean', default: false },
    stage: { type: 'string' },
    dir: { type: 'string' },
  },
});
const QUESTIONS = 100;
const MIB = 2 ** 20;

/** What a stage measures, of `n` passages in the folder `dir`. */
type Stage = (n: number, dir: string) => Promise<object>;

const STAGES: Readonly<Record<string, Stage>> = {
  index,
  again,
  add,
  open,
  dense: (n, dir) => search(n, dir, 'dense'),
  lexical: (n, dir) => search(n, dir, 'lexical'),
  hybrid: (n, dir) => search(n, dir, 'hybrid'),
};

if (values.stage === undefined) await measureAll();
else
  process.stdout.write(
    JSON.stringify(await STAGES[values.stage](Number(values.passages), values.dir!)),
  );

async function measureAll(): Promise<void> {
  const json = `${values.out}.json`;
  const sizes: GrowthSize[] = existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')).sizes : [];
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'xqg-growth-'));
  mkdirSync(folder, { recursive: true });
  try {
    for (const n of values.passages.split(',').map(Number)) {
      const dir = join(folder, String(n));
      const stages: Record<string, object> = {};
      for (const stage of Object.keys(STAGES)) {
        stages[stage] = await inProcess(stage, n, dir);
        console.error(`${n} passages, ${stage}: ${JSON.stringify(stages[stage])}`);
      }
      if (!values.keep) rmSync(dir, { recursive: true });
      const others = sizes.filter(({ passages }) => passages !== n);
      sizes.splice(
        0,
        Infinity,
        ...[...others, { passages: n, stages: stages as unknown as GrowthStages }].sort(
          (a, b) => a.passages - b.passages,
        ),
      );
      const machine = {
        cores: availableParallelism(),
        cpu: cpus()[0].model,
        memoryGB: Math.round(totalmem() / 1e9),
        node: process.version,
      };
      const result = {
        command: 'npm run bench bench/growth.bench.ts',
        machine,
        pack: values.pack,
        queryLanguages: LANGUAGES,
        queriesPerLanguage: 5,
        sizes,
      };
      writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
      writeFileSync(`${values.out}.svg`, growthPicture(result));
    }
  } finally {
    if (!values.keep && values.folder === undefined) rmSync(folder, { recursive: true });
  }
}

async function inProcess(stage: string, n: number, dir: string): Promise<object> {
  const args = [
    ...process.execArgv,
    fileURLToPath(import.meta.url),
    '--stage',
    stage,
    '--passages',
    String(n),
    '--dir',
    dir,
    '--pack',
    values.pack,
  ];
  const run = promisify(execFile)(process.execPath, args, { encoding: 'utf8' });
  run.child.stderr!.pipe(process.stderr);
  return JSON.parse((await run).stdout);
}

/**
 * Rows (generating, encoding, summing, writing), then what follows the last row: joining pieces,
 * lexical segments.
 */
async function index(n: number, dir: string) {
  const corpus = await PlantedCorpus.open(values.pack);
  const target = await openIndex(dir, {
    create: true,
    encoder: 'static',
    pack: values.pack,
    queryLanguages: LANGUAGES,
  });
  const memory = { rows: [] as number[], joining: 0, segments: 0 };
  const began = performance.now();
  let rowsDone = began;
  let joined: number | null = null;
  const watch = setInterval(() => {
    const now = process.memoryUsage.rss() / MIB;
    if (joined !== null) memory.segments = Math.max(memory.segments, now);
    else if (performance.now() - rowsDone > 2000) memory.joining = Math.max(memory.joining, now);
  }, 100);
  const result = await target.add(corpus.documents(n), {
    onProgress: ({ phase, passages }) => {
      if (phase === 'sealing') joined ??= performance.now();
      else {
        rowsDone = performance.now();
        if (passages >= ((memory.rows.length + 1) * n) / 4 && memory.rows.length < 4)
          memory.rows.push(Math.round(process.memoryUsage.rss() / MIB));
      }
    },
  });
  const ended = performance.now();
  clearInterval(watch);
  if (result.passages !== n) throw new Error(`${result.passages} instead of ${n} passages`);
  const { bytes } = await target.status();
  await target.close();
  const seconds = (from: number, to: number): number => (to - from) / 1000;
  return {
    seconds: seconds(began, ended),
    rowSeconds: seconds(began, rowsDone),
    joiningSeconds: seconds(rowsDone, joined ?? ended),
    segmentSeconds: seconds(joined ?? ended, ended),
    rowsMiBByQuarters: memory.rows,
    joiningMiB: Math.round(memory.joining),
    segmentsMiB: Math.round(memory.segments),
    peakMiB: peak(),
    bytes,
  };
}

/** The same command again: everything is unchanged. */
async function again(n: number, dir: string) {
  const corpus = await PlantedCorpus.open(values.pack);
  const target = await openIndex(dir);
  const began = performance.now();
  const { documents } = await target.add(corpus.documents(n));
  if (documents.unchanged !== n)
    throw new Error(`${documents.unchanged} of ${n} documents are unchanged`);
  const seconds = (performance.now() - began) / 1000;
  await target.close();
  return { seconds, peakMiB: peak() };
}

/** A hundred documents more. */
async function add(_: number, dir: string) {
  const target = await openIndex(dir);
  const began = performance.now();
  await target.add(
    Array.from({ length: 100 }, (_, i) => ({
      id: `more-${i}`,
      text: `A text that came later, number ${i}.`,
      lang: 'en',
    })),
  );
  const seconds = (performance.now() - began) / 1000;
  await target.close();
  return { seconds, peakMiB: peak() };
}

/** From nothing to the answer of one question, as `xqg search` does it. */
async function open(n: number, dir: string) {
  const [question] = (await PlantedCorpus.open(values.pack)).questions(n, 1);
  const began = performance.now();
  const target = await openIndex(dir);
  await target.version();
  const opened = performance.now();
  await target.search(question.text, { lang: question.lang });
  const answered = performance.now();
  await target.close();
  return {
    openSeconds: (opened - began) / 1000,
    firstAnswerSeconds: (answered - opened) / 1000,
    peakMiB: peak(),
  };
}

/** Questions of one language after the other, so that what a language needs is there once. */
async function search(n: number, dir: string, mode: SearchMode) {
  const corpus = await PlantedCorpus.open(values.pack);
  const questions = corpus.questions(n, QUESTIONS);
  const target = await openIndex(dir);
  const times: number[] = [];
  const firsts: number[] = [];
  let found = 0;
  for (const lang of LANGUAGES) {
    let first = true;
    for (const { text, answer } of questions.filter((question) => question.lang === lang)) {
      const began = performance.now();
      const { hits } = await target.search(text, { lang, mode, k: 10 });
      (first ? firsts : times).push(performance.now() - began);
      first = false;
      if (hits.some(({ id }) => id === answer)) found++;
    }
  }
  await target.close();
  times.sort((a, b) => a - b);
  return {
    questions: questions.length,
    recallAt10: found / questions.length,
    medianMs: times[times.length >> 1],
    p95Ms: times[Math.floor(times.length * 0.95)],
    firstOfALanguageMs: Math.max(...firsts.slice(1)),
    peakMiB: peak(),
  };
}

function peak(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
