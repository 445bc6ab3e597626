/**
 * Commands that change an index of fake documents, and their run in a process of its own:
 * DIR COMMAND SOURCE_OF_A_COPY.
 */
import { pathToFileURL } from 'node:url';
import { describeFailure } from '../../src/base/errors.js';
import { indexDocuments } from '../../src/indexing/build.js';
import { copyIndex } from '../../src/indexing/copy.js';
import { removeFromIndex } from '../../src/indexing/remove.js';
import { openIndex } from '../../src/xqg-index.js';
import { documentsOf, encoder, generator, upTo } from '../support/hashed-recipe.js';

const DOCUMENTS = 20;
const options = { encoder, generator, writeRows: 8, computeRows: 4 };

/** What `first` makes is what the others begin with. */
export const COMMANDS = {
  first: (dir: string) => indexDocuments(dir, documentsOf(upTo(DOCUMENTS)), options),
  // One document is gone, some have changed, some are new.
  update: (dir: string) =>
    indexDocuments(
      dir,
      documentsOf(upTo(DOCUMENTS + 4).slice(1), (n) => (n % 5 === 0 ? { title: 'changed' } : {})),
      options,
    ),
  add: (dir: string) =>
    indexDocuments(
      dir,
      documentsOf([50, 51, 52], () => ({ source: '/more' })),
      options,
    ),
  remove: (dir: string) => removeFromIndex(dir, { documents: ['d7', 'd8'] }),
  purge: (dir: string) => removeFromIndex(dir, { documents: ['d7', 'd8'] }, { purge: true }),
  copy: (dir: string, from: string) => copyIndex(from, dir, { writeRows: 8 }),
  graph: async (dir: string) => {
    const index = await openIndex(dir, { encoder, generator });
    try {
      await index.buildAnn({ recall: 0.5 });
    } finally {
      await index.close();
    }
  },
} as const;

export type CommandName = keyof typeof COMMANDS;

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [dir, name, from] = process.argv.slice(2);
  try {
    await COMMANDS[name as CommandName](dir, from);
  } catch (error) {
    console.error(JSON.stringify(describeFailure(error)));
    process.exitCode = 1;
  }
}
