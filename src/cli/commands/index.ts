/** `xqg index`: files and folders into an index. */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { CorpusOptions } from '../../corpus/split.js';
import { parseThresholds } from '../../generate/filters/filtered.js';
import { describeWrongLanguage } from '../../indexing/omissions.js';
import type { IndexResult } from '../../indexing/options.js';
import type { QueueOptions } from '../../indexing/workers/queued-run.js';
import { roundTripScorer } from '../../search/round-trip-scorer.js';
import type { XqgIndex } from '../../xqg-index.js';
import type { CommandContext, Register } from '../command.js';
import { describeFailure, ToldFailure } from '../failure.js';
import { FailureTalk, SkipTalk } from '../index-output.js';
import {
  addEncoderOptions,
  addFileLimitOptions,
  bytes,
  encoderOptions,
  fileLimitOptions,
  fileLimitsOf,
  givenEncoder,
  list,
  NEW_INDEX_ENCODER,
  parseOptions,
  whole,
} from '../options.js';
import { type Progress, startProgress } from '../progress.js';
import { count, foreign } from '../terminal.js';

const options = z.object({
  index: z.string(),
  store: z.string().optional(),
  lang: z.string().optional(),
  queryLangs: list.optional(),
  queries: whole(1).optional(),
  seed: whole(0).optional(),
  pack: z.string().optional(),
  ...encoderOptions,
  encodeQueries: z.boolean().optional(),
  lexicalQueries: z.boolean().default(false),
  sentences: z.boolean().optional(),
  generator: z.string().optional(),
  prompt: z.string().optional(),
  keep: z.string().optional(),
  roundTrip: z.string().optional(),
  glossary: z.string().optional(),
  maxTokens: whole(8).optional(),
  memory: bytes.optional(),
  ...fileLimitOptions,
  queue: z.string().optional(),
  parts: z.string().optional(),
  partPassages: whole(1).optional(),
  attempts: whole(1).optional(),
  retryFailed: z.boolean().default(false),
  keepParts: z.boolean().default(false),
});

export const registerIndex: Register = (parent, act) => {
  const command = parent
    .command('index')
    .description('index files and folders; again: only what changed, and what is gone is dropped')
    .argument(
      '<path...>',
      'text, HTML, PDF, Office, OpenDocument, EPUB, RTF, mail, notebooks, source code, JSONL, CSV, BEIR folders (docs/formats.md)',
    )
    .requiredOption('-i, --index <dir>', 'directory of the index, made if absent')
    .option(
      '--store <url>',
      'keep the rows of a new index elsewhere: opensearch://HOST:PORT/NAME (docs/opensearch.md)',
    )
    .option('--lang <code>', 'language of all documents (default: from the data, else detected)')
    .option(
      '--query-langs <codes>',
      'languages of the generated queries, e.g. ar,hi,th (default: all of the pack)',
    )
    .option('--queries <n>', 'generated queries for each passage and language (default: 5)')
    .option('--seed <n>', 'seed of the drawn queries (default: 0)')
    .option('--pack <pack>', 'name or folder of a pack (default: base)')
    .option(
      '--generator <spec>',
      "lexicon, gloss, none, hf:NAME, a model's folder, openai:MODEL, or a .jsonl(.gz) file of recorded queries (default: lexicon, or the pack's of the index)",
    )
    .option(
      '--prompt <file>',
      'prompt of the generator, instead of the shipped one (docs/models.md)',
    )
    .option(
      '--keep <thresholds>',
      'leave out generated queries that score less, e.g. "language>=0.5,form>=1,novelty>=0.3"',
    )
    .option(
      '--round-trip <dir>',
      'index of the same passages that --keep "round-trip>=0.2" searches: does a query find its own passage?',
    )
    .option(
      '--glossary <file>',
      'own terms, CSV with a column a language; none drops that of the index (default: the one of the index)',
    )
    .option(
      '--encode-queries',
      'generated queries are encoded too, as in the paper (default, but for e5, which then is much slower)',
    )
    .option(
      '--lexical-queries',
      'generated queries serve the lexical leg alone: none is encoded (default of e5)',
    )
    .option(
      '--sentences',
      'encode the sentences of passages too, each alone, so that a passage is found by its best one (default: for neural encoders of this machine)',
    )
    .option('--no-sentences', 'encode passages alone: quicker, and smaller')
    .option('--max-tokens <n>', 'longest passage, in words (default: 200)')
    .option('--memory <size>', 'memory for what waits to be written, e.g. 512MB (default: 256MB)')
    .option(
      '--queue <url>',
      'workers compute the rows (xqg worker); redis://HOST:PORT (docs/distributing.md)',
    )
    .option(
      '--parts <place>',
      'with --queue: folder or s3://bucket/prefix that workers share (default: DIR/parts)',
    )
    .option('--part-passages <n>', 'with --queue: passages of a part (default: 512)')
    .option(
      '--attempts <n>',
      'with --queue: attempts at a part before it is set aside (default: 5)',
    )
    .option('--retry-failed', 'with --queue: try the parts again that were set aside')
    .option(
      '--keep-parts',
      'with --queue: leave the parts in their place when the index is complete',
    )
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw, paths: string[]) => {
        const given = parseOptions(options, raw);
        const { openIndex } = await import('../../xqg-index.js');
        requireFilterable(given);
        const searched = given.roundTrip === undefined ? null : await openIndex(given.roundTrip);
        const scorers = searched === null ? [] : [await roundTripScorer(searched)];
        const index = await openIndex(given.index, {
          create: true,
          store: given.store,
          pack: given.pack,
          generator: given.generator === 'none' ? null : given.generator,
          generatorOptions: {
            languages: given.queryLangs,
            prompt: given.prompt,
            endpoint: given.endpoint,
            signal: context.signal,
            keep: given.keep === undefined ? undefined : parseThresholds(given.keep),
            scorers,
          },
          glossary: given.glossary === 'none' ? null : given.glossary,
          queryLanguages: given.queryLangs,
          queriesPerLanguage: given.queries,
          seed: given.seed,
          encoder: given.encoder,
          encoderOptions: givenEncoder(given, context),
          encodeQueries: given.lexicalQueries ? false : given.encodeQueries,
          sentences: given.sentences,
        });
        reportGlossary(context, index);
        const splitting = { lang: given.lang, maxTokens: given.maxTokens };
        await reportWork(context, index, paths, splitting);
        const failures = new FailureTalk(context);
        const skips = new SkipTalk(context);
        const progress = startProgress();
        const queue = givenQueue(given, context, progress);
        let result: IndexResult;
        try {
          result = await index.addPaths(paths, {
            splitting,
            memoryBytes: given.memory,
            fileLimits: fileLimitsOf(given),
            signal: context.signal,
            queue,
            onSkip: (path, reason, line) => skips.tell(path, reason, line),
            onNote: (path, note) => context.say(`${foreign(path)}: ${note}`),
            onFailure: (path, error) => failures.tell(path, error),
            onProgress: ({ phase, passages, unchanged }, { done, total }) => {
              if (queue !== undefined && phase === 'documents') return;
              const known = unchanged > 0 ? `, ${count(unchanged, 'document')} unchanged` : '';
              const text =
                phase === 'sealing'
                  ? 'writing the lexical index'
                  : `${count(passages, 'passage')}${known}`;
              progress.update(total > 0 ? done / total : null, text);
            },
          });
        } finally {
          progress.stop();
          await index.close();
          await searched?.close();
        }
        failures.finish(result);
        skips.finish();
        for (const wrong of result.omissions?.languages ?? [])
          context.say(describeWrongLanguage({ ...wrong, path: foreign(wrong.path) }));
        reportYields(context, index);
        const { error, ...counts } = result;
        if (context.json)
          context.printJson({ ...counts, ...(error === null ? {} : describeFailure(error)) });
        else for (const line of summary(result, given.index)) context.print(line);
        context.signal.throwIfAborted();
        if (error !== null) throw new ToldFailure(error);
      }),
    );
  addFileLimitOptions(command);
  addEncoderOptions(command, `the one of the index; of a new one ${NEW_INDEX_ENCODER}`);
};

/** What a pack draws is an expectation, of which no query can be left out. */
function requireFilterable({ keep, roundTrip, generator, queue }: z.output<typeof options>): void {
  const refuse = (problems: string): never => {
    throw new XqgError('XQG_BAD_OPTION', { problems });
  };
  if (keep !== undefined && ['lexicon', 'gloss', 'none', undefined].includes(generator))
    refuse('--keep needs a --generator that is a model or a file of recorded queries');
  if (roundTrip !== undefined && keep === undefined)
    refuse('--round-trip needs --keep "round-trip>=..."');
  if (roundTrip !== undefined && queue !== undefined)
    refuse('--round-trip cannot be used with --queue');
}

function reportGlossary(context: CommandContext, { recipe: { glossary } }: XqgIndex): void {
  if (glossary === null) return;
  const { concepts, languages } = glossary;
  context.say(`Glossary: ${count(concepts.length, 'concept')} in ${languages.join(' ')}`);
}

function givenQueue(
  { queue: url, parts, partPassages, attempts, retryFailed, keepParts }: z.output<typeof options>,
  context: CommandContext,
  progress: Progress,
): QueueOptions | undefined {
  if (url === undefined) {
    const alone = {
      parts,
      partPassages,
      attempts,
      retryFailed: retryFailed || undefined,
      keepParts: keepParts || undefined,
    };
    const [named] = Object.entries(alone).flatMap(([name, value]) =>
      value === undefined ? [] : name,
    );
    if (named === undefined) return undefined;
    const flag = named.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
    throw new XqgError('XQG_BAD_OPTION', { problems: `--${flag} needs --queue` });
  }
  return {
    url,
    parts,
    partPassages,
    attempts,
    retryFailed,
    keepParts,
    onTrouble: (problem) => context.say(problem),
    onParts: ({ phase, parts: planned, done, setAside, counts, workers }) => {
      const aside = setAside > 0 ? `, ${count(setAside)} set aside` : '';
      const far = `${count(done)} of ${count(planned, 'part')} done${aside}`;
      const text = `${far}, ${count(counts.active)} in hand, ${count(workers, 'worker')}`;
      progress.update(phase === 'planning' ? null : (done + setAside) / planned, text);
    },
  };
}

/** What a filter left of the queries of each language. */
function reportYields(context: CommandContext, { recipe: { generator } }: XqgIndex): void {
  for (const [lang, { drawn, kept, below }] of generator?.filter?.yields ?? []) {
    const reasons = Object.entries(below).map(([scorer, n]) => `${count(n)} below ${scorer}`);
    const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
    context.say(`${lang}: ${count(kept)} of ${count(drawn)} generated queries kept${why}`);
  }
}

/**
 * Calls, encodings, hours and price, before a generator or an encoder starts for which they matter.
 */
async function reportWork(
  context: CommandContext,
  index: XqgIndex,
  paths: readonly string[],
  splitting: CorpusOptions,
): Promise<void> {
  const { indexingWork } = await import('../../plan/estimate.js');
  const { generating, encoding: work } = await indexingWork(index, paths, splitting);
  if (generating !== null) {
    const { passages, languages, calls, hours, cost } = generating;
    const what =
      calls === null ? 'by a model of this machine' : `${count(calls, 'call')} of the endpoint`;
    context.say(
      `Queries of about ${count(passages, 'passage')} in ${count(languages, 'language')}: ${what}, ${duration(hours)}${priceOf(cost)}`,
    );
  }
  if (work === null) return;
  const { passages, languages, queriesEach, sentencesEach, encodings } = work;
  const { hours, tokensPerSecond, cost } = work;
  const parts = [
    ...(sentencesEach === 0
      ? []
      : [`about ${count(Math.round(10 * sentencesEach) / 10, 'sentence')}`]),
    ...(queriesEach === 0
      ? []
      : [`generated queries in ${count(languages, 'language')} (${count(queriesEach)})`]),
  ];
  const each = parts.length === 0 ? '' : `, each with ${parts.join(' and ')}`;
  const rate =
    tokensPerSecond === null ? '' : ` at ${count(Math.round(tokensPerSecond), 'token')} a second`;
  context.say(
    `About ${count(passages, 'passage')}${each}: ${count(encodings, 'encoding')}, ${duration(hours)}${rate}${priceOf(cost)}`,
  );
  if (hours > SLOW_HOURS && cost === null)
    context.say('--encoder static is much quicker, and finds less');
  if (sentencesEach > 0 && hours > SLOW_HOURS)
    context.say('--no-sentences leaves the sentences out: passages are then ranked as a whole');
  if (queriesEach > 0)
    context.say(
      '--lexical-queries leaves the generated queries to the lexical leg: none of them is encoded',
    );
}

/** From here on another encoder is named. */
const SLOW_HOURS = 5 / 60;

function duration(hours: number): string {
  return hours < 1 ? `about ${Math.ceil(hours * 60)} min` : `about ${hours.toFixed(1)} h`;
}

/** Of what an endpoint asks for; in the currency of its settings. */
function priceOf(cost: number | null): string {
  return cost === null ? '' : `, price about ${cost.toFixed(2)}`;
}

function summary(
  { documents, passages, split, cut, elapsedMs }: IndexResult,
  dir: string,
): string[] {
  const seconds = elapsedMs / 1000;
  const parts = [
    `${count(documents.indexed, 'document')} indexed as ${count(passages, 'passage')}`,
    `${count(documents.unchanged)} unchanged`,
    `${count(documents.removed)} removed`,
  ];
  if (documents.failed > 0) parts.push(`${count(documents.failed)} set aside`);
  const lines = [`${parts.join(', ')}, in ${seconds.toFixed(1)} s`];
  if (split > 0) lines.push(`${count(split, 'document')} split into several passages`);
  if (cut > 0) lines.push(`${count(cut, 'sentence')} longer than a passage, cut between words`);
  if (documents.indexed + documents.unchanged > 0)
    lines.push(`Search it: xqg search "your question" --index ${dir}`);
  return lines;
}
