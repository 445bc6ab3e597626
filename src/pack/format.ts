/**
 * Reads and writes the files of a pack: one compressed safetensors file per language, and the
 * pivot's file, which several packs may share. Training writes them; every read checks the sha256
 * that the manifest states.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { XqgError } from '../base/errors.js';
import { sha256 } from '../base/identity.js';
import { type FileEntry, packDigest, packFolder, readManifest } from './manifest.js';
import { Pack } from './pack.js';
import { NO_RELATIVES, type PivotData, PivotVocabulary, type RelativesData } from './pivot.js';
import { respelled } from './respell.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import { type TableData, TranslationTable } from './table.js';

const text = (lines: readonly string[]) => ({
  shape: [0],
  data: Buffer.from(lines.join('\n'), 'utf8'),
});
const bytes = (data: Uint8Array) => ({ shape: [data.length], data: new Uint8Array(data) });
const lines = (data: ArrayBufferView): string[] =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8').split('\n');

/** Counts are stored as logarithms in one byte: in steps of 8 %, from 0.0001 to 70,000. */
const LOG_STEP = 0.08;
const SMALLEST = 1e-4;

function quantizeCount(count: number): number {
  return Math.max(
    0,
    Math.min(255, Math.round(Math.log(Math.max(count, SMALLEST) / SMALLEST) / LOG_STEP)),
  );
}

function dequantizeCount(byte: number): number {
  return SMALLEST * Math.exp(byte * LOG_STEP);
}

export function writeLanguage(
  folder: string,
  table: TableData,
): FileEntry & { terms: number; links: number } {
  const lengths = Uint8Array.from(table.terms, (_, f) => table.starts[f + 1] - table.starts[f]);
  const container = encodeSafetensors({
    metadata: { lang: table.lang },
    tensors: {
      terms: bytes(text(table.terms).data),
      // A surface that equals its term is stored as an empty string.
      surfaces: bytes(
        text(table.surfaces.map((form, f) => (form === table.terms[f] ? '' : form))).data,
      ),
      lengths: bytes(lengths),
      stems: {
        shape: [table.stems.length],
        data: table.stems.some((id) => id > 65_535) ? table.stems : Uint16Array.from(table.stems),
      },
      counts: bytes(Uint8Array.from(table.counts, quantizeCount)),
    },
  });
  const packed = brotliCompressSync(container, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  const file = `${table.lang}.safetensors.br`;
  writeFileSync(join(folder, file), packed);
  return { file, sha256: sha256(container), terms: table.terms.length, links: table.stems.length };
}

export function writePivot(path: string, pivot: PivotData): { sha256: string } {
  const container = encodeSafetensors({
    metadata: { total: String(pivot.total), dim: String(pivot.dim) },
    tensors: {
      stems: bytes(text(pivot.stems).data),
      surfaces: bytes(
        text(pivot.surfaces.map((form, s) => (form === pivot.stems[s] ? '' : form))).data,
      ),
      counts: { shape: [pivot.counts.length], data: pivot.counts },
      vectors: { shape: [pivot.vectors.length / pivot.dim, pivot.dim], data: pivot.vectors },
      scales: { shape: [pivot.scales.length], data: pivot.scales },
    },
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, container);
  return { sha256: sha256(container) };
}

/** Nearness is stored in steps of this size. */
const NEARNESS_STEP = 1 / 255;

export function writeRelatives(path: string, relatives: RelativesData): { sha256: string } {
  const { starts, stems, nearness } = relatives;
  const lengths = Uint8Array.from(
    { length: starts.length - 1 },
    (_, e) => starts[e + 1] - starts[e],
  );
  const container = encodeSafetensors({
    metadata: {},
    tensors: {
      lengths: bytes(lengths),
      stems: { shape: [stems.length], data: Uint16Array.from(stems) },
      nearness: bytes(
        Uint8Array.from(nearness, (near) => Math.max(1, Math.round(near / NEARNESS_STEP))),
      ),
    },
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, container);
  return { sha256: sha256(container) };
}

function readRelatives(path: string, expected: string): RelativesData {
  const { tensors } = decodeSafetensors(readChecked(path, expected), path);
  return {
    starts: startsOf(tensors.lengths.data as Uint8Array),
    stems: Uint32Array.from(tensors.stems.data),
    nearness: Float32Array.from(tensors.nearness.data, (byte) => byte * NEARNESS_STEP),
  };
}

const MEANS = 'means.safetensors';

export function writeMeans(folder: string, means: ReadonlyMap<string, Float32Array>): FileEntry {
  const tensors = Object.fromEntries(
    [...means].map(([lang, mean]) => [lang, { shape: [mean.length], data: mean }]),
  );
  const container = encodeSafetensors({ metadata: {}, tensors });
  writeFileSync(join(folder, MEANS), container);
  return { file: MEANS, sha256: sha256(container) };
}

function readMeans(path: string, expected: string): ReadonlyMap<string, Float32Array> {
  const { tensors } = decodeSafetensors(readChecked(path, expected), path);
  return new Map(Object.entries(tensors).map(([lang, { data }]) => [lang, data as Float32Array]));
}

/**
 * Opens a pack by name (`base`, `full`) or folder. The pivot is read at once, each language on
 * first use.
 * @throws XqgError XQG_PACK_NOT_FOUND when there is no such pack
 * @throws XqgError XQG_PACK_DAMAGED when a file is missing or differs from what the manifest states
 * @throws XqgError XQG_PACK_FORMAT when the pack has another format version
 */
export async function loadPack(nameOrFolder = 'base'): Promise<Pack> {
  const folder = packFolder(nameOrFolder);
  const manifest = readManifest(folder);
  const { means, relatives } = manifest;
  const pivot = new PivotVocabulary(
    readPivot(join(folder, manifest.pivot.file), manifest.pivot.sha256),
    relatives === undefined
      ? NO_RELATIVES
      : readRelatives(join(folder, relatives.file), relatives.sha256),
  );
  const identity = { name: manifest.name, version: manifest.version, sha256: packDigest(manifest) };
  const read = (lang: string) => {
    const entry = manifest.languages[lang];
    return new TranslationTable(
      respelled(readLanguage(join(folder, entry.file), lang, entry.sha256)),
      pivot.size,
    );
  };
  return new Pack(
    identity,
    Object.keys(manifest.languages),
    pivot,
    read,
    means === undefined ? null : readMeans(join(folder, means.file), means.sha256),
  );
}

/**
 * The content of a file after `unpack`.
 * @throws XqgError XQG_PACK_DAMAGED when it is missing or its sha256 is not the expected one
 */
function readChecked(
  path: string,
  expected: string,
  unpack: (data: Buffer) => Buffer = (data) => data,
): Buffer {
  if (!existsSync(path))
    throw new XqgError('XQG_PACK_DAMAGED', { path, why: 'the file is missing' });
  let data: Buffer;
  try {
    data = unpack(readFileSync(path));
  } catch (cause) {
    throw new XqgError('XQG_PACK_DAMAGED', { path, why: (cause as Error).message }, { cause });
  }
  const actual = sha256(data);
  if (actual !== expected) {
    throw new XqgError('XQG_PACK_DAMAGED', {
      path,
      why: `sha256 is ${actual}, the manifest says ${expected}`,
    });
  }
  return data;
}

/**
 * @param expected sha256 of the file (hex)
 * @throws XqgError XQG_PACK_DAMAGED when the file is missing or has another sha256
 */
export function readPivot(path: string, expected: string): PivotData {
  const { tensors, metadata } = decodeSafetensors(readChecked(path, expected), path);
  const stems = lines(tensors.stems.data);
  const surfaces = lazySurfaces(tensors.surfaces.data, stems);
  return {
    stems,
    get surfaces() {
      return surfaces();
    },
    counts: tensors.counts.data as Float32Array,
    total: Number(metadata.total),
    vectors: tensors.vectors.data as Int8Array,
    scales: tensors.scales.data as Float32Array,
    dim: Number(metadata.dim),
  };
}

function readLanguage(path: string, lang: string, expected: string): TableData {
  const { tensors } = decodeSafetensors(readChecked(path, expected, brotliDecompressSync), path);
  const terms = lines(tensors.terms.data);
  const surfaces = lazySurfaces(tensors.surfaces.data, terms);
  return {
    lang,
    terms,
    get surfaces() {
      return surfaces();
    },
    starts: startsOf(tensors.lengths.data as Uint8Array),
    stems: Uint32Array.from(tensors.stems.data),
    counts: Float32Array.from(tensors.counts.data, dequantizeCount),
  };
}

function startsOf(lengths: Uint8Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i] + lengths[i];
  return starts;
}

/**
 * The surfaces of terms, decoded on first use because few searches show any. An empty string stands
 * for a surface that equals its term.
 */
function lazySurfaces(data: ArrayBufferView, terms: readonly string[]): () => readonly string[] {
  let surfaces: readonly string[] | null = null;
  return () => {
    surfaces ??= lines(data).map((form, t) => form || terms[t]);
    return surfaces;
  };
}
