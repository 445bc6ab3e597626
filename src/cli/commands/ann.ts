/** `xqg ann`: approximate search where exact search is too slow or too large. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { AnnRecord } from '../../indexing/ann/record.js';
import { SEARCH_OPTIONS } from '../../search/options.js';
import type { Register } from '../command.js';
import {
  addEncoderOptions,
  between,
  encoderOptions,
  fromText,
  givenEncoder,
  list,
  parseOptions,
} from '../options.js';
import { startProgress } from '../progress.js';
import { columns, count, size } from '../terminal.js';

const buildOptions = z.object({
  index: z.string(),
  recall: between(0.01, 1).optional(),
  alpha: fromText(SEARCH_OPTIONS.alpha.type).optional(),
  profile: SEARCH_OPTIONS.profile.type.optional(),
  langs: list.optional(),
  pack: z.string().optional(),
  ...encoderOptions,
});

const dropOptions = z.object({ index: z.string() });

export const registerAnn: Register = (parent, act) => {
  const command = parent
    .command('ann')
    .description('approximate dense search through a graph, with exact scores (docs/scaling.md)');
  const build = command
    .command('build')
    .description(
      'build it for the index as it is, and measure what it finds of what exact search finds',
    )
    .requiredOption('-i, --index <dir>', 'directory of the index')
    .option('--recall <share>', 'wished share of the ten best that it finds (default: 0.95)')
    .option(
      '--alpha <number>',
      'weight of the generated queries that it is built for (default: that of searches)',
    )
    .option('--profile <name>', 'unit or paper (default: that of searches)')
    .option(
      '--langs <codes>',
      'languages whose generated queries count in it (default: all of the index)',
    )
    .option('--pack <pack>', 'folder of the pack that made the index, if it is not one of xqg')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const given = parseOptions(buildOptions, raw);
        const { openIndex } = await import('../../xqg-index.js');
        const index = await openIndex(given.index, {
          pack: given.pack,
          encoder: given.encoder,
          encoderOptions: { ...givenEncoder(given, context), onOpened: undefined },
        });
        const progress = startProgress();
        let record: AnnRecord;
        try {
          record = await index.buildAnn({
            recall: given.recall,
            alpha: given.alpha,
            profile: given.profile,
            languages: given.langs,
            signal: context.signal,
            onProgress: (share, rows) => progress.update(share, count(rows, 'passage')),
          });
        } finally {
          progress.stop();
          await index.close();
        }
        if (record.recall[0].at10 < record.wantedRecall)
          context.say(
            `A recall of ${record.wantedRecall} was not reached: --exact finds everything.`,
          );
        if (context.json) return context.printJson(record);
        context.print(describe(record));
      }),
    );
  addEncoderOptions(build, 'the one of the index');
  command
    .command('drop')
    .description('delete it; searches are exact again')
    .requiredOption('-i, --index <dir>', 'directory of the index')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const dir = resolve(parseOptions(dropOptions, raw).index);
        const { readManifest } = await import('../../indexing/manifest.js');
        const { dropAnn } = await import('../../indexing/ann/record.js');
        await readManifest(dir);
        if (!(await dropAnn(dir))) throw new XqgError('XQG_ANN_MISSING', { dir });
        if (context.json) return context.printJson({ dropped: true });
        context.print('Dropped: searches are exact.');
      }),
    );
};

function describe(record: AnnRecord): string {
  const {
    passages,
    seconds,
    bytes,
    graph,
    expansion,
    candidates,
    recall,
    byLanguage,
    questions,
    languages,
  } = record;
  const kind = questions.kind === 'generated' ? 'generated queries' : 'first sentences of passages';
  return [
    `${count(passages, 'passage')} in ${seconds.toFixed(1)} s, ${size(bytes)}: ${graph}`,
    `built for ${record.profile}, alpha ${record.alpha}, queries in ${languages.map(({ lang }) => lang).join(' ') || 'no language'}`,
    `a search looks at ${count(expansion, 'row')} and scores ${count(candidates)} of them exactly; recall against exact search on ${count(questions.count)} ${kind}:`,
    columns([
      ['alpha of the search', 'recall@10', 'recall@100'],
      ...recall.map(({ alpha, at10, at100 }) => [String(alpha), at10.toFixed(3), at100.toFixed(3)]),
    ]),
    `by language: ${Object.entries(byLanguage)
      .map(([lang, at10]) => `${lang} ${at10.toFixed(3)}`)
      .join(', ')}`,
  ].join('\n');
}
