/** `xqg reproduce`: do commands still measure what they measured? */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type FailureReport, XqgError } from '../../base/errors.js';
import type { Register } from '../command.js';
import { ToldFailure } from '../failure.js';
import { parseOptions } from '../options.js';
import { columns } from '../terminal.js';

const MATRIX = fileURLToPath(new URL('../../../experiments/reproduce.json', import.meta.url));
const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
/** JSON of the largest experiments. */
const MOST_OUTPUT = 2 ** 30;

const options = z.object({
  data: z.string().optional(),
  matrix: z.string().default(MATRIX),
  short: z.boolean().default(false),
  record: z.boolean().default(false),
});

export const registerReproduce: Register = (parent, act) => {
  parent
    .command('reproduce')
    .description(
      'run the committed commands and compare their figures with those expected: OK, OKish, FAIL, or skipped without their data',
    )
    .option(
      '--data <dir>',
      'folder of evaluation data: xquad, xquad-r, mlqa-r (default: data/eval in $XQG_SHARED or ../shared)',
    )
    .option('--short', 'only the rows that take seconds')
    .option(
      '--matrix <file>',
      'rows of command, expected value and tolerance (default: that of xqg)',
    )
    .option(
      '--record',
      'put what was measured in the place of what was expected, after packs have changed',
    )
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const { defaultDataFolder, remedyOf } = await import('../../evaluate/data/missing-data.js');
        const { data = defaultDataFolder(), matrix, short, record } = parseOptions(options, raw);
        const { missingData, readMatrix, recordMatrix, reproduce } = await import(
          '../../evaluate/experiment/reproduce.js'
        );
        const rows = (await readMatrix(matrix)).filter((row) => row.short || !short);
        const run = async (words: readonly string[]) => {
          context.say(`xqg ${words.join(' ')}`);
          const { stdout } = await promisify(execFile)(
            process.execPath,
            [MAIN, ...words, '--json'],
            {
              maxBuffer: MOST_OUTPUT,
              signal: context.signal,
            },
          ).catch((error) => {
            throw new Error(failureOf(error), { cause: error });
          });
          return JSON.parse(stdout) as unknown;
        };
        const all = [];
        for await (const found of reproduce(rows, data, run)) {
          all.push(found);
          if (found.reason !== '') context.say(`${found.name}: ${found.reason}`);
        }
        if (context.json) context.printJson(all);
        else {
          context.print(
            columns(
              all.map(({ verdict, name, value, expected, tolerance }) => [
                verdict,
                name,
                value === null ? '–' : value.toFixed(4),
                `expected ${expected.toFixed(4)} ± ${tolerance}`,
              ]),
            ),
          );
        }
        if (record) {
          await recordMatrix(matrix, all);
          context.say(`Recorded in ${matrix}`);
        }
        const failed = all.filter(({ verdict, value }) =>
          record ? value === null && verdict !== 'skipped' : verdict === 'FAIL',
        ).length;
        if (failed > 0) {
          throw new ToldFailure(new XqgError('XQG_NOT_REPRODUCED', { failed, rows: all.length }));
        }
        // What was not measured is not reproduced.
        const skipped = all.filter(({ verdict }) => verdict === 'skipped').length;
        if (skipped === 0) return;
        const missing = missingData(rows, data);
        const list = missing.map(({ path }) => path).join(', ');
        const details = { skipped, rows: all.length, list, remedy: remedyOf(missing) };
        throw new ToldFailure(new XqgError('XQG_REPRODUCE_SKIPPED', details));
      }),
    );
};

/** What a command with --json says of its failure; else what the system says of it. */
function failureOf(error: Error & { readonly stdout?: string }): string {
  try {
    const { message } = (JSON.parse(error.stdout ?? '') as FailureReport).error;
    return message.replace(/\.$/, '');
  } catch {
    return error.message;
  }
}
