/**
 * Runs an experiment: opens what the file names, tunes, ranks what the store does not have yet, and
 * hands over all measurements. Interrupted, it goes on where it stopped.
 */
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { hasDistribution } from '../../generate/generator.js';
import { formatRun } from '../measures/trec.js';
import type { ArtifactStore } from '../ranking/artifact-store.js';
import { madeBy } from '../report/results.js';
import { ExperimentExpansions } from './expansions.js';
import { type ExperimentResults, isPrimary, Measurement, packRanks } from './measurement.js';
import { openDistractors, openReported, openTuning } from './open-data.js';
import { preparePairings } from './pairings.js';
import { type ExperimentRecipes, openRecipes } from './recipe.js';
import type { ExperimentSpec } from './spec.js';
import { Blocks, type WorkItem, workOf } from './work.js';
import { WorkRanker } from './work-ranker.js';

/** Told how far a run is; `done` of `total` steps, both 0 where that is not known. */
export type Tell = (step: string, done: number, total: number) => void;

export interface RunOptions {
  /** The experiment file, which paths are relative to. */
  readonly file: string;
  readonly spec: ExperimentSpec;
  readonly store: ArtifactStore;
  /** What makes the results, as the user typed it. */
  readonly command: string;
  readonly signal?: AbortSignal;
  readonly tell?: Tell;
  /** Told once, when it is known what has to be done. */
  readonly onPlan?: (plan: Plan) => void;
}

/** What is to be done. */
export interface Plan {
  readonly rankings: number;
  /** Rankings whose ranks are in the store. */
  readonly kept: number;
  readonly variants: readonly string[];
  readonly notes: readonly string[];
}

/** A TREC run of one system of the primary hypothesis. */
export interface SystemRun {
  /** Without folder, e.g. `xquad.to-english.th-en.static.lexicon.dense.run.gz`. */
  readonly name: string;
  /** The run, gzipped. */
  readonly content: () => Promise<Uint8Array>;
}

export interface FinishedRun {
  readonly results: ExperimentResults;
  readonly runs: readonly SystemRun[];
  close(): Promise<void>;
}

/** Throws what opening throws, and the signal's reason where it is aborted. */
export async function runExperiment(options: RunOptions): Promise<FinishedRun> {
  const { spec } = options;
  const folder = dirname(options.file);
  const { models } = spec;
  const recipe = await openRecipes(spec.encoders, spec.generators, folder, {
    models,
    signal: options.signal,
  });
  let expansions: ExperimentExpansions | undefined;
  try {
    expansions = await ExperimentExpansions.open(
      spec.conditions.expansion ?? [],
      folder,
      options.signal,
    );
    return await runWith(recipe, expansions, options);
  } catch (error) {
    await expansions?.close();
    await recipe.close();
    throw error;
  }
}

async function runWith(
  recipe: ExperimentRecipes,
  expansions: ExperimentExpansions,
  options: RunOptions,
): Promise<FinishedRun> {
  const { file, spec, store, signal, tell = () => {} } = options;
  const clock = new Clock();
  tell('reading the data', 0, 0);
  const reported = await openReported(file, spec);
  const distractors = await Promise.all(
    (spec.conditions.distractors ?? []).map((each) => openDistractors(file, each)),
  );
  const tuningData = spec.tune && (await openTuning(file, spec.tune, reported));
  clock.lap('reading');

  const prepared = await preparePairings(recipe, tuningData ?? null, options);
  const { pairings, tuning } = prepared;
  const notes = [...reported.flatMap(({ set }) => set.notes), ...prepared.notes];
  clock.lap('tuning');
  if (
    spec.conditions.queries &&
    recipe.generators.some(({ generator }) => hasDistribution(generator))
  )
    notes.push(
      'the lexicon generator draws keywords from one distribution: more queries mean less sampling noise, not more knowledge',
    );

  const blocks = new Blocks(store, spec.seed, signal);
  const work = workOf({ reported, distractors, pairings, blocks, expansions, seed: spec.seed });
  const kept = await Promise.all(work.map((item) => store.has('ranks', item.identity)));
  const keptCount = kept.filter(Boolean).length;
  const variants = [...new Set(work.map(({ variant }) => variant.name))];
  options.onPlan?.({ rankings: work.length, kept: keptCount, variants, notes });
  const ranker = new WorkRanker(recipe, { ...options, expansions });
  const measurements: Measurement[] = [];
  for (const [i, item] of work.entries()) {
    signal?.throwIfAborted();
    const { encoder, queryLang, passageLang } = item.place;
    tell(`${encoder}: ${item.variant.name}, ${queryLang} to ${passageLang}`, i, work.length);
    const ranks = await store.integers('ranks', item.identity, async () =>
      packRanks((await ranker.ranks([item]))[0]),
    );
    const size = item.pool.blocks.reduce((sum, { block }) => sum + block.size, 0);
    measurements.push(new Measurement(item.place, item.variant, item.test, ranks, size));
  }
  clock.lap('encoding and ranking');
  const sources = [...reported.map(({ set }) => set), ...(tuningData ? [tuningData] : [])];
  return {
    results: {
      spec,
      measurements,
      tuning,
      notes,
      madeBy: madeBy(
        options.command,
        sources.flatMap((each) => each.sources),
        {
          encoders: recipe.encoders.map(({ name, encoder }) => ({ as: name, ...encoder.identity })),
          generators: recipe.generators.map(({ name, generator }) => ({
            as: name,
            ...generator.identity,
          })),
          scanner: recipe.scanner.name,
        },
      ),
      machine: {
        cores: availableParallelism(),
        memory: Math.round(totalmem() / 1e9),
        platform: `${process.platform} ${process.arch}`,
      },
      timings: clock.laps,
    },
    runs: primaryRuns(work, ranker, spec, store),
    close: async () => {
      await expansions.close();
      await recipe.close();
    },
  };
}

/** Seconds between laps. */
class Clock {
  readonly laps: Record<string, number> = {};
  #last = performance.now();

  lap(name: string): void {
    const now = performance.now();
    this.laps[name] = Math.round((now - this.#last) / 100) / 10;
    this.#last = now;
  }
}

/** The runs of the two systems of the primary hypothesis. */
function primaryRuns(
  work: readonly WorkItem[],
  ranker: WorkRanker,
  spec: ExperimentSpec,
  store: ArtifactStore,
): SystemRun[] {
  const { primary, runs } = spec;
  if (runs.depth === 0) return [];
  const names = [primary.baseline, primary.system];
  return work
    .filter(
      ({ variant, place }) =>
        variant.condition === 'system' && names.includes(variant.name) && isPrimary(place, primary),
    )
    .map((item): SystemRun => {
      const { dataset, setting, queryLang, passageLang, encoder, generator } = item.place;
      const tag = item.variant.name.replaceAll('+', '-');
      const parts = [dataset, setting, `${queryLang}-${passageLang}`, encoder, generator, tag];
      return {
        name: `${parts.join('.').replace(/[^\w.-]+/g, '_')}.run.gz`,
        content: () =>
          store.bytes('runs', { ...item.identity, depth: runs.depth, tag }, async () => {
            const ranked = await ranker.best(item, runs.depth);
            return gzipSync(ranked.map((query) => formatRun(query, tag)).join(''));
          }),
      };
    });
}
