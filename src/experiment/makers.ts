/** The encoders and generators that an experiment file names, opened. Knows no data and no condition. */
import { resolve } from 'node:path';
import type { Encoder } from '../encode/encoder.js';
import { FileEncoder } from '../encode/file/file-encoder.js';
import { openEncoder } from '../encode/open-encoder.js';
import { STATIC_DEFAULTS, StaticEncoder } from '../encode/static.js';
import type { Generator } from '../generate/generator.js';
import { GlossGenerator } from '../generate/gloss.js';
import { LEXICON_DEFAULTS, LexiconGenerator } from '../generate/lexicon.js';
import { RecordedGenerator } from '../generate/recorded.js';
import { loadPack } from '../pack/format.js';
import type { Pack } from '../pack/pack.js';
import type { Scanner } from '../search/exact/scanner.js';
import { openScanner } from '../search/exact/scanner.js';
import type { LanguageMeans } from './language-means.js';
import type { ModelSpec } from './spec.js';

const DEFAULT_PACK = 'base';

export interface MakerName {
  readonly kind: 'static' | 'lexicon' | 'gloss' | 'file' | 'model';
  /** Name or folder of a pack, path of a manifest of vectors or of recorded queries, or a model's spec. */
  readonly from: string;
}

const ENCODERS = 'static, static:PACK, file:MANIFEST, hf:NAME, openai:MODEL, ./FOLDER';
const GENERATORS = 'lexicon, lexicon:PACK, gloss, gloss:PACK, file:QUERIES';

/** One of `ENCODERS`; else what is wrong. */
export function parseEncoderName(text: string): MakerName | string {
  if (/^(hf|openai):./.test(text) || /^\.{0,2}\//.test(text)) return { kind: 'model', from: text };
  return parseName(text, ['static'], 'encoder', ENCODERS);
}

/** One of `GENERATORS`; else what is wrong. */
export function parseGeneratorName(text: string): MakerName | string {
  return parseName(text, ['lexicon', 'gloss'], 'generator', GENERATORS);
}

function parseName(
  text: string,
  kinds: readonly ('static' | 'lexicon' | 'gloss')[],
  what: string,
  known: string,
): MakerName | string {
  const [, name, from] = /^(\w+)(?::(.+))?$/.exec(text) ?? [];
  if (name === 'file' && from !== undefined) return { kind: 'file', from };
  const kind = kinds.find((each) => each === name);
  return kind === undefined
    ? `is "${text}", no ${what} (known: ${known})`
    : { kind, from: from ?? DEFAULT_PACK };
}

export interface NamedMakers {
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
}

/**
 * Opens everything that is named; a pack that several name is read once. Throws what `loadPack`, `FileEncoder.open` and
 * `openEncoder` throw.
 * @param folder paths are relative to it
 */
export async function openMakers(
  encoders: readonly string[],
  generators: readonly string[],
  folder: string,
  { models = {}, signal }: ModelOptions = {},
): Promise<NamedMakers> {
  const packs = new Map<string, Promise<Pack>>();
  const packOf = (name: string) => {
    let pack = packs.get(name);
    if (pack === undefined) {
      pack = loadPack(name);
      packs.set(name, pack);
    }
    return pack;
  };
  const files: { close(): Promise<void> }[] = [];
  const encoderOf = async (name: MakerName): Promise<{ encoder: Encoder; means: LanguageMeans }> => {
    if (name.kind === 'model') {
      const { card, endpoint, ...running } = models[name.from] ?? {};
      const spec = /^\.{0,2}\//.test(name.from) ? resolve(folder, name.from) : name.from;
      const encoder = await openEncoder(spec, {
        ...running,
        card: typeof card === 'string' && !card.trimStart().startsWith('{') ? resolve(folder, card) : card,
        endpoint: endpoint === undefined ? undefined : resolve(folder, endpoint),
        signal,
      });
      files.push({ close: async () => encoder.close?.() });
      return { encoder, means: new Map() };
    }
    if (name.kind !== 'file') {
      const pack = await packOf(name.from);
      const encoder = new StaticEncoder(pack, STATIC_DEFAULTS);
      const fitting = [...(pack.means ?? [])].filter(([, mean]) => mean.length === encoder.identity.dim);
      return { encoder, means: new Map(fitting) };
    }
    const encoder = await FileEncoder.open(resolve(folder, name.from));
    files.push(encoder);
    return { encoder, means: new Map() };
  };
  const generatorOf = async (name: MakerName): Promise<Generator> => {
    if (name.kind !== 'file') {
      const [pack, Made] = [
        await packOf(name.from),
        name.kind === 'gloss' ? GlossGenerator : LexiconGenerator,
      ];
      return new Made(pack, LEXICON_DEFAULTS);
    }
    const generator = await RecordedGenerator.open([resolve(folder, name.from)]);
    files.push(generator);
    return generator;
  };
  const opened: Pick<NamedMakers, 'encoders' | 'generators'> = {
    encoders: await inOrder(encoders, parseEncoderName, encoderOf, (name, opened) => ({ name, ...opened })),
    generators: await inOrder(generators, parseGeneratorName, generatorOf, (name, generator) => ({
      name,
      generator,
    })),
  };
  const { scanner } = await openScanner();
  return {
    ...opened,
    scanner,
    close: async () => {
      await scanner.close();
      for (const file of files) await file.close();
    },
  };
}

async function inOrder<M, N>(
  names: readonly string[],
  parse: (name: string) => MakerName | string,
  open: (name: MakerName) => Promise<M>,
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
