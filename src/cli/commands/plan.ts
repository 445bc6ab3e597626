/** `xqg plan`: what an index will take, before it is made. */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { Plan, StageName } from '../../plan/plan.js';
import type { PlannedIndex } from '../../plan/plan-index.js';
import type { Rates } from '../../plan/rates.js';
import type { Register } from '../command.js';
import {
  addEncoderOptions,
  between,
  bytes,
  encoderOptions,
  givenEncoder,
  list,
  NEW_INDEX_ENCODER,
  parseOptions,
  whole,
} from '../options.js';
import { columns, count, size } from '../terminal.js';

/** 18000000, 18M, 250k. */
const passageCount = z
  .string()
  .regex(/^\d+(\.\d+)?[km]?$/i, 'is not a number such as 250k or 18M')
  .transform((text) => {
    const factor = { k: 1e3, m: 1e6 }[text.slice(-1).toLowerCase()] ?? 1;
    return Math.round(Number.parseFloat(text) * factor);
  })
  .refine((value) => value >= 1, 'is less than 1');

const options = z.object({
  passages: passageCount,
  queries: whole(1).optional(),
  queryLangs: z.string().optional(),
  words: whole(1).optional(),
  sentences: z.boolean().optional(),
  pack: z.string().optional(),
  generator: z.string().optional(),
  encodeQueries: z.boolean().optional(),
  ...encoderOptions,
  rates: z.string().optional(),
  remeasure: z.boolean().default(false),
  cores: whole(1).optional(),
  memory: bytes.optional(),
  disk: bytes.optional(),
  hourPrice: between(0, 1e6).optional(),
});

export const registerPlan: Register = (parent, act) => {
  const command = parent
    .command('plan')
    .description('say what an index will take: time, memory, disk and price of every stage')
    .requiredOption('-n, --passages <n>', 'passages, e.g. 250k or 18M')
    .option('--queries <n>', 'generated queries for each passage and language (default: 5)')
    .option(
      '--query-langs <codes>',
      'languages of the generated queries, or how many (default: all of the pack)',
    )
    .option('--words <n>', 'words of a passage (default: 100)')
    .option('--sentences', 'sentences are encoded too (default: as xqg index does)')
    .option('--no-sentences', 'passages are encoded alone')
    .option('--pack <pack>', 'name or folder of a pack (default: base)')
    .option(
      '--generator <spec>',
      "lexicon, gloss, none, hf:NAME, a model's folder, or openai:MODEL",
    )
    .option('--encode-queries', 'generated queries are encoded too (default: not by e5)')
    .option('--no-encode-queries', 'generated queries serve the lexical leg alone')
    .option('--rates <file>', 'rates of another machine: what xqg plan --json printed there')
    .option('--remeasure', 'measure this machine again')
    .option('--cores <n>', 'cores of the machine (default: of this one)')
    .option('--memory <size>', 'memory of the machine, e.g. 64GB (default: of this one)')
    .option('--disk <size>', 'free disk of the machine (default: of this folder)')
    .option('--hour-price <number>', 'price of an hour of the machine')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
        const { planIndex } = await import('../../plan/plan-index.js');
        const { cores, memory, disk, hourPrice } = given;
        const planned = await planIndex({
          passages: given.passages,
          queries: given.queries,
          queryLanguages: queryLanguages(given.queryLangs),
          words: given.words,
          sentences: given.sentences,
          pack: given.pack,
          generator: given.generator === 'none' ? null : given.generator,
          encodeQueries: given.encodeQueries,
          generatorOptions: { endpoint: given.endpoint, signal: context.signal },
          encoder: given.encoder,
          encoderOptions: givenEncoder(given, context),
          rates: given.rates,
          remeasure: given.remeasure,
          machine: {
            ...(cores === undefined ? {} : { cores }),
            ...(memory === undefined ? {} : { memoryBytes: memory }),
            ...(disk === undefined ? {} : { diskBytes: disk }),
            ...(hourPrice === undefined ? {} : { hourPrice }),
          },
          onMeasure: () => context.say('Measuring this machine once, a few seconds'),
        });
        if (context.json) return context.printJson(planned);
        context.print(describe(planned));
      }),
    );
  addEncoderOptions(command, NEW_INDEX_ENCODER);
};

function queryLanguages(given: string | undefined): readonly string[] | number | undefined {
  if (given === undefined) return undefined;
  if (/^\d+$/.test(given)) return Number(given);
  const codes = list.parse(given);
  if (codes.length > 0) return codes;
  throw new XqgError('XQG_BAD_OPTION', { problems: `--query-langs "${given}" names no language` });
}

/** Processor time by time below which a machine was busy. */
const QUIET = 0.6;

const STAGES: Record<StageName, string> = {
  generate: 'generate queries',
  encode: 'encode passages',
  sentences: 'encode sentences',
  augment: 'sum their vectors',
  write: 'write rows',
  join: 'join pieces',
  seal: 'lexical index',
  matrix: 'search matrix *',
  ann: 'ANN index *',
};

function describe({ plan, rates, source }: PlannedIndex): string {
  const { request, stages, indexing, disk, searchMemory, vectors } = plan;
  const { identity, dim } = rates;
  const priced = stages.some(({ cost }) => cost > 0);
  const table = columns([
    ['stage', 'time', 'memory', 'disk', ...(priced ? ['price'] : [])],
    ...stages.map((stage) => [
      STAGES[stage.stage],
      duration(stage.hours),
      stage.memoryBytes === 0 ? '' : size(stage.memoryBytes),
      stage.diskBytes === 0 ? '' : size(stage.diskBytes),
      ...(priced ? [stage.cost.toFixed(2)] : []),
    ]),
  ]);
  const each = `${request.queries} queries in ${count(request.languages, 'language')}`;
  const lines = [
    `${count(request.passages, 'passage')} of ${identity.words} words${sentencesText(request)}, ${each}, ${dim} dimensions`,
    `${identity.encoder.split(' ')[0]}, generator ${identity.generator?.split(' ')[0] ?? 'none'}`,
    '',
    table,
    '* when an index is opened in one language; when it is asked for',
    '',
    `indexing   ${duration(indexing.hours)} on ${count(request.machine.cores, 'core')}, memory about ${size(indexing.memoryBytes)} whatever the corpus${priced ? `, price ${indexing.cost.toFixed(2)}` : ''}`,
    `disk       ${size(disk.keptBytes)} kept, ${size(disk.largestBytes)} for a while (pieces are joined by writing them anew)`,
    `search     memory ${size(searchMemory.exactBytes)} exact in one language${stages.some(({ stage }) => stage === 'ann') ? `, ${size(searchMemory.annBytes)} through an ANN index` : ''}`,
    vectorsText(vectors),
    ...slowEncoding(plan, rates),
    `rates      ${source}: ${identity.machine}, ${count(identity.cores, 'core')}, Node ${identity.node}`,
    ...(rates.processorShare < QUIET
      ? [
          'The machine was busy while it was measured: writing is quicker than this. Measure again when it is quiet: --remeasure',
        ]
      : []),
    ...plan.lacks,
  ];
  return lines.join('\n');
}

function sentencesText({ sentences }: Plan['request']): string {
  return sentences === 0 ? '' : ` and ${count(sentences, 'sentence')}`;
}

const ENCODING_STAGES: readonly StageName[] = ['encode', 'sentences', 'augment'];
/** From here on a plan names the encoder that takes no time. */
const SLOW_HOURS = 5 / 60;

function slowEncoding({ stages }: Plan, { secondsPerPassage }: Rates): string[] {
  const hours = stages
    .filter(({ stage }) => ENCODING_STAGES.includes(stage))
    .reduce((sum, stage) => sum + stage.hours, 0);
  if (hours <= SLOW_HOURS) return [];
  const rate = (1 / secondsPerPassage.encode).toPrecision(2);
  return [
    `encoder    ${duration(hours)} at ${rate} passages a second; --encoder static is much quicker, and finds less`,
  ];
}

function vectorsText({ generatedQueries, sumsBytes, eachBytes }: Plan['vectors']): string {
  return `vectors    ${size(sumsBytes)} for sums by passage and language; a vector for each of ${count(generatedQueries)} queries would take ${size(eachBytes)}`;
}

function duration(hours: number): string {
  const seconds = hours * 3600;
  if (seconds < 1) return '< 1 s';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return hours < 48 ? `${hours.toFixed(1)} h` : `${(hours / 24).toFixed(1)} days`;
}
