/** Reads NumPy format 1.0 files (little-endian, C order, `<f4` or `<f8`), for golden values. */
import { readFileSync } from 'node:fs';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

export function readNpy(path: string): NpyArray {
  const bytes = readFileSync(path);
  const headerBytes = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + headerBytes);
  const shape = /'shape': \(([^)]*)\)/.exec(header)![1].split(',').filter(Boolean).map(Number);
  const body = bytes.buffer.slice(
    bytes.byteOffset + 10 + headerBytes,
    bytes.byteOffset + bytes.length,
  );
  if (header.includes("'<f4'")) return { shape, data: new Float32Array(body) };
  if (header.includes("'<f8'")) return { shape, data: new Float64Array(body) };
  throw new Error(`${path}: ${header}`);
}

/** float32 rows of a `<f4` file. */
export function readFloat32(path: string): Float32Array {
  return Float32Array.from(readNpy(path).data);
}
