/** The encoders and generators that an experiment file names, opened. Knows no data and no condition. */
import type { Encoder } from '../encode/encoder.js';
import { STATIC_DEFAULTS, StaticEncoder } from '../encode/static.js';
import type { Generator } from '../generate/generator.js';
import { LEXICON_DEFAULTS, LexiconGenerator } from '../generate/lexicon.js';
import { loadPack } from '../pack/format.js';
import type { Pack } from '../pack/pack.js';
import type { Scanner } from '../search/exact/scanner.js';
import { openScanner } from '../search/exact/scanner.js';

const DEFAULT_PACK = 'base';

export interface MakerName {
  readonly kind: 'static' | 'lexicon';
  /** Name or folder. */
  readonly pack: string;
}

/** `static` or `static:PACK`; else what is wrong. */
export function parseEncoderName(text: string): MakerName | string {
  return parseName(text, 'static', 'encoder');
}

/** `lexicon` or `lexicon:PACK`; else what is wrong. */
export function parseGeneratorName(text: string): MakerName | string {
  return parseName(text, 'lexicon', 'generator');
}

function parseName(text: string, kind: MakerName['kind'], what: string): MakerName | string {
  const [, name, pack] = /^(\w+)(?::(.+))?$/.exec(text) ?? [];
  if (name === kind) return { kind, pack: pack ?? DEFAULT_PACK };
  return `is "${text}", no ${what} (known: ${kind}, ${kind}:PACK)`;
}

export interface NamedMakers {
  /** As the file has them, in its order. */
  readonly encoders: readonly { readonly name: string; readonly encoder: Encoder }[];
  readonly generators: readonly { readonly name: string; readonly generator: Generator }[];
  readonly scanner: Scanner;
  close(): Promise<void>;
}

/** Opens everything that is named; a pack that several name is read once. Throws what `loadPack` throws. */
export async function openMakers(
  encoders: readonly string[],
  generators: readonly string[],
): Promise<NamedMakers> {
  const packs = new Map<string, Promise<Pack>>();
  const packOf = (name: MakerName | string) => {
    if (typeof name === 'string') throw new RangeError(`${name} was not checked`);
    let pack = packs.get(name.pack);
    if (pack === undefined) {
      pack = loadPack(name.pack);
      packs.set(name.pack, pack);
    }
    return pack;
  };
  const opened = {
    encoders: await Promise.all(
      encoders.map(async (name) => ({
        name,
        encoder: new StaticEncoder(await packOf(parseEncoderName(name)), STATIC_DEFAULTS),
      })),
    ),
    generators: await Promise.all(
      generators.map(async (name) => ({
        name,
        generator: new LexiconGenerator(await packOf(parseGeneratorName(name)), LEXICON_DEFAULTS),
      })),
    ),
  };
  const { scanner } = await openScanner();
  return { ...opened, scanner, close: () => scanner.close() };
}
