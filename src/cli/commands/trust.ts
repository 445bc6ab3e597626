/** `xqg trust`: the addresses and files that indexes may name. */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { Register } from '../command.js';
import { parseOptions } from '../options.js';
import { count, foreign } from '../terminal.js';

const options = z.object({
  keyVariable: z.string().regex(/^\w+$/, 'is no name of an environment variable').optional(),
  remove: z.boolean().default(false),
});

export const registerTrust: Register = (parent, act) => {
  parent
    .command('trust')
    .description(
      'allow what indexes may name: addresses of endpoints, stores and queues, files of vectors',
    )
    .argument(
      '[named...]',
      'https://HOST/PATH, opensearch://HOST:PORT/NAME, redis://HOST:PORT, file:PATH or a folder; none: list what is allowed',
    )
    .option(
      '--key-variable <name>',
      'environment variable whose value may go to the endpoint (default: OPENAI_API_KEY)',
    )
    .option('--remove', 'no longer allow it')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw, named: readonly string[]) => {
        const { keyVariable, remove } = parseOptions(options, raw);
        const { forgetTrust, rememberTrust, trustEntry, trustedEntries, trustFile } = await import(
          '../../base/trust.js'
        );
        if (keyVariable !== undefined && !named.every((each) => /^https?:\/\//i.test(each)))
          throw new XqgError('XQG_BAD_OPTION', {
            problems: '--key-variable belongs to the https:// address of an endpoint',
          });
        const entries = named.map((each) =>
          trustEntry(keyVariable === undefined ? each : `${each} ${keyVariable}`),
        );
        if (remove) {
          const removed = await forgetTrust(entries);
          context.say(`${count(removed, 'line')} removed from ${trustFile()}`);
        } else await rememberTrust(entries);
        const trusted = await trustedEntries();
        if (context.json) context.printJson({ file: trustFile(), trusted });
        else for (const entry of trusted) context.print(foreign(entry));
      }),
    );
};
