/**
 * The lexical part of the static encoder: a sparse pseudo-random sign vector for every stem, romanized n-gram and consonant skeleton,
 * derived from a hash, so that nothing is stored and every word that there will ever be has one. It carries names, numbers and rare words.
 * A few entries of +-1 keep inner products as a full row of signs does (very sparse random projections, Li, Hastie, Church 2006).
 */

/** Entries of a sign vector that are not zero. */
const ENTRIES = 8;
const VALUE = 1 / Math.sqrt(ENTRIES);

/** FNV-1a over the UTF-16 code units of `mark` and of text[from .. to). */
export function hashOf(mark: string, text = '', from = 0, to = text.length): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < mark.length; i++) h = Math.imul(h ^ mark.charCodeAt(i), 0x01000193);
  for (let i = from; i < to; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** Adds factor x r(hash) to out[from .. from + dim), where r has 8 entries of +-1/sqrt(8) (fewer where two fall together). */
export function addSigns(hash: number, factor: number, out: Float32Array, from: number, dim: number): void {
  const value = factor * VALUE;
  let state = hash;
  for (let entry = 0; entry < ENTRIES; entry++) {
    // splitmix32: one step a draw.
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    bits ^= bits >>> 15;
    const at = from + ((bits >>> 1) % dim);
    out[at] += bits & 1 ? value : -value;
  }
}
