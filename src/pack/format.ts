/**
 * Packs on disk: a folder with manifest.json, one compressed safetensors file per language, and the
 * pivot's file, which several packs may share. Written by training, read by everyone. The manifest
 * says what made the pack; every file has its sha256.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { XqgError } from '../base/errors.js';
import { sha256 } from '../base/identity.js';
import { Pack } from './pack.js';
import { NO_RELATIVES, type PivotData, PivotVocabulary, type RelativesData } from './pivot.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import { type TableData, TranslationTable } from './table.js';

const FORMAT = 1;

export interface PackManifest {
  readonly format: number;
  readonly name: string;
  /** Version of the pack's content, apart from that of xqg. */
  readonly version: string;
  readonly license: string;
  readonly pivot: FileEntry & {
    readonly stems: number;
    readonly vectors: number;
    readonly dim: number;
  };
  readonly languages: Readonly<Record<string, LanguageEntry>>;
  /** Pivot stems that mean nearly the same; absent from packs that have none. */
  readonly relatives?: FileEntry;
  /** Mean vectors of the languages; absent from packs that have none. */
  readonly means?: FileEntry;
  /** What made it: tool version, ICU version, seeds and settings of training. */
  readonly madeBy: Readonly<Record<string, unknown>>;
}

export interface FileEntry {
  /** Relative to the manifest. */
  readonly file: string;
  /** Of the container before compression, which may differ between versions of the compressor. */
  readonly sha256: string;
}

export interface LanguageEntry extends FileEntry {
  readonly terms: number;
  readonly links: number;
  readonly entries: number;
  readonly sentences: number;
  readonly sources: readonly string[];
}

const text = (lines: readonly string[]) => ({
  shape: [0],
  data: Buffer.from(lines.join('\n'), 'utf8'),
});
const bytes = (data: Uint8Array) => ({ shape: [data.length], data: new Uint8Array(data) });
const lines = (data: ArrayBufferView): string[] =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8').split('\n');

/** Counts are kept as logarithms in one byte: 8 % apart, from 0.0001 to 70,000. */
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
      // A form equal to its term is left empty.
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

/** Nearness is kept in steps of this. */
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

export function writeManifest(folder: string, manifest: Omit<PackManifest, 'format'>): void {
  writeFileSync(
    join(folder, 'manifest.json'),
    `${JSON.stringify({ format: FORMAT, ...manifest }, null, 2)}\n`,
  );
}

/** Folder of the packs that come with xqg. */
const SHIPPED = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'packs');

/** Names of the packs that came with xqg, in alphabetical order. */
export function shippedPacks(): string[] {
  if (!existsSync(SHIPPED)) return [];
  return readdirSync(SHIPPED)
    .filter((name) => existsSync(join(SHIPPED, name, 'manifest.json')))
    .sort();
}

/** Where a pack named on the command line lies: one of xqg's own by name, else a folder. */
export function packFolder(nameOrFolder: string): string {
  const shipped = join(SHIPPED, nameOrFolder);
  return /^[\w-]+$/.test(nameOrFolder) && existsSync(join(shipped, 'manifest.json'))
    ? shipped
    : resolve(nameOrFolder);
}

/** @throws XqgError XQG_PACK_NOT_FOUND, XQG_PACK_DAMAGED, XQG_PACK_FORMAT */
export function readManifest(folder: string): PackManifest {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) throw new XqgError('XQG_PACK_NOT_FOUND', { folder });
  let manifest: PackManifest;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new XqgError('XQG_PACK_DAMAGED', { path, why: (cause as Error).message }, { cause });
  }
  if (manifest.format !== FORMAT) {
    throw new XqgError('XQG_PACK_FORMAT', {
      path,
      found: String(manifest.format),
      supported: FORMAT,
    });
  }
  return manifest;
}

/**
 * Opens a pack by name (`base`, `full`) or folder. Reads the pivot at once and each language when
 * first needed.
 * @throws XqgError XQG_PACK_NOT_FOUND, XQG_PACK_DAMAGED, XQG_PACK_FORMAT
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
      readLanguage(join(folder, entry.file), lang, entry.sha256),
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

/** One hash for the content of a pack. */
function packDigest(manifest: PackManifest): string {
  const parts = Object.entries(manifest.languages).map(
    ([lang, { sha256: sum }]) => `${lang} ${sum}`,
  );
  const more = (['relatives', 'means'] as const).flatMap((part) =>
    manifest[part] === undefined ? [] : [`${part} ${manifest[part].sha256}`],
  );
  return sha256(
    Buffer.from([`pivot ${manifest.pivot.sha256}`, ...parts.sort(), ...more].join('\n')),
  );
}

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
  const found = sha256(data);
  if (found !== expected) {
    throw new XqgError('XQG_PACK_DAMAGED', {
      path,
      why: `sha256 is ${found}, the manifest says ${expected}`,
    });
  }
  return data;
}

export function readPivot(path: string, expected: string): PivotData {
  const { tensors, metadata } = decodeSafetensors(readChecked(path, expected), path);
  const stems = lines(tensors.stems.data);
  const surfaces = lateSurfaces(tensors.surfaces.data, stems);
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
  const surfaces = lateSurfaces(tensors.surfaces.data, terms);
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
 * The written forms, cut when they are first asked for: few searches show any. A form that is left
 * empty is its term's.
 */
function lateSurfaces(data: ArrayBufferView, terms: readonly string[]): () => readonly string[] {
  let surfaces: readonly string[] | null = null;
  return () => {
    surfaces ??= lines(data).map((form, t) => form || terms[t]);
    return surfaces;
  };
}

/** Path of `file` as a manifest in `folder` names it: relative, with slashes. */
export function manifestPath(folder: string, file: string): string {
  return relative(folder, file).split('\\').join('/');
}
