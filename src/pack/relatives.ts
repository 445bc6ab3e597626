/**
 * Which pivot stems mean nearly the same: "doctor" and "physician", "build" and "construct". Found by training, read by the lexical leg,
 * which asks a question's word by the relatives of its stems too. Knows no file format.
 */
import type { Link } from './link.js';

/** Relatives of stem e: [starts[e], starts[e + 1]) of `stems` and `nearness`, nearest first; stems from starts.length - 1 on have none. */
export interface RelativesData {
  readonly starts: Uint32Array;
  readonly stems: Uint32Array;
  /** In (0, 1]: 1 for the same vector, near 0 for the least alike that is kept. */
  readonly nearness: Float32Array;
}

export const NO_RELATIVES: RelativesData = {
  starts: new Uint32Array(1),
  stems: new Uint32Array(0),
  nearness: new Float32Array(0),
};

/** The relatives of a stem with their nearness, nearest first. */
export function relativesOf({ starts, stems, nearness }: RelativesData, stem: number): Link[] {
  const links: Link[] = [];
  if (stem + 1 >= starts.length) return links;
  for (let x = starts[stem]; x < starts[stem + 1]; x++) links.push({ id: stems[x], p: nearness[x] });
  return links;
}
