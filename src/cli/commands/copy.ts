/** `xqg copy`: an index into another store, or back. */
import { z } from 'zod';
import type { Register } from '../command.js';
import { parseOptions } from '../options.js';
import { startProgress } from '../progress.js';
import { count } from '../terminal.js';

const options = z.object({ from: z.string(), to: z.string(), store: z.string().optional() });

export const registerCopy: Register = (parent, act) => {
  parent
    .command('copy')
    .description('copy an index to another directory or store; again: it goes on where it stopped')
    .requiredOption('--from <dir>', 'directory of the index')
    .requiredOption('--to <dir>', 'directory of the copy, made if absent')
    .option(
      '--store <url>',
      'keep the rows of the copy elsewhere: opensearch://HOST:PORT/NAME (docs/opensearch.md)',
    )
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const { from, to, store } = parseOptions(options, raw);
        const { copyIndex } = await import('../../indexing/copy.js');
        const { parseAddress } = await import('../../store/opensearch/address.js');
        const progress = startProgress();
        try {
          const copied = await copyIndex(from, to, {
            store: store === undefined ? undefined : parseAddress(store).spec,
            signal: context.signal,
            onProgress: ({ phase, passages, total }) =>
              progress.update(
                total > 0 ? passages / total : null,
                phase === 'rows' ? count(passages, 'passage') : 'sealing',
              ),
          });
          progress.stop();
          if (context.json) context.printJson(copied);
          else {
            const known = copied.before > 0 ? `, ${count(copied.before)} of them before` : '';
            context.print(`${count(copied.passages, 'passage')} copied${known}`);
            context.print(
              `Compare: xqg status --digest --index ${from}; xqg status --digest --index ${to}`,
            );
          }
        } finally {
          progress.stop();
        }
      }),
    );
};
