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
    let bits = hash(key, block);
    const end = Math.min(dim, block + 32);
    for (let d = block; d < end; d++) {
      out[from + d] += bits & 1 ? value : -value;
      bits >>>= 1;
    }
  }
}
