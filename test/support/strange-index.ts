/** Indexes as a stranger would make them: whole, with right checksums, but for one thing. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sealedJson, unsealedJson } from '../../src/base/sealed-json.js';
import { annFolder, annRecordPath, findAnnRecord } from '../../src/indexing/ann/record.js';
import { writeChecksums } from '../../src/indexing/durability/checksums.js';
import { storeFolder } from '../../src/store/open-store.js';

/** Changes `xqg.json`: values by their paths, e.g. `identity.encoder.dim`. */
export async function rewrite(dir: string, changes: Record<string, unknown>): Promise<void> {
  await rewriteSealed(join(dir, 'xqg.json'), changes);
}

export async function rewriteAnn(dir: string, changes: Record<string, unknown>): Promise<void> {
  await rewriteSealed(annRecordPath(dir), changes);
}

async function rewriteSealed(path: string, changes: Record<string, unknown>): Promise<void> {
  const value = unsealedJson(await readFile(path, 'utf8'));
  for (const [keys, changed] of Object.entries(changes)) {
    const parts = keys.split('.');
    const last = parts.pop()!;
    let at = value;
    for (const part of parts) at = at[part] as Record<string, unknown>;
    if (changed === undefined) delete at[last];
    else at[last] = changed;
  }
  await writeFile(path, sealedJson(value));
}

/** Changes a lexical segment behind its checksum, and makes that fit again. */
export async function rewriteSegment(dir: string, change: (body: Buffer) => void): Promise<void> {
  const [name] = await readdir(join(dir, 'lexical'));
  const path = join(dir, 'lexical', name);
  const bytes = await readFile(path);
  change(bytes.subarray(40));
  createHash('sha256').update(bytes.subarray(40)).digest().copy(bytes, 8);
  await writeFile(path, bytes);
}

/** Changes the graph of the ANN index, and its checksum. */
export async function rewriteGraph(dir: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  const folder = annFolder(dir, (await findAnnRecord(dir))!);
  const path = join(folder, 'graph.usearch');
  const bytes = change(await readFile(path));
  await writeFile(path, bytes);
  await rewriteAnn(dir, { graphBytes: bytes.length });
  await writeChecksums(folder);
}

/** Adds protobuf fields to the manifest of the newest version of the table. */
export async function rewriteVersion(dir: string, added: Buffer): Promise<void> {
  const folder = join(storeFolder(dir), 'passages-1.lance', '_versions');
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.manifest')).sort();
  const bytes = await readFile(join(folder, name));
  const end = bytes.length - 16;
  const begin = Number(bytes.readBigUInt64LE(end));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.readUInt32LE(begin) + added.length);
  const message = bytes.subarray(begin + 4, end);
  const parts = [bytes.subarray(0, begin), length, message, added, bytes.subarray(end)];
  await writeFile(join(folder, name), Buffer.concat(parts));
  await writeChecksums(storeFolder(dir));
}

/** A protobuf field of bytes. */
export function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

export function numberField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
