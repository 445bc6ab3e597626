/**
 * Reads the answers of embeddings endpoints: OpenAI's form, with its variants, and the bare lists
 * of TEI and Ollama. Every vector is checked, so that none is kept that means nothing.
 */
import { UnusableAnswer } from '../models/remote/client.js';

/** A vector, or why there is none. */
export type Embedding = Float32Array | string;

/**
 * One for each of the texts, in their order.
 * @param dim of the vectors; null: any, as long as it is the same
 * @throws UnusableAnswer where it cannot be told which vector belongs to which text
 */
export function readEmbeddings(answer: unknown, texts: number, dim: number | null): Embedding[] {
  const items = listIn(answer);
  if (items === null) throw new UnusableAnswer('an answer without embeddings');
  // Of one text there is no doubt, however its embedding is numbered.
  const order = texts === 1 && items.length === 1 ? null : orderOf(items);
  if (order === null && items.length !== texts)
    throw new UnusableAnswer(`${items.length} embeddings of ${texts} texts`);
  const found: Embedding[] = Array.from({ length: texts }, () => 'no embedding for it');
  items.forEach((item, i) => {
    const index = order === null ? i : order[i];
    if (index >= texts) throw new UnusableAnswer(`an embedding of text ${index} of ${texts}`);
    found[index] = embeddingOf(item, dim);
  });
  return found;
}

type Fields = Readonly<Record<string, unknown>>;

function listIn(answer: unknown): readonly unknown[] | null {
  if (Array.isArray(answer)) return answer;
  const { data, embeddings, embedding } = (answer ?? {}) as Fields;
  for (const list of [data, embeddings]) if (Array.isArray(list)) return list;
  return Array.isArray(embedding) ? [embedding] : null;
}

/** The text that each item belongs to; null: the items stand in the order of the texts. */
function orderOf(items: readonly unknown[]): number[] | null {
  const indexes = items.map((item) => {
    const index = (item as Fields | null)?.index;
    return typeof index === 'string' && /^\d+$/.test(index) ? Number(index) : index;
  });
  if (indexes.every((index) => index === undefined || index === null)) return null;
  if (!indexes.every((index) => Number.isInteger(index) && (index as number) >= 0))
    throw new UnusableAnswer('embeddings of which some have no index');
  if (new Set(indexes).size < indexes.length)
    throw new UnusableAnswer(
      `several embeddings with one index (${indexes.slice(0, 8).join(', ')})`,
    );
  return indexes as number[];
}

function embeddingOf(item: unknown, dim: number | null): Embedding {
  const fields = item !== null && typeof item === 'object' && !Array.isArray(item);
  const given = fields ? (item as Fields).embedding : item;
  const numbers = typeof given === 'string' ? decoded(given) : unwrapped(given);
  if (typeof numbers === 'string') return numbers;
  if (numbers.length === 0) return 'an empty vector';
  const wrong = numbers.find((value) => typeof value !== 'number');
  if (wrong !== undefined) return `a vector with ${JSON.stringify(wrong)} in place of a number`;
  const vector = Float32Array.from(numbers as ArrayLike<number>);
  return problemOf(vector, dim) ?? vector;
}

/** Why a vector cannot be used; null for one that can. */
export function problemOf(vector: Float32Array, dim: number | null): string | null {
  if (vector.length === 0) return 'an empty vector';
  const place = vector.findIndex((value) => !Number.isFinite(value));
  if (place >= 0) return `a vector with ${vector[place]} at position ${place}`;
  if (vector.every((value) => value === 0)) return 'a vector of zeros';
  if (dim !== null && vector.length !== dim)
    return `a vector of ${vector.length} numbers, where others have ${dim}`;
  return null;
}

/** A list of numbers; some servers wrap it in another one. */
function unwrapped(given: unknown): readonly unknown[] | string {
  if (given === undefined || given === null)
    return `${given === null ? 'null' : 'nothing'} in place of a vector`;
  if (!Array.isArray(given)) return `${typeof given} in place of a vector`;
  if (!Array.isArray(given[0])) return given;
  if (given.length === 1) return given[0];
  return `${given.length} vectors, one for each token: the server does not pool them`;
}

/** Numbers in base64: 32-bit floats, little-endian. */
function decoded(base64: string): Float32Array | string {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 && base64 === '') return 'an empty vector';
  if (bytes.length === 0 || bytes.length % 4 !== 0 || !/^[\w+/-]+={0,2}\s*$/.test(base64))
    return 'a text in place of a vector that is no base64 of 32-bit numbers';
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}
