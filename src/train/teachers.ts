/**
 * Teachers: sentence encoders in ONNX that give a vector to an English word, or to whole texts
 * where xqg is compared with them. Needs onnxruntime-node and tokenizers, which no search uses.
 * Answers are cached by teacher and texts, so that a second run is quick.
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
  /**
   * 'mean': mean over the tokens of the last hidden state, then unit length; 'given': the graph
   * yields the vector.
   */
  readonly pooling: 'mean' | 'given';
  readonly licence: string;
  /**
   * Longer texts are cut to so many tokens, the special ones at both ends among them; absent: no
   * text is cut.
   */
  readonly longest?: number;
}

export function teacherCards(models: string): TeacherCard[] {
  return [
    {
      name: 'all-MiniLM-L6-v2',
      folder: join(models, 'all-MiniLM-L6-v2'),
      model: 'onnx/model_quantized.onnx',
      dim: 384,
      pooling: 'mean',
      licence: 'Apache-2.0',
    },
    {
      name: 'use-multilingual-v3',
      folder: join(models, 'use-multilingual-v3'),
      model: 'onnx/model.onnx',
      dim: 512,
      pooling: 'given',
      licence: 'Apache-2.0',
    },
  ];
}

const BATCH = 128;

/** Vectors of texts, (texts.length x dim), row-major, unit length. */
export async function teach(
  card: TeacherCard,
  texts: readonly string[],
  cache: string,
  progress: (done: number) => void = () => {},
): Promise<Float32Array> {
  const modelPath = join(card.folder, card.model);
  const hash = createHash('sha256').update(readFileSync(modelPath)).update(JSON.stringify(texts));
  if (card.longest !== undefined) hash.update(`cut to ${card.longest} tokens`);
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
  // tokenizer.json may ask for padding to a fixed length, which would drown a word in empty tokens.
  tokenizer.disablePadding();
  if (card.longest !== undefined) tokenizer.setTruncation(card.longest);
  const session = await ort.InferenceSession.create(modelPath);
  const out = new Float32Array(texts.length * card.dim);
  // Texts of the same number of tokens share a batch: nothing is padded, so a vector does not
  // depend on its neighbors.
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
  const output = card.pooling === 'given' ? result.sentence_embedding : result.last_hidden_state;
  const data = output.data as Float32Array;
  const vectors = new Float32Array(rows.length * card.dim);
  for (let b = 0; b < rows.length; b++) {
    const vector = vectors.subarray(b * card.dim, (b + 1) * card.dim);
    const tokens = card.pooling === 'given' ? 1 : length;
    for (let t = 0; t < tokens; t++) {
      const at = (b * tokens + t) * card.dim;
      for (let d = 0; d < card.dim; d++) vector[d] += data[at + d];
    }
    const norm = Math.hypot(...vector) || 1;
    for (let d = 0; d < card.dim; d++) vector[d] /= norm;
  }
  return vectors;
}
