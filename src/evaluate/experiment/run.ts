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
import type { OpenCondition } from './condition.js';
import { openConditions } from './conditions/index.js';
import { type ExperimentResults, isPrimary, Measurement, packRanks } from './measurement.js';
import { checkVectors, neededTexts, usedSets } from './needed-texts.js';
import { checkData, openReported, openTuning, type ReportedData } from './open-data.js';
import { preparePairings } from './pairings.js';
import { type ExperimentRecipes, openRecipes } from './recipe.js';
import type { ExperimentSpec } from './spec.js';
import type { Variant } from './variant.js';
import { Blocks, type Pairing, type WorkItem, workOf } from './work.js';
import { WorkRanker } from './work-ranker.js';

/** Hears how far a run is: `done` of `total` steps, both 0 where that is not known. */
type Tell = (step: string, done: number, total: number) => void;

export interface RunOptions {
  /** The experiment file, which paths are relative to. */
  readonly file: string;
  readonly spec: ExperimentSpec;
  readonly store: ArtifactStore;
  /** What makes the results, as the user typed it. */
  readonly command: string;
  readonly signal?: AbortSignal;
  readonly tell?: Tell;
  /** Gets a description of each model that was opened. */
  readonly onOpened?: (description: string) => void;
  /** Which variants are measured. Default: all. */
  readonly select?: (variant: Variant) => boolean;
  /** True: a setting without a judged question is left out with a note. Default: an error. */
  readonly skipEmpty?: boolean;
  /** Called once, before anything is ranked. */
  readonly onPlan?: (plan: Plan) => void;
}

/** What is to be done. */
export interface Plan {
  readonly rankings: number;
  /** Rankings whose ranks are in the store. */
  readonly inStore: number;
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
  // Before models, which may take long to open.
  checkData(options.file, spec);
  const recipe = await openRecipes(spec.encoders, spec.generators, folder, {
    models,
    signal: options.signal,
    onOpened: options.onOpened,
  });
  let conditions: readonly OpenCondition[] = [];
  try {
    conditions = await openConditions(spec.conditions, options);
    return await runWith(recipe, conditions, options);
  } catch (error) {
    for (const condition of conditions) await condition.close();
    await recipe.close();
    throw error;
  }
}

async function runWith(
  recipe: ExperimentRecipes,
  conditions: readonly OpenCondition[],
  options: RunOptions,
): Promise<FinishedRun> {
  const { file, spec, store, signal, tell = () => {} } = options;
  const clock = new Clock();
  tell('reading the data', 0, 0);
  const reported = await openReported(file, spec, options);
  const tuningData = spec.tune && (await openTuning(file, spec.tune, reported));
  clock.lap('reading');

  const prepared = await preparePairings(recipe, conditions, tuningData ?? null, options);
  const { select = () => true } = options;
  const pairings = prepared.pairings.map((pairing) => ({
    ...pairing,
    variants: pairing.variants.filter(select),
  }));
  checkVectors(neededTexts(usedSets(reported, tuningData ?? null, spec)), pairings);
  const notes = [
    ...reported.flatMap(({ set, notes: ofSettings }) => [...set.notes, ...ofSettings]),
    ...prepared.notes,
    ...pairings.flatMap((pairing) => unknownLanguages(pairing, reported)),
  ];
  clock.lap('tuning');

  const blocks = new Blocks(store, spec.seed, { signal, progress: tell });
  const groups = [...workOf({ reported, pairings, blocks, seed: spec.seed })];
  const work = groups.flat();
  const stored = await Promise.all(work.map((item) => store.has('ranks', item.identity)));
  const inStore = stored.filter(Boolean).length;
  const variants = [...new Set(work.map(({ variant }) => variant.name))];
  options.onPlan?.({ rankings: work.length, inStore, variants, notes });
  const ranker = new WorkRanker(recipe, options);
  const measurements: Measurement[] = [];
  for (const group of groups) {
    signal?.throwIfAborted();
    tell(stepOf(group), measurements.length, work.length);
    measurements.push(...(await measure(group, ranker, store)));
  }
  clock.lap('encoding and ranking');
  const sources = [...reported.map(({ set }) => set), ...(tuningData ? [tuningData] : [])];
  return {
    results: {
      spec,
      measurements,
      tuning: prepared.tuning,
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
      for (const condition of conditions) await condition.close();
      await recipe.close();
    },
  };
}

/** Items that are ranked together, for people. */
function stepOf(group: readonly WorkItem[]): string {
  const [{ subject, variant }] = group;
  const { encoder, queryLang, passageLang } = subject;
  const more = group.length === 1 ? '' : ` and ${group.length - 1} more`;
  return `${encoder}: ${variant.name}${more}, ${queryLang} to ${passageLang}`;
}

/** Measures a group; what the store has not is ranked together. */
async function measure(
  group: readonly WorkItem[],
  ranker: WorkRanker,
  store: ArtifactStore,
): Promise<Measurement[]> {
  const missing = new Map<string, WorkItem>();
  for (const item of group) {
    const key = JSON.stringify(item.identity);
    if (!missing.has(key) && !(await store.has('ranks', item.identity))) missing.set(key, item);
  }
  const items = [...missing.values()];
  const ranks = items.length === 0 ? [] : await ranker.ranks(items);
  const ranked = new Map([...missing.keys()].map((key, i) => [key, ranks[i]]));
  const measurements: Measurement[] = [];
  for (const item of group) {
    const packed = await store.integers('ranks', item.identity, async () =>
      // A damaged file is ranked again.
      packRanks(ranked.get(JSON.stringify(item.identity)) ?? (await ranker.ranks([item]))[0]),
    );
    const { subject, variant, test, pool } = item;
    measurements.push(new Measurement(subject, variant, test, packed, pool.size));
  }
  return measurements;
}

/** A note where a generator with tables has none for a language of the data. */
function unknownLanguages({ generator }: Pairing, reported: readonly ReportedData[]): string[] {
  if (!hasDistribution(generator)) return [];
  const langs = reported.flatMap(({ spec, set }) =>
    spec.settings.flatMap((setting) =>
      set
        .pools(setting)
        .flatMap(({ tests, passageLang }) => [
          passageLang,
          ...tests.map(({ queryLang }) => queryLang),
        ]),
    ),
  );
  const unknown = [...new Set(langs)].filter(
    (lang) => !generator.languages.includes(lang) && /^[a-z]{2,3}$/.test(lang) && lang !== 'all',
  );
  if (unknown.length === 0) return [];
  return [
    `the pack does not know ${unknown.join(', ')}: only shared words and romanized n-grams match`,
  ];
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
      ({ variant, subject }) =>
        variant.condition === 'system' &&
        names.includes(variant.name) &&
        isPrimary(subject, primary),
    )
    .map((item): SystemRun => {
      const { dataset, setting, queryLang, passageLang, encoder, generator } = item.subject;
      const tag = item.variant.name.replaceAll('+', '-').replace(/[ ()]+/g, '');
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
