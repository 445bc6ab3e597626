/**
 * Writing to an index with rows that the workers of a queue compute: names encoder, generator and pack so that they open the
 * same. Knows no document.
 */
import { resolve } from 'node:path';
import { Distribution, type QueueOptions } from '../distribute/distribution.js';
import type { MakersSpec } from '../distribute/plan.js';
import { XqgError } from '../errors/error.js';
import { namesRecorded } from '../generate/open-generator.js';
import type { IndexResult, RowsFrom } from '../indexing/options.js';
import { namesFolder } from '../models/places.js';
import { shippedPacks } from '../pack/format.js';
import type { MakerOptions, Makers } from './makers.js';

/**
 * @param write writes to the index, with rows from there
 * @throws XqgError XQG_QUEUE_MAKER, and those of `Distribution`
 */
export async function writeByQueue(
  queue: QueueOptions,
  index: { readonly directory: string; readonly options: MakerOptions; readonly makers: Makers },
  signal: AbortSignal | undefined,
  write: (rowsFrom: RowsFrom) => Promise<IndexResult>,
): Promise<IndexResult> {
  const { directory, options } = index;
  const makers = makersSpec(options, index.makers);
  const distribution = await Distribution.open(queue, { directory, makers, signal });
  try {
    return await distribution.end(await write(distribution.rowsFrom));
  } finally {
    await distribution.close();
  }
}

/** @throws XqgError XQG_QUEUE_MAKER for what was brought as an object */
function makersSpec(options: MakerOptions, { pack, encoderSpec, generator }: Makers): MakersSpec {
  if (typeof options.encoder === 'object') throw new XqgError('XQG_QUEUE_MAKER', { what: 'encoder' });
  if (typeof options.generator === 'object' && options.generator !== null)
    throw new XqgError('XQG_QUEUE_MAKER', { what: 'generator' });
  const { languages, prompt, endpoint, keep } = options.generatorOptions ?? {};
  const name = options.pack ?? pack?.name;
  return {
    ...(pack === null || name === undefined ? {} : { pack: packName(name) }),
    ...(encoderSpec === undefined ? {} : { encoder: encoderSpec }),
    generator: generatorName(options.generator, generator?.identity.name),
    generatorOptions: {
      languages,
      keep,
      prompt: prompt === undefined ? undefined : resolve(prompt),
      endpoint: typeof endpoint === 'string' ? resolve(endpoint) : endpoint,
    },
  };
}

/** A path is sent whole: workers start elsewhere. */
function packName(name: string): string {
  return shippedPacks().includes(name) ? name : resolve(name);
}

/** @param made name in the identity of the pack's generator, e.g. `lexicon/2` */
function generatorName(given: string | null | undefined, made: string | undefined): string | null {
  if (typeof given === 'string') return namesFolder(given) || namesRecorded(given) ? resolve(given) : given;
  return given === null ? null : (made?.split('/')[0] ?? null);
}
