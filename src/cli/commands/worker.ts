/** `xqg worker`: computes parts for `xqg index --queue`. */
import { z } from 'zod';
import type { Register } from '../command.js';
import {
  addEncoderOptions,
  encoderOptions,
  givenEncoder,
  parseOptions,
  whole,
} from '../options.js';
import { count } from '../terminal.js';

const options = z.object({
  queue: z.string(),
  parts: z.string().optional(),
  name: z
    .string()
    .regex(/^[\w.-]+$/, 'is not of letters, digits, - and .')
    .optional(),
  lock: whole(1).optional(),
  leaveAfter: whole(1).optional(),
  pack: z.string().optional(),
  generator: z.string().optional(),
  prompt: z.string().optional(),
  ...encoderOptions,
});

export const registerWorker: Register = (parent, act) => {
  const command = parent
    .command('worker')
    .description(
      'compute parts for xqg index --queue, on any number of machines (docs/distributing.md)',
    )
    .requiredOption(
      '--queue <url>',
      'redis://HOST:PORT; a password may come from XQG_QUEUE_PASSWORD',
    )
    .option('--parts <place>', 'where the parts lie, if this machine names the folder otherwise')
    .option('--name <name>', 'shown by xqg status (default: host and process id)')
    .option(
      '--lock <seconds>',
      'a part of a worker that hangs is given to another after this time (default: 60)',
    )
    .option(
      '--leave-after <seconds>',
      'end when there was nothing to do for so long (default: wait for more)',
    )
    .option('--pack <pack>', 'name or folder of the pack, if it lies elsewhere here')
    .option('--generator <spec>', 'the generator, if it is named otherwise here')
    .option('--prompt <file>', 'prompt of the generator, if it lies elsewhere here')
    .option('--json', 'print JSON')
    .action(
      act(async (context, raw) => {
        const given = parseOptions(options, raw);
        const { runWorker } = await import('../../indexing/workers/worker.js');
        const stopping = new AbortController();
        const stop = (): void => stopping.abort(context.signal.reason);
        context.signal.addEventListener('abort', stop, { once: true });
        // What a service manager sends.
        process.once('SIGTERM', stop);
        const result = await runWorker(given.queue, {
          parts: given.parts,
          name: given.name,
          lockSeconds: given.lock,
          leaveAfter: given.leaveAfter,
          pack: given.pack,
          generator: given.generator,
          prompt: given.prompt,
          encoder: given.encoder,
          encoderOptions: givenEncoder(given, context),
          signal: stopping.signal,
          onTalk: (text) => context.say(text),
        });
        if (context.json) return context.printJson(result);
        const { parts, passages, failed, elapsedMs } = result;
        const failures = failed > 0 ? `, ${count(failed)} attempts failed` : '';
        context.print(
          `${count(parts, 'part')} with ${count(passages, 'passage')} computed${failures}, in ${(elapsedMs / 1000).toFixed(1)} s`,
        );
      }),
    );
  addEncoderOptions(command, 'the one of the run');
};
