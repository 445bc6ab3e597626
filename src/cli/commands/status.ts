/** `xqg status`: what an index holds and what made it. */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { SkipReason } from '../../corpus/reader.js';
import { describeWrongLanguage } from '../../indexing/omissions.js';
import type { IndexStatus } from '../../indexing/status.js';
import type { QueueStatus } from '../../indexing/workers/queue-status.js';
import type { CommandContext, Register } from '../command.js';
import { addIndexPlace, attachedDirectory, indexPlace, parseOptions } from '../options.js';
import { describeQueue } from '../queue-output.js';
import { SKIPPED } from '../skipped.js';
import { count, foreign, size } from '../terminal.js';

const options = z.object({
  ...indexPlace,
  queue: z.string().optional(),
  digest: z.boolean().default(false),
});

export const registerStatus: Register = (parent, act) => {
  const command = parent
    .command('status')
    .description('show what an index holds and what made it, or how far the runs of a queue are')
    .option('--queue <url>', 'show the runs of this queue: redis://HOST:PORT')
    .option('--digest', 'print only the sha256 of the content: equal for indexes that answer alike')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
        if (given.queue !== undefined) return tellQueue(context, given.queue);
        if (given.index === undefined && given.store === undefined)
          throw new XqgError('XQG_BAD_OPTION', {
            problems: 'neither --index nor --queue nor --store is given',
          });
        const dir = await attachedDirectory(given, 'xqg status');
        if (given.digest) {
          const { digestIndex } = await import('../../indexing/digest.js');
          const digest = await digestIndex(dir);
          return context.json ? context.printJson({ digest }) : context.print(digest);
        }
        const { indexStatus } = await import('../../indexing/status.js');
        const status = await indexStatus(dir);
        const { queueStatusOf } = await import('../../indexing/workers/queue-status.js');
        // A run without the queue may have ended what one with it began.
        const queue = status.manifest.state.status === 'complete' ? null : await queueStatusOf(dir);
        if (context.json)
          return context.printJson({
            directory: dir,
            ...status,
            ...(queue === null ? {} : { queue }),
          });
        context.print(describe(dir, status));
        if (queue !== null) context.print(describeQueue(queue));
      }),
    );
  addIndexPlace(command);
};

async function tellQueue(context: CommandContext, url: string): Promise<void> {
  const { queueStatus } = await import('../../indexing/workers/queue-status.js');
  const status: QueueStatus = await queueStatus(url);
  if (context.json) context.printJson(status);
  else context.print(describeQueue(status));
}

function describe(dir: string, { manifest, ...status }: IndexStatus): string {
  const { identity, state, tool } = manifest;
  const { encoder, generator, pack } = identity;
  const rows: [string, string][] = [
    ['index', dir],
    ...(manifest.store === undefined ? [] : [['store', manifest.store] as [string, string]]),
    ['state', stateText(state)],
    ['documents', count(status.documents)],
    ['passages', count(status.passages)],
    ['languages', status.languages.map(languageText).join(', ') || 'none'],
    [
      'on disk',
      `${size(status.bytes.total)}, ${size(Math.round(status.bytesPerPassage))} a passage`,
    ],
    [
      'encoder',
      `${encoder.name}, ${encoder.dim} dimensions, weights ${encoder.weights.slice(0, 12)}`,
    ],
    [
      'generator',
      generator === null ? 'none' : `${generator.name}, weights ${generator.weights.slice(0, 12)}`,
    ],
    [
      'pack',
      pack === null ? 'none' : `${pack.name} ${pack.version}, sha256 ${pack.sha256.slice(0, 12)}`,
    ],
    ...(identity.glossary === undefined
      ? []
      : [['glossary', `sha256 ${identity.glossary.slice(0, 12)}`] as [string, string]]),
    [
      'queries',
      `${identity.queriesPerLanguage} for each passage in ${identity.queryLanguages.join(' ') || 'no language'}`,
    ],
    ['sentences', sentencesText(status.sentences)],
    ['ann', annText(status.ann)],
    ['made by', `xqg ${tool.version}, Node ${tool.node}, ICU ${identity.icu}`],
    ['updated', manifest.updated],
  ];
  const sources = Object.entries(status.sources).map(([source, passages]) => [
    'source',
    `${count(passages, 'passage')} of ${foreign(source)}`,
  ]);
  const failures = state.failures.map(({ path, code, message }) => [
    'set aside',
    `${foreign(path)}: ${code} ${message}`,
  ]);
  const { counts = {}, named = [], languages = [] } = state.omissions ?? {};
  const omissions = named.map(({ path, reason }) => ['left out', `${foreign(path)}: ${reason}`]);
  const skipped = Object.entries(counts)
    .filter(([kind]) => kind !== 'remark')
    .map(([kind, files]) => `${count(files)} ${SKIPPED[kind as SkipReason]}`);
  if (skipped.length > 0) omissions.unshift(['skipped', skipped.join('; ')]);
  const wrong = languages.map((each) => [
    'declared',
    describeWrongLanguage({ ...each, path: foreign(each.path) }),
  ]);
  return [...rows, ...sources, ...failures, ...omissions, ...wrong]
    .map(([name, text]) => `${name.padEnd(10)} ${text}`)
    .join('\n');
}

function stateText({ status, done, expected, failed }: IndexStatus['manifest']['state']): string {
  const failures =
    failed > 0 ? `, ${count(failed)} of ${count(done + failed)} documents set aside` : '';
  if (status === 'complete') return `complete${failures}`;
  const of = expected === null ? '' : ` of ${count(expected)}`;
  return `not finished: ${count(done)}${of} documents done${failures}; run the same xqg index again`;
}

function sentencesText(sentences: IndexStatus['sentences']): string {
  if (sentences === null) return 'not encoded';
  const bytes = size(Math.round(sentences.bytesPerPassage));
  return `${count(sentences.count)} encoded, ${bytes} a passage`;
}

function annText(ann: IndexStatus['ann']): string {
  if (ann === null) return 'none: searched exactly';
  const { record, fits } = ann;
  const [recall] = record.recall;
  const of = `${size(record.bytes)}, alpha ${record.alpha}, recall@10 ${recall.at10.toFixed(3)} on ${count(record.questions.count, 'question')}`;
  return fits ? of : `${of}; older than the index, not used: xqg ann build`;
}

function languageText({
  lang,
  passages,
  detected,
  confidence,
}: IndexStatus['languages'][number]): string {
  const sure =
    confidence === null
      ? ''
      : ` (${count(detected)} detected, confidence ${confidence.toFixed(2)})`;
  return `${lang} ${count(passages)}${sure}`;
}
