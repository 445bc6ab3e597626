/**
 * Measures `xqg search` from a cold start: a process of its own for every question, until its output
 * has ended. Builds an index of synthetic passages first (indexing.bench.ts), in English with all
 * query languages.
 * usage: npm run bench bench/cold-search.bench.ts -- [--passages 10000] [--pack base] [--runs 7]
 *   [--json]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '10000' },
    pack: { type: 'string', default: 'base' },
    runs: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
});
const MODES = ['dense', 'lexical', 'hybrid'];
const folder = mkdtempSync(join(tmpdir(), 'xqg-cold-'));
const index = join(folder, 'index');
try {
  const words = [
    ...process.execArgv,
    'bench/indexing.bench.ts',
    '--passages',
    values.passages,
    '--pack',
    values.pack,
    '--keep',
    index,
  ];
  execFileSync(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
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

function searchWords(mode: string): string[] {
  const question = ['search', 'Wo liegt das Wasser im Morgen?', '--lang', 'de', '--mode', mode];
  return [resolve('dist/bin/xqg.js'), ...question, '--index', index, '--pack', values.pack];
}

function timed(words: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
  return (performance.now() - began) / 1000;
}
