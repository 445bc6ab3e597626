/**
 * What makes vectors and queries: the encoder and generator that the caller brings, else those of a pack. Knows no index.
 */
import type { Encoder } from '../encode/encoder.js';
import { StaticEncoder } from '../encode/static.js';
import { XqgError } from '../errors/error.js';
import type { Generator } from '../generate/generator.js';
import { LexiconGenerator } from '../generate/lexicon.js';
import type { IndexIdentity } from '../indexing/manifest.js';
import { loadPack, packFolder, shippedPacks } from '../pack/format.js';
import type { PackIdentity } from '../pack/pack.js';

export interface MakerOptions {
  /** Name (`base`, `full`) or folder of a pack. Default: the one that made the index, `base` for a new one. */
  readonly pack?: string;
  /** Default: the static encoder of the pack. */
  readonly encoder?: Encoder;
  /** Default: the lexicon generator of the pack, none for an index that was made without. null: no queries are generated. */
  readonly generator?: Generator | null;
}

export interface Makers {
  readonly encoder: Encoder;
  readonly generator: Generator | null;
  /** null where neither comes from a pack. */
  readonly pack: PackIdentity | null;
  /** Folder of the pack, where both come from it. */
  readonly packFolder?: string;
}

/**
 * @param index what made the index that is there; null for a new one
 * @throws XqgError XQG_PACK_UNNAMED, XQG_PACK_NOT_FOUND, XQG_PACK_DAMAGED, XQG_PACK_FORMAT
 */
export async function makersOf(options: MakerOptions, index: IndexIdentity | null): Promise<Makers> {
  const { encoder } = options;
  const generator = options.generator === undefined && index?.generator === null ? null : options.generator;
  if (encoder !== undefined && generator !== undefined) return { encoder, generator, pack: null };
  const name = options.pack ?? packOf(index) ?? 'base';
  const pack = await loadPack(name);
  return {
    encoder: encoder ?? new StaticEncoder(pack),
    generator: generator === undefined ? new LexiconGenerator(pack) : generator,
    pack: pack.identity,
    ...(encoder === undefined && generator === undefined ? { packFolder: packFolder(name) } : {}),
  };
}

/** Name of the pack that made an index; an index does not remember where other packs than those of xqg lie. */
function packOf(index: IndexIdentity | null): string | undefined {
  const name = index?.pack?.name;
  if (name !== undefined && !shippedPacks().includes(name))
    throw new XqgError('XQG_PACK_UNNAMED', { pack: name });
  return name;
}
