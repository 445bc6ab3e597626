/**
 * Measures warm hybrid queries (encoding left out: vectors are random) over synthetic passages
 * against the bare onnxruntime scan, Gemm + TopK, of the same fused matrix, question by question in
 * turn.
 * usage: npm run bench bench/search.bench.ts -- [--passages 100000] [--dim 512] [--questions 60]
 *   [--sentences 0] [--threads N] [--json]
 *   --sentences: of each passage, whose best one counts beside it
 */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-node';
import { seededRandom } from '../src/base/random.js';
import type { TermFactors } from '../src/generate/generator.js';
import { LexicalSegment } from '../src/indexing/lexical/segment.js';
import { SegmentBuilder } from '../src/indexing/lexical/segment-builder.js';
import type { SentenceVectors } from '../src/indexing/snapshot.js';
import { romanizedGrams } from '../src/languages/analysis.js';
import type { TermBag } from '../src/languages/terms.js';
import { FusedMatrices } from '../src/search/dense/fused-matrices.js';
import { topKGraph } from '../src/search/dense/onnx-scanner.js';
import { openScanner } from '../src/search/dense/open-scanner.js';
import { SearchEngine } from '../src/search/engine.js';
import { LexicalIndex } from '../src/search/lexical/index.js';
import { ByteMatrix } from '../src/vectors/byte-matrix.js';

const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '100000' },
    dim: { type: 'string', default: '512' },
    questions: { type: 'string', default: '60' },
    sentences: { type: 'string', default: '0' },
    threads: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [n, dim, questions] = [Number(values.passages), Number(values.dim), Number(values.questions)];
const sentences = Number(values.sentences);
const threads = values.threads === undefined ? undefined : Number(values.threads);
const WORDS = 60_000;
const STEMS = 30_000;
const TERMS_PER_STEM = 4;
// As many as a stem of the pack has on the mean, with their usual nearness.
const NEARNESS = [0.5, 0.35, 0.25, 0.15, 0.1];
const K = 10;
const SENTENCE_WEIGHT = 0.7;

const random = seededRandom('search benchmark');
const zipfWord = zipf(WORDS, 3);
// Words that questions are about; like salient stems, they have a frequency of at most 1 in 2,000 words.
const zipfContent = zipf(WORDS - 300, 170);
const zipfStem = zipf(STEMS, 170);
const words = pseudoWords(WORDS);
const grams = words.map((word) => romanizedGrams(word));

const { segments, bytes } = buildSegments();
const lexical = new LexicalIndex(segments, { k1: 0.9, b: 0.4 });
const vectors = { passages: unitRows(n), sums: unitRows(n), questions: unitRows(questions) };
const sentenceVectors = sentences === 0 ? null : unitSentences();
const snapshot = {
  ids: Array.from({ length: n }, (_, i) => `passage-${i}`),
  langs: new Array(n).fill('en'),
  dim,
  queryLanguages: ['th'],
  queriesPerLanguage: 1,
  passageVectors: async () => vectors.passages,
  languageSum: async () => vectors.sums,
  sentences: async () => sentenceVectors,
};
let asked = 0;
const { scanner, fallbackReason } = await openScanner({ threads });
if (fallbackReason !== null) throw new Error(`onnxruntime is needed here: ${fallbackReason}`);
const engine = new SearchEngine({
  snapshot,
  lexical,
  scanner,
  factors: syntheticFactors(),
  encoder: {
    identity: { name: 'random', dim, weights: '', unitLength: true, settings: {} },
    encodePassages: async () => vectors.passages,
    encodeQueries: async () => vectors.questions.slice(asked * dim, (asked + 1) * dim),
  },
});
const { vectors: fused } = await new FusedMatrices(snapshot, 2 ** 30).fused(
  { variant: 'mean', alpha: engine.defaults.alpha, renormalize: true },
  [{ lang: 'th', weight: 1 }],
);
const bare = await ort.InferenceSession.create(
  topKGraph(),
  threads === undefined ? {} : { intraOpNumThreads: threads },
);
const matrix = new ort.Tensor('float32', fused, [n, dim]);
const k = new ort.Tensor('int64', BigInt64Array.of(BigInt(K)), [1]);

const times: Record<string, number[]> = { bareScan: [], dense: [], lexical: [], hybrid: [] };
// Two words of any frequency and six that mean something, as in the questions of XQuAD.
const texts = Array.from({ length: questions }, () =>
  Array.from({ length: 8 }, (_, i) => words[i < 2 ? zipfWord() : 300 + zipfContent()]).join(' '),
);
let found = 0;
for (let round = -3; round < questions; round++) {
  asked = Math.max(round, 0);
  const request = {
    question: texts[asked],
    languages: [{ lang: 'th', weight: 1 }],
    augment: true,
    k: K,
    ...(sentences > 0 && { sentenceWeight: SENTENCE_WEIGHT }),
  };
  const ways: Record<string, () => Promise<unknown>> = {
    bareScan: () =>
      bare.run({
        queries: new ort.Tensor(
          'float32',
          vectors.questions.slice(asked * dim, (asked + 1) * dim),
          [1, dim],
        ),
        vectors: matrix,
        k,
      }),
    hybrid: async () => {
      found += (await engine.rank({ ...request, mode: 'hybrid' })).length;
    },
    // Another question's vector: the engine keeps the products of the last ones.
    dense: async () => {
      const own = asked;
      asked = (own + Math.floor(questions / 2)) % questions;
      await engine.rank({ ...request, mode: 'dense' });
      asked = own;
    },
    lexical: () => engine.rank({ ...request, mode: 'lexical' }),
  };
  // Another one begins each round, so that none is always the first to touch a question's postings.
  const names = Object.keys(ways);
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + asked) % names.length];
    const ms = await time(ways[name]);
    if (round >= 0) times[name].push(ms);
  }
}
const medians = Object.fromEntries(
  Object.entries(times).map(([name, list]) => [name, median(list)]),
);
const result = {
  passages: n,
  dim,
  questions,
  sentences,
  node: process.version,
  medianMs: medians,
  hybridToBareScan: medians.hybrid / medians.bareScan,
  lexicalBytesPerPassage: bytes / n,
  hits: found,
};
if (values.json) console.log(JSON.stringify(result));
else {
  console.log(
    `${n.toLocaleString('en')} passages x ${dim} dimensions, ${questions} questions, medians`,
  );
  for (const [name, ms] of Object.entries(medians))
    console.log(`${name.padEnd(10)} ${ms.toFixed(2).padStart(8)} ms`);
  console.log(`hybrid / bare scan ${result.hybridToBareScan.toFixed(2)} (target: at most 1.5)`);
  console.log(`lexical index ${Math.round(result.lexicalBytesPerPassage)} bytes a passage`);
}

/** 100 words a passage with their romanized n-grams, and 40 pivot stems. */
function buildSegments(): { segments: LexicalSegment[]; bytes: number } {
  const segments: LexicalSegment[] = [];
  let bytes = 0;
  let builder = new SegmentBuilder();
  const seal = () => {
    const sealed = builder.finish();
    bytes += sealed.length;
    segments.push(LexicalSegment.open(sealed, `segment ${segments.length}`));
    builder = new SegmentBuilder();
  };
  for (let row = 0; row < n; row++) {
    const own = new Map<string, number>();
    for (let i = 0; i < 100; i++) {
      const word = zipfWord();
      own.set(words[word], (own.get(words[word]) ?? 0) + 1);
      for (const gram of grams[word]) own.set(gram, (own.get(gram) ?? 0) + 0.25);
    }
    const pivot = new Map<string, number>();
    while (pivot.size < 40) {
      const stem = `s${zipfStem()}`;
      pivot.set(stem, (pivot.get(stem) ?? 0) + 1);
    }
    builder.add({ own: bag(own), pivot: bag(pivot), drawn: null, lang: 'en' });
    if (builder.full) seal();
  }
  if (builder.rows > 0) seal();
  return { segments, bytes };
}

/**
 * Every stem has four translations with falling probabilities; frequent words translate frequent
 * stems.
 */
function syntheticFactors(): TermFactors {
  const probabilities = [0.5, 0.25, 0.15, 0.1];
  const from = new Map<string, Map<string, number>>();
  for (let stem = 0; stem < STEMS; stem++) {
    for (let i = 0; i < TERMS_PER_STEM; i++) {
      const word = words[Math.min(WORDS - 1, Math.floor(stem * (0.5 + random())))];
      if (!from.has(word)) from.set(word, new Map());
      from.get(word)!.set(`s${stem}`, probabilities[i]);
    }
  }
  const bags = new Map([...from].map(([word, stems]) => [word, bag(stems)]));
  const none = bag(new Map());
  // Relatives are about as frequent as the stem.
  const relatives = new Map(
    Array.from({ length: STEMS }, (_, stem) => [
      `s${stem}`,
      bag(
        new Map(
          NEARNESS.map((near) => [
            `s${Math.min(STEMS - 1, Math.floor(stem * (0.5 + random())))}`,
            near,
          ]),
        ),
      ),
    ]),
  );
  // The smooth inverse frequency that packs have, for the frequency with which passages are given a word.
  const total = words.reduce((sum, _, rank) => sum + 1 / (rank + 3), 0);
  const says = new Map(words.map((word, rank) => [word, 2e-4 / (2e-4 + 1 / (rank + 3) / total)]));
  return {
    knows: (term) => bags.has(term),
    generatedFrom: (term) => bags.get(term) ?? none,
    translate: () => none,
    relatives: (stem) => relatives.get(stem) ?? none,
    termWeight: (term) => says.get(term) ?? 1,
    generatedMass: () => 1,
  };
}

function bag(weights: ReadonlyMap<string, number>): TermBag {
  return { terms: [...weights.keys()], weights: Float32Array.from(weights.values()) };
}

/** Draws ranks from 0 with probability proportional to 1 / (rank + offset). */
function zipf(size: number, offset: number): () => number {
  const sums = new Float64Array(size);
  let total = 0;
  for (let i = 0; i < size; i++) sums[i] = total += 1 / (i + offset);
  return () => {
    const target = random() * total;
    let low = 0;
    let high = size - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle] < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Distinct words of letters as frequent as in English; rare words are longer. */
function pseudoWords(size: number): string[] {
  const letters =
    'eeeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddlllluuucccmmmffwwyyggppbbvk';
  const distinct = new Set<string>();
  while (distinct.size < size) {
    const length = 2 + Math.round(Math.log10(distinct.size + 1) + 3 * random());
    distinct.add(
      Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join(''),
    );
  }
  return [...distinct];
}

function unitRows(rows: number): Float32Array {
  const matrix = new Float32Array(rows * dim);
  for (let start = 0; start < matrix.length; start += dim) {
    let squares = 0;
    for (let i = start; i < start + dim; i++) {
      matrix[i] = random() + random() + random() - 1.5;
      squares += matrix[i] ** 2;
    }
    for (let i = start; i < start + dim; i++) matrix[i] /= Math.sqrt(squares);
  }
  return matrix;
}

/** Bytes as they may be: any, times the same scale. */
function unitSentences(): SentenceVectors {
  const matrix = ByteMatrix.exactly(n * sentences, dim);
  const steps = new Int8Array(dim);
  const scale = 1 / Math.sqrt(dim) / 73;
  for (let row = 0; row < matrix.n; row++) {
    for (let d = 0; d < dim; d++) steps[d] = Math.floor(random() * 255) - 127;
    matrix.fill(row, steps, scale);
  }
  const starts = Uint32Array.from({ length: n + 1 }, (_, row) => row * sentences);
  return { starts, matrix };
}

/** Milliseconds of one run, after a pause in which the threads of the run before come to rest. */
async function time(run: () => Promise<unknown>): Promise<number> {
  await setTimeout(60);
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
