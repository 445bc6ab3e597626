/**
 * How fast a neural encoder is on this machine, by its settings, against the bare runtime on the
 * same batches. Takes turns, so that what else the machine does falls on both; minima count.
 */
import { availableParallelism } from 'node:os';
import { seededRandom } from '../../base/random.js';
import type { FoundModel } from '../../models/places.js';
import type { CardFields } from './card.js';
import { type Feeds, ModelRunner } from './model-runner.js';
import { NeuralEncoder, setupOf, takesScaleOfBatch } from './neural.js';

/** Settings that are measured. */
export interface BenchPoint {
  readonly workers: number;
  readonly threads: number;
  readonly batch: number;
}

export interface BenchedPoint extends BenchPoint {
  /** Passages a second, tokenizing and pooling included. */
  readonly passagesPerSecond: number;
  readonly tokensPerSecond: number;
  /**
   * Passages a second of the graph alone, in one session with these threads and the batches made
   * before; one worker only.
   */
  readonly barePerSecond: number | null;
  /** Encoder / bare, by the clock. */
  readonly ratio: number | null;
  /**
   * The same by processor time, which other work on the machine changes little; with several
   * threads waiting counts too.
   */
  readonly cpuRatio: number | null;
}

export interface BenchOptions {
  readonly card?: CardFields;
  readonly texts: readonly string[];
  readonly points: readonly BenchPoint[];
  /** Turns of each; the best one counts. Default 3. */
  readonly rounds?: number;
  readonly signal?: AbortSignal;
}

const BATCHES = [1, 8];

/**
 * What is worth measuring: one worker with 1 and all threads, a worker a core; batches where a
 * graph allows them.
 */
export function benchPoints(model: FoundModel, card?: CardFields): BenchPoint[] {
  const cores = availableParallelism();
  const batches = takesScaleOfBatch(setupOf(model, { card }).setup.graph) ? [1] : BATCHES;
  const threads = [...new Set([1, Math.max(1, Math.floor(cores / 2)), cores])];
  return batches.flatMap((batch) => [
    ...threads.map((each) => ({ workers: 1, threads: each, batch })),
    ...(cores > 1 ? [{ workers: cores, threads: 1, batch }] : []),
  ]);
}

/** Each point as it is measured. @throws XqgError those of `NeuralEncoder.open` */
export async function* benchEncoder(
  model: FoundModel,
  { card, texts, points, rounds = 3, signal }: BenchOptions,
): AsyncGenerator<BenchedPoint> {
  const passages = texts.map((text) => ({ title: '', text, lang: 'en' }));
  for (const point of points) {
    signal?.throwIfAborted();
    const encoder = await NeuralEncoder.open(model, { card, ...point });
    const bare = point.workers === 1 ? await BareSession.open(model, encoder, texts, point) : null;
    try {
      const best = { encoder: NEVER, bare: NEVER };
      let tokens = 0;
      // The first turn fills the allocator.
      for (let round = 0; round <= rounds; round++) {
        signal?.throwIfAborted();
        const before = encoder.counts.tokens;
        const encoderTime = await timed(() => encoder.encodePassages(passages));
        const bareTime = bare === null ? NEVER : await timed(() => bare.run());
        tokens = encoder.counts.tokens - before;
        if (round === 0) continue;
        best.encoder = lesser(best.encoder, encoderTime);
        best.bare = lesser(best.bare, bareTime);
      }
      yield {
        ...point,
        passagesPerSecond: texts.length / best.encoder.seconds,
        tokensPerSecond: tokens / best.encoder.seconds,
        barePerSecond: bare === null ? null : texts.length / best.bare.seconds,
        ratio: bare === null ? null : best.bare.seconds / best.encoder.seconds,
        cpuRatio: bare === null ? null : best.bare.cpuSeconds / best.encoder.cpuSeconds,
      };
    } finally {
      await bare?.close();
      await encoder.close();
    }
  }
}

/** The encoder's batches, tokenized beforehand, in a session of this thread. */
class BareSession {
  private constructor(
    private readonly runner: ModelRunner,
    private readonly batches: readonly Feeds[],
  ) {}

  static async open(
    model: FoundModel,
    { card }: NeuralEncoder,
    texts: readonly string[],
    point: BenchPoint,
  ): Promise<BareSession> {
    const runner = await ModelRunner.open(setupOf(model, { card, ...point }).setup);
    const feeds: Feeds[] = [];
    for (const places of NeuralEncoder.tasks(texts)) {
      const task = places.map((place) => `${card.passagePrefix}${texts[place]}`);
      const { batches } = await runner.batches(task, card.passageTokens);
      for (const { rows } of batches) feeds.push(runner.feeds(rows));
    }
    return new BareSession(runner, feeds);
  }

  async run(): Promise<void> {
    for (const feeds of this.batches) await this.runner.run(feeds);
  }

  close(): Promise<void> {
    return this.runner.close();
  }
}

interface Time {
  readonly seconds: number;
  /** Of all threads of this process. */
  readonly cpuSeconds: number;
}

const NEVER: Time = { seconds: Infinity, cpuSeconds: Infinity };

async function timed(work: () => Promise<unknown>): Promise<Time> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
}

function lesser(a: Time, b: Time): Time {
  return {
    seconds: Math.min(a.seconds, b.seconds),
    cpuSeconds: Math.min(a.cpuSeconds, b.cpuSeconds),
  };
}

/**
 * Made-up passages of many lengths, always the same: what a bench encodes where nothing else is at
 * hand. Holds text.
 */
const SENTENCES = [
  'The bridge over the river was closed for repairs between the spring and the autumn of that year.',
  'Most of the villages along the coast live from fishing, and some have small harbors of their own.',
  'A committee of nine members prepares the budget, which the assembly then debates in three readings.',
  'Rainfall is highest in June; the hills to the north receive almost twice as much as the plain.',
  'She studied chemistry and mathematics before she turned to the history of instruments.',
  'The first railway line reached the town in 1871 and was extended to the mines ten years later.',
  'Honey from these meadows is darker than that of the valley, since the bees visit the chestnut trees.',
  'Visitors find the old printing press, four looms and a collection of maps on the second floor.',
].map((sentence) => sentence.split(' '));

/**
 * @param most words of the longest; the shortest has about a fifth of it
 */
export function madeUpPassages(n: number, most: number): string[] {
  const random = seededRandom('bench');
  return Array.from({ length: n }, () => {
    const length = Math.max(1, Math.round(most * (0.2 + 0.8 * random())));
    const words: string[] = [];
    while (words.length < length) words.push(...SENTENCES[Math.floor(random() * SENTENCES.length)]);
    return words.slice(0, length).join(' ');
  });
}
