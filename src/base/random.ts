/** Seeded random draws. */
import { fnv1a } from './identity.js';

/** A seed of 32 bits from any text (FNV-1a). */
export function seedOf(text: string): number {
  return fnv1a(text) >>> 0;
}

/** A generator of numbers in [0, 1) (mulberry32), seeded by any text. */
export function seededRandom(seed: string): () => number {
  let state = seedOf(seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * At most `k` distinct positions of `weights`, each drawn with probability proportional to its
 * weight among those left (Efraimidis and Spirakis 2006: the k largest u^(1/w)). In the order of
 * the draw.
 */
export function drawWithoutReplacement(
  weights: ArrayLike<number>,
  k: number,
  random: () => number,
): number[] {
  const keys: { at: number; key: number }[] = [];
  for (let at = 0; at < weights.length; at++) {
    const u = random();
    if (weights[at] > 0) keys.push({ at, key: Math.log(u + Number.MIN_VALUE) / weights[at] });
  }
  return keys
    .sort((a, b) => b.key - a.key || a.at - b.at)
    .slice(0, k)
    .map(({ at }) => at);
}
