/** `xqg evaluate xor`: predictions for XOR-TyDi's retrieval task. */
import { z } from 'zod';
import type { Register } from '../command.js';
import { parseOptions } from '../options.js';
import { startProgress } from '../progress.js';
import { commandLine, JSON_OPTION, tellResult } from './evaluate-output.js';

const options = z.object({
  data: z.string(),
  predictions: z.string(),
  official: z.boolean().default(false),
  punkt: z.string().optional(),
  perQuery: z.boolean().default(false),
});

const HELP = `
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
    .addHelpText('after', HELP)
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
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
