/**
 * Every number of search that was tuned, in one place; alpha comes from augment/tuned.ts. Tuned on
 * MLQA-R to English (never on XQuAD); the same for all languages.
 */
import type { ProfileName } from '../augment/profiles.js';
import { TUNED_PROFILES, tunedAlpha } from '../augment/tuned.js';
import type { Encoder, EncoderTuning } from '../encode/encoder.js';
import type { Generator } from '../generate/generator.js';
import type { CenteringWeights } from './dense/centering.js';
import type { Normalization } from './fusion.js';

/** The defaults that fit an encoder and a generator. */
export function searchDefaults(
  encoder: Pick<Encoder, 'tuning'>,
  generator: Pick<Generator, 'tuning'> | null,
): SearchDefaults {
  const { tuning = 'neural' } = encoder;
  const defaults = { ...DEFAULTS[tuning], alpha: tunedAlpha(encoder, generator) };
  if (generator?.tuning !== 'questions') return defaults;
  const { hybrid } = defaults;
  const denseWeight = OF_QUESTIONS.denseWeight[tuning];
  const both = { generated: denseWeight, both: denseWeight };
  return {
    ...defaults,
    generatedWeight: OF_QUESTIONS.generatedWeight,
    hybrid: { ...hybrid, denseWeight: { ...hybrid.denseWeight, ...both } },
  };
}

export interface SearchDefaults {
  readonly bm25: {
    /** Saturation of term frequencies. */
    readonly k1: number;
    /** Normalization by length. */
    readonly b: number;
  };
  /**
   * What a generated term counts against one of the passage's own, inside one saturating function.
   */
  readonly generatedWeight: number;
  /** What a match through the question's translation counts against one of the passage's own. */
  readonly translationWeight: number;
  /** Document frequencies of generated and translated terms as expectations instead of counts. */
  readonly expectedDf: boolean;
  /**
   * Weight of the best passage of a first pass in the question, where passages are in several
   * languages (see feedback.ts).
   */
  readonly feedback: number;
  /**
   * What a relative of a pivot stem ("physician" of "doctor") counts against the stem, times their
   * nearness.
   */
  readonly relatedWeight: number;
  /** Weight of the best sentence in the dense leg, where sentences have vectors. */
  readonly sentenceWeight: number;
  /** Where the encoder comes with centroids. */
  readonly centering: CenteringWeights;
  /** Augmentation of encoders with unit-length vectors, and of others. */
  readonly profile: { readonly unitLength: ProfileName; readonly anyLength: ProfileName };
  /** Replaces the profile's alpha for unit-length encoders. */
  readonly alpha: number;
  readonly hybrid: {
    /** N: length of the two lists that the hybrid is made of. */
    readonly topN: number;
    readonly normalization: Normalization;
    /** Weight of the dense leg against 1 for the lexical leg, by what the lexical leg sees. */
    readonly denseWeight: {
      readonly plain: number;
      readonly generated: number;
      readonly translated: number;
      readonly both: number;
    };
  };
}

/** For the static encoder. */
export const SEARCH_DEFAULTS: SearchDefaults = {
  bm25: { k1: 0.6, b: 0.7 },
  generatedWeight: 1.2,
  translationWeight: 1,
  expectedDf: true,
  relatedWeight: 0.5,
  feedback: 0.2,
  sentenceWeight: 0.5,
  centering: { query: 0.6, passage: 1, centrality: 0.15 },
  profile: TUNED_PROFILES,
  alpha: tunedAlpha({ tuning: 'static' }, null),
  hybrid: {
    topN: 200,
    normalization: 'z-score',
    denseWeight: { plain: 2, generated: 0.35, translated: 0.35, both: 0.35 },
  },
};

/** For neural encoders; the weights were tuned for the shipped multilingual-e5-small. */
const NEURAL_DEFAULTS: SearchDefaults = {
  ...SEARCH_DEFAULTS,
  alpha: tunedAlpha({ tuning: 'neural' }, null),
  feedback: 0,
  sentenceWeight: 0.7,
  hybrid: {
    ...SEARCH_DEFAULTS.hybrid,
    denseWeight: { plain: 8, generated: 2, translated: 2, both: 2 },
  },
};

const DEFAULTS: Record<EncoderTuning, SearchDefaults> = {
  static: SEARCH_DEFAULTS,
  neural: NEURAL_DEFAULTS,
};

/**
 * Where a few questions were generated: unlike a table's expectation they have few of the words
 * that people ask with, and some are wrong. Tuned with three questions of a small model, so that
 * neither questions in another language nor those in the passage's own lose against no generation
 * (docs/experiments.md).
 */
const OF_QUESTIONS = {
  generatedWeight: 0.1,
  denseWeight: { static: 2.5, neural: 5 } satisfies Record<EncoderTuning, number>,
};
