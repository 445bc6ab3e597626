/** Encoders with generators, each with its tuned settings and its variants. */
import type { Collection } from '../data/collection.js';
import type { ArtifactStore } from '../ranking/artifact-store.js';
import { tunable } from '../tune.js';
import type { OpenCondition, PairingContext } from './condition.js';
import type { TuningRecord } from './measurement.js';
import type { ExperimentRecipes } from './recipe.js';
import type { ExperimentSpec } from './spec.js';
import { tuneSystems } from './tuning.js';
import { drawnQueriesOf, variantsOf } from './variants.js';
import type { Pairing } from './work.js';

export interface PairingOptions {
  readonly spec: ExperimentSpec;
  readonly store: ArtifactStore;
  readonly signal?: AbortSignal;
  readonly tell?: (step: string, done: number, total: number) => void;
}

export interface PreparedPairings {
  readonly pairings: readonly Pairing[];
  readonly tuning: readonly TuningRecord[];
  /** What a reader should know. */
  readonly notes: readonly string[];
}

type OpenRecipes = Pick<ExperimentRecipes, 'encoders' | 'generators' | 'scanner'>;

/** @param tuningData null: nothing is tuned */
export async function preparePairings(
  recipes: OpenRecipes,
  conditions: readonly OpenCondition[],
  tuningData: Collection | null,
  options: PairingOptions,
): Promise<PreparedPairings> {
  const { spec } = options;
  const tuning: TuningRecord[] = [];
  const notes: string[] = [];
  const pairings: Pairing[] = [];
  for (const context of contextsOf(recipes, conditions)) {
    const record =
      tuningData && (await tuningOf(context, conditions, tuningData, recipes.scanner, options));
    if (record) tuning.push(record);
    const tuned = new Map(record?.systems.map(({ system, settings }) => [system, settings]));
    notes.push(
      ...notesOf(context, tuningData !== null && !record),
      ...conditions.flatMap((condition) => condition.notes(context)),
    );
    pairings.push({ ...context, variants: variantsOf(spec, conditions, { ...context, tuned }) });
  }
  return { pairings, tuning, notes: [...new Set(notes)] };
}

function* contextsOf(
  { encoders, generators }: OpenRecipes,
  conditions: readonly OpenCondition[],
): Generator<PairingContext> {
  for (const { name: encoderName, encoder, means } of encoders) {
    for (const { name: generatorName, generator } of generators) {
      const drawn = drawnQueriesOf(generator, conditions);
      yield { encoderName, generatorName, encoder, generator, means, drawn };
    }
  }
}

/** null: the generator has no queries for what is tuned on. */
async function tuningOf(
  { encoderName, generatorName, encoder, generator }: PairingContext,
  conditions: readonly OpenCondition[],
  collection: Collection,
  scanner: ExperimentRecipes['scanner'],
  { spec, store, signal, tell = () => {} }: PairingOptions,
): Promise<TuningRecord | null> {
  const tune = spec.tune!;
  const { parts } = await tunable({ collection, generator });
  if ([...parts.values()].every(({ passages }) => passages.length === 0)) return null;
  const systems = await tuneSystems({
    ...{ collection, tune, spec, conditions, encoder, generator, scanner, store },
    progress: (step, done, total) => {
      signal?.throwIfAborted();
      tell(`tuning ${step} on ${collection.name}`, done, total);
    },
  });
  return {
    encoder: encoderName,
    generator: generatorName,
    on: collection.name,
    setting: tune.setting,
    metric: tune.metric,
    systems,
  };
}

/** What a reader should know of an encoder with a generator. */
function notesOf(
  { encoderName, generatorName, encoder }: PairingContext,
  cannotTune: boolean,
): string[] {
  const notes: string[] = [];
  if (cannotTune)
    notes.push(
      `${generatorName} has no queries for the passages that are tuned on: with ${encoderName} it has its defaults`,
    );
  if (!encoder.identity.unitLength)
    notes.push(
      `vectors of ${encoderName} have any length: passages are augmented by the published sum`,
    );
  return notes;
}
