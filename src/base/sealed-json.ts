/**
 * JSON files with a checksum of their content in the last field, so that a changed bit is seen by
 * whoever reads them.
 */
import { sha256 } from './identity.js';

const FIELD = 'check';

/** The text of a file that holds `value` and its checksum. */
export function sealedJson(value: object): string {
  const { [FIELD]: _, ...content } = value as Record<string, unknown>;
  return `${JSON.stringify({ ...content, [FIELD]: checkOf(content) }, null, 2)}\n`;
}

/**
 * What `sealedJson` wrote, without the checksum.
 * @throws Error whose message says what is wrong
 */
export function unsealedJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error('it is no JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('it is no JSON object');
  const { [FIELD]: check, ...content } = value as Record<string, unknown>;
  if (check !== checkOf(content)) throw new Error('its checksum does not fit its content');
  return content;
}

function checkOf(content: object): string {
  return sha256(JSON.stringify(content)).slice(0, 32);
}
