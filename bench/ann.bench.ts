/**
 * Where exact search ends: questions through exact search and through `xqg ann` over the same rows,
 * by size. Every stage runs in a process of its own; warm questions of both ways are interleaved in
 * one. Text: sentences of the bitext (bitext-corpus.ts), or synthetic passages (planted-corpus.ts)
 * whose words are independent, the worst case for every such index.
 * usage: npm run bench bench/ann.bench.ts -- [--passages 10000,30000,100000]
 *   [--text bitext|synthetic] [--recall 0.95] [--pack base] [--folder DIR]
 *   [--lance IVF_FLAT,IVF_RQ,HNSW_SQ] [--write]
 *   --write: figures to docs/ann.json, where those of other sizes and texts stay, and the table of
 *   docs/scaling.md; else JSON to stdout
 *   --lance: also LanceDB's own indexes over the same vectors (lance-indexes.ts)
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { table, writeMarked } from '../scripts/marked.js';
import { openIndex, type SearchMode } from '../src/index.js';
import { BitextCorpus } from './bitext-corpus.js';
import { LANGUAGES, PlantedCorpus, type PlantedQuestion } from './planted-corpus.js';

const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '10000,30000,100000' },
    text: { type: 'string', default: 'bitext' },
    recall: { type: 'string', default: '0.95' },
    pack: { type: 'string', default: 'base' },
    folder: { type: 'string' },
    lance: { type: 'string' },
    write: { type: 'boolean', default: false },
    stage: { type: 'string' },
    dir: { type: 'string' },
  },
});
const JSON_FILE = 'docs/ann.json';
const QUESTIONS = 100;
const ROUNDS = 3;
const WAYS = ['exact', 'ann'] as const;
type Way = (typeof WAYS)[number];
/** Room for every matrix, so that exact search is never slowed by making one again. */
const ALL_MATRICES = 2 ** 34;

/** What a stage measures, of `n` passages in the folder `dir`. */
type Stage = (n: number, dir: string) => Promise<object>;

const STAGES: Readonly<Record<string, Stage>> = {
  index,
  build,
  exact: (_, dir) => alone(dir, false),
  ann: (_, dir) => alone(dir, true),
  warm,
  ...(values.lance === undefined ? {} : { lance }),
};

if (values.stage === undefined) await measureAll();
else
  process.stdout.write(
    JSON.stringify(await STAGES[values.stage](Number(values.passages), values.dir!)),
  );

interface WayFigures {
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Share of the questions whose answer is among the hits. */
  readonly answersFound: number;
}

interface WarmFigures {
  readonly recallAt10: number;
  readonly exact: WayFigures;
  readonly ann: WayFigures;
}

interface Size {
  readonly text: string;
  readonly passages: number;
  readonly stages: {
    readonly build: Awaited<ReturnType<typeof build>>;
    readonly exact: Awaited<ReturnType<typeof alone>>;
    readonly ann: Awaited<ReturnType<typeof alone>>;
    readonly warm: Readonly<Record<'dense' | 'hybrid' | 'shown', WarmFigures>>;
  };
}

async function measureAll(): Promise<void> {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'xqg-ann-bench-'));
  const sizes: Size[] =
    existsSync(JSON_FILE) && values.write ? JSON.parse(readFileSync(JSON_FILE, 'utf8')).sizes : [];
  try {
    for (const n of values.passages.split(',').map(Number)) {
      const dir = join(folder, `${values.text}-${n}`);
      mkdirSync(dir, { recursive: true });
      const stages: Record<string, object> = {};
      for (const stage of Object.keys(STAGES)) {
        stages[stage] = await inProcess(stage, n, dir);
        console.error(`${n} passages, ${stage}: ${JSON.stringify(stages[stage])}`);
      }
      if (values.folder === undefined) rmSync(dir, { recursive: true });
      const others = sizes.filter(({ text, passages }) => text !== values.text || passages !== n);
      const { text } = values;
      sizes.splice(0, Infinity, ...others, {
        text,
        passages: n,
        stages: stages as unknown as Size['stages'],
      });
      sizes.sort((a, b) =>
        a.text === b.text ? a.passages - b.passages : a.text < b.text ? -1 : 1,
      );
      const machine = {
        cores: availableParallelism(),
        cpu: cpus()[0].model,
        memoryGB: Math.round(totalmem() / 1e9),
        node: process.version,
      };
      const result = {
        command: 'npm run bench bench/ann.bench.ts -- --write',
        machine,
        pack: values.pack,
        queryLanguages: LANGUAGES,
        recall: Number(values.recall),
        sizes,
      };
      if (values.write) {
        writeFileSync(JSON_FILE, `${JSON.stringify(result, null, 2)}\n`);
        writeMarked('docs/scaling.md', 'ann', sizesTable(sizes));
      } else if (n === Number(values.passages.split(',').at(-1)))
        console.log(JSON.stringify(result, null, 2));
    }
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true });
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
  ];
  for (const name of ['text', 'recall', 'pack', 'lance'] as const) {
    const value = values[name];
    if (value !== undefined) args.push(`--${name}`, value);
  }
  const run = promisify(execFile)(process.execPath, args, { encoding: 'utf8' });
  run.child.stderr!.pipe(process.stderr);
  return JSON.parse((await run).stdout);
}

function openCorpus(): Promise<PlantedCorpus> | BitextCorpus {
  return values.text === 'bitext' ? BitextCorpus.open() : PlantedCorpus.open(values.pack);
}

/** Kept beside the index: looking for them takes memory, which is measured. */
function readQuestions(dir: string): PlantedQuestion[] {
  return JSON.parse(readFileSync(join(dir, 'questions.json'), 'utf8'));
}

/** Left as it is where it is there already: `--folder` keeps it. */
async function index(n: number, dir: string) {
  writeFileSync(
    join(dir, 'questions.json'),
    JSON.stringify(await (await openCorpus()).questions(n, QUESTIONS)),
  );
  if (existsSync(join(dir, 'xqg.json'))) return { kept: true };
  const began = performance.now();
  const made = await openIndex(dir, {
    create: true,
    encoder: 'static',
    pack: values.pack,
    queryLanguages: LANGUAGES,
  });
  const { passages } = await made.add((await openCorpus()).documents(n));
  if (passages !== n) throw new Error(`${passages} instead of ${n} passages`);
  const seconds = (performance.now() - began) / 1000;
  const { bytes } = await made.status();
  await made.close();
  return { seconds, storeBytes: bytes.store };
}

async function build(_: number, dir: string) {
  const target = await openIndex(dir);
  const { seconds, bytes, graphBytes, graph, expansion, candidates, recall, questions } =
    await target.buildAnn({ recall: Number(values.recall) });
  await target.close();
  return {
    seconds,
    peakMiB: peak(),
    bytes,
    graphBytes,
    graph,
    expansion,
    candidates,
    recall,
    measuredOn: questions,
  };
}

/**
 * From opening to the first answer in a new process, and the memory that answers in all languages
 * take, with the default budget.
 */
async function alone(dir: string, ann: boolean) {
  const questions = readQuestions(dir);
  const began = performance.now();
  const target = await openIndex(dir);
  const ask = ({ text, lang }: PlantedQuestion) =>
    target.search(text, { lang, mode: 'dense', ann });
  await ask(questions[0]);
  const firstAnswerSeconds = (performance.now() - began) / 1000;
  for (const question of questions) await ask(question);
  await target.close();
  return { firstAnswerSeconds, peakMiB: peak() };
}

/**
 * Minima of the rounds for each question, recall against exact search: of ranking alone, then with
 * the texts and snippets of ten hits.
 */
type Ranking = (question: PlantedQuestion, ann: boolean) => Promise<string[]>;

async function warm(_: number, dir: string): Promise<Record<string, object>> {
  const questions = readQuestions(dir);
  const target = await openIndex(dir, { matrixBudgetBytes: ALL_MATRICES });
  const rank =
    (mode: SearchMode): Ranking =>
    async ({ text, lang }, ann) => {
      for await (const { hits } of target.rank([{ text, lang }], { mode, k: 10, ann }))
        return hits.map(({ id }) => id);
      throw new Error('no ranking came');
    };
  const show: Ranking = async ({ text, lang }, ann) => {
    const { hits } = await target.search(text, { lang, mode: 'dense', k: 10, ann });
    return hits.map(({ id }) => id);
  };
  const result: Record<string, object> = {};
  for (const [name, ask] of Object.entries({
    dense: rank('dense'),
    hybrid: rank('hybrid'),
    shown: show,
  })) {
    const best = { exact: questions.map(() => Infinity), ann: questions.map(() => Infinity) };
    const found = { exact: 0, ann: 0 };
    let same = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [q, question] of questions.entries()) {
        const ids: Record<Way, string[]> = { exact: [], ann: [] };
        for (const way of WAYS) {
          const began = performance.now();
          ids[way] = await ask(question, way === 'ann');
          const ms = performance.now() - began;
          // The first round makes what later ones use.
          if (round > 0) best[way][q] = Math.min(best[way][q], ms);
        }
        if (round > 0) continue;
        same +=
          ids.exact.filter((id) => ids.ann.includes(id)).length / Math.max(1, ids.exact.length);
        for (const way of WAYS) if (ids[way].includes(question.answer)) found[way]++;
      }
    }
    const count = questions.length;
    const ways = WAYS.map((way) => [
      way,
      {
        medianMs: median(best[way]),
        p95Ms: sorted(best[way])[Math.floor(count * 0.95)],
        answersFound: found[way] / count,
      },
    ]);
    result[name] = { questions: count, recallAt10: same / count, ...Object.fromEntries(ways) };
  }
  await target.close();
  return result;
}

async function lance(_: number, dir: string): Promise<object> {
  const { lanceIndexes } = await import('./lance-indexes.js');
  const target = await openIndex(dir, { matrixBudgetBytes: ALL_MATRICES });
  const kinds = values.lance!.split(',');
  const folder = mkdtempSync(join(tmpdir(), 'xqg-lance-'));
  const result = await lanceIndexes(target, readQuestions(dir), {
    folder,
    kinds,
    recall: Number(values.recall),
  });
  rmSync(folder, { recursive: true });
  await target.close();
  return result;
}

function sizesTable(sizes: readonly Size[]): string {
  const header = [
    'passages',
    'ranking, exact / graph',
    'hybrid, exact / graph',
    'with ten texts, exact / graph',
    'recall@10',
    'answers found, exact / graph',
    'first answer, exact / graph',
    'memory, exact / graph',
    'built in',
    'disk',
    'looked at / scored',
  ];
  const rows = sizes.map(({ text, passages, stages: { build, exact, ann, warm } }) => [
    `${passages.toLocaleString('en')} ${text === 'bitext' ? 'sentences' : 'synthetic'}`,
    `${warm.dense.exact.medianMs.toFixed(1)} / ${warm.dense.ann.medianMs.toFixed(1)} ms`,
    `${warm.hybrid.exact.medianMs.toFixed(1)} / ${warm.hybrid.ann.medianMs.toFixed(1)} ms`,
    `${warm.shown.exact.medianMs.toFixed(1)} / ${warm.shown.ann.medianMs.toFixed(1)} ms`,
    warm.dense.recallAt10.toFixed(3),
    `${percent(warm.dense.exact.answersFound)} / ${percent(warm.dense.ann.answersFound)}`,
    `${exact.firstAnswerSeconds.toFixed(2)} / ${ann.firstAnswerSeconds.toFixed(2)} s`,
    `${exact.peakMiB.toLocaleString('en')} / ${ann.peakMiB.toLocaleString('en')} MiB`,
    `${build.seconds.toFixed(0)} s`,
    `${(build.bytes / 1e6).toFixed(0)} MB`,
    `${build.expansion} / ${build.candidates}`,
  ]);
  return table(header, rows);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function sorted(list: readonly number[]): number[] {
  return [...list].sort((a, b) => a - b);
}

function median(list: readonly number[]): number {
  return sorted(list)[list.length >> 1];
}

function peak(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
