/**
 * From rates to what an index will take: time, memory, disk and price of every stage. Arithmetic
 * alone; measures nothing.
 */
import { quantizedBytes } from '../store/quantize.js';
import type { Rates } from './rates.js';

export interface PlanRequest {
  readonly passages: number;
  /** For each passage and language. */
  readonly queries: number;
  /** Number of query languages. */
  readonly languages: number;
  /** Sentences of a passage that are encoded; 0: none. */
  readonly sentences: number;
  /** False: generated queries serve the lexical leg alone. */
  readonly encodesQueries: boolean;
  readonly machine: {
    readonly cores: number;
    readonly memoryBytes: number;
    /** Free. */
    readonly diskBytes: number;
    /** Price of an hour; 0: not counted. */
    readonly hourPrice: number;
  };
}

export type StageName =
  | 'generate'
  | 'encode'
  | 'sentences'
  | 'augment'
  | 'write'
  | 'join'
  | 'seal'
  | 'matrix'
  | 'ann';

interface PlannedStage {
  readonly stage: StageName;
  readonly hours: number;
  /** Memory that grows with the corpus; 0 where batches bound it. */
  readonly memoryBytes: number;
  /** What it leaves on disk. */
  readonly diskBytes: number;
  readonly cost: number;
}

export interface Plan {
  readonly request: PlanRequest;
  readonly stages: readonly PlannedStage[];
  /** Indexing until it can be searched; the stages of rows run beside each other. */
  readonly indexing: {
    readonly hours: number;
    readonly cost: number;
    readonly memoryBytes: number;
  };
  readonly disk: {
    /** Rows, lexical index and ANN index. */
    readonly keptBytes: number;
    /** The most at any time: joining pieces writes rows a second time. */
    readonly largestBytes: number;
  };
  /** A search server in one language: exactly, and through an ANN index. */
  readonly searchMemory: { readonly exactBytes: number; readonly annBytes: number };
  /** What is stored of generated queries, against a vector for each of them. */
  readonly vectors: {
    readonly generatedQueries: number;
    readonly sumsBytes: number;
    readonly eachBytes: number;
  };
  /** What this machine lacks, as sentences. */
  readonly lacks: readonly string[];
}

/** Where indexing stays, whatever the corpus: buffers, tables of the pack on every thread. */
const INDEXING_BYTES = 1.5e9;
/** The process itself with a pack. */
const SEARCH_BYTES = 0.35e9;
/** Id, language and rank of a passage in memory, and what scores take of it. */
const ROW_BYTES = 120;
const FLOAT = 4;

export function planOf(request: PlanRequest, rates: Rates): Plan {
  const { passages: n, queries, languages, encodesQueries, machine } = request;
  const { secondsPerPassage: passage, secondsPerQuery: query, bytesPerPassage: bytes, dim } = rates;
  const generatedQueries = n * languages * queries;
  // A distribution need not be drawn from where no query is encoded.
  const drawsQueries = encodesQueries ? !rates.expectation : rates.drawn;
  const drawnQueries = drawsQueries ? generatedQueries : 0;
  const sumsBytes = encodesQueries ? n * languages * quantizedBytes(dim, 8) : 0;
  const drawnBytes = rates.drawn ? generatedQueries * rates.bytesPerQuery : 0;
  const store = n * (bytes.texts + FLOAT * dim) + sumsBytes + drawnBytes / 2;
  const lexical = n * bytes.lexical + drawnBytes / 2;
  const sentenceBytes = n * request.sentences * quantizedBytes(dim, 8);
  const graph = n * (bytes.graph + dim * (rates.unitLength ? 1 : 2));
  const ann = graph + n * FLOAT * dim + sumsBytes + sentenceBytes;
  const matrix = n * dim * (FLOAT + 1) + sentenceBytes;

  const seconds: Record<StageName, number> = {
    generate: n * passage.pivot + drawnQueries * query.generate,
    encode: n * passage.encode + rates.secondsOnce,
    sentences: n * request.sentences * rates.secondsPerSentence,
    augment: augmentSeconds(request, drawnQueries, rates),
    write: n * passage.write,
    join: n * passage.join,
    seal: n * passage.seal,
    matrix: n * passage.matrix,
    ann: n * (passage.ann ?? 0) * growth(n, rates.annRows),
  };
  const prices: Partial<Record<StageName, number>> = {
    generate: drawnQueries * rates.price.generatedQuery,
    encode: n * rates.price.passage,
    // The same words again.
    sentences: request.sentences === 0 ? 0 : n * rates.price.passage,
    augment: encodesQueries ? drawnQueries * rates.price.query : 0,
  };
  const disks: Partial<Record<StageName, number>> = {
    sentences: sentenceBytes,
    write: store,
    seal: lexical,
    ann,
  };
  const memories: Partial<Record<StageName, number>> = {
    matrix: n * dim * FLOAT + matrix,
    ann: graph,
  };
  const stages = (Object.keys(seconds) as StageName[])
    .filter((stage) => stage !== 'ann' || passage.ann !== null)
    .filter((stage) => stage !== 'sentences' || request.sentences > 0)
    .map((stage): PlannedStage => {
      const hours = seconds[stage] / 3600;
      return {
        stage,
        hours,
        memoryBytes: memories[stage] ?? 0,
        diskBytes: disks[stage] ?? 0,
        cost: (prices[stage] ?? 0) + hours * machine.hourPrice,
      };
    });
  const indexingHours =
    rowSeconds(seconds, rates, machine.cores) / 3600 + (seconds.join + seconds.seal) / 3600;
  const rows = store + sentenceBytes;
  const annBytes = passage.ann === null ? 0 : ann;
  const disk = {
    keptBytes: rows + lexical + annBytes,
    largestBytes: 2 * rows + lexical + annBytes,
  };
  const memoryBytes = INDEXING_BYTES;
  const searchMemory = {
    exactBytes: SEARCH_BYTES + lexical + n * ROW_BYTES + n * dim * FLOAT + matrix,
    annBytes: SEARCH_BYTES + lexical + n * ROW_BYTES + graph,
  };
  const price = Object.values(prices).reduce((sum, each) => sum + each, 0);
  return {
    request,
    stages,
    indexing: {
      hours: indexingHours,
      cost: price + indexingHours * machine.hourPrice,
      memoryBytes,
    },
    disk,
    searchMemory,
    vectors: { generatedQueries, sumsBytes, eachBytes: generatedQueries * dim * FLOAT },
    lacks: lacksOf(disk, searchMemory, machine),
  };
}

/** Encoding generated queries and summing their vectors. */
function augmentSeconds(request: PlanRequest, drawnQueries: number, rates: Rates): number {
  if (!request.encodesQueries) return 0;
  if (rates.expectation) return expectationSeconds(request, rates);
  return drawnQueries * rates.secondsPerQuery.encode;
}

/** Sums of expected queries, and the first computation of every part that they share. */
function expectationSeconds({ passages, languages }: PlanRequest, rates: Rates): number {
  const { sum, part } = rates.secondsPerExpectation;
  return languages * (passages * sum + rates.parts * part);
}

/**
 * Generating, encoding and writing run on one thread, expectations on a thread for each core beside
 * it.
 */
function rowSeconds(seconds: Record<StageName, number>, rates: Rates, cores: number): number {
  const main = seconds.generate + seconds.encode + seconds.sentences + seconds.write;
  if (!rates.expectation) return main + seconds.augment;
  return Math.max(main, (main + seconds.augment) / cores);
}

/** Adding to a graph of n rows against one of `measured` rows. */
function growth(n: number, measured: number): number {
  return n <= measured ? 1 : Math.log(n) / Math.log(measured);
}

function lacksOf(
  disk: Plan['disk'],
  search: Plan['searchMemory'],
  { diskBytes, memoryBytes }: PlanRequest['machine'],
): string[] {
  const lacks: string[] = [];
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  if (disk.largestBytes > diskBytes)
    lacks.push(
      `Disk: ${gigabytes(disk.largestBytes)} are needed, ${gigabytes(diskBytes)} are free.`,
    );
  if (search.annBytes > memoryBytes)
    lacks.push(
      `Memory: searching needs ${gigabytes(search.annBytes)} even through an ANN index, there are ${gigabytes(memoryBytes)}: use a cluster (docs/scaling.md).`,
    );
  else if (search.exactBytes > memoryBytes)
    lacks.push(
      `Memory: exact search needs ${gigabytes(search.exactBytes)}, there are ${gigabytes(memoryBytes)}: build an ANN index (xqg ann build), which needs ${gigabytes(search.annBytes)}.`,
    );
  return lacks;
}
