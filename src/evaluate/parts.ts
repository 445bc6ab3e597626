/** What the evaluations of data sets share: the parts that search is made of, opened from a pack. Knows no data set. */
import { STATIC_DEFAULTS, StaticEncoder, type StaticEncoderSettings } from '../encode/static.js';
import type { DistributionGenerator } from '../generate/generator.js';
import { LEXICON_DEFAULTS, LexiconGenerator, type LexiconGeneratorSettings } from '../generate/lexicon.js';
import { loadPack } from '../pack/format.js';
import { SEARCH_DEFAULTS, type SearchDefaults } from '../search/defaults.js';
import { openScanner } from '../search/exact/scanner.js';
import type { EngineParts } from './engine-searcher.js';

export interface OpenedParts {
  readonly parts: EngineParts<DistributionGenerator>;
  /** For `madeBy`. */
  readonly identities: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface PartsOptions {
  readonly defaults?: SearchDefaults;
  readonly encoder?: Partial<StaticEncoderSettings>;
  readonly generator?: Partial<LexiconGeneratorSettings>;
}

/** Opens a pack by name or folder. Throws what `loadPack` throws. */
export async function openParts(pack: string, options: PartsOptions = {}): Promise<OpenedParts> {
  const { defaults = SEARCH_DEFAULTS } = options;
  const loaded = await loadPack(pack);
  const encoder = new StaticEncoder(loaded, { ...STATIC_DEFAULTS, ...options.encoder });
  const generator = new LexiconGenerator(loaded, { ...LEXICON_DEFAULTS, ...options.generator });
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
    close: () => scanner.close(),
  };
}
