/** The systems that an experiment measures, by their names. */
import { SYSTEMS, type System } from '../systems.js';
import type { ExperimentSpec } from './spec.js';

type Wanted = Pick<ExperimentSpec, 'legs' | 'translation' | 'primary'> & {
  readonly conditions: Pick<ExperimentSpec['conditions'], 'of'>;
};

/**
 * Systems that can be named in a file with these legs. Numbers of drawn queries are a condition,
 * not systems.
 */
export function knownSystems({
  legs,
  translation,
}: Pick<Wanted, 'legs' | 'translation'>): System[] {
  return SYSTEMS.filter(
    ({ mode, drawn, translate }) => legs.includes(mode) && !drawn && (translation || !translate),
  );
}

/** The systems themselves; those that sum all languages only where they are named. */
export function measuredSystems(wanted: Wanted): System[] {
  const named = [wanted.primary.baseline, wanted.primary.system, ...(wanted.conditions.of ?? [])];
  return knownSystems(wanted).filter(
    ({ name, augment }) => augment !== 'all' || named.includes(name),
  );
}

/** What a system is compared with in the same leg: the same without generated queries. */
export function plainOf(system: System): System {
  return SYSTEMS.find(
    ({ mode, augment, translate }) => mode === system.mode && augment === 'off' && !translate,
  )!;
}
