/**
 * Writes parallel sentences that the pack `base` was not trained on as question-answer rows, for
 * scripts/tune.ts: a sentence in each language is the question for its English translation among
 * all of them. They are drawn from the bitext of $XQG_SHARED (default ../shared), of sources that
 * only `full` may use.
 * usage: npx tsx scripts/parallel-sentences.ts OUT-FOLDER [--langs bn,te] [--rows 1000]
 *   one file a language, OUT-FOLDER/en-bn.jsonl
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/random.js';
import { LANGUAGES } from '../src/languages/languages.js';
import { POLICIES, readBitext, type SentencePair, trainingFiles } from '../src/train/corpora.js';

/** Shorter ones are buttons and names; longer ones paragraphs. */
const WORDS = { least: 6, most: 40 };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { langs: { type: 'string' }, rows: { type: 'string', default: '1000' } },
});
const [out] = positionals;
if (out === undefined) throw new Error('usage: scripts/parallel-sentences.ts OUT-FOLDER');
const data = resolve(process.env.XQG_SHARED ?? '../shared', 'data/train');
const langs = values.langs?.split(',') ?? Object.keys(LANGUAGES).filter((lang) => lang !== 'en');
mkdirSync(out, { recursive: true });
for (const lang of langs) {
  const pairs = await heldOut(lang);
  const rows = draw(pairs, Number(values.rows), seededRandom(`parallel sentences ${lang}`));
  const lines = rows.flatMap(({ pivot, foreign }, i) => [
    { id: `${i}`, lang: 'en', question: pivot, answer: pivot },
    { id: `${i}`, lang, question: foreign, answer: foreign },
  ]);
  writeFileSync(
    join(out, `en-${lang}.jsonl`),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  console.error(`${lang}: ${rows.length} of ${pairs.length} pairs`);
}

/** Distinct on both sides. */
async function heldOut(lang: string): Promise<SentencePair[]> {
  const seen = new Set<string>();
  const pairs: SentencePair[] = [];
  for await (const pair of readBitext(trainingFiles(data, lang).bitext, POLICIES.full)) {
    const { pivot, foreign, source } = pair;
    const words = pivot.split(/\s+/u).length;
    if (POLICIES.base.allows(source) || words < WORDS.least || words > WORDS.most) continue;
    const keys = [`en ${pivot.toLowerCase()}`, `${lang} ${foreign}`];
    if (foreign === pivot || keys.some((key) => seen.has(key))) continue;
    for (const key of keys) seen.add(key);
    pairs.push(pair);
  }
  return pairs;
}

function draw<T>(from: readonly T[], most: number, random: () => number): T[] {
  const left = [...from];
  const drawn: T[] = [];
  while (drawn.length < most && left.length > 0) {
    const at = Math.floor(random() * left.length);
    drawn.push(left[at]);
    left[at] = left[left.length - 1];
    left.pop();
  }
  return drawn;
}
