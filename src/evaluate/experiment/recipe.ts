/** The encoders and generators that an experiment file names, opened. */
import { resolve } from 'node:path';
import type { Encoder } from '../../encode/encoder.js';
import { FileEncoder } from '../../encode/file/file-encoder.js';
import { openEncoder } from '../../encode/open-encoder.js';
import { STATIC_DEFAULTS, StaticEncoder } from '../../encode/static/static-encoder.js';
import type { Generator } from '../../generate/generator.js';
import { GlossGenerator } from '../../generate/gloss.js';
import { LEXICON_DEFAULTS, LexiconGenerator } from '../../generate/lexicon.js';
import { RecordedGenerator } from '../../generate/recorded.js';
import { namesFolder, namesModel } from '../../models/places.js';
import { loadPack } from '../../pack/format.js';
import type { Pack } from '../../pack/pack.js';
import { openScanner } from '../../search/dense/open-scanner.js';
import type { Scanner } from '../../search/dense/scanner.js';
import type { LanguageMeans } from '../ranking/language-means.js';
import type { ModelSpec } from './spec.js';

const DEFAULT_PACK = 'base';

export interface RecipePart {
  readonly kind: 'static' | 'lexicon' | 'gloss' | 'file' | 'model';
  /**
   * Name or folder of a pack, path of a manifest of vectors or of recorded queries, or the spec of
   * a model.
   */
  readonly from: string;
}

/**
 * `static`, `static:PACK`, `file:MANIFEST`, `hf:NAME`, a model's folder or `openai:MODEL`; else
 * what is wrong.
 */
export function parseEncoderName(text: string): RecipePart | string {
  const [, path] = /^file:(.+)$/.exec(text) ?? [];
  if (path !== undefined) return { kind: 'file', from: path };
  if (namesModel(text) || text.startsWith('openai:')) return { kind: 'model', from: text };
  const known = "static, static:PACK, file:MANIFEST, hf:NAME, a model's folder, openai:MODEL";
  return parseName(text, ['static'], 'encoder', known);
}

/** `lexicon`, `lexicon:PACK`, `gloss`, `gloss:PACK` or `file:QUERIES`; else what is wrong. */
export function parseGeneratorName(text: string): RecipePart | string {
  const [, path] = /^file:(.+)$/.exec(text) ?? [];
  if (path !== undefined) return { kind: 'file', from: path };
  const known = 'lexicon, lexicon:PACK, gloss, gloss:PACK, file:QUERIES';
  return parseName(text, ['lexicon', 'gloss'], 'generator', known);
}

function parseName(
  text: string,
  kinds: readonly RecipePart['kind'][],
  what: string,
  known: string,
): RecipePart | string {
  const [, name, pack] = /^(\w+)(?::(.+))?$/.exec(text) ?? [];
  const kind = kinds.find((each) => each === name);
  if (kind !== undefined) return { kind, from: pack ?? DEFAULT_PACK };
  return `is "${text}", no ${what} (known: ${known})`;
}

export interface NamedRecipe {
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
 * Opens everything that is named; a pack that several name is read once. Throws what `loadPack`,
 * `openEncoder` and `FileEncoder.open` throw.
 * @param folder paths of manifests and models are relative to it
 */
export async function openRecipe(
  encoders: readonly string[],
  generators: readonly string[],
  folder: string,
  { models = {}, signal, onOpened }: ModelOptions = {},
): Promise<NamedRecipe> {
  const packs = new Map<string, Promise<Pack>>();
  const packOf = (name: string) => {
    let pack = packs.get(name);
    if (pack === undefined) {
      pack = loadPack(name);
      packs.set(name, pack);
    }
    return pack;
  };
  const opened: { close?(): Promise<void> }[] = [];
  const encoderOf = async (
    name: RecipePart,
  ): Promise<{ encoder: Encoder; means: LanguageMeans }> => {
    if (name.kind === 'static') {
      const pack = await packOf(name.from);
      const encoder = new StaticEncoder(pack, STATIC_DEFAULTS);
      const fitting = [...(pack.means ?? [])].filter(
        ([, mean]) => mean.length === encoder.identity.dim,
      );
      return { encoder, means: new Map(fitting) };
    }
    const encoder =
      name.kind === 'file'
        ? await FileEncoder.open(resolve(folder, name.from))
        : await modelOf(name.from);
    opened.push(encoder);
    return { encoder, means: new Map() };
  };
  const modelOf = (name: string): Promise<Encoder> => {
    const { card, endpoint, ...running } = models[name] ?? {};
    return openEncoder(namesFolder(name) ? resolve(folder, name) : name, {
      ...running,
      card:
        typeof card === 'string' && !card.trimStart().startsWith('{')
          ? resolve(folder, card)
          : card,
      endpoint: endpoint === undefined ? undefined : resolve(folder, endpoint),
      signal,
      onOpened,
    });
  };
  const generatorOf = async (name: RecipePart): Promise<Generator> => {
    if (name.kind === 'lexicon')
      return new LexiconGenerator(await packOf(name.from), LEXICON_DEFAULTS);
    if (name.kind === 'gloss') return new GlossGenerator(await packOf(name.from), LEXICON_DEFAULTS);
    const generator = await RecordedGenerator.open([resolve(folder, name.from)]);
    opened.push(generator);
    return generator;
  };
  const recipe: Pick<NamedRecipe, 'encoders' | 'generators'> = {
    encoders: await inOrder(encoders, parseEncoderName, encoderOf, (name, maker) => ({
      name,
      ...maker,
    })),
    generators: await inOrder(generators, parseGeneratorName, generatorOf, (name, generator) => ({
      name,
      generator,
    })),
  };
  const { scanner } = await openScanner();
  return {
    ...recipe,
    scanner,
    close: async () => {
      await scanner.close();
      for (const each of opened) await each.close?.();
    },
  };
}

async function inOrder<M, N>(
  names: readonly string[],
  parse: (name: string) => RecipePart | string,
  open: (name: RecipePart) => Promise<M>,
  named: (name: string, maker: M) => N,
): Promise<N[]> {
  const all: N[] = [];
  for (const name of names) {
    const parsed = parse(name);
    if (typeof parsed === 'string') throw new RangeError(`${name} was not checked`);
    all.push(named(name, await open(parsed)));
  }
  return all;
}
