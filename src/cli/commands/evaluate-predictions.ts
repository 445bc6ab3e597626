/** `xqg evaluate run` and `xqg evaluate xor`: what was ranked elsewhere, scored. */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { Register } from '../command.js';
import { parseOptions } from '../options.js';
import { startProgress } from '../progress.js';
import { columns } from '../terminal.js';
import { commandLine, JSON_OPTION, tellResult } from './evaluate-output.js';

const runOptions = z.object({
  qrels: z.string(),
  run: z.string(),
  measures: z.string(),
  ignoreIdenticalIds: z.boolean().default(false),
  keepIdenticalIds: z.boolean().default(false),
  perQuery: z.boolean().default(false),
});

export const registerEvaluateRun: Register = (parent, act) => {
  parent
    .command('run')
    .description(
      'measure a TREC run against qrels, as trec_eval does; a query without results counts 0',
    )
    .requiredOption(
      '--qrels <file>',
      'qrels in TREC format, those of a BEIR folder, or JSON of pytrec_eval or ranx; .gz too',
    )
    .requiredOption('--run <file>', "run in TREC format, MS MARCO's, or JSON; .gz too")
    .option(
      '--measures <list>',
      'measures, separated by blanks, also as trec_eval, ir_measures and ranx write them',
      'nDCG@10 MRR@10 R@100 mAP',
    )
    .option(
      '--ignore-identical-ids',
      'leave out passages with the id of their query, as BEIR does (default with qrels of BEIR)',
    )
    .option('--keep-identical-ids', 'count them, as trec_eval does (default with other qrels)')
    .option('--per-query', 'also the values of every query')
    .option('--json [file]', JSON_OPTION)
    .action(
      act(async (context, raw) => {
        const { ignoreIdenticalIds, keepIdenticalIds, ...given } = parseOptions(runOptions, raw);
        const { qrels, run, measures, perQuery } = given;
        if (ignoreIdenticalIds && keepIdenticalIds)
          throw new XqgError('XQG_BAD_OPTION', {
            problems: '--ignore-identical-ids and --keep-identical-ids exclude each other',
          });
        const identicalIds = ignoreIdenticalIds
          ? 'leave-out'
          : keepIdenticalIds
            ? 'keep'
            : undefined;
        const { evaluateRun } = await import('../../evaluate/predictions.js');
        const result = await evaluateRun({
          qrels,
          run,
          measures,
          identicalIds,
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

const xorOptions = z.object({
  data: z.string(),
  predictions: z.string(),
  official: z.boolean().default(false),
  punkt: z.string().optional(),
  perQuery: z.boolean().default(false),
});

const XOR_HELP = `
This command scores what was retrieved elsewhere; it searches nothing. You need:
  --data         the questions of XOR-Retrieve, JSONL {id, question, answers, lang}:
                 xor_dev_retrieve_eng_span_v1_1.jsonl (xqg data get xor-tydi)
  --predictions  a JSON list of {"id", "lang", "ctxs": [passage texts, best first]}, which a
                 retriever makes over the 18 million English passages of the task (some 13 GB)
  --punkt        the folder punkt_tab/english of NLTK's data, for the very tokens that the official
                 script counts; without it sentences are cut with a short list of abbreviations
A question without a prediction is a miss; with --official it is left out, as in published figures.`;

export const registerEvaluateXor: Register = (parent, act) => {
  parent
    .command('xor')
    .description(
      'score predictions for XOR-TyDi: R@2kt and R@5kt of every language, and their mean',
    )
    .requiredOption(
      '--data <path>',
      'questions (JSONL), or a folder that holds those of the development set',
    )
    .requiredOption('--predictions <file>', 'what a retriever found, as a JSON list')
    .option('--official', 'leave out questions without a prediction, as the official script does')
    .option('--punkt <dir>', "NLTK's trained sentence parameters (punkt_tab/english)")
    .option('--per-query', 'also whether each question was answered, in the JSON')
    .option('--json [file]', JSON_OPTION)
    .addHelpText('after', XOR_HELP)
    .action(
      act(async (context, raw) => {
        const given = parseOptions(xorOptions, raw);
        const { evaluateXor } = await import('../../evaluate/predictions.js');
        const progress = startProgress();
        try {
          const result = await evaluateXor(
            { ...given, command: commandLine() },
            (step, done, total) => {
              context.signal.throwIfAborted();
              progress.update(done / total, step);
            },
          );
          progress.stop();
          await tellResult(context, raw, result);
        } finally {
          progress.stop();
        }
      }),
    );
};
