/**
 * The lexical part of the static encoder: a pseudo-random sign vector for every stem and romanized n-gram, derived from a
 * hash, so that nothing is stored and every word that there will ever be has one. It carries names, numbers and rare words.
 */

/** FNV-1a over UTF-16 code units, then the finalizer of MurmurHash3. */
function hash(key: string, seed: number): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Adds factor x r(key) to out[from .. from + dim), where r(key) has entries +-1/sqrt(dim). */
export function addSigns(key: string, factor: number, out: Float32Array, from: number, dim: number): void {
  const value = factor / Math.sqrt(dim);
  for (let block = 0; block < dim; block += 32) {
    const bits = hash(key, block);
    const end = Math.min(32, dim - block);
    // No branch: half of all guesses of the processor would be wrong.
    for (let d = 0; d < end; d++) out[from + block + d] += value * (((bits >>> d) & 1) * 2 - 1);
  }
}
