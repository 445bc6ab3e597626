/**
 * Chooses alpha and weights on tuning data, as part of the run: every system gets the same
 * candidates for the parameters that it has. Kept in the store with everything that was tried.
 */
import type { Encoder } from '../../encode/encoder.js';
import type { Generator } from '../../generate/generator.js';
import type { Scanner } from '../../search/dense/scanner.js';
import type { Collection } from '../data/collection.js';
import type { ArtifactStore, Identity } from '../ranking/artifact-store.js';
import { codeIdentity, RANKING_CODE } from '../ranking/code-identity.js';
import { isTuned, TUNABLE_SYSTEMS, untunedName } from '../systems.js';
import { type TunableSystem, tune } from '../tune.js';
import { type Grid, parametersOf, type Settings } from '../tune-grid.js';
import type { OpenCondition } from './condition.js';
import type { ExperimentSpec, TuneSpec } from './spec.js';
import { measuredSystems } from './systems.js';

/** What was tried for one system, and what was best. */
export interface TunedSystem {
  readonly system: string;
  /** Settings tried. */
  readonly tried: number;
  /** The parameters that had candidates. */
  readonly parameters: readonly (keyof Settings)[];
  readonly settings: Settings;
  /** Mean of the metric over the pairs of languages, with the settings chosen. */
  readonly mean: number;
  /** The same of every setting tried, the best first. */
  readonly all: readonly { readonly settings: Partial<Settings>; readonly mean: number }[];
}

export interface TuningOptions {
  readonly collection: Collection;
  readonly tune: TuneSpec;
  readonly spec: ExperimentSpec;
  readonly conditions: readonly OpenCondition[];
  readonly encoder: Encoder;
  readonly generator: Generator;
  readonly scanner: Scanner;
  readonly store: ArtifactStore;
  readonly progress: (step: string, done: number, total: number) => void;
}

function tuningIdentity({
  collection,
  tune,
  spec,
  conditions,
  encoder,
  generator,
}: Omit<TuningOptions, 'progress'>): Identity {
  const { on, half, unit, setting, langs, metric, alpha, 'dense-weight': denseWeight } = tune;
  return {
    data: collection.sources,
    on: { on, half, unit, setting, langs: langs ?? null, metric, alpha, denseWeight },
    dense: [spec.sentences ?? null, spec.centering],
    systems: tunable(spec, conditions).map(({ name, control }) => [name, control ?? null]),
    encoder: encoder.identity,
    generator: generator.identity,
    code: codeIdentity([...RANKING_CODE, 'evaluate/tune']),
  };
}

/** By system; systems without parameters among the candidates have one setting. */
export function tuneSystems(options: TuningOptions): Promise<TunedSystem[]> {
  const { collection, spec, conditions, encoder, generator, scanner, store, progress } = options;
  const grid: Grid = { alpha: options.tune.alpha, denseWeight: options.tune['dense-weight'] };
  return store.json('tuning', tuningIdentity(options), async () => {
    const systems = tunable(spec, conditions);
    const tuned = await tune(
      {
        collection,
        setting: options.tune.setting,
        systems,
        grid,
        encoder,
        generator,
        scanner,
        store,
        measure: options.tune.metric,
        sentences: spec.sentences,
        centering: spec.centering,
      },
      progress,
    );
    return systems.map((system): TunedSystem => {
      const ofSystem = tuned.filter((each) => each.system === system.name);
      const parameters = parametersOf(system).filter((parameter) => grid[parameter] !== undefined);
      const [best] = ofSystem;
      return {
        system: system.name,
        tried: ofSystem.length,
        parameters,
        settings: best.settings,
        mean: best.mean,
        all: ofSystem.map(({ settings, mean }) => ({
          settings: Object.fromEntries(
            parameters.map((parameter) => [parameter, settings[parameter]]),
          ),
          mean,
        })),
      };
    });
  });
}

function tunable(spec: ExperimentSpec, conditions: readonly OpenCondition[]): TunableSystem[] {
  const measured = measuredSystems(spec);
  const names = measured.map(untunedName);
  const systems = TUNABLE_SYSTEMS.filter(({ name }) => names.includes(name));
  const varied = spec.conditions.of ?? [spec.primary.system];
  const variedAndTuned = measured.filter((each) => isTuned(each) && varied.includes(each.name));
  const controls = systems
    .filter(({ name }) => variedAndTuned.some((each) => untunedName(each) === name))
    .flatMap((system) => conditions.flatMap((condition) => condition.tunedWith(system)));
  return [...systems, ...controls];
}
