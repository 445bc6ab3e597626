/**
 * Measures a store on OpenSearch against the embedded one on the same passages and questions: how
 * many of the exact lists its candidates hold, by oversampling; whether both give the same results;
 * time a question, in turn. Passages are English sentences of MLQA-R and of the training bitext,
 * questions those of MLQA-R in other languages.
 * usage: npm run bench bench/opensearch.bench.ts -- --store opensearch://127.0.0.1:9200/xqg-bench
 *   [--passages 20000] [--questions 60] [--pack base] [--keep] [--json]
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type NewDocument, openIndex, type SearchMode } from '../src/index.js';
import { copyIndex } from '../src/indexing/copy.js';
import { totalsOf } from '../src/indexing/lexical/corpus-totals.js';
import { lexicalRow } from '../src/indexing/lexical/segments.js';
import { openSnapshot, openVersion } from '../src/indexing/open.js';
import { openRecipe } from '../src/indexing/recipe.js';
import { Candidates } from '../src/search/candidates/candidates.js';
import { searchDefaults } from '../src/search/defaults.js';
import { LateScanner } from '../src/search/dense/open-scanner.js';
import { SearchEngine } from '../src/search/engine.js';
import { LexicalIndex } from '../src/search/lexical/index.js';
import type { SearchRequest } from '../src/search/request.js';
import type { CandidateReader } from '../src/store/candidate-store.js';
import { parseAddress } from '../src/store/opensearch/address.js';

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    passages: { type: 'string', default: '20000' },
    questions: { type: 'string', default: '60' },
    pack: { type: 'string', default: 'base' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
if (values.store === undefined) throw new Error('--store opensearch://HOST:PORT/NAME is missing');
const say = (text: string): boolean => process.stderr.write(`${text}\n`);
const shared = process.env.XQG_SHARED ?? '../shared';
const LANGUAGES = ['ar', 'de', 'es', 'hi', 'vi', 'zh'];
const DEPTHS = [10, 200];
const OVERSAMPLING = [
  { breadth: 1, fetched: 1 },
  { breadth: 4, fetched: 2 },
  { breadth: 4, fetched: 4 },
];

const root = await mkdtemp(join(tmpdir(), 'xqg-bench-'));
const store = parseAddress(values.store).spec;
try {
  const passages = readPassages(Number(values.passages));
  const [embedded, stored] = [join(root, 'embedded'), join(root, 'stored')];
  const times: Record<string, number> = {};
  await timed('index', async () => {
    const index = await openIndex(embedded, { create: true, encoder: 'static', pack: values.pack });
    await index.add(passages, { replace: true });
    await index.close();
  });
  await timed('copy', () => copyIndex(embedded, stored, { store }));
  const same = await digestsAgree(embedded, stored);
  const result = {
    passages: passages.length,
    questions: Number(values.questions),
    seconds: times,
    same,
    ...(await compare(embedded, stored)),
  };
  if (values.json) console.log(JSON.stringify(result));
  else print(result);

  async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
    const started = performance.now();
    await work();
    times[name] = (performance.now() - started) / 1000;
    say(`${name}: ${times[name].toFixed(1)} s`);
  }
} finally {
  await rm(root, { recursive: true, force: true });
  if (!values.keep) await removeStore();
}

interface Recall {
  readonly breadth: number;
  readonly fetched: number;
  readonly mode: SearchMode;
  readonly k: number;
  /** Share of the exact list that the candidates hold. */
  readonly recall: number;
  /** The largest of a score, relative. */
  readonly difference: number;
}

async function digestsAgree(...dirs: string[]): Promise<boolean> {
  const digests: string[] = [];
  for (const dir of dirs) {
    const index = await openIndex(dir);
    digests.push(await index.digest());
    await index.close();
  }
  return new Set(digests).size === 1;
}

async function compare(embedded: string, stored: string) {
  const opened = await openVersion(stored);
  const recipe = await openRecipe({ pack: values.pack });
  const { store: storedRows } = opened;
  const reader = opened.reader as CandidateReader;
  const factors = recipe.generator?.distribution?.factors ?? null;
  if (storedRows === null) throw new Error('the index keeps its rows in its own folder');
  const defaults = searchDefaults(recipe.encoder, recipe.generator);
  const snapshot = await openSnapshot(embedded);
  const { queryLanguages, queriesPerLanguage } = snapshot;
  const exact = new SearchEngine({
    snapshot,
    lexical: new LexicalIndex(await snapshot.segments(), defaults.bm25),
    encoder: recipe.encoder,
    scanner: new LateScanner(),
    factors,
    defaults,
  });
  const totals = await totalsOf(storedRows, reader);
  const candidates = (oversampling?: (typeof OVERSAMPLING)[number]) =>
    new Candidates({
      reader,
      totals,
      encoder: recipe.encoder,
      factors,
      defaults,
      queryLanguages,
      queriesPerLanguage,
      encodesQueries: true,
      lexicalRow,
      oversampling,
    });
  const questions = readQuestions(Number(values.questions));
  const recall: Recall[] = [];
  for (const oversampling of OVERSAMPLING) {
    const own = candidates(oversampling);
    for (const mode of ['dense', 'lexical'] as const) {
      for (const k of DEPTHS) {
        let found = 0;
        let wanted = 0;
        let difference = 0;
        for (const { text, lang } of questions) {
          const request = requestOf(text, lang, mode, k);
          const right = new Map((await exact.rank(request)).map(({ id, score }) => [id, score]));
          const { engine } = await own.around([request]);
          wanted += right.size;
          for (const { id, score } of await engine.rank(request)) {
            if (!right.has(id)) continue;
            found++;
            difference = Math.max(
              difference,
              Math.abs(score - right.get(id)!) / Math.abs(right.get(id)!),
            );
          }
        }
        recall.push({ ...oversampling, mode, k, recall: found / wanted, difference });
        say(JSON.stringify(recall.at(-1)));
      }
    }
  }
  const usual = candidates();
  // The first question sums what all others use.
  const [first] = questions;
  await usual.around([requestOf(first.text, first.lang, 'hybrid', 10)]);
  const milliseconds: Record<'embedded' | 'stored' | 'stored, asked again', number[]> = {
    embedded: [],
    stored: [],
    'stored, asked again': [],
  };
  let [sameFirst, common, shown] = [0, 0, 0];
  for (const { text, lang } of questions) {
    const request = requestOf(text, lang, 'hybrid', 10);
    let started = performance.now();
    const right = await exact.rank(request);
    milliseconds.embedded.push(performance.now() - started);
    started = performance.now();
    const { engine } = await usual.around([request]);
    const hits = await engine.rank(request);
    milliseconds.stored.push(performance.now() - started);
    started = performance.now();
    await (await usual.around([request])).engine.rank(request);
    milliseconds['stored, asked again'].push(performance.now() - started);
    if (hits[0]?.id === right[0]?.id) sameFirst++;
    const ids = new Set(right.map(({ id }) => id));
    common += hits.filter(({ id }) => ids.has(id)).length;
    shown += right.length;
  }
  await snapshot.close();
  await opened.close();
  const hybrid = { sameFirst: sameFirst / questions.length, common: common / shown };
  const times: Record<string, ReturnType<typeof quantiles>> = {};
  for (const [name, all] of Object.entries(milliseconds)) times[name] = quantiles(all);
  return { recall, hybrid, milliseconds: times };
}

function requestOf(question: string, lang: string, mode: SearchMode, k: number): SearchRequest {
  return { question, languages: [{ lang, weight: 1 }], mode, augment: true, k };
}

function quantiles(numbers: readonly number[]): { median: number; p95: number } {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))];
  return { median: at(0.5), p95: at(0.95) };
}

/** A file of MLQA-R. */
interface MlqarFile {
  readonly data: readonly {
    readonly paragraphs: readonly {
      readonly sentences: readonly string[];
      readonly qas: readonly { readonly question: string }[];
    }[];
  }[];
}

function readMlqar(lang: string): MlqarFile {
  return JSON.parse(readFileSync(join(shared, `data/eval/mlqa-r/${lang}.json`), 'utf8'));
}

function readPassages(limit: number): NewDocument[] {
  const { data } = readMlqar('en');
  const texts = new Set(
    data.flatMap(({ paragraphs }) => paragraphs.flatMap(({ sentences }) => sentences)),
  );
  for (const lang of ['de', 'ar', 'es', 'hi', 'zh', 'vi', 'fr', 'ru', 'tr', 'fi', 'ja', 'ko']) {
    if (texts.size >= limit) break;
    const lines = gunzipSync(readFileSync(join(shared, `data/train/bitext/en-${lang}.tsv.gz`)))
      .toString('utf8')
      .split('\n');
    for (const line of lines) {
      const [text] = line.split('\t');
      if (text.length > 30) texts.add(text);
      if (texts.size >= limit) break;
    }
  }
  return [...texts].slice(0, limit).map((text, i) => ({ id: `s${i}`, text, lang: 'en' }));
}

function readQuestions(limit: number): { text: string; lang: string }[] {
  const each = Math.ceil(limit / LANGUAGES.length);
  return LANGUAGES.flatMap((lang) => {
    const { data } = readMlqar(lang);
    const questions = data.flatMap(({ paragraphs }) =>
      paragraphs.flatMap(({ qas }) => qas.map(({ question }) => question)),
    );
    return questions.slice(0, each).map((text) => ({ text, lang }));
  });
}

function print({
  passages,
  questions,
  seconds,
  same,
  recall,
  hybrid,
  milliseconds,
}: Awaited<ReturnType<typeof compare>> & {
  readonly passages: number;
  readonly questions: number;
  readonly seconds: Readonly<Record<string, number>>;
  readonly same: boolean;
}): void {
  console.log(
    `${passages} passages, ${questions} questions; embedded indexed in ${seconds.index.toFixed(1)} s, copied in ${seconds.copy.toFixed(1)} s`,
  );
  console.log(`digests agree: ${same}`);
  console.log(
    '\n| leg | k | looked at | fetched | recall of the exact list | largest difference of a score |\n|---|---|---|---|---|---|',
  );
  for (const { mode, k, breadth, fetched, recall: share, difference } of recall)
    console.log(
      `| ${mode} | ${k} | ${breadth} k | ${fetched} k | ${share.toFixed(4)} | ${difference.toExponential(1)} |`,
    );
  console.log(
    `\nhybrid, first 10: ${(100 * hybrid.common).toFixed(1)} % in common, the same first hit for ${(100 * hybrid.sameFirst).toFixed(1)} % of the questions`,
  );
  for (const [name, { median, p95 }] of Object.entries(milliseconds))
    console.log(`${name}: ${median.toFixed(1)} ms a question, p95 ${p95.toFixed(1)} ms`);
}

async function removeStore(): Promise<void> {
  const { nodes, name } = parseAddress(store);
  await fetch(`${nodes[0]}/${name}-1`, { method: 'DELETE' });
}
