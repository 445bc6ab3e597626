/**
 * Indexes fake documents in a process of its own: DIR NUMBER_OF_DOCUMENTS. Says on stdout how far
 * it is.
 */
import { indexDocuments } from '../../src/indexing/build.js';
import { documentsOf, encoder, generator, upTo } from '../support/hashed-recipe.js';

const [dir, documents] = process.argv.slice(2);
await indexDocuments(dir, documentsOf(upTo(Number(documents))), {
  encoder,
  generator,
  writeRows: 16,
  computeRows: 4,
  onProgress: ({ phase, passages }) => process.stdout.write(`${phase} ${passages}\n`),
});
process.stdout.write('finished\n');
