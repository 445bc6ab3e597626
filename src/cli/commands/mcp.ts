/** `xqg mcp`: indexes for an assistant, over stdin and stdout. */
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import type { Register } from '../command.js';
import {
  addExpandOptions,
  collect,
  expandOptions,
  givenExpansion,
  parseOptions,
} from '../options.js';

const options = z.object({
  index: z.array(z.string()),
  pack: z.string().optional(),
  ...expandOptions,
});

export const registerMcp: Register = (parent, act) => {
  const command = parent
    .command('mcp')
    .description(
      'let an assistant search and explain, by the Model Context Protocol over stdin and stdout',
    )
    .requiredOption('-i, --index <dir>', 'directory of an index; may be repeated', collect)
    .option('--pack <pack>', 'folder of the pack that made the indexes, if it is not one of xqg')
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
        const [{ Service }, { Expansions }, { servedIndexes }, { Gate }, { serveStdio }] =
          await Promise.all([
            import('../../server/service.js'),
            import('../../server/expansions.js'),
            import('../../server/served-index.js'),
            import('../../server/gate.js'),
            import('../../server/mcp-transports.js'),
          ]);
        const named = given.index.map((dir) => ({
          name: basename(resolve(dir)),
          directory: resolve(dir),
        }));
        const indexes = servedIndexes(named, { pack: given.pack });
        const gate = new Gate({ running: 2, waiting: 64, timeoutMs: 60_000 });
        const { expand } = await givenExpansion(given, context);
        const expansions = expand === undefined ? null : new Expansions({ expand });
        await serveStdio(new Service(indexes, gate, expansions), context.signal);
        for (const index of indexes.values()) await index.close();
        await expansions?.close();
      }),
    );
  addExpandOptions(command);
};
