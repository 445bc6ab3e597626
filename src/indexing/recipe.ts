/**
 * A recipe is what makes an index: an encoder, a generator, the pack that either may come from, and
 * a glossary. It is named by a spec and opened here, whoever needs it: the library, evaluations,
 * experiments, plans, and workers of a queue.
 */
import { resolve } from 'node:path';
import { XqgError } from '../base/errors.js';
import type { Encoder } from '../encode/encoder.js';
import {
  type EncoderSpec,
  isPackEncoder,
  type OpenEncoderOptions,
  openEncoder,
  readCardFields,
  resolveEncoderSpec,
} from '../encode/open-encoder.js';
import type { Generator } from '../generate/generator.js';
import {
  isPackGenerator,
  type OpenGeneratorOptions,
  openGenerator,
  packGeneratorNamed,
  resolveGeneratorSpec,
} from '../generate/open-generator.js';
import { loadPack } from '../pack/format.js';
import { type ConceptTerms, Glossary } from '../pack/glossary/glossary.js';
import { GlossaryPack } from '../pack/glossary/glossary-pack.js';
import { readGlossary } from '../pack/glossary/read-glossary.js';
import { packFolder, shippedPacks } from '../pack/manifest.js';
import type { Pack, PackIdentity } from '../pack/pack.js';
import type { IndexIdentity, Manifest } from './manifest.js';
import { storedGlossary } from './stored-glossary.js';

/** What is absent is what made the index, or the default for a new one (`specOfNewIndex`). */
export interface RecipeSpec {
  /** Name (`base`, `full`) or folder of a pack. Default: `base`. */
  readonly pack?: string;
  /**
   * An encoder, or the spec of one: `e5`, `static`, `hf:NAME`, the path of a model's folder,
   * `openai:MODEL`, or `file:MANIFEST`. Default: of a new index, `e5` if this machine can run it;
   * else `static`, the encoder of the pack.
   */
  readonly encoder?: Encoder | string;
  /** Card, endpoint and threads of an encoder that is given by its spec. */
  readonly encoderOptions?: OpenEncoderOptions;
  /**
   * A generator, or the spec of one: `lexicon`, `gloss`, `hf:NAME`, the path of a model's folder,
   * `openai:MODEL`, or a file of recorded queries (.jsonl, .jsonl.gz). Default: `lexicon`; of an
   * index that no generator of a pack made, none. null: no queries are generated.
   */
  readonly generator?: Generator | string | null;
  /** Languages, prompt, endpoint and thresholds of a generator that is given by its spec. */
  readonly generatorOptions?: OpenGeneratorOptions;
  /**
   * Terms of one's own in several languages, or the CSV file of them; null: none. They override the
   * pack's tables and are named in prompts; an encoder or a generator that the caller brings does
   * not see them. Default: none.
   */
  readonly glossary?: Glossary | readonly ConceptTerms[] | string | null;
}

export interface Recipe {
  readonly encoder: Encoder;
  readonly generator: Generator | null;
  /** null where neither comes from a pack. */
  readonly pack: PackIdentity | null;
  /**
   * Folder of the pack, where encoder and generator are the pack's own with their default settings:
   * then threads can make the same.
   */
  readonly packFolder?: string;
  /** null: none. */
  readonly glossary: Glossary | null;
  /** How the encoder was named; absent for one that was brought, or is a pack's. */
  readonly encoderSpec?: EncoderSpec;
  /** What was opened with the recipe, and is closed with it. */
  readonly opened?: readonly Closeable[];
}

interface Closeable {
  close?(): Promise<void>;
}

const DEFAULT_PACK = 'base';

/** Opens packs by name or folder, each once, however many recipes take something from it. */
export class Packs {
  readonly #opened = new Map<string, Promise<Pack>>();

  /** @throws XqgError XQG_PACK_NOT_FOUND, XQG_PACK_DAMAGED, XQG_PACK_FORMAT */
  open(name: string): Promise<Pack> {
    let pack = this.#opened.get(name);
    if (pack === undefined) {
      pack = loadPack(name);
      this.#opened.set(name, pack);
    }
    return pack;
  }
}

/**
 * @param packs shared by recipes that are opened together
 * @throws XqgError those of packs, and what opening the encoder and the generator throws
 */
export async function openRecipe(spec: RecipeSpec, packs = new Packs()): Promise<Recipe> {
  const { pack: packName = DEFAULT_PACK } = spec;
  const glossary = await glossaryOf(spec);
  const encoderSpec = encoderSpecOf(spec);
  const from: { pack: Pack | null } = { pack: null };
  const openPack = async (): Promise<Pack> => {
    const pack = await packs.open(packName);
    from.pack ??= glossary === null ? pack : new GlossaryPack(pack, glossary);
    return from.pack;
  };
  const opened: Closeable[] = [];
  try {
    const { encoderOptions } = spec;
    const encoder = await openRecipeEncoder(
      encoderSpec === undefined
        ? spec
        : { encoder: encoderSpec.spec, encoderOptions: { ...encoderOptions, ...encoderSpec } },
      openPack,
    );
    // What the caller brought is the caller's to close.
    if (encoder !== spec.encoder) opened.push(encoder);
    const generator = await openRecipeGenerator(spec, openPack, glossary);
    if (generator !== null && generator !== spec.generator) opened.push(generator);
    return {
      encoder,
      generator,
      pack: from.pack?.identity ?? null,
      ...(threadsCanMake(spec) ? { packFolder: packFolder(packName) } : {}),
      glossary,
      ...(encoderSpec === undefined ? {} : { encoderSpec }),
      opened,
    };
  } catch (error) {
    for (const each of opened) await each.close?.();
    throw error;
  }
}

/** Closes what `openRecipe` opened. */
export async function closeRecipe({ opened = [] }: Pick<Recipe, 'opened'>): Promise<void> {
  for (const each of opened) await each.close?.();
}

/** The encoder of a recipe, for who needs no more of it. */
export async function openRecipeEncoder(
  { encoder = 'static', encoderOptions = {} }: Pick<RecipeSpec, 'encoder' | 'encoderOptions'>,
  openPack: () => Promise<Pack>,
): Promise<Encoder> {
  return typeof encoder === 'string' ? openEncoder(encoder, encoderOptions, openPack) : encoder;
}

/** The generator of a recipe, for who needs no more of it. */
export async function openRecipeGenerator(
  {
    generator = 'lexicon',
    generatorOptions = {},
  }: Pick<RecipeSpec, 'generator' | 'generatorOptions'>,
  openPack: () => Promise<Pack>,
  glossary: Glossary | null = null,
): Promise<Generator | null> {
  if (typeof generator !== 'string') return generator;
  const options = { glossary: glossary ?? undefined, ...generatorOptions };
  return openGenerator(generator, options, openPack);
}

/** Completes the spec of an index that is not made yet: its encoder, where none is named. */
export async function specOfNewIndex<S extends RecipeSpec>(spec: S): Promise<S> {
  if (spec.encoder !== undefined) return spec;
  const { defaultEncoder } = await import('../encode/default-encoder.js');
  const { spec: encoder, fallback } = await defaultEncoder();
  if (fallback !== undefined) spec.encoderOptions?.onOpened?.(fallback);
  return { ...spec, encoder };
}

/**
 * Completes a spec by what made an index: the given spec wins. Searching needs no model that wrote
 * queries, since their terms are in the index.
 *
 * @param dir of the index
 * @throws XqgError XQG_PACK_UNNAMED, and XQG_INDEX_DAMAGED for a glossary that is not there
 */
export async function specOfIndex(
  given: RecipeSpec,
  dir: string,
  { identity, encoderSpec }: Pick<Manifest, 'identity' | 'encoderSpec'>,
): Promise<RecipeSpec> {
  const spec: RecipeSpec = {
    ...given,
    ...(given.encoder === undefined && encoderSpec !== undefined
      ? encoderAgain(encoderSpec, given.encoderOptions)
      : {}),
    generator:
      given.generator === undefined
        ? identity.generator && packGeneratorNamed(identity.generator.name)
        : given.generator,
    glossary:
      given.glossary === undefined && identity.glossary !== undefined
        ? await storedGlossary(dir, identity.glossary)
        : given.glossary,
  };
  return given.pack === undefined && needsPack(spec) ? { ...spec, pack: packOf(identity) } : spec;
}

function encoderAgain(
  known: EncoderSpec,
  { card = known.card, endpoint = known.endpoint, ...running }: OpenEncoderOptions = {},
): Pick<RecipeSpec, 'encoder' | 'encoderOptions'> {
  return { encoder: known.spec, encoderOptions: { ...running, card, endpoint } };
}

/** A spec of names alone, which another process or machine can open. */
export interface NamedRecipeSpec extends RecipeSpec {
  readonly encoder?: string;
  readonly generator: string | null;
  readonly glossary?: readonly ConceptTerms[];
}

/**
 * How another machine opens the same recipe: with absolute paths, since it starts elsewhere.
 * @param spec from which the recipe was opened
 * @throws XqgError XQG_QUEUE_RECIPE for what was brought as an object
 */
export function namedSpec(
  spec: RecipeSpec,
  { pack, encoderSpec, glossary }: Recipe,
): NamedRecipeSpec {
  const { encoder, generator = 'lexicon' } = spec;
  if (typeof encoder === 'object') throw new XqgError('XQG_QUEUE_RECIPE', { what: 'encoder' });
  if (typeof generator === 'object' && generator !== null)
    throw new XqgError('XQG_QUEUE_RECIPE', { what: 'generator' });
  const { languages, prompt, endpoint, keep } = spec.generatorOptions ?? {};
  const name = spec.pack ?? DEFAULT_PACK;
  return {
    ...(pack === null ? {} : { pack: shippedPacks().includes(name) ? name : resolve(name) }),
    ...(encoderSpec === undefined
      ? {}
      : {
          encoder: encoderSpec.spec,
          encoderOptions: { card: encoderSpec.card, endpoint: encoderSpec.endpoint },
        }),
    generator: generator === null ? null : resolveGeneratorSpec(generator),
    generatorOptions: {
      languages,
      keep,
      prompt: prompt === undefined ? undefined : resolve(prompt),
      endpoint: typeof endpoint === 'string' ? resolve(endpoint) : endpoint,
    },
    ...(glossary === null ? {} : { glossary: glossary.concepts.map(({ terms }) => terms) }),
  };
}

async function glossaryOf({ glossary = null }: RecipeSpec): Promise<Glossary | null> {
  if (typeof glossary === 'string') return readGlossary(glossary);
  return glossary === null || glossary instanceof Glossary ? glossary : new Glossary(glossary);
}

/** undefined where the encoder is a pack's, or was brought. */
function encoderSpecOf({ encoder, encoderOptions = {} }: RecipeSpec): EncoderSpec | undefined {
  if (typeof encoder !== 'string' || isPackEncoder(encoder)) return undefined;
  const { card, endpoint } = encoderOptions;
  return {
    spec: resolveEncoderSpec(encoder),
    ...(card === undefined ? {} : { card: readCardFields(card) }),
    ...(endpoint === undefined
      ? {}
      : { endpoint: typeof endpoint === 'string' ? resolve(endpoint) : endpoint }),
  };
}

function threadsCanMake(spec: RecipeSpec): boolean {
  const { encoder = 'static', encoderOptions, generator = 'lexicon', generatorOptions } = spec;
  return (
    typeof encoder === 'string' &&
    isPackEncoder(encoder) &&
    generator === 'lexicon' &&
    encoderOptions?.settings === undefined &&
    generatorOptions?.settings === undefined
  );
}

function needsPack({ encoder = 'static', generator = 'lexicon' }: RecipeSpec): boolean {
  return (
    (typeof encoder === 'string' && isPackEncoder(encoder)) ||
    (typeof generator === 'string' && isPackGenerator(generator))
  );
}

/**
 * Name of the pack that made an index; an index does not know where other packs than those of xqg
 * lie.
 */
function packOf({ pack }: IndexIdentity): string | undefined {
  if (pack !== null && !shippedPacks().includes(pack.name))
    throw new XqgError('XQG_PACK_UNNAMED', { pack: pack.name });
  return pack?.name;
}
