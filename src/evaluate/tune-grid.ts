/** The parameters of search that are tuned, and which of them a system has. */
import { SEARCH_DEFAULTS, type SearchDefaults } from '../search/defaults.js';
import type { Normalization } from '../search/fusion.js';
import { lexicalModeOf } from '../search/request.js';
import type { System } from './systems.js';

/** One setting of everything that can be tuned; a system reads only its own parameters. */
export interface Settings {
  readonly k1: number;
  readonly b: number;
  readonly alpha: number;
  readonly generatedWeight: number;
  readonly translationWeight: number;
  readonly expectedDf: boolean;
  readonly relatedWeight: number;
  /** Of the best sentence in the dense leg. */
  readonly sentenceWeight: number;
  /** Of the centroid of the questions' language (see centering.ts). */
  readonly centerQuery: number;
  /** Of the centroid of a passage's language. */
  readonly centerPassage: number;
  readonly centrality: number;
  /** Of the dense leg against 1 for the lexical leg. */
  readonly denseWeight: number;
  readonly normalization: Normalization;
  /** Length of the lists that a hybrid is made of. */
  readonly topN: number;
}

export type Parameter = keyof Settings;

/** Candidates by parameter; one that is left out keeps its default. */
export type Grid = { readonly [P in Parameter]?: readonly Settings[P][] };

/**
 * The parameters that change a system's ranking. Plain and augmented hybrids share those of the
 * hybrid, so the same grid gives both the same chance.
 */
export function parametersOf(system: System): Parameter[] {
  const lexicalMode = lexicalModeOf({
    augment: system.augment !== 'off',
    translate: system.translate,
  });
  const parameters: Parameter[] = [];
  if (system.mode !== 'lexical') {
    parameters.push('sentenceWeight', 'centerQuery', 'centerPassage', 'centrality');
    if (system.augment !== 'off') parameters.push('alpha');
  }
  if (system.mode !== 'dense') {
    parameters.push('k1', 'b');
    if (lexicalMode === 'generated' || lexicalMode === 'both') parameters.push('generatedWeight');
    if (lexicalMode === 'translated' || lexicalMode === 'both')
      parameters.push('translationWeight');
    if (lexicalMode !== 'plain') parameters.push('expectedDf', 'relatedWeight');
  }
  if (system.mode === 'hybrid') parameters.push('denseWeight', 'normalization', 'topN');
  return parameters;
}

/** The settings of a system as they are now. */
function defaultSettings(system: System, defaults: SearchDefaults): Settings {
  const { bm25, alpha, generatedWeight, translationWeight, expectedDf, relatedWeight } = defaults;
  const { hybrid, sentenceWeight, centering } = defaults;
  const { normalization, topN, denseWeight } = hybrid;
  const mode = lexicalModeOf({ augment: system.augment !== 'off', translate: system.translate });
  return {
    ...bm25,
    alpha,
    generatedWeight,
    translationWeight,
    expectedDf,
    relatedWeight,
    sentenceWeight,
    centerQuery: centering.query,
    centerPassage: centering.passage,
    centrality: centering.centrality,
    denseWeight: denseWeight[mode],
    normalization,
    topN,
  };
}

/** The defaults with what was tuned for a system in their places. */
export function defaultsWith(
  system: System,
  settings: Settings,
  defaults: SearchDefaults = SEARCH_DEFAULTS,
): SearchDefaults {
  const {
    k1,
    b,
    alpha,
    generatedWeight,
    translationWeight,
    expectedDf,
    relatedWeight,
    sentenceWeight,
    centerQuery,
    centerPassage,
    centrality,
    normalization,
  } = settings;
  const mode = lexicalModeOf({ augment: system.augment !== 'off', translate: system.translate });
  const { hybrid, profile, feedback } = defaults;
  const denseWeight = { ...hybrid.denseWeight, [mode]: settings.denseWeight };
  return {
    bm25: { k1, b },
    alpha,
    generatedWeight,
    translationWeight,
    expectedDf,
    relatedWeight,
    sentenceWeight,
    centering: { query: centerQuery, passage: centerPassage, centrality },
    feedback,
    profile,
    hybrid: { ...hybrid, normalization, denseWeight },
  };
}

/**
 * Every combination of the system's parameters, the others at their defaults. Those of the lexical
 * leg change slowest, then alpha and the shape of the lists, so that the scores and scales of a leg
 * can be kept.
 */
export function settingsOf(
  system: System,
  grid: Grid,
  defaults: SearchDefaults = SEARCH_DEFAULTS,
): Settings[] {
  const order: Parameter[] = [
    'k1',
    'b',
    'generatedWeight',
    'translationWeight',
    'expectedDf',
    'relatedWeight',
    'sentenceWeight',
    'centerQuery',
    'centerPassage',
    'centrality',
    'alpha',
    'normalization',
    'topN',
  ];
  const parameters = parametersOf(system).sort((a, b) => rankIn(order, a) - rankIn(order, b));
  let all: Settings[] = [defaultSettings(system, defaults)];
  for (const parameter of parameters) {
    const candidates = grid[parameter];
    if (candidates === undefined) continue;
    all = all.flatMap((settings) =>
      candidates.map((value) => ({ ...settings, [parameter]: value })),
    );
  }
  return all;
}

function rankIn(order: readonly Parameter[], parameter: Parameter): number {
  const at = order.indexOf(parameter);
  return at < 0 ? order.length : at;
}
