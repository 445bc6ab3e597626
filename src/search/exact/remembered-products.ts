/**
 * The products of the last questions with a matrix: when the same question is asked again with another alpha or other languages, nothing
 * is scanned again. Knows no ranking.
 */
import type { ByteMatrix, ByteProducts } from '../../vectors/byte-matrix.js';

/** Questions that a matrix remembers: 8 bytes a row each, little beside the row. */
const REMEMBERED = 4;

const remembered = new WeakMap<ByteMatrix, Map<string, ByteProducts>>();

/** As `products`; not to be changed. */
export function rememberedProducts(matrix: ByteMatrix, question: Float32Array): ByteProducts {
  const known = remembered.get(matrix) ?? new Map<string, ByteProducts>();
  remembered.set(matrix, known);
  const key = Buffer.from(question.buffer, question.byteOffset, question.byteLength).toString('latin1');
  const products = known.get(key) ?? matrix.products(question);
  known.delete(key);
  known.set(key, products);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  return products;
}
