/**
 * `xqg evaluate xquad-r` and `xqg evaluate mlqa-r`: systems on sentences, within, across and over
 * all languages.
 */
import type { Command } from 'commander';
import { z } from 'zod';
import type { EvaluateSentencesOptions } from '../../evaluate/lareqa.js';
import type { EvaluationResult, Progress, Setting } from '../../evaluate/report/results.js';
import type { CommandContext, Register } from '../command.js';
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

const SETTINGS = ['mono', 'cross', 'multi'] as const satisfies readonly Setting[];

const shared = {
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
  metrics: list.default(['mAP', 'rank-distance']),
  perQuery: z.boolean().default(false),
};
const xquadR = z.object(shared);
const mlqaR = z.object({ ...shared, half: oneOf('all', 'tune', 'report').default('all') });

type Evaluate<T> = (options: T, progress: Progress) => Promise<EvaluationResult>;

function addOptions(command: Command): Command {
  const described = command
    .requiredOption('--data <dir>', 'folder of <lang>.json')
    .option('--langs <codes>', 'only these languages, e.g. en,ar,th (default: all files)')
    .option('--pack <pack>', 'name or folder of a pack (default: base)')
    .option(
      '--generator <name>',
      'lexicon, or gloss: sentences glossed word by word (default: lexicon)',
    )
    .option('--settings <list>', `of ${SETTINGS.join(', ')} (default: all)`)
    .option(
      '--systems <list>',
      'e.g. dense,dense+xqg (default: dense, bm25 and hybrid, each also with +xqg)',
    )
    .option(
      '--languages <list>',
      'of given, detected: whether systems are told the language (default: given)',
    )
    .option(
      '--measures <list>',
      'separated by blanks (default: mAP mAP@20 R@1 R@10 MRR rank-distance)',
    )
    .option('--metrics <list>', 'measures in the tables for people (default: mAP,rank-distance)')
    .option('--per-query', 'also the values of every query, in the JSON')
    .option('--json [file]', JSON_OPTION);
  return addEncoderOptions(described, 'static');
}

/** Runs an evaluation of sentences with progress on stderr, and tells its result. */
async function run<T extends z.output<typeof xquadR>>(
  { metrics, systems, ...given }: T,
  evaluate: Evaluate<EvaluateSentencesOptions & Omit<T, 'metrics' | 'systems'>>,
  tell: (result: EvaluationResult, metrics: readonly string[]) => Promise<void>,
  context: CommandContext,
): Promise<void> {
  const { systemsNamed } = await import('../../evaluate/systems.js');
  const chosen = systems && systemsNamed(systems);
  const progress = startProgress();
  try {
    const result = await evaluate(
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
    await tell(result, metrics);
  } finally {
    progress.stop();
  }
}

export const registerEvaluateXquadR: Register = (parent, act) => {
  addOptions(
    parent
      .command('xquad-r')
      .description(
        'measure systems on XQuAD-R: a question against the sentences of a language (mono, cross) or of all (multi)',
      ),
  ).action(
    act(async (context, raw) => {
      const { evaluateXquadR } = await import('../../evaluate/lareqa.js');
      const tell = (result: EvaluationResult, metrics: readonly string[]) =>
        tellResult(context, raw, result, metrics);
      await run(parseOptions(xquadR, raw), evaluateXquadR, tell, context);
    }),
  );
};

export const registerEvaluateMlqaR: Register = (parent, act) => {
  addOptions(
    parent
      .command('mlqa-r')
      .description('the same on MLQA-R, whose questions are only partly parallel'),
  )
    .option(
      '--half <half>',
      'all, or by article: tune (parameters were chosen on it), report (default: all)',
    )
    .action(
      act(async (context, raw) => {
        const { evaluateMlqaR } = await import('../../evaluate/lareqa.js');
        const tell = (result: EvaluationResult, metrics: readonly string[]) =>
          tellResult(context, raw, result, metrics);
        await run(parseOptions(mlqaR, raw), evaluateMlqaR, tell, context);
      }),
    );
};
