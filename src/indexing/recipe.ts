/**
 * What makes vectors and queries: the encoder and generator that the caller brings, else those of a
 * pack.
 */
import { resolve } from 'node:path';
import { XqgError } from '../base/errors.js';
import type { Encoder } from '../encode/encoder.js';
import {
  type EncoderSpec,
  type OpenEncoderOptions,
  openEncoder,
  readCardFields,
} from '../encode/open-encoder.js';
import { StaticEncoder } from '../encode/static/static-encoder.js';
import { GlossaryEncoder } from '../encode/with-glossary.js';
import type { Generator } from '../generate/generator.js';
import { GlossGenerator } from '../generate/gloss.js';
import { LexiconGenerator } from '../generate/lexicon.js';
import { type OpenGeneratorOptions, openGenerator } from '../generate/open-generator.js';
import { withGlossary } from '../generate/with-glossary.js';
import { namesFolder } from '../models/places.js';
import { loadPack } from '../pack/format.js';
import type { Glossary } from '../pack/glossary/glossary.js';
import { GlossaryPack } from '../pack/glossary/glossary-pack.js';
import { readGlossary } from '../pack/glossary/read-glossary.js';
import { packFolder, shippedPacks } from '../pack/manifest.js';
import type { Pack, PackIdentity } from '../pack/pack.js';
import type { IndexIdentity } from './manifest.js';

export interface RecipeOptions {
  /**
   * Name (`base`, `full`) or folder of a pack. Default: the one that made the index, `base` for a
   * new one.
   */
  readonly pack?: string;
  /**
   * An encoder, or the spec of one: `static`, `hf:NAME`, the path of a model's folder,
   * `openai:MODEL`. Default: the one that made the index; the static encoder of the pack for a new
   * one.
   */
  readonly encoder?: Encoder | string;
  /** Card, endpoint and threads of an encoder that is given by its spec. */
  readonly encoderOptions?: OpenEncoderOptions;
  /**
   * A generator, or the spec of one: `lexicon`, `gloss`, `hf:NAME`, the path of a model's folder,
   * `openai:MODEL`, or a file of recorded queries (.jsonl, .jsonl.gz). Default: the pack's that
   * made the index, lexicon for a new one. null: no queries are generated.
   */
  readonly generator?: Generator | string | null;
  /**
   * Terms of one's own in several languages, or the CSV file of them; null: none. Default: that of
   * the index. They override the pack's tables and are named in prompts; an encoder or a generator
   * that the caller brings does not see them.
   */
  readonly glossary?: Glossary | string | null;
  /** Languages, prompt, endpoint and thresholds of a generator that is given by its spec. */
  readonly generatorOptions?: OpenGeneratorOptions;
}

export interface Recipe {
  readonly encoder: Encoder;
  readonly generator: Generator | null;
  /** null where neither comes from a pack. */
  readonly pack: PackIdentity | null;
  /** Folder of the pack, where both come from it. */
  readonly packFolder?: string;
  /** null: none. */
  readonly glossary: Glossary | null;
  /** How the encoder was named; absent for one that was brought, or is a pack's. */
  readonly encoderSpec?: EncoderSpec;
  /** Closes what was opened here. */
  close?(): Promise<void>;
}

/**
 * @param index what made the index that is there; null for a new one
 * @param remembered how the index's encoder was named
 * @param kept the glossary of the index
 * @throws XqgError XQG_PACK_UNNAMED, XQG_PACK_NOT_FOUND, XQG_PACK_DAMAGED, XQG_PACK_FORMAT
 */
export async function recipeOf(
  options: RecipeOptions,
  index: IndexIdentity | null,
  remembered?: EncoderSpec,
  kept: Glossary | null = null,
): Promise<Recipe> {
  const glossary =
    typeof options.glossary === 'string'
      ? await readGlossary(options.glossary)
      : (options.glossary ?? null);
  return namedRecipe(options, index, remembered, options.glossary === undefined ? kept : glossary);
}

async function namedRecipe(
  options: RecipeOptions,
  index: IndexIdentity | null,
  remembered: EncoderSpec | undefined,
  glossary: Glossary | null,
): Promise<Recipe> {
  const spec = encoderSpec(options, remembered);
  if (spec === null) {
    const encoder = typeof options.encoder === 'string' ? undefined : options.encoder;
    return recipeWith(options, index, glossary, encoder, []);
  }
  const { spec: name, ...named } = spec;
  const encoder = await openEncoder(name, { ...options.encoderOptions, ...named });
  try {
    return {
      ...(await recipeWith(options, index, glossary, encoder, [encoder])),
      encoderSpec: spec,
    };
  } catch (error) {
    await encoder.close?.();
    throw error;
  }
}

/**
 * null where the encoder is a pack's, or was brought. What is given wins over what the index
 * remembers.
 */
function encoderSpec(
  { encoder, encoderOptions = {} }: RecipeOptions,
  remembered: EncoderSpec | undefined,
): EncoderSpec | null {
  if (
    encoder === undefined
      ? remembered === undefined
      : typeof encoder !== 'string' || encoder === 'static'
  )
    return null;
  const { card, endpoint } = encoderOptions;
  const stated = {
    ...(card === undefined ? {} : { card: readCardFields(card) }),
    ...(endpoint === undefined
      ? {}
      : { endpoint: typeof endpoint === 'string' ? resolve(endpoint) : endpoint }),
  };
  if (typeof encoder !== 'string') return { ...remembered!, ...stated };
  // A path is remembered whole: a search may start elsewhere.
  return { spec: namesFolder(encoder) ? resolve(encoder) : encoder, ...stated };
}

async function recipeWith(
  options: RecipeOptions,
  index: IndexIdentity | null,
  glossary: Glossary | null,
  encoder: Encoder | undefined,
  opened: readonly Closeable[],
): Promise<Recipe> {
  const generator = await givenGenerator(options, index, glossary);
  const close = async (): Promise<void> => {
    // What the caller brought is the caller's.
    const ours =
      typeof options.generator === 'string' && typeof generator === 'object' ? generator : null;
    for (const each of [...opened, ours]) await each?.close?.();
  };
  if (encoder !== undefined && !isPackGenerator(generator))
    return { encoder, generator, pack: null, glossary, close };
  const name = options.pack ?? packOf(index) ?? 'base';
  const loaded = await loadPack(name);
  const pack = glossary === null ? loaded : new GlossaryPack(loaded, glossary);
  return {
    encoder: encoder ?? packEncoder(pack),
    generator: isPackGenerator(generator) ? packGenerator(generator, pack) : generator,
    pack: pack.identity,
    glossary,
    ...(encoder === undefined && generator === 'lexicon' ? { packFolder: packFolder(name) } : {}),
    close,
  };
}

interface Closeable {
  close?(): Promise<void>;
}

type PackGenerator = 'lexicon' | 'gloss';

function isPackGenerator(generator: unknown): generator is PackGenerator {
  return generator === 'lexicon' || generator === 'gloss';
}

function packEncoder(pack: Pack): Encoder {
  const encoder = new StaticEncoder(pack);
  return pack instanceof GlossaryPack ? new GlossaryEncoder(encoder, pack.glossary) : encoder;
}

function packGenerator(name: PackGenerator, pack: Pack): Generator {
  const Made = name === 'gloss' ? GlossGenerator : LexiconGenerator;
  return pack instanceof GlossaryPack ? withGlossary(Made, pack) : new Made(pack);
}

/** The generator; or the name of one that comes from a pack. */
async function givenGenerator(
  { generator, generatorOptions }: RecipeOptions,
  index: IndexIdentity | null,
  glossary: Glossary | null,
): Promise<Generator | PackGenerator | null> {
  if (generator === undefined) {
    const made = index === null ? 'lexicon' : index.generator?.name.split('/')[0];
    // Searching needs no model that wrote queries: their terms are in the index.
    return isPackGenerator(made) ? made : null;
  }
  if (typeof generator !== 'string' || isPackGenerator(generator)) return generator;
  return openGenerator(generator, { glossary: glossary ?? undefined, ...generatorOptions });
}

/**
 * Name of the pack that made an index; an index does not remember where other packs than those of
 * xqg lie.
 */
function packOf(index: IndexIdentity | null): string | undefined {
  const name = index?.pack?.name;
  if (name !== undefined && !shippedPacks().includes(name))
    throw new XqgError('XQG_PACK_UNNAMED', { pack: name });
  return name;
}
