/** The systems that an experiment measures, by their names. */
import { isTuned, SYSTEMS, type System, systemsNamed, TUNED } from '../systems.js';
import { parametersOf } from '../tune-grid.js';
import { NONE } from './recipe.js';
import type { ExperimentSpec } from './spec.js';

type Naming = Pick<ExperimentSpec, 'legs' | 'translation' | 'systems' | 'tune' | 'generators'>;

/** Tuning has candidates for alpha and the weight of the dense leg (see spec.ts). */
function canBeTuned(system: System): boolean {
  const { augment, drawn } = system;
  return (
    augment !== 'all' &&
    !drawn &&
    parametersOf(system).some((parameter) => parameter === 'alpha' || parameter === 'denseWeight')
  );
}

/** Systems that a file with these keys can name, in the order of tables. */
export function knownSystems(naming: Naming): System[] {
  const { legs, translation, systems, tune, generators } = naming;
  // Without a generator there are neither queries nor the tables that translate.
  const possible = generators.includes(NONE)
    ? SYSTEMS.filter(({ augment, translate }) => augment === 'off' && !translate)
    : SYSTEMS;
  const usual = ({ mode, drawn, translate }: System) =>
    legs.includes(mode) && !drawn && (translation || !translate);
  return possible
    .filter((system) => systems !== undefined || usual(system))
    .flatMap((system) =>
      tune !== undefined && canBeTuned(system)
        ? [system, { ...system, name: `${system.name}${TUNED}` }]
        : [system],
    );
}

/** @throws XqgError XQG_UNKNOWN_SYSTEM */
export function measuredSystems(
  spec: Naming & Pick<ExperimentSpec, 'primary' | 'conditions'>,
): System[] {
  const known = knownSystems(spec);
  if (spec.systems !== undefined) return systemsNamed(spec.systems, known);
  const { primary, conditions } = spec;
  const named = [primary.baseline, primary.system, ...(conditions.of ?? [])];
  return known.filter(({ name, augment }) => augment !== 'all' || named.includes(name));
}

/**
 * What a system is compared with in the same leg: the same without generated queries, tuned where
 * it is tuned.
 */
export function plainNameOf(system: System): string {
  const plain = SYSTEMS.find(
    ({ mode, augment, translate }) => mode === system.mode && augment === 'off' && !translate,
  )!;
  return isTuned(system) && canBeTuned(plain) ? `${plain.name}${TUNED}` : plain.name;
}
