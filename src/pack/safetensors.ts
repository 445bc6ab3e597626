/**
 * Containers of packs: safetensors with the types U8, I8, U16, U32 and F32, in memory as a whole.
 */
import { XqgError } from '../base/errors.js';
import { LENGTH_BYTES, parseHeader, type SafetensorsHeader } from '../base/safetensors.js';

export type TensorArray = Uint8Array | Int8Array | Uint16Array | Uint32Array | Float32Array;

export interface Container {
  readonly tensors: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: TensorArray }>
  >;
  readonly metadata: Readonly<Record<string, string>>;
}

const TYPES = {
  U8: Uint8Array,
  I8: Int8Array,
  U16: Uint16Array,
  U32: Uint32Array,
  F32: Float32Array,
} as const;
type TypeName = keyof typeof TYPES;

function typeName(data: TensorArray): TypeName {
  return (Object.keys(TYPES) as TypeName[]).find((name) => data instanceof TYPES[name])!;
}

/**
 * Serializes tensors, wider types first, so that every tensor starts on a multiple of its element
 * size.
 */
export function encodeSafetensors({ tensors, metadata }: Container): Uint8Array {
  const names = Object.keys(tensors).sort(
    (a, b) =>
      tensors[b].data.BYTES_PER_ELEMENT - tensors[a].data.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const name of names) {
    const { data, shape } = tensors[name];
    header[name] = {
      dtype: typeName(data),
      shape,
      data_offsets: [offset, offset + data.byteLength],
    };
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const out = Buffer.alloc(LENGTH_BYTES + padded + offset, ' ');
  out.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(out, LENGTH_BYTES);
  let at = LENGTH_BYTES + padded;
  for (const name of names) {
    const { data } = tensors[name];
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).copy(out, at);
    at += data.byteLength;
  }
  return out;
}

/**
 * @param where path of the file, for the error message
 * @throws XqgError XQG_PACK_DAMAGED when the bytes are no valid container
 */
export function decodeSafetensors(bytes: Uint8Array, where: string): Container {
  const damaged = (why: string) => new XqgError('XQG_PACK_DAMAGED', { path: where, why });
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < LENGTH_BYTES) throw damaged('shorter than a header');
  const headerLength = Number(buffer.readBigUInt64LE(0));
  if (headerLength > buffer.length - LENGTH_BYTES) throw damaged('header longer than the file');
  const first = LENGTH_BYTES + headerLength;
  let header: SafetensorsHeader;
  try {
    header = parseHeader(buffer.subarray(LENGTH_BYTES, first));
  } catch (cause) {
    throw damaged((cause as Error).message);
  }
  const tensors: Record<string, { shape: number[]; data: TensorArray }> = {};
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [from, to],
    },
  ] of Object.entries(header.tensors)) {
    const Type = TYPES[dtype as TypeName];
    const start = first + from;
    const end = first + to;
    const expected = Type ? shape.reduce((a, b) => a * b, 1) * Type.BYTES_PER_ELEMENT : -1;
    if (!Type || from > to || end > buffer.length || end - start !== expected)
      throw damaged(`tensor "${name}" does not fit`);
    // A typed array must start on a multiple of its element size, which the buffer of a file need
    // not do.
    const aligned = (buffer.byteOffset + start) % Type.BYTES_PER_ELEMENT === 0;
    const data = aligned
      ? buffer.subarray(start, end)
      : Uint8Array.prototype.slice.call(buffer, start, end);
    tensors[name] = {
      shape,
      data: new Type(
        data.buffer as ArrayBuffer,
        data.byteOffset,
        expected / Type.BYTES_PER_ELEMENT,
      ),
    };
  }
  return { tensors, metadata: header.metadata };
}
