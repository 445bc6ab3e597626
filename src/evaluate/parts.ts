/** What the evaluations of data sets share: the parts that search is made of, opened from a pack. Knows no data set. */
import { StaticEncoder } from '../encode/static.js';
import { LexiconGenerator } from '../generate/lexicon.js';
import { loadPack } from '../pack/format.js';
import { SEARCH_DEFAULTS, type SearchDefaults } from '../search/defaults.js';
import { openScanner } from '../search/exact/scanner.js';
import type { EngineParts } from './engine-searcher.js';

export interface OpenedParts {
  readonly parts: EngineParts;
  /** For `madeBy`. */
  readonly identities: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Opens a pack by name or folder. Throws what `loadPack` throws. */
export async function openParts(
  pack: string,
  defaults: SearchDefaults = SEARCH_DEFAULTS,
): Promise<OpenedParts> {
  const loaded = await loadPack(pack);
  const encoder = new StaticEncoder(loaded);
  const generator = new LexiconGenerator(loaded);
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
