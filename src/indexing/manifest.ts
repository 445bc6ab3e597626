/**
 * `xqg.json`: what made an index, how far it is, and which version of the store is sealed. The rest
 * of a directory means nothing without it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TunedAugmentation } from '../augment/tuned.js';
import { writeAtomically } from '../base/atomic-write.js';
import { storageError, XqgError } from '../base/errors.js';
import { canonicalJson } from '../base/identity.js';
import type { EncoderIdentity } from '../encode/encoder.js';
import type { EncoderSpec } from '../encode/open-encoder.js';
import type { GeneratorIdentity } from '../generate/generator.js';
import { WORD_RULES } from '../languages/analysis.js';
import type { PackIdentity } from '../pack/pack.js';
import type { OmissionRecord } from './omissions.js';

export const INDEX_FORMAT = 1;
const FILE = 'xqg.json';

/** What made the rows. An index takes rows and questions of the same identity alone. */
export interface IndexIdentity {
  readonly encoder: EncoderIdentity;
  /** null: an index without generated queries. */
  readonly generator: GeneratorIdentity | null;
  /** null: neither encoder nor generator came from a pack. */
  readonly pack: PackIdentity | null;
  readonly queryLanguages: readonly string[];
  readonly queriesPerLanguage: number;
  /** Seed of drawn queries. */
  readonly seed: number;
  readonly sumBits: 8 | 16;
  /** False where generated queries serve the lexical leg alone; else absent. */
  readonly encodesQueries?: false;
  /** True where rows have vectors of sentences; else absent. */
  readonly sentences?: true;
  /**
   * sha256 of the glossary; absent without one. A writer may bring another one: it changes the
   * documents that it touches.
   */
  readonly glossary?: string;
  /** Intl.Segmenter cuts words by ICU's dictionaries. */
  readonly icu: string;
  /** Version of the rules by which words become terms. */
  readonly wordRules: number;
}

/** A document or file that could not be indexed. */
export interface IndexFailure {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface IndexState {
  /** `complete`: everything that the last run was to index is in, or was set aside. */
  readonly status: 'indexing' | 'complete';
  /** Documents that the last run expected; null if that was not known. */
  readonly expected: number | null;
  /** Documents of the last run that are in. */
  readonly done: number;
  readonly failed: number;
  /** The first of the failed ones. */
  readonly failures: readonly IndexFailure[];
  /** What the last run left out without failing; absent where that is nothing. */
  readonly omissions?: OmissionRecord | undefined;
}

/** A version of the store with its lexical segments, in the order of the rows. */
export interface SealedVersion {
  readonly version: string;
  readonly segments: readonly SegmentName[];
}

export interface SegmentName {
  /** Names the file and stands for the rows in it. */
  readonly key: string;
  readonly rows: number;
}

/** An earlier version of the store that stands in for a damaged one. */
export interface Recovery {
  readonly lost: string;
  readonly version: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface Manifest {
  readonly format: number;
  /** What wrote it last. */
  readonly tool: { readonly version: string; readonly node: string };
  readonly identity: IndexIdentity;
  /** How the encoder was named; absent for that of a pack. */
  readonly encoderSpec?: EncoderSpec;
  /**
   * How a store that ranks by itself fuses vectors with the sums of their queries; absent where no
   * query is encoded.
   */
  readonly augmentation?: TunedAugmentation;
  /** How the documents of the last run were split. */
  readonly splitting: unknown;
  /** ISO 8601. */
  readonly created: string;
  readonly updated: string;
  readonly state: IndexState;
  readonly counts: { readonly documents: number; readonly passages: number };
  /** null until the first run has ended. */
  readonly sealed: SealedVersion | null;
  /**
   * The newest version of the store in the directory that is known to be on the disk: what is newer
   * may be torn after a power failure. Absent in indexes of earlier releases.
   */
  readonly durable?: string | undefined;
  /** Set while an earlier version stands in for one that was damaged. */
  readonly recovered?: Recovery | undefined;
  /** True while deleted rows are being purged: the next writer finishes it. */
  readonly purging: boolean;
  /** `opensearch://...`: rows are there, not in this directory. */
  readonly store?: string;
  /** What is being copied into this index; absent when that is done. */
  readonly copying?: { readonly from: string; readonly version: string } | undefined;
}

/** @throws XqgError XQG_INDEX_MISSING, XQG_INDEX_FORMAT, XQG_INDEX_DAMAGED, XQG_NO_PERMISSION */
export async function readManifest(dir: string): Promise<Manifest> {
  const manifest = await findManifest(dir);
  if (manifest === null) throw new XqgError('XQG_INDEX_MISSING', { dir });
  return manifest;
}

/** As `readManifest`, but null where there is none. */
export async function findManifest(dir: string): Promise<Manifest | null> {
  const path = join(dir, FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw storageError(cause, path);
  }
  return checkedManifest(text, path, dir);
}

/**
 * A manifest from its text.
 * @param path where it lies
 * @throws XqgError XQG_INDEX_FORMAT, XQG_INDEX_DAMAGED
 */
export function checkedManifest(text: string, path: string, dir: string): Manifest {
  const manifest = parsed(text, path);
  if (manifest.format > INDEX_FORMAT) {
    throw new XqgError('XQG_INDEX_FORMAT', {
      dir,
      format: manifest.format,
      known: INDEX_FORMAT,
      version: manifest.tool.version,
    });
  }
  return manifest;
}

export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  await writeAtomically(join(dir, FILE), manifestText(manifest));
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** What a reader or writer brings; what is absent is not compared. */
export type PartialIdentity = Partial<IndexIdentity>;

/**
 * Refuses what another encoder, generator, ICU or other rules for words made.
 * @throws XqgError XQG_INDEX_ICU, XQG_INDEX_WORD_RULES, XQG_INDEX_SENTENCES, XQG_INDEX_IDENTITY with both
 * identities
 */
export function checkIdentity(dir: string, index: IndexIdentity, own: PartialIdentity): void {
  const icu = process.versions.icu ?? 'none';
  if (index.icu !== icu) {
    throw new XqgError('XQG_INDEX_ICU', { dir, index: index.icu, given: icu });
  }
  if (index.wordRules !== WORD_RULES) {
    throw new XqgError('XQG_INDEX_WORD_RULES', {
      dir,
      index: index.wordRules ?? 1,
      given: WORD_RULES,
    });
  }
  for (const [name, what] of COMPARED) {
    if (!(name in own)) continue;
    const [there, here] = [canonicalJson(index[name] ?? null), canonicalJson(own[name] ?? null)];
    if (there === here) continue;
    if (name === 'sentences')
      throw new XqgError('XQG_INDEX_SENTENCES', { dir, ...SENTENCES[there] });
    throw new XqgError('XQG_INDEX_IDENTITY', { dir, what, index: there, given: here });
  }
}

/** What to say of an index with these sentences. */
const SENTENCES: Readonly<Record<string, { readonly index: string; readonly option: string }>> = {
  true: { index: 'has vectors of sentences', option: '--sentences' },
  null: { index: 'has no vectors of sentences', option: '--no-sentences' },
};

const COMPARED = [
  ['encoder', 'encoder'],
  ['generator', 'generator'],
  ['pack', 'pack'],
  ['queryLanguages', 'list of query languages'],
  ['queriesPerLanguage', 'number of queries per language'],
  ['seed', 'seed'],
  ['sumBits', 'precision of sums'],
  ['encodesQueries', 'encoding of generated queries'],
  ['sentences', 'encoding of sentences'],
  ['glossary', 'glossary'],
] as const satisfies readonly (readonly [keyof IndexIdentity, string])[];

function parsed(text: string, path: string): Manifest {
  let value: Partial<Manifest> | null;
  try {
    value = JSON.parse(text) as Partial<Manifest> | null;
  } catch (cause) {
    throw new XqgError('XQG_INDEX_DAMAGED', { path, reason: (cause as Error).message }, { cause });
  }
  if (typeof value?.format !== 'number' || typeof value.tool?.version !== 'string') {
    throw new XqgError('XQG_INDEX_DAMAGED', { path, reason: 'it names no format' });
  }
  return value as Manifest;
}
