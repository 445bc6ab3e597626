/** The check that a data set has the languages that are asked for. Knows no file format. */
import { XqgError } from '../../errors/error.js';

/**
 * Throws XQG_EVALUATION_DATA where `wanted` has a language that is not present, or nothing is present.
 *
 * @param wanted undefined: whatever is present
 */
export function requireLanguages(
  dataset: string,
  directory: string,
  wanted: readonly string[] | undefined,
  present: readonly string[],
): void {
  const missing = (wanted ?? []).filter((lang) => !present.includes(lang));
  if (missing.length === 0 && present.length > 0) return;
  throw new XqgError('XQG_EVALUATION_DATA', {
    dataset,
    directory,
    reason: missing.length > 0 ? `it has nothing in ${missing.join(', ')}` : 'it has no language',
    remedy: `It has ${present.join(', ') || 'none'}: ask for those, or put the published files there (xqg data get).`,
  });
}
