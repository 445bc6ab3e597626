/**
 * A glossary: the terms of your field or company, which no general dictionary has.
 * Run: node examples/glossary.mjs
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Glossary, openIndex } from 'xqg';

// A concept has one or more terms in each language. From a CSV file: `readGlossary(path)`.
const glossary = new Glossary([
  { en: ['snap ring'], de: ['Seegerring', 'Sicherungsring'], fi: ['lukkorengas'] },
  { en: ['grub screw', 'set screw'], de: ['Madenschraube'], fi: ['pidätinruuvi'] },
]);

const documents = [
  { id: 'shaft', text: 'Press the snap ring into the groove of the shaft.', lang: 'en' },
  { id: 'pulley', text: 'Tighten the set screw of the pulley by hand.', lang: 'en' },
  { id: 'cover', text: 'Put the cover back and check the oil.', lang: 'en' },
];

async function firstHit(folder, options, question, lang) {
  const index = await openIndex(folder, { create: true, ...options });
  await index.add(documents);
  const { hits } = await index.search(question, { lang, k: 1 });
  await index.close();
  return hits[0]?.id ?? 'nothing';
}

const folder = await mkdtemp(join(tmpdir(), 'xqg-example-'));
for (const question of ['lukkorengas', 'pidätinruuvi']) {
  const plain = await firstHit(join(folder, 'plain'), {}, question, 'fi');
  // The index stores the digest of the glossary: open it with the same one again.
  const informed = await firstHit(join(folder, 'informed'), { glossary }, question, 'fi');
  console.log(`${question}: ${plain} without the glossary, ${informed} with it`);
}
await rm(folder, { recursive: true });
