/**
 * Side by side with other programs, in one run: the same data, the same number of threads, turns
 * that alternate, the least time of each. Installs the other programs in .cache/peers. Writes
 * docs/bench.json, docs/bench.svg and the table in docs/performance.md.
 * usage: npm run bench bench/peers.bench.ts -- [--threads 1] [--turns 7] [--passages 100000]
 *   [--texts 20000] [--near 20000] [--piped 1000] [--only TEXT] [--without NAME,NAME] [--dry]
 *   --only: contests whose names contain it; --without: programs to leave out;
 *   $XQG_BENCH_VENV: a Python environment that has the Python ones
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contest, contests, type Found, type Side } from './peers/contests.js';
import { writeData } from './peers/data.js';
import { install, peers } from './peers/install.js';
import { type ContestResult, picture, table } from './peers/picture.js';
import { type Answer, type Peer, startPeer } from './peers/process.js';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    turns: { type: 'string', default: '7' },
    passages: { type: 'string', default: '100000' },
    texts: { type: 'string', default: '20000' },
    near: { type: 'string', default: '20000' },
    piped: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    without: { type: 'string', default: '' },
    dry: { type: 'boolean', default: false },
  },
});
const [threads, turns, passages, texts, near, piped] = [
  values.threads,
  values.turns,
  values.passages,
  values.texts,
  values.near,
  values.piped,
].map(Number);
const SUMMARY = /(<!-- bench:peers -->\n)[\s\S]*?(<!-- \/bench:peers -->)/;

install();
const folder = mkdtempSync(join(tmpdir(), 'xqg-peers-'));
let python: Peer | undefined;
try {
  const data = await writeData(folder, { passages, texts, near, piped });
  python = startPython();
  await python.ready;
  const results: ContestResult[] = [];
  const without = values.without.split(',');
  for (const contest of await contests(data, threads)) {
    if (!contest.name.includes(values.only)) continue;
    console.error(contest.name);
    results.push(
      await hold({
        ...contest,
        others: contest.others.filter(({ name }) => !without.includes(name)),
      }),
    );
  }
  const report = { threads, turns, processor: cpus()[0].model, node: process.version, results };
  console.log(table(results));
  if (!values.dry) {
    writeFileSync(join('docs', 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(join('docs', 'bench.svg'), picture(report));
    const page = readFileSync(join('docs', 'performance.md'), 'utf8');
    writeFileSync(join('docs', 'performance.md'), page.replace(SUMMARY, `$1${table(results)}\n$2`));
  }
} finally {
  python?.end();
  rmSync(folder, { recursive: true });
}

/** All sides take turns; another one begins each turn. */
async function hold({
  name,
  count,
  ours,
  others,
  limit,
  same,
  note,
  turns: few = turns,
}: Contest): Promise<ContestResult> {
  const sides: Side[] = [ours, ...others, ...(limit === undefined ? [] : [limit])];
  for (const side of sides) await side.prepare?.();
  const least = sides.map(() => Infinity);
  const found: Found[] = sides.map(() => []);
  for (let turn = -1; turn < few; turn++) {
    for (let i = 0; i < sides.length; i++) {
      const at = (i + turn + sides.length) % sides.length;
      // Never what the turn before asked: an answer may be remembered.
      const asked = turn + 1;
      const { task, timed: itself } = sides[at];
      const { ms, found: rows } = task
        ? await python!.ask(`${task}\t${asked}`)
        : await (itself ? itself(asked) : timed(sides[at], asked));
      if (turn >= 0) least[at] = Math.min(least[at], ms);
      if (turn === 0) found[at] = rows;
    }
  }
  for (const side of sides) side.close?.();
  const named = (at: number): string =>
    note ? `${sides[at].name} (${note(found[at])})` : sides[at].name;
  const each = (at: number) => ({
    name: named(at),
    ms: least[at] / count,
    ...(sides[at].bytes ? { bytes: sides[at].bytes } : {}),
  });
  return {
    name,
    ours: each(0),
    peers: others.map((other, i) => ({
      ...each(i + 1),
      ratio: least[i + 1] / least[0],
      ...(same && (other.same ?? other.task)
        ? { agreement: agreement(found[0], found[i + 1]) }
        : {}),
    })),
    ...(limit === undefined
      ? {}
      : { limit: { name: limit.name, share: limit.share(least[0], least.at(-1)!) } }),
  };
}

/** The share of what was found that both found; numbers agree within a thousandth. */
function agreement(ours: Found, theirs: Found): number {
  if (ours.length === 1) {
    const [own, other] = [Number(ours[0]), Number(theirs[0])];
    return Math.abs(own - other) <= 1e-3 * Math.abs(own) ? 1 : 0;
  }
  const known = new Set(ours.map(Number));
  return theirs.filter((row) => known.has(Number(row))).length / ours.length;
}

async function timed(side: Side, turn: number): Promise<Answer> {
  const started = performance.now();
  const found = await side.run!(turn);
  return { ms: performance.now() - started, found };
}

function startPython(): Peer {
  const pinned = ['OMP', 'OPENBLAS', 'MKL', 'NUMBA'].map((name) => [
    `${name}_NUM_THREADS`,
    String(threads),
  ]);
  const env = { ...process.env, ...Object.fromEntries(pinned), TOKENIZERS_PARALLELISM: 'false' };
  // Set to a foreign kernel, it slows numpy down.
  delete env.OPENBLAS_CORETYPE;
  return startPeer(
    peers().python,
    [join('bench', 'peers', 'peers.py'), folder, String(threads)],
    env,
  );
}
