/** The options by which commands name an encoder, the same everywhere. Knows no encoder. */
import type { Command } from 'commander';
import { z } from 'zod';
import type { OpenEncoderOptions } from '../encode/open-encoder.js';
import type { CommandContext } from './context.js';
import { whole } from './options.js';

export const encoderOptions = {
  encoder: z.string().optional(),
  card: z.string().optional(),
  endpoint: z.string().optional(),
  encoderThreads: whole(1).optional(),
  workers: whole(1).optional(),
  batch: whole(1).optional(),
};

interface Given {
  readonly card?: string;
  readonly endpoint?: string;
  readonly encoderThreads?: number;
  readonly workers?: number;
  readonly batch?: number;
}

/** @param fallback what is used where none is named */
export function addEncoderOptions(command: Command, fallback: string): Command {
  return command
    .option('--encoder <spec>', `static, hf:NAME, a model's folder, or openai:MODEL (default: ${fallback})`)
    .option('--card <json>', 'what is to be known of the model, as JSON or a file of it (docs/models.md)')
    .option('--endpoint <file>', 'settings of the endpoint of openai:MODEL (docs/models.md)')
    .option('--encoder-threads <n>', 'threads of one run of a model (xqg bench encoder finds the best)')
    .option('--workers <n>', 'copies of a model that run beside each other (default: 1)')
    .option('--batch <n>', 'texts that a model runs together (default: 1, which is exact)');
}

/** What `openEncoder` takes; people are told what was opened. */
export function givenEncoder(
  { card, endpoint, encoderThreads, workers, batch }: Given,
  context: CommandContext,
): OpenEncoderOptions {
  return {
    card,
    endpoint,
    threads: encoderThreads,
    workers,
    batch,
    signal: context.signal,
    onOpened: (description) => context.say(description),
  };
}
