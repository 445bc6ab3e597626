/** The variants of an experiment: every system, and every point of every condition. */
import { alphaEffective, PROFILES } from '../../augment/profiles.js';
import { encodesGeneratedQueries, encodesSentences } from '../../augment/tuned.js';
import { searchDefaults } from '../../search/defaults.js';
import { EXPECTED_QUERIES } from '../ranking/block.js';
import { sourceOf } from '../ranking/system-settings.js';
import { isTuned, type System, untunedName } from '../systems.js';
import { defaultsWith } from '../tune-grid.js';
import type { OpenCondition, PairingContext, Selection } from './condition.js';
import type { ExperimentSpec } from './spec.js';
import { measuredSystems, plainNameOf } from './systems.js';
import { countOf, type Variant } from './variant.js';

/**
 * Drawn queries a passage and language that a pairing keeps: what the conditions need, or what a
 * generator has that has no more.
 */
export function drawnQueriesOf(
  generator: PairingContext['generator'],
  conditions: readonly OpenCondition[],
): number {
  return (
    generator.queriesPerLanguage ??
    Math.max(EXPECTED_QUERIES, ...conditions.map(({ drawnQueries }) => drawnQueries))
  );
}

/** All variants: the systems, then the conditions in the order of their documentation. */
export function variantsOf(
  spec: ExperimentSpec,
  conditions: readonly OpenCondition[],
  context: PairingContext,
): Variant[] {
  const systems = measuredSystems(spec).map((system) => systemVariant(system, spec, context));
  const { baseline, system } = spec.primary;
  const of = spec.conditions.of ?? [system];
  const compared = [baseline, system, ...of];
  const plain = systems
    .filter(({ name }) => compared.includes(name))
    .map((each) => plainNameOf(each.system));
  const selection: Selection = { of, compared, plain };
  return [
    ...systems,
    ...conditions.flatMap((condition) => condition.variants(systems, selection, context)),
  ];
}

/** A system as search has it, or with what tuning chose. */
function systemVariant(
  system: System,
  spec: Pick<ExperimentSpec, 'alpha' | 'sentences' | 'centering'>,
  context: PairingContext,
): Variant {
  const { encoder, generator, tuned } = context;
  const source = sourceOf(system, encoder, generator, context.drawn);
  const usual = searchDefaults(encoder, generator);
  const settings = isTuned(system) ? tuned?.get(untunedName(system)) : undefined;
  const defaults = settings === undefined ? usual : defaultsWith(system, settings, usual);
  const profile = encoder.identity.unitLength
    ? defaults.profile.unitLength
    : defaults.profile.anyLength;
  const isSum = PROFILES[profile].variant === 'sum';
  const ofProfile = isSum ? PROFILES[profile].alpha : defaults.alpha;
  const shipped = isEncoded(system, encoder) ? ofProfile : 0;
  const alpha = settings === undefined ? (spec.alpha ?? shipped) : ofProfile;
  const share = isSum ? alphaEffective(alpha, countOf(source) * generator.languages.length) : alpha;
  return {
    name: system.name,
    system,
    condition: 'system',
    point: '',
    profile,
    alpha,
    alphaEffective: system.augment === 'off' || system.mode === 'lexical' ? null : share,
    languages: system.augment === 'all' || isSum ? 'all' : 'asker',
    source,
    defaults,
    feedback: null,
    sentenceWeight: (spec.sentences ?? encodesSentences(encoder)) ? null : 0,
    centering: spec.centering,
    topN: null,
    further: null,
    questions: null,
  };
}

/**
 * Whether generated queries are encoded: in a hybrid as an index does it by default, where they may
 * serve the lexical leg alone; in a dense system always, since there would be none.
 */
function isEncoded({ mode }: System, encoder: PairingContext['encoder']): boolean {
  return mode === 'dense' || encodesGeneratedQueries(encoder);
}
