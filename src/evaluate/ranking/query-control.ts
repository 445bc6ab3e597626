/**
 * Controls of augmentation: what else takes the place of a passage's own queries. They tell what
 * the queries say from what any text in their language would do, which moves a passage toward that
 * language.
 */
import { sha256 } from '../../base/identity.js';

/**
 * `shuffled`: the queries of another passage. `mean`: the mean of all queries, the same for every
 * passage. `centered`: a passage's own queries less that mean. General text: its mean, so that
 * nothing is generated.
 */
export type QueryControl = 'shuffled' | 'mean' | 'centered' | GeneralText;

/** Texts by language that are about no passage. In an identity it stands by its digest. */
export class GeneralText {
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly #digest: string;

  constructor(texts: ReadonlyMap<string, readonly string[]>) {
    this.texts = texts;
    this.#digest = sha256(JSON.stringify([...texts].sort(([a], [b]) => (a < b ? -1 : 1))));
  }

  toJSON(): { readonly general: string } {
    return { general: this.#digest };
  }
}

/** True where the lexical leg is changed too: there is no mean of words. */
export function changesTerms(control: QueryControl | undefined): control is 'shuffled' {
  return control === 'shuffled';
}

/**
 * The row whose queries each row gets: a derangement within the passages of each language, so that
 * no passage gets those of its own translation; -1 where the language has no other passage. It
 * follows from ids and seed, not from the order of the rows.
 *
 * @param langs of each row
 */
export function shuffledRows(
  ids: readonly string[],
  langs: readonly string[],
  seed: number,
): Int32Array {
  const byLanguage = new Map<string, { row: number; key: string }[]>();
  for (const [row, lang] of langs.entries()) {
    const rows = byLanguage.get(lang) ?? [];
    byLanguage.set(lang, rows);
    rows.push({ row, key: sha256(`${seed}\t${ids[row]}`) });
  }
  const from = new Int32Array(ids.length).fill(-1);
  for (const rows of byLanguage.values()) {
    if (rows.length === 1) continue;
    // One cycle through all rows in an order without meaning has no fixed point.
    rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const [i, { row }] of rows.entries()) from[row] = rows[(i + 1) % rows.length].row;
  }
  return from;
}

/** The rows in another order. @param from see `shuffledRows` */
export function shuffleSums(sums: Float32Array, from: Int32Array, dim: number): Float32Array {
  const shuffled = new Float32Array(sums.length);
  for (const [row, source] of from.entries()) {
    if (source >= 0) shuffled.set(sums.subarray(source * dim, (source + 1) * dim), row * dim);
  }
  return shuffled;
}

/**
 * The mean of the sums in place of each: of all passages in a language of which any has queries.
 *
 * @param sums (n x dim), row-major; a zero row where a passage has no queries
 * @param langs of each row
 */
export function meanSums(sums: Float32Array, langs: readonly string[], dim: number): Float32Array {
  const mean = meanOfSums(sums, dim);
  const withQueries = new Set(langs.filter((_, row) => !isZero(sums, row, dim)));
  const out = new Float32Array(sums.length);
  for (const [row, lang] of langs.entries()) if (withQueries.has(lang)) out.set(mean, row * dim);
  return out;
}

/** Each sum less the mean of all; a passage without queries stays without. */
export function centeredSums(sums: Float32Array, dim: number): Float32Array {
  const mean = meanOfSums(sums, dim);
  const out = sums.slice();
  for (let row = 0, at = 0; at < out.length; row++, at += dim) {
    if (isZero(sums, row, dim)) continue;
    for (let d = 0; d < dim; d++) out[at + d] -= mean[d];
  }
  return out;
}

/** Over the passages that have queries; zero where none has. */
function meanOfSums(sums: Float32Array, dim: number): Float32Array {
  const total = new Float64Array(dim);
  let count = 0;
  for (let row = 0, at = 0; at < sums.length; row++, at += dim) {
    if (isZero(sums, row, dim)) continue;
    for (let d = 0; d < dim; d++) total[d] += sums[at + d];
    count++;
  }
  return Float32Array.from(total, (value) => (count === 0 ? 0 : value / count));
}

function isZero(sums: Float32Array, row: number, dim: number): boolean {
  for (let i = row * dim; i < (row + 1) * dim; i++) if (sums[i] !== 0) return false;
  return true;
}
