import { XqgIndex } from '../../src/xqg-index.js';
import { encoder, generator } from './hashed-recipe.js';

/** An index of the fake encoder and generator, without a pack. */
export function openHashed(dir: string): XqgIndex {
  return new XqgIndex(dir, {}, { encoder, generator, pack: null, glossary: null }, null);
}
