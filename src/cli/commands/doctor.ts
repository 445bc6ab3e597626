/** `xqg doctor`: what is wrong, and the command that fixes it. */

import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { Register } from '../command.js';
import { describeFailure, ToldFailure } from '../failure.js';
import { parseOptions } from '../options.js';
import { colors } from '../terminal.js';

const options = z.object({ index: z.string().optional(), pack: z.string().optional() });

export const registerDoctor: Register = (parent, act) => {
  parent
    .command('doctor')
    .description('check this machine and an index: what is wrong, and the command that fixes it')
    .option('-i, --index <dir>', 'also check the index in this directory')
    .option('--pack <pack>', 'name or folder of a pack')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const { index, pack } = parseOptions(options, raw);
        const { checkUp } = await import('./doctor-checks.js');
        const checks = await checkUp(index, pack);
        const broken = checks.filter(({ verdict }) => verdict === 'broken');
        const failure =
          broken.length === 0
            ? null
            : new XqgError('XQG_UNWELL', { checks: broken.map(({ name }) => name).join(', ') });
        if (context.json)
          context.printJson({ checks, ...(failure === null ? {} : describeFailure(failure)) });
        else {
          const mark = {
            ok: colors.green('ok    '),
            slow: colors.yellow('slow  '),
            partly: colors.yellow('partly'),
            broken: colors.red('broken'),
          };
          for (const { name, verdict, detail, remedy } of checks) {
            context.print(`${mark[verdict]}  ${name.padEnd(6)} ${detail}`);
            if (remedy !== null) context.print(`                ${remedy}`);
          }
        }
        if (failure !== null) throw new ToldFailure(failure);
      }),
    );
};
