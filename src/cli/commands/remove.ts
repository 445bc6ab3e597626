/** `xqg remove`: documents or a source out of an index. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { Register } from '../command.js';
import { addIndexPlace, attachedDirectory, indexPlace, parseOptions } from '../options.js';
import { count } from '../terminal.js';

const options = z.object({
  ...indexPlace,
  source: z.string().optional(),
  purge: z.boolean().default(false),
});

export const registerRemove: Register = (parent, act) => {
  const command = parent
    .command('remove')
    .description('take documents, or all that a path brought, out of an index')
    .argument('[id...]', 'ids of documents')
    .option('--source <path>', 'everything that this argument of xqg index brought')
    .option('--purge', 'also from every file of the index: generated queries, caches, old versions')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw, ids: string[]) => {
        const { source, purge, ...place } = parseOptions(options, raw);
        const dir = await attachedDirectory(place, 'xqg remove');
        if (ids.length > 0 === (source !== undefined)) {
          throw new XqgError('XQG_USAGE', {
            problem: 'Name either documents or one --source.',
            command: 'xqg remove',
          });
        }
        const { removeFromIndex } = await import('../../indexing/remove.js');
        // Sources are kept as absolute paths; what was added through the library keeps the name
        // that it was given.
        const removal =
          source === undefined ? { documents: ids } : { source: await sourceName(dir, source) };
        const removed = await removeFromIndex(dir, removal, { purge });
        if (removed === 0 && !purge) {
          throw new XqgError('XQG_NOTHING_REMOVED', { what: source ?? ids.join(', '), dir });
        }
        if (context.json) return context.printJson({ passages: removed, purged: purge });
        context.print(
          `${count(removed, 'passage')} removed${purge ? ', and every file of the index rewritten' : ''}`,
        );
      }),
    );
  addIndexPlace(command);
};

async function sourceName(dir: string, source: string): Promise<string> {
  const { indexStatus } = await import('../../indexing/status.js');
  const { sources } = await indexStatus(dir);
  return source in sources ? source : resolve(source);
}
