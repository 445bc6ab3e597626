/**
 * What a question may be asked with, as zod schemas: one definition for the command line, the server, MCP and OpenAPI. Values
 * are typed; the command line turns its text into them. Knows no index.
 */
import { z } from 'zod';

/** A whole number of at least `least`. */
export const wholeNumber = (least: number) =>
  z.number({ error: 'is not a number' }).int('is not a whole number').min(least, `is less than ${least}`);

/** A number within [least, most]. */
export const numberWithin = (least: number, most: number) =>
  z
    .number({ error: 'is not a number' })
    .min(least, `is less than ${least}`)
    .max(most, `is more than ${most}`);

/** One of a few words. */
export const oneOf = <const W extends readonly [string, ...string[]]>(...words: W) =>
  z.enum(words, { error: `is not one of ${words.join(', ')}` });

export const searchFields = {
  mode: oneOf('dense', 'lexical', 'hybrid').describe('Which legs rank the passages.'),
  augment: oneOf('on', 'off', 'both').describe(
    'With the generated queries (xQG), without them, or both rankings beside each other.',
  ),
  alpha: numberWithin(0, 1).describe('Weight of the generated queries; the default is that of the profile.'),
  profile: oneOf('unit', 'paper').describe('How queries are fused; the default is what fits the encoder.'),
  translate: z.boolean().describe('Also translate the words of the question (lexical leg).'),
  lang: z
    .string()
    .max(35)
    .describe('Language of the question, a code such as th; the default is to detect it.'),
  feedback: numberWithin(0, 100).describe(
    'Weight of the best passage of a first pass in the vector of the question, so that its translations rise; 0: one pass.',
  ),
  filters: z
    .array(z.string().max(500))
    .max(32)
    .describe('Conditions that must all hold: year>=2020, lang=de, topic!=sports.'),
  groupBy: oneOf('document').describe('Only the best passage of each document.'),
  k: wholeNumber(1).describe('Results at most.'),
} as const;
