/** Encoders with generators, each with its tuned settings and its variants. */

import { hasDistribution } from '../../generate/generator.js';
import { searchDefaults } from '../../search/defaults.js';
import type { Collection } from '../data/collection.js';
import type { ArtifactStore } from '../ranking/artifact-store.js';
import type { Settings } from '../tune-grid.js';
import type { TuningRecord } from './measurement.js';
import type { ExperimentRecipes } from './recipe.js';
import type { ExperimentSpec } from './spec.js';
import { tuneSystems } from './tuning.js';
import { drawnCount, variantsOf } from './variants.js';
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

/** @param tuningData null: nothing is tuned */
export async function preparePairings(
  recipe: Pick<ExperimentRecipes, 'encoders' | 'generators' | 'scanner'>,
  tuningData: Collection | null,
  { spec, store, signal, tell = () => {} }: PairingOptions,
): Promise<PreparedPairings> {
  const tuning: TuningRecord[] = [];
  const notes: string[] = [];
  const pairings: Pairing[] = [];
  for (const { name: encoderName, encoder, means } of recipe.encoders) {
    for (const { name: generatorName, generator } of recipe.generators) {
      const expected = hasDistribution(generator) && encoder.bags !== undefined;
      const tuned = new Map<string, Settings>();
      if (tuningData && hasDistribution(generator)) {
        const systems = await tuneSystems({
          collection: tuningData,
          tune: spec.tune!,
          spec,
          encoder,
          generator,
          scanner: recipe.scanner,
          store,
          progress: (step, done, total) => {
            signal?.throwIfAborted();
            tell(`tuning ${step} on ${tuningData.name}`, done, total);
          },
        });
        for (const { system, settings } of systems) tuned.set(system, settings);
        const { setting, metric } = spec.tune!;
        tuning.push({
          encoder: encoderName,
          generator: generatorName,
          on: tuningData.name,
          setting,
          metric,
          systems,
        });
      } else if (tuningData) {
        notes.push(
          `${encoderName} with ${generatorName} has no probabilities to tune with: its defaults are used`,
        );
      }
      if (hasDistribution(generator) && !expected && spec.legs.some((leg) => leg !== 'dense'))
        notes.push(
          `with ${encoderName} the lexical leg sees drawn queries too, and is below that of an index (xqg evaluate measures that)`,
        );
      const trainingMeans = means.size > 0;
      const drawn = generator.queriesPerLanguage ?? drawnCount(spec);
      const most = Math.max(0, ...(spec.conditions.queries ?? []));
      if (drawn < most)
        notes.push(
          `${generatorName} has ${drawn} queries a passage and language: larger numbers are left out`,
        );
      const wantsMeans = spec.conditions['language-means']?.includes('training') === true;
      if (wantsMeans && !trainingMeans)
        notes.push(
          `${encoderName} knows no language means of its training text: that condition is left out`,
        );
      const queryLanguages = generator.languages;
      const { unitLength } = encoder.identity;
      const defaults = searchDefaults(encoder, generator);
      if (!unitLength)
        notes.push(
          `vectors of ${encoderName} have any length: passages are augmented by the published sum`,
        );
      pairings.push({
        encoderName,
        generatorName,
        encoder,
        generator,
        means,
        variants: variantsOf(spec, {
          tuned,
          expected,
          queryLanguages,
          drawn,
          trainingMeans,
          defaults,
          unitLength,
        }),
      });
    }
  }
  return { pairings, tuning, notes };
}
