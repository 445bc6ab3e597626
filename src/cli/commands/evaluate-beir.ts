/** `xqg evaluate beir`: every system on a BEIR folder. */
import { z } from 'zod';
import type { Register } from '../command.js';
import {
  addEncoderOptions,
  encoderOptions,
  givenEncoder,
  list,
  oneOf,
  parseOptions,
  whole,
} from '../options.js';
import { startProgress } from '../progress.js';
import { commandLine, JSON_OPTION, languagesOption, tellResult } from './evaluate-output.js';

const options = z.object({
  data: z.string(),
  split: z.string().optional(),
  queryLang: z.string().optional(),
  passageLang: z.string().optional(),
  pack: z.string().optional(),
  ...encoderOptions,
  generator: oneOf('lexicon', 'gloss').optional(),
  systems: list.optional(),
  languages: languagesOption,
  measures: z.string().optional(),
  depth: whole(1).optional(),
  perQuery: z.boolean().default(false),
});

export const registerEvaluateBeir: Register = (parent, act) => {
  const command = parent
    .command('beir')
    .description(
      'measure all systems on a BEIR folder: corpus.jsonl, queries.jsonl, qrels/test.tsv',
    )
    .requiredOption('--data <dir>', 'the folder')
    .option('--split <name>', 'which qrels/<name>.tsv (default: test)')
    .option('--query-lang <code>', 'language of queries whose row names none (default: detected)')
    .option(
      '--passage-lang <code>',
      'language of passages whose row names none (default: detected)',
    )
    .option('--pack <pack>', 'name or folder of a pack (default: base)')
    .option(
      '--generator <name>',
      'lexicon, or gloss: sentences glossed word by word (default: lexicon)',
    )
    .option('--systems <list>', 'e.g. dense,dense+xqg (default: all)')
    .option(
      '--languages <list>',
      'of given, detected: whether systems are told the language (default: both)',
    )
    .option('--measures <list>', 'separated by blanks (default: MRR accuracy@1 R@10 R@100 nDCG@10)')
    .option('--depth <n>', 'passages ranked for a query at most (default: 1000)')
    .option('--per-query', 'also the values of every query, in the JSON')
    .option('--json [file]', JSON_OPTION)
    .action(
      act(async (context, raw) => {
        const { systems, ...given } = parseOptions(options, raw);
        const { evaluateBeir } = await import('../../evaluate/beir.js');
        const { systemsNamed } = await import('../../evaluate/systems.js');
        const chosen = systems && systemsNamed(systems);
        const progress = startProgress();
        try {
          const result = await evaluateBeir(
            {
              ...given,
              encoderOptions: givenEncoder(given, context),
              systems: chosen,
              command: commandLine(),
            },
            (step, done, total) => {
              context.signal.throwIfAborted();
              progress.update(total > 0 ? done / total : null, step);
            },
          );
          progress.stop();
          await tellResult(context, raw, result);
        } finally {
          progress.stop();
        }
      }),
    );
  addEncoderOptions(command, 'static');
};
