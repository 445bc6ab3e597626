/**
 * Teachers: encoders whose vectors of single words are distilled into packs. Vectors are cached on
 * disk by teacher and words.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeAtomically } from '../base/atomic-write.js';
import type { Encoder } from '../encode/encoder.js';

export interface Teacher {
  readonly name: string;
  readonly license: string;
  readonly dim: number;
  /** (words.length x dim), row-major, unit length. */
  vectors(words: readonly string[]): Promise<Float32Array>;
  /** Releases its threads, where it has any. */
  close?(): Promise<void>;
}

type Card = Pick<Teacher, 'name' | 'license' | 'dim'>;

interface TeacherCard extends Card {
  readonly model: string;
  /** 'mean' averages the last hidden state over the tokens; 'none' takes the model's vector. */
  readonly pooling: 'mean' | 'none';
}

const CARDS = [
  {
    name: 'all-MiniLM-L6-v2',
    model: 'onnx/model_quantized.onnx',
    dim: 384,
    pooling: 'mean',
    license: 'Apache-2.0',
  },
  {
    name: 'use-multilingual-v3',
    model: 'onnx/model.onnx',
    dim: 512,
    pooling: 'none',
    license: 'Apache-2.0',
  },
] as const satisfies readonly TeacherCard[];

export type GraphTeacherName = (typeof CARDS)[number]['name'];

/**
 * A teacher that is a graph in onnxruntime with a tokenizer of its own.
 * @param models folder with a folder of its name
 * @param cache folder of cached vectors
 */
export function graphTeacher(name: GraphTeacherName, models: string, cache: string): Teacher {
  const card: TeacherCard = CARDS.find((each) => each.name === name)!;
  const folder = join(models, name);
  const key = createHash('sha256')
    .update(readFileSync(join(folder, card.model)))
    .digest('hex');
  return {
    ...card,
    vectors: (words) => cached(card, key, words, cache, () => runGraph(card, folder, words)),
  };
}

/** An encoder of xqg as a teacher: words are encoded as questions. */
export function encoderTeacher(encoder: Encoder, license: string, cache: string): Teacher {
  const { name, dim } = encoder.identity;
  const card = { name: name.split('/').at(-1)!, license, dim };
  const key = JSON.stringify(encoder.identity);
  const encode = (words: readonly string[]) =>
    encoder.encodeQueries(words.map((text) => ({ text, languages: [] })));
  return {
    ...card,
    vectors: (words) => cached(card, key, words, cache, () => encode(words)),
    close: async () => encoder.close?.(),
  };
}

async function cached(
  { name, dim }: Card,
  key: string,
  words: readonly string[],
  cache: string,
  encode: () => Promise<Float32Array>,
): Promise<Float32Array> {
  const hash = createHash('sha256').update(key).update(JSON.stringify(words)).digest('hex');
  const file = join(cache, `${name}-${hash.slice(0, 16)}.f32`);
  if (existsSync(file)) {
    const data = readFileSync(file);
    if (data.length === words.length * dim * 4)
      return new Float32Array(data.buffer, data.byteOffset, words.length * dim);
  }
  const vectors = await encode();
  mkdirSync(cache, { recursive: true });
  await writeAtomically(file, Buffer.from(vectors.buffer));
  return vectors;
}

const BATCH = 128;

async function runGraph(
  card: TeacherCard,
  folder: string,
  words: readonly string[],
): Promise<Float32Array> {
  const ort = await import('onnxruntime-node');
  const { Tokenizer } = await import('tokenizers');
  const tokenizer = Tokenizer.fromFile(join(folder, 'tokenizer.json'));
  // tokenizer.json may specify padding to a fixed length, which would drown a word in padding.
  tokenizer.disablePadding();
  const session = await ort.InferenceSession.create(join(folder, card.model));
  const out = new Float32Array(words.length * card.dim);
  // Only texts of equal length share a batch. Without padding, a vector does not depend on the
  // other texts of its batch.
  const encoded: { ids: number[]; at: number }[] = [];
  for (let at = 0; at < words.length; at++) {
    encoded.push({ ids: (await tokenizer.encode(words[at], null)).getIds(), at });
  }
  encoded.sort((a, b) => a.ids.length - b.ids.length || a.at - b.at);
  for (let from = 0; from < encoded.length; ) {
    const length = encoded[from].ids.length;
    let to = from;
    while (to < encoded.length && to - from < BATCH && encoded[to].ids.length === length) to++;
    const batch = encoded.slice(from, to);
    const vectors = await runBatch(
      ort,
      session,
      card,
      batch.map((item) => item.ids),
      length,
    );
    for (let b = 0; b < batch.length; b++)
      out.set(vectors.subarray(b * card.dim, (b + 1) * card.dim), batch[b].at * card.dim);
    from = to;
  }
  return out;
}

async function runBatch(
  ort: typeof import('onnxruntime-node'),
  session: InferenceSession,
  card: TeacherCard,
  rows: number[][],
  length: number,
): Promise<Float32Array> {
  const tensor = (value: (id: number) => number): Tensor =>
    new ort.Tensor(
      'int64',
      BigInt64Array.from(rows.flat(), (id) => BigInt(value(id))),
      [rows.length, length],
    );
  const feeds: Record<string, Tensor> = {
    input_ids: tensor((id) => id),
    attention_mask: tensor(() => 1),
  };
  if (session.inputNames.includes('token_type_ids')) feeds.token_type_ids = tensor(() => 0);
  const result = await session.run(feeds);
  const output = card.pooling === 'none' ? result.sentence_embedding : result.last_hidden_state;
  const data = output.data as Float32Array;
  const vectors = new Float32Array(rows.length * card.dim);
  for (let b = 0; b < rows.length; b++) {
    const vector = vectors.subarray(b * card.dim, (b + 1) * card.dim);
    const tokens = card.pooling === 'none' ? 1 : length;
    for (let t = 0; t < tokens; t++) {
      const at = (b * tokens + t) * card.dim;
      for (let d = 0; d < card.dim; d++) vector[d] += data[at + d];
    }
    const norm = Math.hypot(...vector) || 1;
    for (let d = 0; d < card.dim; d++) vector[d] /= norm;
  }
  return vectors;
}
