/** `xqg evaluate run`: a TREC run against qrels. */
import { z } from 'zod';
import type { Register } from '../command.js';
import { parseOptions } from '../options.js';
import { columns } from '../terminal.js';
import { commandLine, JSON_OPTION, tellResult } from './evaluate-output.js';

const options = z.object({
  qrels: z.string(),
  run: z.string(),
  measures: z.string(),
  perQuery: z.boolean().default(false),
});

export const registerEvaluateRun: Register = (parent, act) => {
  parent
    .command('run')
    .description(
      'measure a TREC run against qrels, as trec_eval does; a query without results counts 0',
    )
    .requiredOption('--qrels <file>', 'qrels in TREC format, or those of a BEIR folder')
    .requiredOption('--run <file>', 'run in TREC format')
    .option('--measures <list>', 'measures, separated by blanks', 'nDCG@10 MRR@10 R@100 mAP')
    .option('--per-query', 'also the values of every query')
    .option('--json [file]', JSON_OPTION)
    .action(
      act(async (context, raw) => {
        const { qrels, run, measures, perQuery } = parseOptions(options, raw);
        const { evaluateRun } = await import('../../evaluate/predictions.js');
        const result = await evaluateRun({
          qrels,
          run,
          measures,
          perQuery,
          command: commandLine(),
        });
        await tellResult(context, raw, result);
        if (context.json || !result.perQuery) return;
        context.print(
          columns(
            result.perQuery.map(({ query, metric, value }) => [query, metric, value.toFixed(4)]),
          ),
        );
      }),
    );
};
