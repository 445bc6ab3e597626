/**
 * Indexes fake documents in a process of its own, with their sentences: DIR NUMBER_OF_DOCUMENTS.
 * Says on stdout how far it is.
 */
import { indexDocuments } from '../../src/indexing/build.js';
import { documentsOf, encoder, generator, upTo, withSentences } from '../support/hashed-recipe.js';

const [dir, documents] = process.argv.slice(2);
await indexDocuments(dir, documentsOf(upTo(Number(documents)), withSentences), {
  encoder,
  generator,
  sentences: true,
  writeRows: 16,
  computeRows: 4,
  onProgress: ({ phase, passages }) => process.stdout.write(`${phase} ${passages}\n`),
});
process.stdout.write('finished\n');
