/**
 * Checks the file of a graph before usearch maps it into memory: usearch follows the numbers in it
 * without looking, and the file may come from a stranger or a faulty disk.
 *
 * Layout of usearch 2 (index_dense.hpp, index.hpp; little-endian): rows and bytes of a vector (u32
 * each), the vectors, a head of 64 bytes, then of the graph: size, connectivity, connectivity of
 * the lowest level, highest level, first row (u64 each), a level (i16) for each row, and each row:
 * its key (u64), its level (i16), and for each of its levels a number of neighbors (u32) and places
 * for them (u32 each).
 */
import { type FileHandle, open } from 'node:fs/promises';

const HEAD = 64;
const MAGIC = 'usearch';
/** Where the head has the metric, the type of numbers, of keys and of slots. */
const KINDS_AT = 13;
const IP = 'i'.charCodeAt(0);
const KEY = 14;
const SLOT = 15;
const BF16 = 4;
const I8 = 23;
const DIMENSIONS_AT = 33;
const GRAPH_HEAD = 40;
const NODE_HEAD = 10;
/** Bytes that are read at once. */
const CHUNK = 8 * 2 ** 20;
const MOST_LEVELS = 64;

export interface ExpectedGraph {
  readonly dim: number;
  /** True: numbers of 8 bits; false: bfloat16. */
  readonly unitLength: boolean;
  readonly rows: number;
  readonly connectivity: number;
}

/** @throws Error whose message says what is wrong */
export async function checkGraphFile(path: string, expected: ExpectedGraph): Promise<void> {
  const file = await open(path, 'r');
  try {
    await check(file, expected);
  } finally {
    await file.close();
  }
}

async function check(
  file: FileHandle,
  { dim, unitLength, rows, connectivity }: ExpectedGraph,
): Promise<void> {
  const { size } = await file.stat();
  const vectorBytes = unitLength ? dim : 2 * dim;
  const matrix = await bytesAt(file, 0, 8);
  requireThat(matrix.readUInt32LE(0) === rows && matrix.readUInt32LE(4) === vectorBytes);
  const head = await bytesAt(file, 8 + rows * vectorBytes, HEAD + GRAPH_HEAD);
  requireThat(head.toString('latin1', 0, MAGIC.length) === MAGIC);
  const kinds = [...head.subarray(KINDS_AT, KINDS_AT + 4)];
  requireThat(kinds.join() === [IP, unitLength ? I8 : BF16, KEY, SLOT].join());
  requireThat(head.readBigUInt64LE(DIMENSIONS_AT) === BigInt(dim));
  const [nodes, upper, base, highest, entry] = [0, 8, 16, 24, 32].map((at) =>
    Number(head.readBigUInt64LE(HEAD + at)),
  );
  requireThat(nodes === rows && upper === connectivity && base === 2 * connectivity);
  if (rows === 0) return;
  requireThat(entry < rows && highest < MOST_LEVELS);
  const levelsAt = 8 + rows * vectorBytes + HEAD + GRAPH_HEAD;
  const levels = new Int16Array(rows);
  const levelBytes = await bytesAt(file, levelsAt, 2 * rows);
  for (let i = 0; i < rows; i++) levels[i] = levelBytes.readInt16LE(2 * i);
  requireThat(levels.every((level) => level >= 0 && level <= highest));
  requireThat(levels[entry] === highest);
  const sizeOf = (level: number) => NODE_HEAD + 4 * (1 + base) + level * 4 * (1 + upper);
  const end = levels.reduce((sum, level) => sum + sizeOf(level), levelsAt + 2 * rows);
  requireThat(end === size);
  await checkNodes(file, levelsAt + 2 * rows, { levels, base, upper, sizeOf });
}

interface Graph {
  readonly levels: Int16Array;
  readonly base: number;
  readonly upper: number;
  readonly sizeOf: (level: number) => number;
}

async function checkNodes(file: FileHandle, first: number, graph: Graph): Promise<void> {
  const { levels, base, upper, sizeOf } = graph;
  let position = first;
  for (let row = 0; row < levels.length; ) {
    let to = row;
    let bytes = 0;
    while (to < levels.length && (to === row || bytes + sizeOf(levels[to]) <= CHUNK))
      bytes += sizeOf(levels[to++]);
    const chunk = await bytesAt(file, position, bytes);
    position += bytes;
    let at = 0;
    for (; row < to; row++) {
      const level = levels[row];
      requireThat(chunk.readBigUInt64LE(at) < BigInt(levels.length));
      requireThat(chunk.readInt16LE(at + 8) === level);
      at += NODE_HEAD;
      for (let l = 0; l <= level; l++) {
        const most = l === 0 ? base : upper;
        const count = chunk.readUInt32LE(at);
        requireThat(count <= most);
        for (let i = 1; i <= count; i++) {
          const neighbor = chunk.readUInt32LE(at + 4 * i);
          // The neighbor has places for its own neighbors at this level.
          if (!(neighbor < levels.length && levels[neighbor] >= l)) requireThat(false);
        }
        at += 4 * (1 + most);
      }
    }
  }
}

function requireThat(fits: boolean): void {
  if (!fits) throw new Error('its numbers do not fit each other');
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  if (position + length > size) throw new Error('it ends too early');
  const bytes = Buffer.alloc(length);
  for (let read = 0; read < length; ) {
    const { bytesRead } = await file.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) throw new Error('it ends too early');
    read += bytesRead;
  }
  return bytes;
}
