/** `xqg bench encoder`: how fast a neural encoder is here, and with which settings. */
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import { namesModel } from '../../models/places.js';
import type { Register } from '../command.js';
import { fromText, parseOptions, whole } from '../options.js';
import { startProgress } from '../progress.js';
import { columns } from '../terminal.js';

/** "1,2" -> [1, 2]. */
const wholes = z
  .string()
  .transform((text) => text.split(',').map(Number))
  .pipe(z.array(z.int('is not a list of whole numbers').min(1, 'has a number less than 1')));

const options = z.object({
  encoder: z.string(),
  card: z.string().optional(),
  workers: wholes.optional(),
  threads: wholes.optional(),
  batch: wholes.optional(),
  passages: whole(1).default(64),
  words: whole(1).default(100),
  rounds: fromText(z.number().int().min(1)).default(3),
});

export const registerBench: Register = (parent, act) => {
  const bench = parent.command('bench').description('measure speed on this machine');
  bench
    .command('encoder')
    .description(
      'passages a second of a model by threads, workers and batch, beside the bare runtime',
    )
    .requiredOption('--encoder <spec>', "e5, hf:NAME or a model's folder")
    .option('--card <json>', 'what is to be known of the model, as JSON or a file of it')
    .option('--workers <list>', 'e.g. 1,2 (default: 1, and one a core with one thread each)')
    .option('--threads <list>', 'threads of one run (default: 1, half of the cores, all)')
    .option(
      '--batch <list>',
      'texts that run together (default: 1,8; 1 where a graph allows no more)',
    )
    .option('--passages <n>', 'made-up passages a turn (default: 64)')
    .option('--words <n>', 'words of the longest; the shortest have a fifth of it (default: 100)')
    .option('--rounds <n>', 'turns of each, the best counts (default: 3)')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
        if (!namesModel(given.encoder)) {
          const problem =
            "Only a model of this machine has a bare runtime beside it: hf:NAME or a model's folder.";
          throw new XqgError('XQG_USAGE', { problem, command: 'xqg bench encoder' });
        }
        const { readCardFields } = await import('../../encode/open-encoder.js');
        const { benchEncoder, benchPoints } = await import('../../encode/neural/bench.js');
        const { madeUpPassages } = await import('../../encode/neural/bench.js');
        const { findModel } = await import('../../models/places.js');
        const model = findModel(given.encoder);
        const card = readCardFields(given.card);
        const { workers, threads, batch } = given;
        const named = workers ?? threads ?? batch;
        const points =
          named === undefined
            ? benchPoints(model, card)
            : (workers ?? [1]).flatMap((w) =>
                (threads ?? [1]).flatMap((t) =>
                  (batch ?? [1]).map((b) => ({ workers: w, threads: t, batch: b })),
                ),
              );
        const texts = madeUpPassages(given.passages, given.words);
        const progress = startProgress();
        const measured = [];
        try {
          for await (const point of benchEncoder(model, {
            card,
            texts,
            points,
            rounds: given.rounds,
            signal: context.signal,
          })) {
            measured.push(point);
            progress.update(
              measured.length / points.length,
              `${measured.length} of ${points.length} settings`,
            );
          }
        } finally {
          progress.stop();
        }
        const best = measured.reduce((top, point) =>
          point.passagesPerSecond > top.passagesPerSecond ? point : top,
        );
        if (context.json) {
          return context.printJson({
            model: model.name,
            passages: given.passages,
            words: given.words,
            measured,
            best,
          });
        }
        const rows = measured.map((point) =>
          [point.workers, point.threads, point.batch]
            .map(String)
            .concat(
              point.passagesPerSecond.toFixed(1),
              point.tokensPerSecond.toFixed(0),
              point.barePerSecond?.toFixed(1) ?? '-',
              point.ratio?.toFixed(2) ?? '-',
              point.cpuRatio?.toFixed(2) ?? '-',
            ),
        );
        const head = [
          'workers',
          'threads',
          'batch',
          'passages/s',
          'tokens/s',
          'bare/s',
          'ratio',
          'cpu ratio',
        ];
        context.print(columns([head, ...rows]));
        context.print(
          `Fastest: --workers ${best.workers} --encoder-threads ${best.threads} --batch ${best.batch}`,
        );
      }),
    );
};
