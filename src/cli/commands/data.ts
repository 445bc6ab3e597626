/** `xqg data list|get|check`: the data sets that evaluations read. */
import type { Command } from 'commander';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { CommandContext, Register } from '../command.js';
import { list, parseOptions } from '../options.js';
import { startProgress } from '../progress.js';
import { columns, count } from '../terminal.js';

const options = z.object({
  dir: z.string().default('data'),
  langs: list.optional(),
  from: z.string().optional(),
});

export const registerData: Register = (parent, act) => {
  const data = parent.command('data').description('the data sets of evaluations: list, get, check');

  data
    .command('list')
    .description('list the data sets, their licenses and what was counted in them')
    .option('--json', 'print the cards as JSON')
    .action(
      act(async (context) => {
        const { CARDS } = await import('../../evaluate/data/cards.js');
        if (context.json) return context.printJson(CARDS);
        const rows = CARDS.map(({ name, what, license, files }) => {
          const seen = files.every(({ sha256 }) => sha256 !== null);
          return [name, license, count(files.length), seen ? 'verified' : 'unverified', what];
        });
        context.print(columns([['', 'license', 'files', 'hashes', 'what it is'], ...rows]));
      }),
    );

  shared(
    data.command('get').description('get data sets, or go on getting them; whole files are kept'),
  )
    .option('--from <folder>', 'copy from a folder with the same layout instead of downloading')
    .action(
      act(async (context, raw, names: string[]) => {
        const { dir, langs, from } = parseOptions(options, raw);
        const { filesOf, getFiles } = await import('../../evaluate/data/data-folder.js');
        const chosen = names.flatMap((name) => filesOf(name, langs).files);
        const progress = startProgress();
        try {
          const onProgress = (path: string, share: number | null) => progress.update(share, path);
          const files = await getFiles(dir, chosen, { from, signal: context.signal, onProgress });
          progress.stop();
          tell(context, dir, files);
        } finally {
          progress.stop();
        }
      }),
    );

  shared(
    data
      .command('check')
      .description('compare the files with the hashes of their cards, or those recorded'),
  ).action(
    act(async (context, raw, names: string[]) => {
      const { dir, langs } = parseOptions(options, raw);
      const { checkFiles, filesOf } = await import('../../evaluate/data/data-folder.js');
      const files = await checkFiles(
        dir,
        names.flatMap((name) => filesOf(name, langs).files),
      );
      tell(context, dir, files);
      const bad = files.filter(({ state }) => state !== 'whole' && state !== 'recorded');
      if (bad.length > 0) {
        throw new XqgError('XQG_DATA_INCOMPLETE', {
          bad: bad.length,
          all: files.length,
          dir,
          names: names.join(' '),
        });
      }
    }),
  );
};

function shared(command: Command): Command {
  return command
    .argument('<names...>', 'data sets, as xqg data list names them')
    .option('--dir <folder>', 'the data folder', 'data')
    .option('--langs <codes>', 'only these languages, e.g. en,th')
    .option('--json', 'print JSON');
}

function tell(
  context: CommandContext,
  dir: string,
  files: readonly { path: string; state: string }[],
): void {
  if (context.json) context.printJson({ dir, files });
  else context.print(columns(files.map(({ path, state }) => [path, state])));
}
