/**
 * How often the language of a short question is detected: `npx tsx scripts/language-questions.ts`.
 * Half of the questions are for calibration, half for the report; `--misses` lists what went wrong.
 * Questions of test/languages and, drawn from ../shared/data/train, of the training data.
 */
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { fnv1a } from '../src/base/identity.js';
import { countWords } from '../src/corpus/words.js';
import { detectedLanguages } from '../src/evaluate/detected-languages.js';
import { LexiconGenerator } from '../src/generate/lexicon.js';
import { scriptSizes, scriptsOf } from '../src/languages/scripts.js';
import { loadPack } from '../src/pack/format.js';

const { values: given } = parseArgs({
  options: {
    pack: { type: 'string', default: 'base' },
    half: { type: 'string', default: 'report' },
    misses: { type: 'boolean', default: false },
  },
});

interface Question {
  readonly lang: string;
  readonly text: string;
  readonly source: 'own' | 'train';
}

const LANGUAGES = 'ar bn de el en es fi fr hi ja ko ro ru te th tr vi zh'.split(' ');
/** For each language and half. */
const DRAWN = 8;
const LONGEST = 5;

function own(): Question[] {
  const path = resolve(import.meta.dirname, '../test/languages/short-questions.json');
  const texts = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string[]>;
  return Object.entries(texts).flatMap(([lang, list]) =>
    list.map((text): Question => ({ lang, text, source: 'own' })),
  );
}

async function* rowsOf(path: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(path).pipe(createGunzip()) });
}

/** Questions, titles and beginnings of texts, one to five words each. */
async function fromTraining(): Promise<Question[]> {
  const root = resolve(process.env.XQG_SHARED ?? resolve(import.meta.dirname, '../../shared'));
  const folder = join(root, 'data/train/qa');
  if (!existsSync(folder)) {
    console.error(`${folder} is absent: own questions alone (XQG_SHARED names another place)`);
    return [];
  }
  /** By their letters; what stands in the rows of several languages is no word of either. */
  const found = new Map<string, Question | null>();
  for (const file of readdirSync(folder).sort()) {
    for await (const line of rowsOf(join(folder, file))) {
      const row = JSON.parse(line) as Record<string, string | undefined>;
      const { lang = '', question, title, text } = row;
      if (!LANGUAGES.includes(lang)) continue;
      for (const whole of [question, title, text]) {
        const short = whole === undefined ? '' : beginning(whole.trim(), lang);
        const letters = short.toLowerCase().replace(/[^\p{L}\p{M}]/gu, '');
        if (letters.length < 2 || !isWritten(letters, lang)) continue;
        const known = found.get(letters);
        if (known === undefined) found.set(letters, { lang, text: short, source: 'train' });
        else if (known?.lang !== lang) found.set(letters, null);
      }
    }
  }
  const drawn = [...found.values()]
    .filter((question) => question !== null)
    .sort((a, b) => fnv1a(a.text) - fnv1a(b.text) || (a.text < b.text ? -1 : 1));
  return LANGUAGES.flatMap((lang) =>
    drawn.filter((question) => question.lang === lang).slice(0, 2 * DRAWN),
  );
}

/** Not what was left in English. */
function isWritten(letters: string, lang: string): boolean {
  return [...scriptSizes(letters).keys()].some((script) => scriptsOf(lang).has(script));
}

/** One to five words, by a hash of the text. */
function beginning(text: string, lang: string): string {
  const most = 1 + ((fnv1a(text) >>> 0) % LONGEST);
  if (countWords(text, lang) <= most) return text;
  const segments = new Intl.Segmenter(lang, { granularity: 'word' }).segment(text);
  let words = 0;
  for (const { index, segment, isWordLike } of segments)
    if (isWordLike && ++words === most) return text.slice(0, index + segment.length);
  return text;
}

const generator = new LexiconGenerator(await loadPack(given.pack));
const questions = [...own(), ...(await fromTraining())].filter(
  (_, i) => given.half === 'all' || (i % 2 === 0) === (given.half === 'report'),
);

const counts = new Map<string, { n: number; right: number; weighed: number; loss: number }>();
function add(key: string, right: boolean, weight: number): void {
  const count = counts.get(key) ?? { n: 0, right: 0, weighed: 0, loss: 0 };
  counts.set(key, count);
  count.n++;
  if (right) count.right++;
  if (weight > 0) count.weighed++;
  count.loss -= Math.log2(Math.max(weight, 0.001));
}
for (const { lang, text, source } of questions) {
  const languages = await detectedLanguages(text, generator);
  const weight = languages.find((each) => each.lang === lang)?.weight ?? 0;
  const right = languages[0].lang === lang;
  const words = countWords(text, lang);
  for (const key of ['all', source, lang, `${Math.min(words, 6)} words`]) add(key, right, weight);
  if (given.misses && !right) {
    const shares = languages.map((each) => `${each.lang} ${each.weight.toFixed(2)}`).join(', ');
    console.error(`${lang}  ${text}  ${shares}`);
  }
}
console.log('questions      n  right  weighed  bits');
for (const [key, { n, right, weighed, loss }] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(
    `${key.padEnd(10)} ${String(n).padStart(5)}  ${(right / n).toFixed(3)}    ${(weighed / n).toFixed(3)}  ${(loss / n).toFixed(2)}`,
  );

const started = performance.now();
for (const { text } of questions) await detectedLanguages(text, generator);
const each = (performance.now() - started) / questions.length;
console.log(`${each.toFixed(3)} ms a question, warm`);
