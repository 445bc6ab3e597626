/** `xqg search`: one question, or a batch of them into a TREC run. */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { augmentOption, type OptionsIn, type SearchOptions } from '../../search/options.js';
import type { XqgIndex } from '../../xqg-index.js';
import type { CommandContext, Register } from '../command.js';
import {
  addEncoderOptions,
  addExpandOptions,
  addIndexPlace,
  addSearchOptions,
  encoderOptions,
  expandOptions,
  givenEncoder,
  givenExpansion,
  indexDirectory,
  indexPlace,
  parseSearchOptions,
} from '../options.js';
import { startProgress } from '../progress.js';
import type { FileQuestion } from '../question-file.js';
import { describeBoth, describeResult } from '../search-output.js';
import { count } from '../terminal.js';

const options = {
  ...indexPlace,
  pack: z.string().optional(),
  ...encoderOptions,
  ...expandOptions,
  queries: z.string().optional(),
  run: z.string().optional(),
  tag: z.string().regex(/^\S+$/, 'holds a blank').default('xqg'),
};

/** Results of each question of a file, where --k does not say. */
const FILE_DEPTH = 1000;

export const registerSearch: Register = (parent, act) => {
  const command = parent
    .command('search')
    .description('ask a question in any language; or a file of questions, into a TREC run')
    .argument('[question]');
  addSearchOptions(command, 'cli search')
    .option('--pack <pack>', 'folder of the pack that made the index, if it is not one of xqg')
    .option(
      '--queries <file>',
      `questions: TSV, CSV or JSONL of id and text, with a header or without, or TREC topics, also .gz; --k is then ${FILE_DEPTH} by default`,
    )
    .option('--run <file>', 'write a TREC run of --queries there, packed if it ends in .gz')
    .option('--tag <word>', 'name of the system in the run', 'xqg')
    .option('--json', 'print JSON; of a file of questions one line for each')
    .action(
      act(async (context, raw, question: string | undefined) => {
        const { given, search } = parseSearchOptions('cli search', options, raw);
        requireOne(question, given, search);
        const { openIndex } = await import('../../xqg-index.js');
        const index = await openIndex(await indexDirectory(given, 'xqg search'), {
          store: given.store,
          pack: given.pack,
          encoder: given.encoder,
          encoderOptions: { ...givenEncoder(given, context), onOpened: undefined },
        });
        let expansion: Awaited<ReturnType<typeof givenExpansion>> | undefined;
        try {
          expansion = await givenExpansion(given, context);
          const { augment, ...rest } = search;
          const { expand } = expansion;
          if (augment === 'both')
            return await searchBoth(context, index, question!, { ...rest, expand });
          const options = { ...rest, ...augmentOption(augment), expand };
          if (given.queries === undefined) await searchOne(context, index, question!, options);
          else await searchFile(context, index, given.queries, given, options);
        } finally {
          await index.close();
          await expansion?.close();
        }
      }),
    );
  addIndexPlace(addEncoderOptions(command, 'the one of the index'));
  addExpandOptions(command);
};

type Given = z.output<z.ZodObject<typeof options>>;

function requireOne(
  question: string | undefined,
  { queries, run }: Given,
  { augment }: OptionsIn<'cli search'>,
): void {
  const fail = (problem: string) => new XqgError('XQG_USAGE', { problem, command: 'xqg search' });
  if ((question === undefined) === (queries === undefined))
    throw fail('Give either a question or --queries FILE.');
  if (question?.trim() === '') throw fail('The question is empty.');
  if (run !== undefined && queries === undefined) throw fail('--run needs --queries FILE.');
  if (queries !== undefined && augment === 'both')
    throw fail('--queries takes --augment on or off, one run each.');
}

async function searchOne(
  context: CommandContext,
  index: XqgIndex,
  question: string,
  options: SearchOptions,
): Promise<void> {
  const result = await index.search(question, options);
  for (const warning of result.warnings) context.say(warning);
  if (context.json) context.printJson(result);
  else context.print(describeResult(result));
}

async function searchBoth(
  context: CommandContext,
  index: XqgIndex,
  question: string,
  options: SearchOptions,
): Promise<void> {
  const both = await index.compare(question, options);
  for (const warning of both.with.warnings) context.say(warning);
  if (!context.json) return context.print(describeBoth(both));
  const [withXqg, without] = [both.with, both.without].map(({ hits, ...result }) => ({
    ...result,
    hits: hits.map(({ otherRank, ...hit }) => hit),
  }));
  context.printJson({ with: withXqg, without });
}

async function searchFile(
  context: CommandContext,
  index: XqgIndex,
  file: string,
  given: Given,
  options: SearchOptions,
): Promise<void> {
  const { formatRun, writeRun } = await import('../../evaluate/measures/trec.js');
  const { readQuestions } = await import('../question-file.js');
  const progress = startProgress();
  let questions = 0;
  let without = 0;
  async function* ranked() {
    const deep = { k: FILE_DEPTH, ...options };
    for await (const hits of index.rank<FileQuestion>(readQuestions(file), deep)) {
      context.signal.throwIfAborted();
      questions += 1;
      if (hits.hits.length === 0) without += 1;
      progress.update(null, count(questions, 'question'));
      yield { queryId: hits.question.id, ...hits };
    }
  }
  try {
    if (given.run !== undefined) {
      await writeRun(given.run, ranked(), given.tag);
    } else {
      for await (const { question, languages, hits, queryId } of ranked()) {
        if (context.json) context.print(JSON.stringify({ ...question, languages, hits }));
        else context.print(formatRun({ queryId, hits }, given.tag).trimEnd());
      }
    }
  } finally {
    progress.stop();
  }
  if (context.json && given.run !== undefined) {
    context.printJson({ questions, withoutResults: without, run: given.run });
  }
  context.say(
    `${count(questions, 'question')}${without > 0 ? `, ${count(without)} without a result` : ''}`,
  );
}
