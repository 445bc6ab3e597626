/**
 * Reads and writes the files of a pack: one compressed safetensors file per language, and the
 * pivot's file, which several packs may share. Training writes them; every read checks the sha256
 * that the manifest states.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { XqgError } from '../base/errors.js';
import { sha256 } from '../base/identity.js';
import { readRegularSync } from '../base/small-file.js';
import {
  type FileEntry,
  type LanguageEntry,
  packDigest,
  packFolder,
  readManifest,
} from './manifest.js';
import { Pack } from './pack.js';
import { NO_RELATIVES, type PivotData, PivotVocabulary, type RelativesData } from './pivot.js';
import { respelled } from './respell.js';
import { decodeSafetensors, encodeSafetensors, type TensorArray } from './safetensors.js';
import { type TableData, TranslationTable } from './table.js';

const text = (lines: readonly string[]) => ({
  shape: [0],
  data: Buffer.from(lines.join('\n'), 'utf8'),
});
const bytes = (data: Uint8Array) => ({ shape: [data.length], data: new Uint8Array(data) });
/** @param count how many there are, checked before memory is taken for them */
const lines = (data: ArrayBufferView, count: number): string[] => {
  const all = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let ends = 0;
  for (let at = all.indexOf(10); at >= 0; at = all.indexOf(10, at + 1)) ends++;
  requireThat(ends + 1 === count || (count === 0 && all.length === 0));
  return count === 0 ? [] : all.toString('utf8').split('\n');
};

/** What is not as a pack is written. */
function requireThat(fits: boolean): void {
  if (!fits) throw new Error('its tensors do not fit each other');
}

/** In bytes; the largest table that ships has 10 MB unpacked. */
const LARGEST_FILE = 256 * 2 ** 20;
const LARGEST_TABLE = 128 * 2 ** 20;

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

/** @param nStems size of the pivot vocabulary */
function readRelatives(path: string, expected: string, nStems: number): RelativesData {
  return readTensors(path, readChecked(path, expected), (of) => {
    const stems = Uint32Array.from(of('stems', Uint16Array));
    const nearness = Float32Array.from(of('nearness', Uint8Array), (byte) => byte * NEARNESS_STEP);
    requireThat(nearness.length === stems.length && stems.every((stem) => stem < nStems));
    return { starts: startsOf(of('lengths', Uint8Array), stems.length), stems, nearness };
  });
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
  return readTensors(path, readChecked(path, expected), (of, names) => {
    const means = names.map((lang) => [lang, of(lang, Float32Array)] as const);
    const dim = means[0]?.[1].length;
    requireThat(means.every(([, mean]) => mean.length === dim && mean.every(Number.isFinite)));
    return new Map(means);
  });
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
  const { stems } = manifest.pivot;
  const pivotData = readPivot(join(folder, manifest.pivot.file), manifest.pivot.sha256, stems);
  const pivot = new PivotVocabulary(
    pivotData,
    relatives === undefined
      ? NO_RELATIVES
      : readRelatives(join(folder, relatives.file), relatives.sha256, stems),
  );
  const identity = { name: manifest.name, version: manifest.version, sha256: packDigest(manifest) };
  const read = (lang: string) => {
    const entry = manifest.languages[lang];
    return new TranslationTable(
      respelled(readLanguage(join(folder, entry.file), lang, entry, pivot.size)),
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
    data = unpack(readRegularSync(path, LARGEST_FILE));
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

/** A tensor of the type that a pack is written with. @throws Error for another one, or none */
type TensorOf = <T extends TensorArray>(name: string, ...types: readonly (new () => T)[]) => T;

/**
 * What `read` makes of the tensors of a file.
 * @throws XqgError XQG_PACK_DAMAGED where it throws
 */
function readTensors<T>(
  path: string,
  bytes: Uint8Array,
  read: (of: TensorOf, names: readonly string[], metadata: Readonly<Record<string, string>>) => T,
): T {
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const of: TensorOf = (name, ...types) => {
    const data = tensors[name]?.data;
    const found = types.some((Type) => data instanceof Type);
    if (!found) throw new Error(`it has no tensor "${name}" of the type that packs have`);
    return data as never;
  };
  try {
    return read(of, Object.keys(tensors), metadata);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new XqgError('XQG_PACK_DAMAGED', { path, why }, { cause });
  }
}

/**
 * @param expected sha256 of the file (hex)
 * @param nStems how many stems it has
 * @throws XqgError XQG_PACK_DAMAGED when the file is missing, has another sha256, or is no pivot
 */
export function readPivot(path: string, expected: string, nStems: number): PivotData {
  return readTensors(path, readChecked(path, expected), (of, _, metadata) => {
    const stems = lines(of('stems', Uint8Array), nStems);
    const surfaces = lazySurfaces(of('surfaces', Uint8Array), stems);
    const data = {
      counts: of('counts', Float32Array),
      vectors: of('vectors', Int8Array),
      scales: of('scales', Float32Array),
      total: Number(metadata.total),
      dim: Number(metadata.dim),
    };
    requireThat(Number.isSafeInteger(data.dim) && data.dim > 0 && data.total > 0);
    requireThat(data.counts.length === nStems && data.scales.length <= nStems);
    requireThat(data.vectors.length === data.scales.length * data.dim);
    requireThat(data.counts.every(Number.isFinite) && data.scales.every(Number.isFinite));
    return {
      stems,
      get surfaces() {
        return surfaces();
      },
      ...data,
    };
  });
}

/** @param nStems size of the pivot vocabulary */
function readLanguage(
  path: string,
  lang: string,
  { sha256: expected, terms: nTerms, links }: LanguageEntry,
  nStems: number,
): TableData {
  const unpack = (packed: Buffer) =>
    brotliDecompressSync(packed, { maxOutputLength: LARGEST_TABLE });
  return readTensors(path, readChecked(path, expected, unpack), (of) => {
    const terms = lines(of('terms', Uint8Array), nTerms);
    const surfaces = lazySurfaces(of('surfaces', Uint8Array), terms);
    const stems = Uint32Array.from(
      of<Uint16Array | Uint32Array>('stems', Uint16Array, Uint32Array),
    );
    const counts = Float32Array.from(of('counts', Uint8Array), dequantizeCount);
    requireThat(stems.length === links && counts.length === links);
    requireThat(stems.every((stem) => stem < nStems));
    const lengths = of('lengths', Uint8Array);
    requireThat(lengths.length === nTerms);
    return {
      lang,
      terms,
      get surfaces() {
        return surfaces();
      },
      starts: startsOf(lengths, links),
      stems,
      counts,
    };
  });
}

/** @param total sum of the lengths */
function startsOf(lengths: Uint8Array, total: number): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i] + lengths[i];
  requireThat(starts[lengths.length] === total);
  return starts;
}

/**
 * The surfaces of terms, decoded on first use because few searches show any. An empty string stands
 * for a surface that equals its term.
 */
function lazySurfaces(data: ArrayBufferView, terms: readonly string[]): () => readonly string[] {
  let surfaces: readonly string[] | null = null;
  return () => {
    surfaces ??= lines(data, terms.length).map((form, t) => form || terms[t]);
    return surfaces;
  };
}
