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
  { en: ['shaft seal', 'oil seal'], de: ['Simmerring', 'Wellendichtring'], fi: ['stefa'] },
  { en: ['clevis pin'], de: ['Gabelbolzen'], fi: ['sorkkatappi'] },
]);

const documents = [
  { id: 'housing', text: 'Press the oil seal into the housing.', lang: 'en' },
  { id: 'pulley', text: 'Push the clevis pin through the pulley.', lang: 'en' },
  { id: 'cover', text: 'Put the cover back and check the level.', lang: 'en' },
];

async function firstHit(folder, options, question, lang) {
  const index = await openIndex(folder, { create: true, ...options });
  await index.add(documents);
  const { hits } = await index.search(question, { lang, k: 1, mode: 'lexical' });
  await index.close();
  return hits[0]?.id ?? 'nothing';
}

const folder = await mkdtemp(join(tmpdir(), 'xqg-example-'));
for (const question of ['stefa', 'sorkkatappi']) {
  const plain = await firstHit(join(folder, 'plain'), {}, question, 'fi');
  // The index stores the digest of the glossary: open it with the same one again.
  const informed = await firstHit(join(folder, 'informed'), { glossary }, question, 'fi');
  console.log(`${question}: ${plain} without the glossary, ${informed} with it`);
}
await rm(folder, { recursive: true });
