/**
 * The header of a safetensors container (https://github.com/huggingface/safetensors): 8 bytes with
 * its length (little-endian), then JSON with the type, shape and place of every tensor.
 */
import { z } from 'zod';

/** Bytes before the header: its length. */
export const LENGTH_BYTES = 8;

const tensor = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  /** First byte and the one after the last, counted from the end of the header. */
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

export interface SafetensorsHeader {
  readonly tensors: Readonly<Record<string, z.output<typeof tensor>>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * @param json the bytes of the header, without its length
 * @throws Error whose message says what is wrong
 */
export function parseHeader(json: Uint8Array): SafetensorsHeader {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.length).toString('utf8'));
  } catch {
    // Reported below.
  }
  if (typeof header !== 'object' || header === null)
    throw new Error('it is not safetensors: its header is not a JSON object');
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, object>;
  const tensors = Object.entries(entries).map(([name, entry]) => {
    const parsed = tensor.safeParse(entry);
    if (!parsed.success) throw new Error(`its header is damaged at the tensor "${name}"`);
    return [name, parsed.data] as const;
  });
  requireApart(tensors.map(([, { data_offsets }]) => data_offsets));
  return {
    tensors: Object.fromEntries(tensors),
    metadata: metadata as Readonly<Record<string, string>>,
  };
}

/** @throws Error where two tensors share bytes */
function requireApart(ranges: readonly (readonly [number, number])[]): void {
  let end = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (from > to || from < end) throw new Error('its header is damaged: tensors overlap');
    end = to;
  }
}
