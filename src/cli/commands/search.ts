/** `xqg search`: one question, or a batch of them into a TREC run. */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { type SearchOptions, searchFields } from '../../search/options.js';
import type { XqgIndex } from '../../xqg-index.js';
import type { CommandContext, Register } from '../command.js';
import {
  addEncoderOptions,
  addExpandOptions,
  addIndexPlace,
  encoderOptions,
  expandOptions,
  fromText,
  givenEncoder,
  givenExpansion,
  indexDirectory,
  indexPlace,
  parseOptions,
} from '../options.js';
import { startProgress } from '../progress.js';
import type { FileQuestion } from '../question-file.js';
import { describeAnswer, describeBoth } from '../search-output.js';
import { count } from '../terminal.js';

const options = z.object({
  ...indexPlace,
  mode: searchFields.mode.default('hybrid'),
  augment: searchFields.augment.default('on'),
  alpha: fromText(searchFields.alpha).optional(),
  profile: searchFields.profile.optional(),
  feedback: fromText(searchFields.feedback).optional(),
  translate: searchFields.translate.default(false),
  lang: searchFields.lang.optional(),
  filter: searchFields.filters.default([]),
  groupBy: searchFields.groupBy.optional(),
  k: fromText(searchFields.k).optional(),
  ann: z.boolean().optional(),
  exact: z.boolean().default(false),
  pack: z.string().optional(),
  ...encoderOptions,
  ...expandOptions,
  queries: z.string().optional(),
  run: z.string().optional(),
  tag: z.string().regex(/^\S+$/, 'holds a blank').default('xqg'),
});

/** Results of a question for people, and of a question in a batch. */
const SHOWN = 10;
const BATCH_DEPTH = 1000;
/** Depth to which two rankings are compared. */
const COMPARED = 100;

export const registerSearch: Register = (parent, act) => {
  const command = parent
    .command('search')
    .description('ask a question in any language; or a file of questions, into a TREC run')
    .argument('[question]')
    .option('--mode <mode>', 'dense, lexical or hybrid', 'hybrid')
    .option('--augment <which>', 'with xQG: on, off, or both side by side', 'on')
    .option('--alpha <number>', 'weight of the generated queries, 0 to 1 (default: of the profile)')
    .option(
      '--profile <name>',
      'unit, or paper: the literal formula of the paper (default: what fits the encoder)',
    )
    .option(
      '--feedback <weight>',
      'pull the question toward the best passage of a first pass, so that its translations rise; 0: no (default: 0.2 in the mode dense where passages are in several languages)',
    )
    .option('--translate', 'also translate the words of the question (lexical leg)')
    .option('--lang <code>', 'language of the question (default: detected)')
    .option('--filter <condition>', 'e.g. "year>=2020" or lang=de; may be repeated', collect)
    .option('--group-by <what>', 'document: only the best passage of each')
    .option(
      '-k, --k <n>',
      `results at most (default: ${SHOWN}; ${BATCH_DEPTH} for a file of questions)`,
    )
    .option('--ann', 'only through the ANN index (default: where it was built, see xqg ann)')
    .option('--exact', 'look at every passage, also where an ANN index was built')
    .option('--pack <pack>', 'folder of the pack that made the index, if it is not one of xqg')
    .option('--queries <file>', 'questions: lines of id, tab and text, or JSONL {id, text, lang}')
    .option('--run <file>', 'write a TREC run of --queries there')
    .option('--tag <word>', 'name of the system in the run', 'xqg')
    .option('--json', 'print JSON; of a file of questions one line for each')
    .action(
      act(async (context, raw, question: string | undefined) => {
        const given = parseOptions(options, raw);
        requireOne(question, given);
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
          const asked = { ...searchOptions(given), expand: expansion.expand };
          if (given.queries !== undefined)
            await searchBatch(context, index, given.queries, given, asked);
          else await searchOne(context, index, question!, given, asked);
        } finally {
          await index.close();
          await expansion?.close();
        }
      }),
    );
  addIndexPlace(addEncoderOptions(command, 'the one of the index'));
  addExpandOptions(command);
};

type Given = z.output<typeof options>;

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function requireOne(
  question: string | undefined,
  { queries, run, augment, ann, exact }: Given,
): void {
  const fail = (problem: string) => new XqgError('XQG_USAGE', { problem, command: 'xqg search' });
  if ((question === undefined) === (queries === undefined))
    throw fail('Give either a question or --queries FILE.');
  if (ann && exact) throw fail('Give either --ann or --exact.');
  if (question?.trim() === '') throw fail('The question is empty.');
  if (run !== undefined && queries === undefined) throw fail('--run needs --queries FILE.');
  if (queries !== undefined && augment === 'both')
    throw fail('--queries takes --augment on or off, one run each.');
}

function searchOptions(given: Given): SearchOptions {
  const { mode, alpha, profile, feedback, translate, lang, filter, groupBy, k, ann, exact } = given;
  return {
    mode,
    alpha,
    profile,
    feedback,
    translate,
    lang,
    filters: filter,
    groupBy,
    k,
    ann: exact ? false : ann,
  };
}

async function searchOne(
  context: CommandContext,
  index: XqgIndex,
  question: string,
  given: Given,
  options: SearchOptions,
): Promise<void> {
  if (given.augment === 'both') return searchBoth(context, index, question, options);
  // With `on`, an index that has no generated queries is searched without them.
  const answer = await index.search(
    question,
    given.augment === 'off' ? { ...options, augment: false } : options,
  );
  for (const warning of answer.warnings) context.say(warning);
  if (context.json) context.printJson(answer);
  else context.print(describeAnswer(answer));
}

async function searchBoth(
  context: CommandContext,
  index: XqgIndex,
  question: string,
  options: SearchOptions,
): Promise<void> {
  const shown = options.k ?? SHOWN;
  const deep = { ...options, k: Math.max(shown, COMPARED) };
  const on = await index.search(question, { ...deep, augment: true });
  const off = await index.search(question, { ...deep, augment: false });
  for (const warning of on.warnings) context.say(warning);
  if (!context.json) return context.print(describeBoth({ on, off, shown }));
  const [withXqg, without] = [on, off].map((answer) => ({
    ...answer,
    hits: answer.hits.slice(0, shown),
  }));
  context.printJson({ with: withXqg, without });
}

async function searchBatch(
  context: CommandContext,
  index: XqgIndex,
  file: string,
  given: Given,
  asked: SearchOptions,
): Promise<void> {
  const { formatRun, writeRun } = await import('../../evaluate/measures/trec.js');
  const { readQuestions } = await import('../question-file.js');
  const progress = startProgress();
  let questions = 0;
  let without = 0;
  async function* ranked() {
    const options: SearchOptions = {
      ...asked,
      ...(given.augment === 'off' ? { augment: false } : {}),
      k: given.k ?? BATCH_DEPTH,
    };
    for await (const ranked of index.rank<FileQuestion>(readQuestions(file), options)) {
      context.signal.throwIfAborted();
      questions += 1;
      if (ranked.hits.length === 0) without += 1;
      progress.update(null, count(questions, 'question'));
      yield { queryId: ranked.question.id, ...ranked };
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
