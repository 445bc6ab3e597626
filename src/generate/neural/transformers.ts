/**
 * transformers.js, loaded when a generator first needs it, and models from folders of this machine;
 * it never asks the network.
 */
import { basename, dirname, join } from 'node:path';
import { XqgError } from '../../base/errors.js';
import { loadPackage } from '../../base/optional-package.js';
import { graphsOf, hashFiles } from '../../models/files.js';
import type { FoundModel } from '../../models/places.js';

export type Transformers = typeof import('@huggingface/transformers');

/** @throws XqgError XQG_PACKAGE_MISSING */
export function loadTransformers(): Promise<Transformers> {
  const packages = '@huggingface/transformers onnxruntime-node tokenizers';
  return loadPackage('A neural generator', packages, () => import('@huggingface/transformers'));
}

/**
 * Runs `load` with transformers.js set to the model's folder alone.
 * @throws XqgError XQG_MODEL_DAMAGED
 */
export async function fromFolder<T>(
  { env }: Transformers,
  { folder }: FoundModel,
  load: (name: string) => Promise<T>,
): Promise<T> {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = dirname(folder);
  try {
    return await load(basename(folder));
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0];
    throw new XqgError('XQG_MODEL_DAMAGED', { file: folder, reason }, { cause });
  }
}

/** sha256 of all graphs of a model and of its tokenizer's file. */
export function weightsOf({ folder }: FoundModel, tokenizer: string): Promise<string> {
  return hashFiles(folder, [...graphsOf(folder).map((graph) => join(folder, graph)), tokenizer]);
}

/**
 * `n` sequences that continue a prompt, as ids up to the first end token. transformers.js has no
 * num_return_sequences: the prompt is repeated.
 * @param skipped ids at the beginning of every sequence that are not part of the answer
 * @param how parameters of the model's `generate`
 */
export async function continuations(
  { Tensor }: Transformers,
  model: { generate(inputs: never): Promise<unknown> },
  ids: readonly number[],
  n: number,
  ends: readonly number[],
  skipped: number,
  how: Record<string, unknown>,
): Promise<number[][]> {
  const repeated = BigInt64Array.from(Array.from({ length: n }, () => ids).flat(), BigInt);
  const shape = [n, ids.length];
  const output = (await model.generate({
    inputs: null,
    input_ids: new Tensor('int64', repeated, shape),
    attention_mask: new Tensor('int64', new BigInt64Array(repeated.length).fill(1n), shape),
    ...how,
  } as never)) as { tolist(): bigint[][] };
  return output.tolist().map((row) => untilEnd(row.slice(skipped).map(Number), ends));
}

/**
 * The ids of one sequence up to its first end token: a batch goes on after it with ids that mean
 * nothing.
 */
function untilEnd(ids: readonly number[], ends: readonly number[]): number[] {
  const end = ids.findIndex((id) => ends.includes(id));
  return ids.slice(0, end < 0 ? ids.length : end);
}

/** Token ids of a generation's end, as the model's configuration states them. */
export function endTokens(config: unknown, generation: unknown): number[] {
  const stated = [config, generation].map(
    (each) => (each as { eos_token_id?: number | number[] } | null)?.eos_token_id,
  );
  return stated.flatMap((id) => id ?? []);
}
