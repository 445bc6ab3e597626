/**
 * Bring your own generator: anything that writes queries in other languages for a passage. A real
 * one would call a language model; this one fills in templates from a small table.
 * Run: node examples/own-generator.mjs
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIndex } from 'xqg';

const WORDS = {
  de: { lighthouse: 'Leuchtturm', ships: 'Schiffe', salt: 'Salz', sea: 'Meer' },
  fi: { lighthouse: 'majakka', ships: 'laivat', salt: 'suola', sea: 'meri' },
};
const TEMPLATES = {
  de: (word) => [`Was ist ${word}?`, `Wozu dient ${word}?`, `${word} einfach erklärt`],
  fi: (word) => [`mikä on ${word}?`, `mihin ${word} on?`, `${word} selitettynä`],
};

/** @type {import('xqg').Generator} */
const generator = {
  // As for encoders: the identity says all that changes what is generated.
  identity: { name: 'templates', weights: 'table-1', settings: {} },
  languages: Object.keys(WORDS),
  // `n` queries for each passage, in the order of the passages. Seed yours by passage, language and
  // `seed` alone, so that results do not depend on the size of a batch.
  async draw(passages, lang, n, seed) {
    return passages.map(({ text }) => {
      const known = Object.keys(WORDS[lang]).filter((word) => text.toLowerCase().includes(word));
      const queries = known.flatMap((word) => TEMPLATES[lang](WORDS[lang][word]));
      return Array.from({ length: n }, (_, i) => queries[(seed + i) % queries.length] ?? text);
    });
  },
};

const folder = await mkdtemp(join(tmpdir(), 'xqg-example-'));
const index = await openIndex(folder, { create: true, generator, queriesPerLanguage: 3 });
await index.add([
  { id: 'lighthouse', text: 'A lighthouse warns ships of rocks.', lang: 'en' },
  { id: 'salt', text: 'The sun dries the sea water, and salt remains.', lang: 'en' },
]);

// What was generated for a passage can be read again.
const { queries } = await index.queries('lighthouse');
for (const query of queries.de) console.log(query);

const { hits } = await index.search('mihin majakka on?', { lang: 'fi', k: 1 });
console.log(hits[0].id);
await index.close();
await rm(folder, { recursive: true });
