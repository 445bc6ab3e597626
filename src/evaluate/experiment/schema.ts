/** The words in which the schema of an experiment file says what is wrong with a value. */
import { z } from 'zod';

export const text = z.string('is not text').min(1, 'is empty');

export const share = z.number('is not a number').min(0, 'is less than 0').max(1, 'is more than 1');

export const atLeastZero = z.number('is not a number').min(0, 'is less than 0');

export const oneOf = <const W extends readonly [string, ...string[]]>(words: W) =>
  z.enum(words, { error: `is not one of ${words.join(', ')}` });

export const whole = (least: number, most = MOST) =>
  z
    .int('is not a whole number')
    .min(least, `is less than ${least.toLocaleString('en-US')}`)
    .max(most, `is more than ${most.toLocaleString('en-US')}`);

/** Of counts that nobody means to be larger; what is larger would not end. */
const MOST = 1_000_000;
/** Entries of a list. */
const MOST_ENTRIES = 1000;

/** A list without repeated entries, of at least one. */
export const listOf = <S extends z.ZodType>(item: S) =>
  z
    .array(item, 'is not a list')
    .min(1, 'is an empty list')
    .max(MOST_ENTRIES, `has more than ${MOST_ENTRIES.toLocaleString('en-US')} entries`)
    .refine((items) => new Set(items).size === items.length, 'has an entry twice');

/** A list of groups of keys, each with a name of its own, of at least one. */
export const namedListOf = <S extends z.ZodType<{ readonly name: string }>>(item: S) =>
  z
    .array(item, 'is not a list')
    .min(1, 'is an empty list')
    .max(MOST_ENTRIES, `has more than ${MOST_ENTRIES.toLocaleString('en-US')} entries`)
    .refine(
      (items) => new Set(items.map(({ name }) => name)).size === items.length,
      'has a name twice',
    );

export const object = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, 'is not a group of keys');
