/** `xqg evaluate xquad`: every system on XQuAD. */
import { z } from 'zod';
import type { Setting } from '../../evaluate/report/results.js';
import type { Register } from '../command.js';
import {
  addEncoderOptions,
  encoderOptions,
  givenEncoder,
  list,
  oneOf,
  parseOptions,
} from '../options.js';
import { startProgress } from '../progress.js';
import { commandLine, JSON_OPTION, languagesOption, tellResult } from './evaluate-output.js';

const SETTINGS = ['mono', 'to-english', 'from-english'] as const satisfies readonly Setting[];

const options = z.object({
  data: z.string(),
  langs: list.optional(),
  pack: z.string().optional(),
  ...encoderOptions,
  generator: oneOf('lexicon', 'gloss').optional(),
  settings: list
    .pipe(z.array(z.enum(SETTINGS, { error: `is not one of ${SETTINGS.join(', ')}` })))
    .optional(),
  systems: list.optional(),
  languages: languagesOption,
  measures: z.string().optional(),
  metrics: list.default(['MRR']),
  perQuery: z.boolean().default(false),
});

export const registerEvaluateXquad: Register = (parent, act) => {
  const command = parent
    .command('xquad')
    .description(
      'measure all systems on XQuAD: a question against the 240 paragraphs of a language',
    )
    .requiredOption('--data <dir>', 'folder of xquad.<lang>.json')
    .option('--langs <codes>', 'only these languages, e.g. en,ar,th (default: all files)')
    .option('--pack <pack>', 'name or folder of a pack (default: base)')
    .option(
      '--generator <name>',
      'lexicon, or gloss: sentences glossed word by word (default: lexicon)',
    )
    .option('--settings <list>', `of ${SETTINGS.join(', ')} (default: all)`)
    .option('--systems <list>', 'e.g. dense,dense+xqg (default: all)')
    .option(
      '--languages <list>',
      'of given, detected: whether systems are told the language (default: both)',
    )
    .option('--measures <list>', 'separated by blanks (default: MRR accuracy@1 R@10 R@100 nDCG@10)')
    .option('--metrics <list>', 'measures in the tables for people (default: MRR)')
    .option('--per-query', 'also the values of every query, in the JSON')
    .option('--json [file]', JSON_OPTION)
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
        const {
          data,
          langs,
          pack,
          encoder,
          settings,
          systems,
          languages,
          measures,
          metrics,
          perQuery,
        } = given;
        const { evaluateXquad } = await import('../../evaluate/xquad.js');
        const { systemsNamed } = await import('../../evaluate/systems.js');
        const chosen = systems && systemsNamed(systems);
        const progress = startProgress();
        try {
          const result = await evaluateXquad(
            {
              data,
              langs,
              pack,
              encoder,
              generator: given.generator,
              encoderOptions: givenEncoder(given, context),
              settings,
              systems: chosen,
              languages,
              measures,
              perQuery,
              command: commandLine(),
            },
            (step, done, total) => {
              context.signal.throwIfAborted();
              progress.update(total > 0 ? done / total : null, step);
            },
          );
          progress.stop();
          await tellResult(context, raw, result, metrics);
        } finally {
          progress.stop();
        }
      }),
    );
  addEncoderOptions(command, 'static');
};
