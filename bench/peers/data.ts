/**
 * What the programs are compared on: synthetic vectors and texts by Zipf's law from the pack's
 * vocabulary, the same for every program, as files that the Python ones read.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONNECTIVITY, EXPANSION_ADD } from '../../src/indexing/ann/graph.js';
import { loadPack } from '../../src/pack/format.js';
import type { Pack } from '../../src/pack/pack.js';

export const SHAPE = {
  dim: 512,
  k: 100,
  nearDim: 256,
  recall: 0.95,
  widths: [
    10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 36, 40, 48, 56, 64, 80, 96, 128, 160, 192, 256, 384,
    512,
  ],
  connectivity: CONNECTIVITY,
  expansion: EXPANSION_ADD,
  wordDim: 0,
  fused: 1000,
  queries: 35,
  pipedLanguages: ['ar', 'de', 'ja', 'ru', 'th'],
};

/** In [0, 1), the same for the same number. */
function random(number: number): number {
  let state = Math.imul(number ^ 0x9e3779b9, 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return ((state ^ (state >>> 16)) >>> 0) / 2 ** 32;
}

/** Unit rows around `heaps` centers, as embeddings lie; 0 heaps: everywhere. */
function unitRows(n: number, dim: number, seed: number, heaps = 0): Float32Array {
  const rows = new Float32Array(n * dim);
  const noise = (i: number): number => random(seed + i) + random(seed + 7 * i + 1) - 1;
  for (let row = 0; row < n; row++) {
    const center = heaps === 0 ? 0 : Math.floor(random(seed + 31 * row) * heaps) * dim;
    let squares = 0;
    for (let d = 0; d < dim; d++) {
      const value = noise(row * dim + d) + (heaps === 0 ? 0 : 1.2 * (random(center + d) - 0.5));
      rows[row * dim + d] = value;
      squares += value * value;
    }
    for (let d = 0; d < dim; d++) rows[row * dim + d] /= Math.sqrt(squares);
  }
  return rows;
}

export interface Sizes {
  readonly passages: number;
  readonly texts: number;
  readonly near: number;
  readonly piped: number;
}

export type PeersData = Awaited<ReturnType<typeof writeData>>;

export async function writeData(folder: string, { passages, texts, near, piped }: Sizes) {
  mkdirSync(folder, { recursive: true });
  const pack = await loadPack('base');
  const { pivot } = pack;
  const words: string[] = [];
  while (words.length < 30_000 && pivot.vector(words.length) !== null)
    words.push(pivot.surface(words.length)!);
  const wordDim = pivot.dim;
  const wordVectors = new Float32Array(words.length * wordDim);
  words.forEach((_, id) => {
    const { bytes, scale } = pivot.vector(id)!;
    for (let d = 0; d < wordDim; d++) wordVectors[id * wordDim + d] = bytes[d] * scale;
  });
  const word = (number: number): string => words[Math.floor(words.length ** random(number)) - 1];
  const text = (row: number, length: number): string =>
    Array.from({ length }, (_, i) => word(row * length + i)).join(' ');
  const data = {
    shape: { ...SHAPE, wordDim },
    passages: unitRows(passages, SHAPE.dim, 1),
    questions: unitRows(64, SHAPE.dim, 2 ** 28),
    near: unitRows(near, SHAPE.nearDim, 3, 200),
    nearQuestions: unitRows(200, SHAPE.nearDim, 2 ** 29, 200),
    queries: unitRows(SHAPE.fused * SHAPE.queries, SHAPE.dim, 5),
    words: wordVectors,
    texts: Array.from({ length: texts }, (_, row) => text(row, 80)),
    asked: Array.from({ length: 50 }, (_, row) =>
      [...new Set(text(10_000_000 + row, 8).split(' '))].join(' '),
    ),
    english: Array.from({ length: 2000 }, (_, row) => text(20_000_000 + row, 100)),
    piped: Array.from({ length: piped }, (_, row) => text(30_000_000 + row, 100)),
    ...judged(),
  };
  const nearTruth = nearest(data.nearQuestions, data.near, SHAPE.nearDim, 10);
  const tables = tablesOf(pack, words, data.piped);
  for (const [name, value] of Object.entries({ ...data, nearTruth, tables })) {
    if (value instanceof Float32Array) writeFileSync(join(folder, `${name}.f32`), value);
    else writeFileSync(join(folder, `${name}.json`), JSON.stringify(value));
  }
  writeFileSync(join(folder, 'words.json'), JSON.stringify(words));
  return { ...data, nearTruth, pack };
}

/** The best translations of every English word of the texts that are piped. */
function tablesOf(
  pack: Pack,
  words: readonly string[],
  texts: readonly string[],
): Record<string, Record<string, string[]>> {
  const used = new Set(texts.flatMap((text) => text.split(' ')));
  const tables: Record<string, Record<string, string[]>> = {};
  words.forEach((surface, id) => {
    if (!used.has(surface)) return;
    const stem = pack.pivot.stem(id)!;
    tables[surface] = Object.fromEntries(
      SHAPE.pipedLanguages.map((lang) => [
        lang,
        pack
          .fromPivot(stem, lang)
          .slice(0, 4)
          .map(({ term }) => term),
      ]),
    );
  });
  return tables;
}

/** 1,000 questions with 100 hits each, a few of them relevant in grades. */
type Scores = Record<string, Record<string, number>>;

function judged(): { qrels: Scores; run: Scores } {
  const qrels: Scores = {};
  const run: Scores = {};
  for (let q = 0; q < 1000; q++) {
    const id = `q${q}`;
    qrels[id] = {};
    run[id] = {};
    for (let r = 0; r < 100; r++) run[id][`d${(q * 37 + r * 101) % 5000}`] = random(q * 100 + r);
    for (let r = 0; r < 5; r++)
      qrels[id][`d${(q * 37 + Math.floor(random(q + r) * 120) * 101) % 5000}`] = 1 + (r % 3);
  }
  return { qrels, run };
}

function nearest(questions: Float32Array, rows: Float32Array, dim: number, k: number): number[][] {
  const n = rows.length / dim;
  return Array.from({ length: questions.length / dim }, (_, q) => {
    const scores = new Float32Array(n);
    for (let row = 0; row < n; row++) {
      let sum = 0;
      for (let d = 0; d < dim; d++) sum += questions[q * dim + d] * rows[row * dim + d];
      scores[row] = sum;
    }
    return Array.from({ length: n }, (_, row) => row)
      .sort((a, b) => scores[b] - scores[a])
      .slice(0, k);
  });
}
