/** transformers.js, loaded when a generator first needs it, and models from folders of this machine; it never asks the network. */
import { basename, dirname } from 'node:path';
import { XqgError } from '../../errors/error.js';
import type { FoundModel } from '../../models/places.js';

export type Transformers = typeof import('@huggingface/transformers');

/** @throws XqgError XQG_PACKAGE_MISSING */
export async function loadTransformers(): Promise<Transformers> {
  try {
    return await import('@huggingface/transformers');
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0];
    const packages = '@huggingface/transformers onnxruntime-node tokenizers';
    throw new XqgError('XQG_PACKAGE_MISSING', { what: 'A neural generator', packages, reason }, { cause });
  }
}

/**
 * Runs what loads a model with transformers.js set to its folder, and to no other place.
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

/** A seed of 32 bits from any text (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The ids of one sequence up to its first end token: a batch goes on after it with ids that mean nothing. */
export function untilEnd(ids: readonly number[], ends: readonly number[]): number[] {
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
