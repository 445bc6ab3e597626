/**
 * Which augmentation fits the vectors of an encoder and the queries of a generator, and whether
 * sentences are encoded. Alphas were
 * tuned on MLQA-R to English (never on XQuAD).
 */
import type { Encoder, EncoderTuning } from '../encode/encoder.js';
import type { Generator, GeneratorTuning } from '../generate/generator.js';
import { PROFILES, type ProfileName } from './profiles.js';

export interface TunedAugmentation {
  readonly profile: ProfileName;
  /** In [0, 1]. */
  readonly alpha: number;
}

/** Whether an index has vectors of sentences beside those of passages, if nothing else is said. */
const SENTENCES: Record<EncoderTuning, boolean> = { static: false, neural: true };

/** Never by default where they cost money, or were to be recorded. */
export function encodesSentences({
  tuning = 'neural',
  cost = 'time',
}: Pick<Encoder, 'tuning' | 'cost'>): boolean {
  return SENTENCES[tuning] && cost === 'time';
}

/**
 * Whether generated queries are encoded, if nothing else is said: where no centroids of languages
 * are known. Centered, such an encoder gains little by their vectors (docs/experiments.md,
 * controls), while five in each of 17 languages are 85 more encodings a passage.
 */
export function encodesGeneratedQueries({ centroids }: Pick<Encoder, 'centroids'>): boolean {
  return centroids === undefined;
}

/** By whether vectors have unit length. */
export const TUNED_PROFILES = {
  unitLength: 'unit',
  anyLength: 'paper',
} as const satisfies Record<string, ProfileName>;

/** Of encoders with unit-length vectors; others take the alpha of their profile. */
const ALPHA: Record<EncoderTuning, number> = { static: PROFILES.unit.alpha, neural: 0.1 };
/** Where queries that are no keywords have another one. */
const ALPHA_OF_QUERIES: Record<EncoderTuning, Partial<Record<GeneratorTuning, number>>> = {
  static: { questions: 0.1 },
  neural: { gloss: 0.3 },
};

/** Alpha of an encoder with unit-length vectors. */
export function tunedAlpha(
  { tuning = 'neural' }: Pick<Encoder, 'tuning'>,
  generator: Pick<Generator, 'tuning'> | null,
): number {
  const queries = generator?.tuning;
  return (queries && ALPHA_OF_QUERIES[tuning][queries]) ?? ALPHA[tuning];
}

export function tunedAugmentation(
  encoder: Pick<Encoder, 'identity' | 'tuning'>,
  generator: Pick<Generator, 'tuning'> | null,
): TunedAugmentation {
  const { unitLength } = encoder.identity;
  const profile = unitLength ? TUNED_PROFILES.unitLength : TUNED_PROFILES.anyLength;
  const alpha = unitLength ? tunedAlpha(encoder, generator) : PROFILES[profile].alpha;
  return { profile, alpha };
}
