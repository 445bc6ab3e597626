/**
 * What must be known of a sentence encoder besides its weights: pooling, normalization, prefixes,
 * lengths, dtype. A card may come from the model's own files, from ours or from the user.
 */
import { z } from 'zod';

const POOLINGS = ['cls', 'mean', 'last', 'given'] as const;

/** The suffix of a model's file by dtype, as transformers.js names them. */
export const DTYPE_SUFFIX = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;

export type Dtype = keyof typeof DTYPE_SUFFIX;

const tokens = z.int('is not a whole number').min(4, 'is less than 4');

/**
 * The fields that a card file may have; each is optional, and one that is given wins over all other
 * sources.
 */
export const cardFields = z.strictObject({
  /**
   * `cls`: the first token's state; `mean`: the mean over all tokens, special ones included;
   * `last`: the last token's; `given`: the graph yields `sentence_embedding`.
   */
  pooling: z.enum(POOLINGS, { error: `is not one of ${POOLINGS.join(', ')}` }).optional(),
  /**
   * True: vectors get unit length (cosine); false: they are compared by their dot product as they
   * are.
   */
  normalize: z.boolean('is neither true nor false').optional(),
  queryPrefix: z.string().optional(),
  passagePrefix: z.string().optional(),
  /** Longest query and passage in tokens, special ones among them. */
  queryTokens: tokens.optional(),
  passageTokens: tokens.optional(),
  dtype: z
    .enum(Object.keys(DTYPE_SUFFIX) as [Dtype, ...Dtype[]], {
      error: `is not one of ${Object.keys(DTYPE_SUFFIX).join(', ')}`,
    })
    .optional(),
});

export type CardFields = z.output<typeof cardFields>;

/** A complete card. */
export type ModelCard = Required<CardFields>;

/** The lines that people see before the first batch. */
export function describeCard(card: ModelCard): string {
  const prefixes = [card.queryPrefix, card.passagePrefix]
    .map((prefix) => JSON.stringify(prefix))
    .join(' / ');
  return [
    `pooling ${card.pooling}`,
    card.normalize ? 'unit length (cosine)' : 'not normalized (dot product)',
    `prefixes ${prefixes}`,
    `at most ${card.queryTokens} / ${card.passageTokens} tokens of a query / passage`,
    card.dtype,
  ].join(', ');
}
