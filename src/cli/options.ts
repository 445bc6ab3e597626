/**
 * Options of commands: parsed by commander, checked by zod, every problem of one call listed at once. Knows no command.
 */
import { z } from 'zod';
import { XqgError } from '../errors/error.js';
import { numberWithin, wholeNumber } from '../library/search-fields.js';

export { oneOf } from '../library/search-fields.js';

/** A number of this schema, from the text of an option. */
export const fromText = (schema: z.ZodNumber) => z.coerce.number({ error: 'is not a number' }).pipe(schema);

/** A whole number of at least `least`, from the text of an option. */
export const whole = (least: number) => fromText(wholeNumber(least));

/** A number within [least, most], from the text of an option. */
export const between = (least: number, most: number) => fromText(numberWithin(least, most));

/** "en,ar, de" -> ["en", "ar", "de"]. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** A size in bytes: 512MB, 2GB, 1.5g; a bare number is megabytes. */
export const bytes = z
  .string()
  .regex(/^\d+(\.\d+)?\s*([kmgt]i?b?)?$/i, 'is not a size such as 512MB or 2GB')
  .transform((text) => {
    const unit = /[kmgt]/i.exec(text)?.[0].toLowerCase() ?? 'm';
    return Math.round(Number.parseFloat(text) * 1000 ** ('kmgt'.indexOf(unit) + 1));
  });

/**
 * Checks the options of one call.
 * @throws XqgError XQG_BAD_OPTION naming every option that cannot be used
 */
export function parseOptions<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const values = raw as Record<string, unknown>;
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    const flag = `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
    return `${flag} ${values[name] === undefined ? '' : `${JSON.stringify(values[name])} `}${issue.message}`;
  });
  throw new XqgError('XQG_BAD_OPTION', { problems: problems.join('; ') });
}
