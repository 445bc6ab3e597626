/**
 * The encoders and generators that an experiment file names, opened as those of any recipe. A pack
 * that several name is read once.
 */
import { resolve } from 'node:path';
import type { Encoder } from '../../encode/encoder.js';
import { isPackEncoder, resolveEncoderSpec } from '../../encode/open-encoder.js';
import { type Generator, NO_GENERATOR } from '../../generate/generator.js';
import { resolveGeneratorSpec } from '../../generate/open-generator.js';
import {
  openRecipeEncoder,
  openRecipeGenerator,
  Packs,
  type RecipeSpec,
} from '../../indexing/recipe.js';
import { namesModel } from '../../models/places.js';
import { openScanner } from '../../search/dense/open-scanner.js';
import type { Scanner } from '../../search/dense/scanner.js';
import type { LanguageMeans } from '../ranking/language-means.js';
import type { ModelSpec } from './spec.js';

const DEFAULT_PACK = 'base';

/** An encoder, or a generator, by its spec, and the pack that it comes from if it does. */
type Named<K extends 'encoder' | 'generator'> = Readonly<Record<K | 'pack', string>>;

/**
 * `static`, `static:PACK`, `e5`, `file:MANIFEST`, `hf:NAME`, a model's folder or `openai:MODEL`;
 * else what is wrong.
 */
export function parseEncoderName(text: string): Named<'encoder'> | string {
  if (/^file:./.test(text) || namesModel(text) || text.startsWith('openai:'))
    return { encoder: text, pack: DEFAULT_PACK };
  const known = "static, static:PACK, e5, file:MANIFEST, hf:NAME, a model's folder, openai:MODEL";
  const named = ofPack(text, ['static']);
  return named === null
    ? `is "${text}", no encoder (known: ${known})`
    : { encoder: named.spec, pack: named.pack };
}

/** Of an experiment without generated queries. */
export const NONE = 'none';

/**
 * `lexicon`, `lexicon:PACK`, `gloss`, `gloss:PACK`, `file:QUERIES` or `none`; else what is wrong.
 */
export function parseGeneratorName(text: string): Named<'generator'> | string {
  if (/^file:./.test(text) || text === NONE) return { generator: text, pack: DEFAULT_PACK };
  const known = 'lexicon, lexicon:PACK, gloss, gloss:PACK, file:QUERIES, none';
  const named = ofPack(text, ['lexicon', 'gloss']);
  return named === null
    ? `is "${text}", no generator (known: ${known})`
    : { generator: named.spec, pack: named.pack };
}

/** `SPEC` or `SPEC:PACK`. */
function ofPack(
  text: string,
  specs: readonly string[],
): { readonly spec: string; readonly pack: string } | null {
  const [, name, pack = DEFAULT_PACK] = /^(\w+)(?::(.+))?$/.exec(text) ?? [];
  return specs.includes(name) ? { spec: name, pack } : null;
}

export interface ExperimentRecipes {
  /** As the file has them, in its order. */
  readonly encoders: readonly {
    readonly name: string;
    readonly encoder: Encoder;
    /** Mean vectors of languages in the encoder's training text; empty where they are not known. */
    readonly means: LanguageMeans;
  }[];
  readonly generators: readonly { readonly name: string; readonly generator: Generator }[];
  readonly scanner: Scanner;
  close(): Promise<void>;
}

export interface ModelOptions {
  /** By the encoder's name. */
  readonly models?: Readonly<Record<string, ModelSpec>>;
  /** Of requests to endpoints. */
  readonly signal?: AbortSignal;
  /** Gets a description of each model that was opened. */
  readonly onOpened?: (description: string) => void;
}

/**
 * @param folder paths of manifests, models and recorded queries are relative to it
 * @throws XqgError those of `openRecipe`
 */
export async function openRecipes(
  encoderNames: readonly string[],
  generatorNames: readonly string[],
  folder: string,
  { models = {}, signal, onOpened }: ModelOptions = {},
): Promise<ExperimentRecipes> {
  const packs = new Packs();
  const encoders: ExperimentRecipes['encoders'][number][] = [];
  const generators: ExperimentRecipes['generators'][number][] = [];
  const close = async (): Promise<void> => {
    for (const { encoder } of encoders) await encoder.close?.();
    for (const { generator } of generators) await generator.close?.();
  };
  try {
    for (const name of encoderNames) {
      const { encoder: spec, pack } = checked(name, parseEncoderName(name));
      const encoderOptions = { ...pathsIn(folder, models[name]), signal, onOpened };
      const encoder = await openRecipeEncoder(
        { encoder: resolveEncoderSpec(spec, folder), encoderOptions },
        () => packs.open(pack),
      );
      const means = isPackEncoder(spec) ? (await packs.open(pack)).means : null;
      const fitting = [...(means ?? [])].filter(([, mean]) => mean.length === encoder.identity.dim);
      encoders.push({ name, encoder, means: new Map(fitting) });
    }
    for (const name of generatorNames) {
      const { generator: spec, pack } = checked(name, parseGeneratorName(name));
      if (spec === NONE) {
        generators.push({ name, generator: NO_GENERATOR });
        continue;
      }
      const generator = await openRecipeGenerator(
        { generator: resolveGeneratorSpec(spec, folder) },
        () => packs.open(pack),
      );
      generators.push({ name, generator: generator! });
    }
    const { scanner } = await openScanner();
    return {
      encoders,
      generators,
      scanner,
      close: async () => {
        await scanner.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The schema of experiment files has checked every name. */
function checked<T>(name: string, parsed: T | string): T {
  if (typeof parsed === 'string') throw new RangeError(`${name} was not checked`);
  return parsed;
}

/** The settings of a model with absolute paths. */
function pathsIn(
  folder: string,
  { card, endpoint, ...running }: ModelSpec = {},
): RecipeSpec['encoderOptions'] {
  return {
    ...running,
    card:
      typeof card === 'string' && !card.trimStart().startsWith('{') ? resolve(folder, card) : card,
    endpoint: endpoint === undefined ? undefined : resolve(folder, endpoint),
  };
}
