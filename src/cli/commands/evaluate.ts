/** `xqg evaluate NAME`: the experiments that ship with xqg, and the scoring of given rankings. */
import type { Command } from 'commander';
import { z } from 'zod';
import type { EvaluateOptions } from '../../evaluate/evaluate.js';
import type { PresetName } from '../../evaluate/presets.js';
import type { CommandContext, Register, Work } from '../command.js';
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
import { commandLine, JSON_OPTION, tellResult } from './evaluate-output.js';
import { registerEvaluateRun, registerEvaluateXor } from './evaluate-predictions.js';

/** How the command of an experiment differs from the others. */
interface Preset {
  readonly name: PresetName;
  readonly description: string;
  readonly data: string;
  /** Empty: there is one. */
  readonly settings: readonly NonNullable<EvaluateOptions['settings']>[number][];
  /** Defaults, as help has them. */
  readonly systems: string;
  readonly languages: string;
  readonly measures: string;
  /** Measures in the tables for people; empty: all. */
  readonly metrics: readonly string[];
}

const EACH_LEG = 'dense, bm25 and hybrid, each also with +xqg';
const SENTENCES = {
  data: 'folder of <lang>.json',
  settings: ['mono', 'cross', 'multi'],
  systems: EACH_LEG,
  languages: 'given',
  measures: 'mAP mAP@20 R@1 R@10 MRR rank-distance',
  metrics: ['mAP', 'rank-distance'],
} as const;

const XQUAD: Preset = {
  name: 'xquad',
  description: 'measure all systems on XQuAD: a question against the 240 paragraphs of a language',
  data: 'folder of xquad.<lang>.json',
  settings: ['mono', 'to-english', 'from-english'],
  systems: 'all',
  languages: 'both',
  measures: 'MRR accuracy@1 R@10 R@100 nDCG@10',
  metrics: ['MRR'],
};

const XQUAD_R: Preset = {
  ...SENTENCES,
  name: 'xquad-r',
  description:
    'measure systems on XQuAD-R: a question against the sentences of a language (mono, cross) or of all (multi)',
};

const MLQA_R: Preset = {
  ...SENTENCES,
  name: 'mlqa-r',
  description: 'the same on MLQA-R, whose questions are only partly parallel',
};

const BEIR: Preset = {
  ...XQUAD,
  name: 'beir',
  description: 'measure all systems on a BEIR folder: corpus.jsonl, queries.jsonl, qrels/test.tsv',
  data: 'the folder',
  settings: [],
  metrics: [],
};

function optionsOf({ settings }: Preset) {
  const one = z.enum(settings, { error: `is not one of ${settings.join(', ')}` });
  const known = z.enum(['given', 'detected'], { error: 'is not one of given, detected' });
  return z.object({
    data: z.string(),
    langs: list.optional(),
    pack: z.string().optional(),
    ...encoderOptions,
    generator: oneOf('lexicon', 'gloss').optional(),
    settings: list.pipe(z.array(one)).optional(),
    systems: list.optional(),
    languages: list.pipe(z.array(known)).optional(),
    measures: z.string().optional(),
    metrics: list.optional(),
    keepIdenticalIds: z.boolean().default(false),
    perQuery: z.boolean().default(false),
    half: oneOf('all', 'tune', 'report').optional(),
    split: z.string().optional(),
    queryLang: z.string().optional(),
    passageLang: z.string().optional(),
    depth: whole(1).optional(),
  });
}

/** Adds the options that every experiment has; `own` adds those of one after the data's. */
function addPreset(
  parent: Command,
  act: (work: Work) => (...args: unknown[]) => Promise<void>,
  preset: Preset,
  own: (command: Command) => Command = (command) => command,
): void {
  const { name, description, data, settings, systems, languages, measures, metrics } = preset;
  const command = parent
    .command(name)
    .description(description)
    .requiredOption('--data <dir>', data)
    .option('--langs <codes>', 'only these languages, e.g. en,ar,th (default: all)');
  own(command)
    .option('--pack <pack>', 'name or folder of a pack (default: base)')
    .option(
      '--generator <name>',
      'lexicon, or gloss: sentences glossed word by word (default: lexicon)',
    );
  if (settings.length > 0)
    command.option('--settings <list>', `of ${settings.join(', ')} (default: all)`);
  command
    .option('--systems <list>', `e.g. dense,dense+xqg (default: ${systems})`)
    .option(
      '--languages <list>',
      `of given, detected: whether systems are told the language (default: ${languages})`,
    )
    .option('--measures <list>', `separated by blanks (default: ${measures})`)
    .option(
      '--metrics <list>',
      `measures in the tables for people (default: ${metrics.join(',') || 'all'}; of --measures all)`,
    )
    .option('--per-query', 'also the values of every query, in the JSON')
    .option('--json [file]', JSON_OPTION);
  addEncoderOptions(command, 'static').action(act((context, raw) => measure(context, raw, preset)));
}

/** Runs the experiment with progress on stderr, and prints its result. */
async function measure(context: CommandContext, raw: unknown, preset: Preset): Promise<void> {
  const { metrics: named, ...given } = parseOptions(optionsOf(preset), raw);
  // Tables show what was asked for.
  const metrics = named ?? (given.measures === undefined ? preset.metrics : []);
  const { card, endpoint, encoderThreads: threads, workers, batch } = given;
  const { signal, onOpened } = givenEncoder(given, context);
  const { evaluate } = await import('../../evaluate/evaluate.js');
  const progress = startProgress();
  try {
    const result = await evaluate(
      preset.name,
      {
        ...given,
        model: { card, endpoint, threads, workers, batch },
        command: commandLine(),
        signal,
        onOpened,
      },
      (step, done, total) => progress.update(total > 0 ? done / total : null, step),
    );
    progress.stop();
    await tellResult(context, raw, result, metrics.length > 0 ? metrics : undefined);
  } finally {
    progress.stop();
  }
}

export const registerEvaluate: Register = (parent, act) => {
  const evaluate = parent
    .command('evaluate')
    .description(
      'measure retrieval: on XQuAD, XQuAD-R, MLQA-R, XOR-TyDi, a BEIR folder, or a TREC run',
    );
  addPreset(evaluate, act, XQUAD);
  addPreset(evaluate, act, XQUAD_R);
  addPreset(evaluate, act, MLQA_R, (command) =>
    command.option(
      '--half <half>',
      'all, or by article: tune (parameters were chosen on it), report (default: all)',
    ),
  );
  registerEvaluateXor(evaluate, act);
  addPreset(evaluate, act, BEIR, (command) =>
    command
      .option('--split <name>', 'which qrels/<name>.tsv (default: test)')
      .option('--query-lang <code>', 'language of queries whose row names none (default: detected)')
      .option(
        '--passage-lang <code>',
        'language of passages whose row names none (default: detected)',
      )
      .option('--depth <n>', 'passages ranked for a query at most (default: 1000)')
      .option(
        '--keep-identical-ids',
        "rank passages with the query's own id, too, where queries and passages are numbered alike",
      ),
  );
  registerEvaluateRun(evaluate, act);
};
