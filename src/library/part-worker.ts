/** Works for `xqg index --queue`, here or on another machine: opens what a run names, or what is given in its place. */

import type { WorkerOptions, WorkerResult } from '../distribute/worker.js';
import type { OpenEncoderOptions } from '../encode/open-encoder.js';

export type { WorkerResult } from '../distribute/worker.js';

export interface PartWorkerOptions extends Omit<WorkerOptions, 'open'> {
  /** Name or folder of the pack, where this machine has it elsewhere than the run says. */
  readonly pack?: string;
  /** Spec of the encoder, likewise. */
  readonly encoder?: string;
  readonly encoderOptions?: OpenEncoderOptions;
  /** Spec of the generator, likewise. */
  readonly generator?: string;
  /** A prompt file, likewise. */
  readonly prompt?: string;
}

/**
 * Computes parts until the signal is aborted.
 * @param url redis://user:password@host:port/db
 * @throws XqgError those of `runWorker`
 */
export async function workOnParts(url: string, options: PartWorkerOptions = {}): Promise<WorkerResult> {
  const { makersOf } = await import('./makers.js');
  const { pack, encoder, encoderOptions, generator, prompt, ...rest } = options;
  const { runWorker } = await import('../distribute/worker.js');
  return runWorker(url, {
    ...rest,
    open: (made) => {
      const named = made.generatorOptions;
      const endpoint = encoderOptions?.endpoint ?? named?.endpoint;
      return makersOf(
        {
          pack: pack ?? made.pack,
          encoder,
          encoderOptions,
          generator: generator ?? made.generator,
          generatorOptions: { ...named, endpoint, prompt: prompt ?? named?.prompt, signal: options.signal },
        },
        null,
        made.encoder,
      );
    },
  });
}
