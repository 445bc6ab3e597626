/**
 * Index a few English passages and ask for them in other languages.
 * Run: node examples/index-and-search.mjs
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIndex } from 'xqg';

// An index is a folder. Nothing else is needed: no server, no network, no GPU.
const folder = await mkdtemp(join(tmpdir(), 'xqg-example-'));

// `create` makes the index if the folder holds none. While documents are added, xqg generates
// queries in 17 languages for each passage and adds their vectors to the passage's own vector.
const index = await openIndex(join(folder, 'my-index'), { create: true });
await index.add([
  { id: 'bees', title: 'Bees', text: 'Bees collect nectar and turn it into honey.', lang: 'en' },
  { id: 'tides', title: 'Tides', text: 'The moon pulls the water of the sea.', lang: 'en' },
  { id: 'bread', title: 'Bread', text: 'Yeast makes the dough of bread rise.', lang: 'en' },
]);

// Questions need no translation: the passages already contain the expected questions. The language
// of a question is detected; say it where you know it.
const questions = [
  { lang: 'de', text: 'Wer macht Honig?' },
  { lang: 'ru', text: 'Как луна влияет на море?' },
  { lang: 'ja', text: 'パンはなぜ膨らみますか' },
];
for (const { lang, text } of questions) {
  const { hits } = await index.search(text, { lang, k: 1 });
  console.log(`${text} -> ${hits[0].title}: ${hits[0].snippet}`);
}

// `compare` ranks twice, with the generated queries and without: they bring a passage closer to
// questions in other languages.
const comparison = await index.compare('Wer macht Honig?', { lang: 'de', mode: 'dense', k: 1 });
for (const way of ['without', 'with'])
  console.log(`${way} generated queries: similarity ${comparison[way].hits[0].dense.toFixed(2)}`);

// An open index holds files and threads. Close it, and the process can end.
await index.close();
await rm(folder, { recursive: true });
