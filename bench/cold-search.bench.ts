/**
 * Measures `xqg search` from a cold start: a process of its own for every question, until its output
 * has ended. Builds an index first: passages of three English sentences of the bitext, with all
 * query languages of the pack.
 * usage: npm run bench bench/cold-search.bench.ts -- [--passages 10000] [--encoder e5] [--pack base]
 *   [--runs 7] [--index DIR] [--json]
 *   --index: keep the index there, or take the one that is there
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BitextCorpus } from './bitext-corpus.js';

const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '10000' },
    encoder: { type: 'string', default: 'e5' },
    pack: { type: 'string', default: 'base' },
    runs: { type: 'string', default: '7' },
    index: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const SENTENCES = 3;
const XQG = resolve('dist/bin/xqg.js');
const MODES = ['dense', 'lexical', 'hybrid'];
const folder = mkdtempSync(join(tmpdir(), 'xqg-cold-'));
const index = values.index ?? join(folder, 'index');
try {
  if (!existsSync(index)) await build();
  const seconds: Record<string, number[]> = { 'bare node': [] };
  for (const mode of MODES) seconds[mode] = [];
  // They take turns, so that what else the machine does falls on all of them.
  for (let run = 0; run < Number(values.runs); run++) {
    seconds['bare node'].push(timed(['-e', '0']));
    for (const mode of MODES) seconds[mode].push(timed(searchWords(mode)));
  }
  const median = (list: number[]): number =>
    list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const results = Object.entries(seconds).map(([name, list]) => ({
    name,
    median: median(list),
    least: Math.min(...list),
  }));
  if (values.json)
    console.log(
      JSON.stringify(
        { passages: Number(values.passages), cores: availableParallelism(), results },
        null,
        2,
      ),
    );
  else
    for (const { name, median, least } of results)
      console.log(`${name.padEnd(9)}  median ${median.toFixed(3)} s  least ${least.toFixed(3)} s`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function build(): Promise<void> {
  const file = join(folder, 'passages.jsonl');
  await writeFile(file, rows(Number(values.passages)));
  const recipe = ['--encoder', values.encoder, '--pack', values.pack];
  execFileSync(process.execPath, [XQG, 'index', file, '--index', index, ...recipe], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function* rows(passages: number): AsyncGenerator<string> {
  let sentences: string[] = [];
  let id = 0;
  for await (const { text } of BitextCorpus.open().documents(passages * SENTENCES)) {
    sentences.push(text);
    if (sentences.length < SENTENCES) continue;
    yield `${JSON.stringify({ id: `passage-${id++}`, lang: 'en', text: sentences.join(' ') })}\n`;
    sentences = [];
  }
}

function searchWords(mode: string): string[] {
  const question = ['search', 'Wo liegt das Wasser im Morgen?', '--lang', 'de', '--mode', mode];
  return [XQG, ...question, '--index', index];
}

function timed(words: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return (performance.now() - began) / 1000;
}
