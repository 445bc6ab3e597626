/**
 * The manifest of a pack, which lists its files with their sha256 and says what made it, and where
 * packs are found.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { XqgError } from '../base/errors.js';
import { readRegularSync } from '../base/small-file.js';

const FORMAT = 1;
/** Of the manifest, in bytes. */
const LARGEST = 10e6;
/** Terms, and links, of one table. */
const MOST_TERMS = 2 ** 23;

export interface PackManifest {
  readonly format: number;
  readonly name: string;
  /** Version of the pack's content, independent of the version of xqg. */
  readonly version: string;
  readonly license: string;
  readonly pivot: FileEntry & {
    readonly stems: number;
    readonly vectors: number;
    readonly dim: number;
  };
  readonly languages: Readonly<Record<string, LanguageEntry>>;
  /** Near-synonyms of pivot stems; absent if the pack has none. */
  readonly relatives?: FileEntry;
  /** Mean vectors of the languages; absent if the pack has none. */
  readonly means?: FileEntry;
  /** Provenance: tool version, ICU version, seeds and settings of the training. */
  readonly madeBy: Readonly<Record<string, unknown>>;
}

export interface FileEntry {
  /** Relative to the manifest. */
  readonly file: string;
  /** Digest of the container before compression: compressors differ between versions. */
  readonly sha256: string;
}

export interface LanguageEntry extends FileEntry {
  readonly terms: number;
  readonly links: number;
  readonly entries: number;
  readonly sentences: number;
  readonly sources: readonly string[];
}

export function writeManifest(folder: string, manifest: Omit<PackManifest, 'format'>): void {
  writeFileSync(
    join(folder, 'manifest.json'),
    `${JSON.stringify({ format: FORMAT, ...manifest }, null, 2)}\n`,
  );
}

/** Folder of the packs that ship with xqg. */
const SHIPPED = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'packs');

/** Names of the packs that ship with xqg, in alphabetical order. */
export function shippedPacks(): string[] {
  if (!existsSync(SHIPPED)) return [];
  return readdirSync(SHIPPED)
    .filter((name) => existsSync(join(SHIPPED, name, 'manifest.json')))
    .sort();
}

/** The folder of a pack that is given by the name of a shipped pack or by its path. */
export function packFolder(nameOrFolder: string): string {
  const shipped = join(SHIPPED, nameOrFolder);
  return /^[\w-]+$/.test(nameOrFolder) && existsSync(join(shipped, 'manifest.json'))
    ? shipped
    : resolve(nameOrFolder);
}

/**
 * @throws XqgError XQG_PACK_NOT_FOUND when the folder has no manifest
 * @throws XqgError XQG_PACK_DAMAGED when the manifest is no JSON, or names files elsewhere
 * @throws XqgError XQG_PACK_FORMAT when the pack has another format version
 */
export function readManifest(folder: string): PackManifest {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) throw new XqgError('XQG_PACK_NOT_FOUND', { folder });
  const damaged = (why: string, cause?: unknown) =>
    new XqgError('XQG_PACK_DAMAGED', { path, why }, { cause });
  let manifest: Partial<PackManifest> | null;
  try {
    manifest = JSON.parse(readRegularSync(path, LARGEST).toString('utf8')) as typeof manifest;
  } catch (cause) {
    throw damaged(cause instanceof SyntaxError ? 'it is no JSON' : (cause as Error).message, cause);
  }
  if (manifest?.format !== FORMAT) {
    throw new XqgError('XQG_PACK_FORMAT', {
      path,
      found: String(manifest?.format),
      supported: FORMAT,
    });
  }
  const { error } = fields.safeParse(manifest);
  if (error === undefined) return manifest as PackManifest;
  const [{ path: at, message }] = error.issues;
  throw damaged(`${at.join('.')} ${message}`, error);
}

/** A pack may come from a stranger: its files lie in its folder, or in one beside it. */
const entry = z.looseObject({
  file: z
    .string()
    .regex(/^(\.\.\/[\w-][\w.-]*\/)?[\w-][\w.-]*$/, 'is not in the folder of the pack'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no sha256'),
});
const terms = z.int().nonnegative().max(MOST_TERMS, 'is more than a table has');
const fields = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  pivot: entry.extend({ stems: terms, vectors: terms, dim: z.int().positive().max(65_536) }),
  languages: z.record(
    z.string().regex(/^[a-z]{2,3}$/),
    entry.extend({ terms, links: terms, sources: z.array(z.string()) }),
  ),
  relatives: entry.optional(),
  means: entry.optional(),
  madeBy: z.record(z.string(), z.unknown()),
});

/** Digest of the content of a pack (hex). */
export function packDigest(manifest: PackManifest): string {
  const parts = Object.entries(manifest.languages).map(
    ([lang, { sha256: sum }]) => `${lang} ${sum}`,
  );
  const more = (['relatives', 'means'] as const).flatMap((part) =>
    manifest[part] === undefined ? [] : [`${part} ${manifest[part].sha256}`],
  );
  return createHash('sha256')
    .update([`pivot ${manifest.pivot.sha256}`, ...parts.sort(), ...more].join('\n'))
    .digest('hex');
}

/** The path of `file` as the manifest in `folder` states it: relative, with slashes. */
export function manifestPath(folder: string, file: string): string {
  return relative(folder, file).split('\\').join('/');
}
