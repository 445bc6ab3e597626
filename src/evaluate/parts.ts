/**
 * What the evaluations of data sets share: the parts that search is made of, opened from a pack.
 */
import type { Encoder } from '../encode/encoder.js';
import { type OpenEncoderOptions, openEncoder } from '../encode/open-encoder.js';
import {
  STATIC_DEFAULTS,
  StaticEncoder,
  type StaticEncoderSettings,
} from '../encode/static/static-encoder.js';
import type { DistributionGenerator } from '../generate/generator.js';
import { GlossGenerator } from '../generate/gloss.js';
import {
  LEXICON_DEFAULTS,
  LexiconGenerator,
  type LexiconGeneratorSettings,
} from '../generate/lexicon.js';
import { loadPack } from '../pack/format.js';
import { type SearchDefaults, searchDefaults } from '../search/defaults.js';
import { openScanner } from '../search/dense/open-scanner.js';
import type { EngineParts } from './ranking/engine-searcher.js';

export interface OpenedParts {
  readonly parts: EngineParts<DistributionGenerator>;
  /** For `madeBy`. */
  readonly identities: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface PartsOptions {
  readonly defaults?: SearchDefaults;
  /** Of the static encoder. */
  readonly encoder?: Partial<StaticEncoderSettings>;
  /** Spec of another encoder than the pack's. */
  readonly model?: string;
  readonly encoderOptions?: OpenEncoderOptions;
  readonly generator?: Partial<LexiconGeneratorSettings>;
  /** What drawn queries look like: lists of keywords, or glossed sentences. Default keywords. */
  readonly queries?: 'keywords' | 'gloss';
}

/** Which parts an evaluation is made with, as its options name them. */
export interface NamedParts {
  /** Name or folder of a pack; default `base`. */
  readonly pack?: string;
  /** Spec of another encoder than the pack's. */
  readonly encoder?: string;
  readonly encoderOptions?: OpenEncoderOptions;
  /** Which of the pack's generators; default lexicon. */
  readonly generator?: 'lexicon' | 'gloss';
}

/** Throws what `openParts` and `openEncoder` throw. */
export function openNamedParts({
  pack = 'base',
  encoder,
  encoderOptions,
  generator,
}: NamedParts): Promise<OpenedParts> {
  const queries = generator === 'gloss' ? 'gloss' : 'keywords';
  return openParts(pack, { model: encoder, encoderOptions, queries });
}

/** Opens a pack by name or folder. Throws what `loadPack` throws. */
export async function openParts(pack: string, options: PartsOptions = {}): Promise<OpenedParts> {
  const { model = 'static' } = options;
  const loaded = await loadPack(pack);
  const encoder: Encoder =
    model === 'static'
      ? new StaticEncoder(loaded, { ...STATIC_DEFAULTS, ...options.encoder })
      : await openEncoder(model, options.encoderOptions);
  const settings = { ...LEXICON_DEFAULTS, ...options.generator };
  const generator =
    options.queries === 'gloss'
      ? new GlossGenerator(loaded, settings)
      : new LexiconGenerator(loaded, settings);
  const { defaults = searchDefaults(encoder.identity, generator.identity) } = options;
  const { scanner } = await openScanner();
  return {
    parts: { encoder, generator, scanner, defaults },
    identities: {
      pack: loaded.identity,
      encoder: encoder.identity,
      generator: generator.identity,
      scanner: scanner.name,
      search: defaults,
    },
    close: async () => {
      await encoder.close?.();
      await scanner.close();
    },
  };
}
