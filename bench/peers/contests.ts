/**
 * Our side of every contest, and the programs that it is compared with. A side is a function that
 * does the task once and returns what it found; one in Python is the name of a task of peers.py.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fuse } from '../../src/augment/fuse.js';
import type { SourceDocument } from '../../src/corpus/passage.js';
import { StaticEncoder } from '../../src/encode/static/static-encoder.js';
import { measureRun, parseMeasures } from '../../src/evaluate/measures/metrics.js';
import { LexiconGenerator } from '../../src/generate/lexicon.js';
import { Graph } from '../../src/indexing/ann/graph.js';
import { indexDocuments } from '../../src/indexing/build.js';
import { LexicalSegment } from '../../src/indexing/lexical/segment.js';
import { SegmentBuilder } from '../../src/indexing/lexical/segment-builder.js';
import { sumParts } from '../../src/search/dense/exact-search.js';
import { exactTopK, roundingError, SearchMatrix } from '../../src/search/dense/exact-top-k.js';
import { product } from '../../src/search/dense/javascript-scanner.js';
import { openScanner } from '../../src/search/dense/open-scanner.js';
import { LexicalIndex } from '../../src/search/lexical/index.js';
import { sortRows } from '../../src/search/top-k.js';
import { type PeersData, SHAPE } from './data.js';
import { lucene, peers } from './install.js';
import type { Bytes } from './picture.js';
import { type Answer, type Peer, startPeer } from './process.js';

const BATCH = 32;
/** Rounds before BM25 is timed, as Lucene has them: until it is compiled. */
const WARM = 100;

export type Found = readonly (number | string)[];

/** One of `task`, `timed` and `run` does the work of a turn. */
export interface Side {
  readonly name: string;
  /** Of peers.py. */
  readonly task?: string;
  /** Measures its time itself. */
  readonly timed?: (turn: number) => Promise<Answer>;
  readonly run?: (turn: number) => Found | Promise<Found>;
  readonly prepare?: () => unknown;
  readonly close?: () => void;
  readonly bytes?: Bytes;
  /** What of it is compared with ours, if it is no task of peers.py. */
  readonly same?: string;
}

/** How fast it could be at best. */
interface Limit extends Side {
  /** Of the times of ours and of the limit. */
  readonly share: (ours: number, limit: number) => number;
}

export interface Contest {
  readonly name: string;
  /** How many one turn does. */
  readonly count: number;
  readonly ours: Side;
  readonly others: readonly Side[];
  readonly limit?: Limit;
  /** What all sides must find: `rows` or `values`; absent: it is not compared. */
  readonly same?: string;
  /** Says of what was found what a reader needs. */
  readonly note?: (found: Found) => string;
  readonly turns?: number;
}

export async function contests(data: PeersData, threads: number): Promise<Contest[]> {
  const { scanner, fallbackReason } = await openScanner({ threads, implementation: 'onnxruntime' });
  if (fallbackReason !== null) throw new Error(fallbackReason);
  const { dim, k } = SHAPE;
  const n = data.passages.length / dim;
  const matrix = new SearchMatrix(data.passages, dim);
  const rank = Uint32Array.from({ length: n }, (_, row) => row);
  // As the engine has it: one array for all questions.
  const sums = new Float64Array(n);
  const question = (turn: number): Float32Array =>
    data.questions.subarray((turn % 64) * dim, ((turn % 64) + 1) * dim);
  const remembering = new StaticEncoder(data.pack);
  const encoded = async (encoder: StaticEncoder): Promise<Found> => {
    const passages = data.english.map((text, i) => ({
      id: `${i}`,
      lang: 'en',
      title: '',
      headings: [],
      text,
    }));
    return [(await encoder.encodePassages(passages)).length / encoder.identity.dim];
  };
  return [
    {
      name: `exact search, ${n.toLocaleString('en')} x ${dim}, one question, best ${k}`,
      count: 1,
      ours: {
        name: 'xqg (8 bits, then exact)',
        run: (turn) => {
          const { scores, error } = sumParts(
            [{ ...matrix.approximate(question(turn))!, weight: 1 }],
            sums,
          );
          return [
            ...exactTopK(scores, error, question(turn), [{ matrix, weight: 1 }], k, rank).rows,
          ];
        },
      },
      others: [
        { name: 'faiss IndexFlatIP', task: 'faiss one' },
        { name: 'numpy', task: 'numpy one' },
      ],
      limit: {
        name: 'reading the matrix once',
        task: 'bandwidth',
        share: (ours, limit) => limit / ours,
      },
      same: 'rows',
    },
    {
      name: `exact search, ${n.toLocaleString('en')} x ${dim}, ${BATCH} questions at a time`,
      count: BATCH,
      ours: {
        name: 'xqg (onnxruntime, then exact)',
        run: async (turn) => {
          const first = turn % (64 - BATCH + 1);
          const asked = data.questions.slice(first * dim, (first + BATCH) * dim);
          const products = await scanner.scan(asked, data.passages, dim);
          let best: Iterable<number> | null = null;
          for (let q = 0; q < BATCH; q++) {
            const query = asked.subarray(q * dim, (q + 1) * dim);
            const part = {
              scores: products.subarray(q * n, (q + 1) * n),
              error: roundingError(query, matrix),
              weight: 1,
            };
            const { scores, error } = sumParts([part], sums);
            const { rows } = exactTopK(scores, error, query, [{ matrix, weight: 1 }], k, rank);
            best ??= rows;
          }
          return [...best!];
        },
      },
      others: [
        { name: 'faiss IndexFlatIP', task: 'faiss batch' },
        { name: 'numpy', task: 'numpy batch' },
      ],
      limit: {
        name: 'the same arithmetic at the speed of a product of matrices in cache',
        task: 'gemm',
        share: (ours, limit) => ((limit / (2 * 1024 ** 3)) * 2 * BATCH * n * dim) / ours,
      },
      same: 'rows',
    },
    nearContest(data),
    lexicalContest(data),
    metricContest(data),
    {
      name: 'static encoding of 2,000 English passages of 100 words',
      count: 2000,
      ours: { name: 'xqg (words and hashed n-grams)', run: () => encoded(remembering) },
      others: [
        { name: 'xqg, no word met before', run: () => encoded(new StaticEncoder(data.pack)) },
        { name: 'model2vec (words alone, its table made before)', task: 'model2vec' },
      ],
    },
    fusionContest(data),
    pipelineContest(data, threads),
  ];
}

/**
 * Both graphs at the narrowest search that reaches the recall; ours as `search/ann` asks it: in 8
 * bits, what it names scored exactly.
 */
function nearContest(data: PeersData): Contest {
  const dim = SHAPE.nearDim;
  const n = data.near.length / dim;
  const questions = data.nearQuestions.length / dim;
  const rank = Uint32Array.from({ length: n }, (_, row) => row);
  let graph: Graph;
  let width: number;
  let reached: number;
  const ask = (q: number) => {
    const question = data.nearQuestions.subarray(q * dim, (q + 1) * dim);
    const rows = graph.search(question, width, width);
    const scores = Float64Array.from(rows, (row) => product(question, data.near, row * dim));
    return sortRows(rows, scores, 10, rank).rows;
  };
  const recall = () => {
    let found = 0;
    for (let q = 0; q < questions; q++) {
      const truth = new Set(data.nearTruth[q]);
      for (const row of ask(q)) if (truth.has(row)) found++;
    }
    return found / questions / 10;
  };
  const prepare = async () => {
    graph = await Graph.create({ dim, unitLength: true });
    graph.add(0, data.near);
    for (width of SHAPE.widths) {
      reached = recall();
      if (reached >= SHAPE.recall) break;
    }
  };
  return {
    name: `nearly nearest of ${n.toLocaleString('en')} x ${dim}, best 10, recall ${SHAPE.recall}`,
    count: questions,
    ours: {
      name: 'xqg (usearch in 8 bits, then exact)',
      prepare,
      run: () => {
        for (let q = 0; q < questions; q++) ask(q);
        return [width, reached];
      },
    },
    others: [{ name: 'faiss HNSW', task: 'faiss hnsw' }],
    note: ([width, recall]) => `width ${width}, recall ${Number(recall).toFixed(3)}`,
  };
}

function lexicalContest({ texts, asked }: PeersData): Contest {
  const segments: LexicalSegment[] = [];
  let builder = new SegmentBuilder();
  const seal = () => {
    if (builder.rows > 0)
      segments.push(LexicalSegment.open(builder.finish(), 'a segment of the benchmark'));
    builder = new SegmentBuilder();
  };
  for (const text of texts) {
    const counts = new Map<string, number>();
    for (const term of text.split(' ')) counts.set(term, (counts.get(term) ?? 0) + 1);
    const own = { terms: [...counts.keys()], weights: Float32Array.from(counts.values()) };
    builder.add({ own, pivot: null, drawn: null, lang: 'en' });
    if (builder.full) seal();
  }
  seal();
  const lexical = new LexicalIndex(segments, { k1: 0.9, b: 0.4 });
  const rank = Uint32Array.from(texts.keys());
  const settings = {
    generatedWeight: 0,
    translationWeight: 0,
    relatedWeight: 0,
    expectedDf: false,
    factors: null,
  };
  const view = lexical.view('en', settings);
  const modules = createRequire(join(resolve(peers().node), 'package.json'));
  const MiniSearch = modules('minisearch');
  const orama = modules('@orama/orama');
  const mini = new MiniSearch({
    fields: ['text'],
    idField: 'id',
    tokenize: (text: string) => text.split(' '),
  });
  const database = orama.create({ schema: { text: 'string' } });
  type Ask = (question: string) => Found | Promise<Found>;
  const all = (ask: Ask) => async (): Promise<Found> => {
    let first: Found = [];
    let questions = 0;
    for (const question of asked) {
      const found = await ask(question);
      if (questions++ === 0) first = found;
    }
    return first;
  };
  const ours = all((question) => {
    const terms = question.split(' ');
    const bag = { terms, weights: new Float32Array(terms.length).fill(1) };
    const { list } = lexical.top([{ bag, view, weight: 1 }], 'plain', { k: 10, rank });
    return [...list.rows];
  });
  return {
    name: `BM25 over ${texts.length.toLocaleString('en')} passages of 80 words, best 10`,
    count: asked.length,
    ours: {
      name: 'xqg',
      prepare: async () => {
        for (let round = 0; round < WARM; round++) await ours();
      },
      run: ours,
    },
    others: [
      { name: 'bm25s (numba)', task: 'bm25s', same: 'rows' },
      ...lucenePeer(texts, asked),
      {
        name: 'minisearch',
        prepare: () => mini.addAll(texts.map((text, id) => ({ id, text }))),
        run: all((question) =>
          mini
            .search(question)
            .slice(0, 10)
            .map(({ id }: { id: number }) => id),
        ),
      },
      {
        name: 'orama',
        prepare: () =>
          orama.insertMultiple(
            database,
            texts.map((text, i) => ({ id: `${i}`, text })),
            1000,
          ),
        run: all(async (term) =>
          (await orama.search(database, { term, limit: 10 })).hits.map(
            ({ id }: { id: string }) => id,
          ),
        ),
      },
    ],
    same: 'rows',
  };
}

/**
 * Lucene in a process of its own, compiled by many rounds before it is timed; nothing where it is
 * not installed.
 */
function lucenePeer(texts: readonly string[], asked: readonly string[]): Side[] {
  const java = lucene();
  if (java === null) return [];
  let folder: string;
  let peer: Peer;
  const prepare = async () => {
    folder = mkdtempSync(join(tmpdir(), 'xqg-lucene-'));
    writeFileSync(join(folder, 'texts.txt'), texts.join('\n'));
    writeFileSync(join(folder, 'asked.txt'), asked.join('\n'));
    peer = startPeer('java', ['-XX:+UseSerialGC', ...java, 'LuceneSearcher', folder]);
    await peer.ready;
  };
  const close = () => {
    peer.end();
    rmSync(folder, { recursive: true });
  };
  return [{ name: 'Lucene', prepare, timed: (turn) => peer.ask(turn), close, same: 'rows' }];
}

function metricContest({ qrels, run }: PeersData): Contest {
  const maps = (object: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
    new Map(Object.entries(object).map(([id, of]) => [id, new Map(Object.entries(of))]));
  const measures = parseMeasures('nDCG@10,R@100,mAP');
  const [judgments, scores] = [maps(qrels), maps(run)];
  return {
    name: 'nDCG@10, R@100 and mAP of 1,000 questions with 100 hits',
    count: 1000,
    ours: {
      name: 'xqg',
      run: () => [Number(measureRun(judgments, scores, measures).means[0].toFixed(6))],
    },
    others: [
      { name: 'pytrec_eval', task: 'pytrec_eval' },
      { name: 'ranx', task: 'ranx' },
    ],
    same: 'values',
  };
}

function fusionContest({ passages, queries }: PeersData): Contest {
  const { dim, fused, queries: each } = SHAPE;
  const some = passages.subarray(0, fused * dim);
  // Five queries in seven languages, summed when they are encoded.
  const languages = Array.from({ length: 7 }, (_, l) => {
    const sums = new Float32Array(fused * dim);
    for (let row = 0; row < fused; row++) {
      for (let q = 5 * l; q < 5 * (l + 1); q++) {
        for (let d = 0; d < dim; d++) sums[row * dim + d] += queries[(row * each + q) * dim + d];
      }
    }
    return { lang: `l${l}`, sums, weight: 1, queries: 5 };
  });
  return {
    name: `fusion of ${fused.toLocaleString('en')} passages with ${each} queries`,
    count: fused,
    ours: {
      name: 'xqg (a sum for each of 7 languages)',
      run: () => {
        const matrix = fuse(some, languages, {
          variant: 'sum',
          alpha: 0.01,
          renormalize: false,
          dim,
        });
        return [Number(matrix[3 * dim + 3].toFixed(4))];
      },
      bytes: { memory: 4 * dim * 8, disk: 4 * dim + 7 * (dim + 4) },
    },
    others: [
      {
        name: 'the released arithmetic (numpy)',
        task: 'numpy fusion',
        bytes: { memory: 4 * dim * 36, disk: 4 * dim * 36 },
      },
    ],
    same: 'values',
  };
}

function pipelineContest({ pack, piped }: PeersData, threads: number): Contest {
  return {
    name: `indexing ${piped.length.toLocaleString('en')} passages, ${SHAPE.pipedLanguages.length} query languages`,
    count: piped.length,
    ours: {
      name: 'xqg (on disk, resumable)',
      run: async () => {
        const folder = mkdtempSync(join(tmpdir(), 'xqg-piped-'));
        try {
          const { passages } = await indexDocuments(join(folder, 'index'), documents(piped), {
            encoder: new StaticEncoder(pack),
            generator: new LexiconGenerator(pack),
            pack: pack.identity,
            packFolder: resolve('packs', 'base'),
            queryLanguages: SHAPE.pipedLanguages,
            threads,
          });
          return [passages];
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    },
    others: [
      { name: 'a loop in Python (model2vec, faiss, bm25s), in memory', task: 'python pipeline' },
    ],
    turns: 2,
    same: 'values',
  };
}

async function* documents(texts: readonly string[]): AsyncGenerator<SourceDocument> {
  for (const [number, text] of texts.entries()) {
    const blocks = [{ headings: [], text }];
    const place = {
      source: '/synthetic',
      path: '/synthetic/passages.jsonl',
      title: '',
      lang: 'en',
    };
    yield { id: `passage-${number}`, ...place, metadata: {}, blocks, whole: true };
  }
}
