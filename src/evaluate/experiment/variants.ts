/**
 * The variants of an experiment: every system, and every point of every condition, as plain
 * descriptions of what is asked of the engine.
 */
import { alphaEffective, PROFILES } from '../../augment/profiles.js';
import { SEARCH_DEFAULTS, type SearchDefaults } from '../../search/defaults.js';
import { EXPECTED_QUERIES } from '../ranking/block.js';
import type { SumSource } from '../ranking/pool.js';
import type { QueryLanguages, SystemSettings } from '../ranking/system-settings.js';
import type { System } from '../systems.js';
import { defaultsWith, type Settings } from '../tune-grid.js';
import type { ExperimentSpec } from './spec.js';
import { measuredSystems, plainOf } from './systems.js';

export type ConditionName =
  | 'system'
  | 'alpha'
  | 'queries'
  | 'languages'
  | 'combine'
  | 'filter'
  | 'language-means'
  | 'feedback'
  | 'expansion'
  | 'distractors';

/** A point of an experiment: a system with its settings, and where it belongs. */
export interface Variant extends SystemSettings {
  /** Its own within the experiment, e.g. `dense+xqg` or `dense+xqg, alpha 0.3`. */
  readonly name: string;
  readonly condition: ConditionName;
  /** Where on the condition's axis; '' for systems. */
  readonly point: string | number;
  /**
   * The share of the queries' mean; null without augmentation, and where it differs from passage to
   * passage.
   */
  readonly alphaEffective: number | null;
  /** Name of the distractors that are added to the pool. */
  readonly distractors: string | null;
  /** Name of what the questions are expanded by. */
  readonly expansion: string | null;
}

export interface VariantOptions {
  /** Tuned settings by system; absent ones keep their defaults. */
  readonly tuned: ReadonlyMap<string, Settings>;
  /** Of systems that were not tuned; default: those of the static encoder. */
  readonly defaults?: SearchDefaults;
  /**
   * False: the generator has no expectation that the encoder can take, and drawn queries stand for
   * it.
   */
  readonly expected: boolean;
  /** Languages in which queries are generated, for leave-one-out. */
  readonly queryLanguages: readonly string[];
  /** Drawn queries a passage and language that are kept in the store. */
  readonly drawn: number;
  /**
   * False: vectors have any length, and passages are augmented by the published sum. Default true.
   */
  readonly unitLength?: boolean;
  /** False: language means of training text are unknown, and their point is left out. */
  readonly trainingMeans: boolean;
}

/** Drawn queries that a file needs of a generator that can draw any number. */
export function drawnCount({ conditions }: Pick<ExperimentSpec, 'conditions'>): number {
  return Math.max(EXPECTED_QUERIES, ...(conditions.queries ?? []));
}

/** All variants: the systems, then the conditions in the order of the file's documentation. */
export function variantsOf(spec: ExperimentSpec, options: VariantOptions): Variant[] {
  const { drawn } = options;
  const standard: SumSource = {
    queries: options.expected ? 'expected' : drawn,
    dropBelow: 0,
    means: 'none',
    drawn,
  };
  const systems = measuredSystems(spec).map((system) =>
    systemVariant(system, standard, { ...options, alpha: spec.alpha }),
  );
  const { conditions } = spec;
  const of = conditions.of ?? [spec.primary.system];
  const bases = systems.filter(
    ({ system }) => of.includes(system.name) && system.augment !== 'off',
  );
  const points = bases.flatMap((base) => conditionVariants(base, spec, options));
  const compared = [spec.primary.baseline, spec.primary.system, ...of];
  const varied = systems.filter(({ name }) => compared.includes(name));
  // Each beside the plain system with the same feedback.
  const plain = new Set(varied.map(({ system }) => plainOf(system).name));
  const fed = (conditions.feedback ?? []).flatMap((feedback) =>
    systems
      .filter(
        (base) => base.system.mode !== 'lexical' && (varied.includes(base) || plain.has(base.name)),
      )
      .map((base) => at(base, 'feedback', feedback, `feedback ${feedback}`, { feedback })),
  );
  const expanded = (conditions.expansion ?? []).flatMap(({ name: expansion }) =>
    varied.map((base) => at(base, 'expansion', expansion, `expanded: ${expansion}`, { expansion })),
  );
  const named = spec.conditions.distractors ?? [];
  const crowded = named.flatMap(({ name }) =>
    systems.map((base) => at(base, 'distractors', name, `with ${name}`, { distractors: name })),
  );
  return [...systems, ...points, ...fed, ...expanded, ...crowded];
}

function systemVariant(
  system: System,
  source: SumSource,
  options: VariantOptions & Pick<ExperimentSpec, 'alpha'>,
): Variant {
  const { tuned, queryLanguages, unitLength = true, defaults: untuned = SEARCH_DEFAULTS } = options;
  const settings = tuned.get(system.name);
  const defaults = settings === undefined ? untuned : defaultsWith(system, settings);
  const profile = unitLength ? defaults.profile.unitLength : defaults.profile.anyLength;
  const summed = PROFILES[profile].variant === 'sum';
  const usual = summed ? PROFILES[profile].alpha : defaults.alpha;
  const alpha = settings === undefined ? (options.alpha ?? usual) : usual;
  const share = summed ? alphaEffective(alpha, countOf(source) * queryLanguages.length) : alpha;
  return {
    name: system.name,
    system,
    condition: 'system',
    point: '',
    profile,
    alpha,
    alphaEffective: system.augment === 'off' || system.mode === 'lexical' ? null : share,
    languages: system.augment === 'all' || summed ? 'all' : 'asker',
    source,
    defaults,
    feedback: null,
    topN: null,
    distractors: null,
    expansion: null,
  };
}

function conditionVariants(
  base: Variant,
  { conditions }: ExperimentSpec,
  options: VariantOptions,
): Variant[] {
  const { drawn } = base.source;
  const hasDense = base.system.mode !== 'lexical';
  const variants: Variant[] = [];
  if (hasDense) {
    for (const alpha of conditions.alpha ?? []) {
      const n = base.languages === 'all' ? countOf(base.source) * options.queryLanguages.length : 1;
      const share = PROFILES[base.profile].variant === 'sum' ? alphaEffective(alpha, n) : alpha;
      variants.push(at(base, 'alpha', alpha, `alpha ${alpha}`, { alpha, alphaEffective: share }));
    }
  }
  for (const queries of (conditions.queries ?? []).filter((each) => each <= drawn)) {
    variants.push(
      at(base, 'queries', queries, `n=${queries}`, { source: { ...base.source, queries } }),
    );
  }
  for (const choice of conditions.languages ?? []) {
    for (const [point, languages] of languageChoices(choice, options.queryLanguages)) {
      variants.push(at(base, 'languages', point, point, { languages }));
    }
  }
  if (hasDense) {
    for (const combination of conditions.combine ?? []) {
      variants.push(
        at(base, 'combine', combination, combination, combine(base, combination, options)),
      );
    }
  }
  for (const dropBelow of conditions.filter ?? []) {
    const source = { ...base.source, queries: drawn, dropBelow };
    variants.push(at(base, 'filter', dropBelow, `filter ${dropBelow} %`, { source }));
  }
  if (hasDense) {
    for (const means of conditions['language-means'] ?? []) {
      if (means === 'training' && !options.trainingMeans) continue;
      variants.push(
        at(base, 'language-means', means, `means ${means}`, { source: { ...base.source, means } }),
      );
      const plain = { alpha: 0, alphaEffective: 0, source: { ...base.source, means } };
      variants.push(
        at(base, 'language-means', `${means}, alpha 0`, `means ${means}, alpha 0`, plain),
      );
    }
  }
  return variants;
}

function at(
  base: Variant,
  condition: ConditionName,
  point: string | number,
  label: string,
  changes: Partial<Variant>,
): Variant {
  return { ...base, name: `${base.name}, ${label}`, condition, point, ...changes };
}

function languageChoices(
  choice: 'own' | 'all' | 'others' | 'leave-one-out',
  queryLanguages: readonly string[],
): [string, QueryLanguages][] {
  if (choice === 'own') return [['own', 'asker']];
  if (choice === 'leave-one-out')
    return queryLanguages.map((lang) => [`without ${lang}`, { without: lang }]);
  return [[choice, choice]];
}

/**
 * `mean`: the mean of the queries, renormalized. `sum`: the plain sum of the asker's queries, not
 * renormalized, with the alpha that gives the mean query the same share. `paper`: the sum over all
 * languages with the published alpha. One of them is the base itself.
 */
function combine(
  base: Variant,
  combination: 'mean' | 'sum' | 'paper',
  { queryLanguages }: VariantOptions,
): Partial<Variant> {
  const share = base.alphaEffective ?? base.alpha;
  const n = countOf(base.source);
  if (combination === 'paper') {
    const { alpha } = PROFILES.paper;
    const published = alphaEffective(alpha, n * queryLanguages.length);
    return { profile: 'paper', alpha, alphaEffective: published, languages: 'all' };
  }
  if (combination === 'mean') return { profile: 'unit', alpha: share, alphaEffective: share };
  // Solves a n / ((1 - a) + a n) = share for a.
  const alpha = share / (n * (1 - share) + share);
  const languages = base.languages === 'all' ? 'asker' : base.languages;
  return { profile: 'paper', alpha, alphaEffective: share, languages };
}

/** Queries a passage and language that a sum is over. */
function countOf({ queries }: SumSource): number {
  return queries === 'expected' ? EXPECTED_QUERIES : queries;
}
