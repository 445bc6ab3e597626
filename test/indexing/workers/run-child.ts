/**
 * Indexes fake documents with their sentences over a queue in a process of its own: URL DIR
 * NUMBER_OF_DOCUMENTS. Says on stdout how far it is; SIGTERM interrupts it.
 */

import { indexDocuments } from '../../../src/indexing/build.js';
import { QueuedRun } from '../../../src/indexing/workers/queued-run.js';
import {
  documentsOf,
  encoder,
  generator,
  upTo,
  withSentences,
} from '../../support/hashed-recipe.js';

const [url, dir, documents] = process.argv.slice(2);
const interruption = new AbortController();
const { signal } = interruption;
process.on('SIGTERM', () => interruption.abort());
const queuedRun = await QueuedRun.open(
  {
    url,
    partPassages: 8,
    onParts: ({ done, parts }) => process.stdout.write(`${done} of ${parts}\n`),
    onTrouble: (problem) => process.stdout.write(`Trouble: ${problem}\n`),
  },
  { directory: dir, recipe: { generator: 'fake' }, signal },
);
const { rowsFrom } = queuedRun;
// Few rows a write, so that a killed run leaves some.
const options = { encoder, generator, sentences: true, rowsFrom, signal, writeRows: 32 };
try {
  const all = documentsOf(upTo(Number(documents)), withSentences);
  const result = await indexDocuments(dir, all, options);
  process.stdout.write(`finished: ${(await queuedRun.end(result)).status}\n`);
} catch (error) {
  if ((error as Error).name !== 'AbortError') throw error;
  process.stdout.write('finished: interrupted\n');
} finally {
  await queuedRun.close();
}
