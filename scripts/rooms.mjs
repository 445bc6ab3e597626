// Which files and folders of the compiled product a question and a passage pass through: those of
// which a function runs while a question is answered from an open index, and while one document is
// indexed. Counted by V8's precise coverage.
//
// usage: node scripts/rooms.mjs [DIST] [--list]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const list = process.argv.includes('--list');
const dist = resolve(process.argv.slice(2).find((word) => !word.startsWith('--')) ?? 'dist');
const root = `${pathToFileURL(dist).href}/`;
const { openIndex } = await import(`${root}index.js`);
const folder = mkdtempSync(join(tmpdir(), 'rooms-'));
const session = new Session();
session.connect();
await session.post('Profiler.enable');

try {
  const file = join(folder, 'bees.txt');
  writeFileSync(file, 'Bees\n\nHoney bees make honey from the nectar of flowers.\n');
  const index = await openIndex(join(folder, 'index'), { create: true, encoder: 'static' });
  await report('passage', async () => {
    for await (const _ of [await index.addPaths([file])]);
  });
  await index.search('Wer macht Honig?');
  await report('question', () => index.search('Woraus machen Bienen Honig?'));
  await index.close();
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs the work, and prints the files of which a function ran meanwhile. */
async function report(name, work) {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await session.post('Profiler.takePreciseCoverage');
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  const files = result
    .filter(({ url, functions }) => url.startsWith(root) && functions.some(ran))
    .map(({ url }) => url.slice(root.length).replace(/\.js$/, ''))
    .sort();
  const folders = new Set(files.map((path) => dirname(path)));
  console.log(`${name}: ${files.length} files in ${folders.size} folders`);
  if (list) for (const path of files) console.log(`  ${path}`);
}

/** A module's own body counts once when it loads; only what is called counts here. */
function ran({ functionName, ranges }) {
  return functionName !== '' && ranges[0].count > 0;
}
