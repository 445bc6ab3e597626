/**
 * Teachers: sentence encoders in ONNX, whose vectors of single words are distilled into packs. They
 * run with onnxruntime-node and tokenizers. Vectors are cached on disk by teacher and texts.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeAtomically } from '../base/atomic-write.js';

export interface TeacherCard {
  readonly name: string;
  readonly folder: string;
  readonly model: string;
  readonly dim: number;
  /** 'mean' averages the last hidden state over the tokens; 'none' takes the model's vector. */
  readonly pooling: 'mean' | 'none';
  readonly license: string;
  /**
   * Longer texts are truncated to this many tokens, special tokens included. By default nothing is
   * truncated.
   */
  readonly maxTokens?: number;
}

export function teacherCards(models: string): TeacherCard[] {
  return [
    {
      name: 'all-MiniLM-L6-v2',
      folder: join(models, 'all-MiniLM-L6-v2'),
      model: 'onnx/model_quantized.onnx',
      dim: 384,
      pooling: 'mean',
      license: 'Apache-2.0',
    },
    {
      name: 'use-multilingual-v3',
      folder: join(models, 'use-multilingual-v3'),
      model: 'onnx/model.onnx',
      dim: 512,
      pooling: 'none',
      license: 'Apache-2.0',
    },
  ];
}

const BATCH = 128;

/**
 * The teacher's vectors of texts.
 * @param cache folder of cached vectors
 * @returns (texts.length x dim), row-major, unit length
 */
export async function teacherVectors(
  card: TeacherCard,
  texts: readonly string[],
  cache: string,
  progress: (done: number) => void = () => {},
): Promise<Float32Array> {
  const modelPath = join(card.folder, card.model);
  const hash = createHash('sha256').update(readFileSync(modelPath)).update(JSON.stringify(texts));
  if (card.maxTokens !== undefined) hash.update(`cut to ${card.maxTokens} tokens`);
  const key = hash.digest('hex');
  const cached = join(cache, `${card.name}-${key.slice(0, 16)}.f32`);
  const bytes = texts.length * card.dim * 4;
  if (existsSync(cached)) {
    const data = readFileSync(cached);
    if (data.length === bytes)
      return new Float32Array(data.buffer, data.byteOffset, texts.length * card.dim);
  }
  const ort = await import('onnxruntime-node');
  const { Tokenizer } = await import('tokenizers');
  const tokenizer = Tokenizer.fromFile(join(card.folder, 'tokenizer.json'));
  // tokenizer.json may specify padding to a fixed length, which would drown a word in padding.
  tokenizer.disablePadding();
  if (card.maxTokens !== undefined) tokenizer.setTruncation(card.maxTokens);
  const session = await ort.InferenceSession.create(modelPath);
  const out = new Float32Array(texts.length * card.dim);
  // Only texts of equal length share a batch. Without padding, a vector does not depend on the
  // other texts of its batch.
  const encoded: { ids: number[]; at: number }[] = [];
  for (let at = 0; at < texts.length; at++) {
    encoded.push({ ids: (await tokenizer.encode(texts[at], null)).getIds(), at });
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
    progress(from);
  }
  mkdirSync(cache, { recursive: true });
  await writeAtomically(cached, Buffer.from(out.buffer));
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
