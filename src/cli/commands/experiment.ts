/** `xqg experiment init|texts|run`: experiments from a file, with a report. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { XqgError } from '../../base/errors.js';
import type { Register } from '../command.js';
import { parseOptions } from '../options.js';
import { startProgress } from '../progress.js';
import { count } from '../terminal.js';
import { commandLine } from './evaluate-output.js';

const FOLDER = join('.xqg', 'experiments');
const STORE = join('.xqg', 'experiment-store');

const runOptions = z.object({
  out: z.string().optional(),
  store: z.string().default(STORE),
  plan: z.boolean().default(false),
});

const textsOptions = z.object({ out: z.string() });

export const registerExperiment: Register = (parent, act) => {
  const experiment = parent
    .command('experiment')
    .description(
      'compare encoders, generators and conditions on data sets, with tests and a report',
    );
  experiment
    .command('init')
    .description('write a commented experiment file')
    .argument('[file]', 'where to write it', 'experiment.yaml')
    .action(
      act(async (context, _raw, file: string) => {
        if (existsSync(file)) throw new XqgError('XQG_EXPERIMENT_EXISTS', { file });
        const { TEMPLATE } = await import('../../evaluate/experiment/template.js');
        await writeFile(file, TEMPLATE);
        context.print(file);
        context.say(`Change what you like, then: xqg experiment run ${file}`);
      }),
    );
  experiment
    .command('texts')
    .description(
      'write the passages and questions of an experiment with their ids, to encode them elsewhere (file:MANIFEST)',
    )
    .argument('<file>', 'YAML, see xqg experiment init')
    .requiredOption('--out <dir>', 'folder of the texts, the ids and a manifest to complete')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw, file: string) => {
        const { out } = parseOptions(textsOptions, raw);
        const { readExperiment } = await import('../../evaluate/experiment/read-spec.js');
        const { writeTexts } = await import('../../evaluate/experiment/needed-texts.js');
        const { files, manifest } = await writeTexts(file, await readExperiment(file), out);
        if (context.json) return context.printJson({ folder: out, files, manifest });
        context.print(files.map(({ name, texts }) => `${join(out, name)}\t${texts}`).join('\n'));
        context.say(
          `Encode each file into a .npy of its name, a row for each line, then: encoders: ["file:${manifest}"]`,
        );
      }),
    );
  experiment
    .command('run')
    .description(
      'run an experiment file; what was computed before is kept, and a killed run goes on',
    )
    .argument('<file>', 'YAML, see xqg experiment init')
    .option('--out <dir>', `folder of the results (default: ${FOLDER}/NAME)`)
    .option('--store <dir>', 'folder of what is kept between runs', STORE)
    .option('--plan', 'only say what would be done')
    .option('--json', 'print results.json')
    .action(
      act(async (context, raw, file: string) => {
        const { out, store, plan } = parseOptions(runOptions, raw);
        const { readExperiment } = await import('../../evaluate/experiment/read-spec.js');
        const { runExperiment } = await import('../../evaluate/experiment/run.js');
        const { ArtifactStore } = await import('../../evaluate/ranking/artifact-store.js');
        const { reportOf } = await import('../../evaluate/report/compose.js');
        const { resultsJson, writeFolder } = await import('../../evaluate/report/folder.js');
        const spec = await readExperiment(file);
        const stop = new AbortController();
        const signal = AbortSignal.any([context.signal, stop.signal]);
        const progress = startProgress();
        try {
          const finished = await runExperiment({
            file,
            spec,
            store: new ArtifactStore(store),
            command: commandLine(),
            signal,
            tell: (step, done, total) => progress.update(total > 0 ? done / total : null, step),
            onPlan: ({ rankings, inStore, variants, notes }) => {
              context.say(
                `${spec.name}: ${count(variants.length, 'variant')}, ${count(rankings, 'ranking')}, ${count(inStore)} of them kept from before`,
              );
              for (const note of notes) context.say(`note: ${note}`);
              if (!plan) return;
              context.print(variants.join('\n'));
              stop.abort();
            },
          });
          try {
            progress.update(null, 'tests and report');
            const report = reportOf(finished.results);
            const folder = out ?? join(FOLDER, spec.name);
            await mkdir(folder, { recursive: true });
            await writeFolder(folder, finished.results, report, finished.runs);
            progress.stop();
            if (context.json) context.printJson(resultsJson(finished.results, report));
            else context.print(report.answer.sentences.join('\n'));
            context.say(`Report: ${join(folder, 'report.html')}`);
          } finally {
            await finished.close();
          }
        } catch (thrown) {
          if (!stop.signal.aborted) throw thrown;
        } finally {
          progress.stop();
        }
      }),
    );
};
