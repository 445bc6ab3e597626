/**
 * `xqg.json`: what made an index, how far it is, and which version of the store is sealed. The rest
 * of a directory means nothing without it.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { PROFILES, type ProfileName } from '../augment/profiles.js';
import type { TunedAugmentation } from '../augment/tuned.js';
import { writeAtomically } from '../base/atomic-write.js';
import { storageError, XqgError } from '../base/errors.js';
import { canonicalJson } from '../base/identity.js';
import { sealedJson, unsealedJson } from '../base/sealed-json.js';
import { readSmallFile, UnfitFile } from '../base/small-file.js';
import type { EncoderIdentity } from '../encode/encoder.js';
import { cardFields } from '../encode/neural/card.js';
import type { EncoderSpec } from '../encode/open-encoder.js';
import type { GeneratorIdentity } from '../generate/generator.js';
import { WORD_RULES } from '../languages/analysis.js';
import type { PackIdentity } from '../pack/pack.js';
import type { OmissionRecord } from './omissions.js';

/** 2: checksums of cells in the rows, and of this file. */
export const INDEX_FORMAT = 2;
const FILE = 'xqg.json';
/** In bytes: the names of 100 failures and of the segments of many millions of passages. */
const LARGEST = 64e6;
const MOST_DIMENSIONS = 65_536;

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
    text = await readSmallFile(path, LARGEST);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ENAMETOOLONG') throw new XqgError('XQG_NAME_TOO_LONG', { path: dir }, { cause });
    if (cause instanceof UnfitFile) throw damaged(path, cause.message, cause);
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
  const { format, tool } = statedFormat(text, path);
  if (format > INDEX_FORMAT)
    throw new XqgError('XQG_INDEX_FORMAT', {
      dir,
      format,
      known: INDEX_FORMAT,
      version: tool.version,
    });
  if (format < INDEX_FORMAT)
    throw new XqgError('XQG_INDEX_OLD', { dir, format, known: INDEX_FORMAT });
  let manifest: unknown;
  try {
    manifest = unsealedJson(text);
  } catch (cause) {
    throw damaged(path, (cause as Error).message, cause);
  }
  const { error } = manifestSchema.safeParse(manifest);
  if (error === undefined) return manifest as Manifest;
  const [{ path: at, message }] = error.issues;
  throw damaged(path, `${at.join('.') || 'it'} ${message}`, error);
}

export async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  await writeAtomically(join(dir, FILE), manifestText(manifest));
}

export function manifestText(manifest: Manifest): string {
  return sealedJson(manifest);
}

/** What a reader or writer brings; what is absent is not compared. */
export type PartialIdentity = Partial<IndexIdentity>;

/**
 * Refuses what another encoder, generator, ICU or other rules for words made.
 * @throws XqgError XQG_INDEX_ICU, XQG_INDEX_WORD_RULES, XQG_INDEX_SENTENCES, XQG_INDEX_IDENTITY
 * with both identities
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

/**
 * What an index says of itself, which may come from a stranger: what becomes part of a path has no
 * slash, and numbers that memory depends on are bounded.
 */
const count = z.int().nonnegative();
const text = z.string().max(100_000);
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'is no sha256');
/** Language codes name files. */
const language = z.string().regex(/^[a-zA-Z]{2,8}(-[a-zA-Z\d]{1,8})*$/, 'is no language code');
const version = z.string().regex(/^[\w.:@-]{1,200}$/, 'is no version');
const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const made = { name: text, weights: text };

const identitySchema = z.looseObject({
  encoder: z.looseObject({
    ...made,
    dim: z.int().positive().max(MOST_DIMENSIONS, 'is more than vectors have numbers'),
    unitLength: z.boolean(),
    settings,
  }),
  generator: z.looseObject({ ...made, settings }).nullable(),
  pack: z.looseObject({ name: text, version: text, sha256: text }).nullable(),
  queryLanguages: z.array(language).max(1000),
  queriesPerLanguage: z.int().nonnegative().max(100_000),
  seed: z.number(),
  sumBits: z.union([z.literal(8), z.literal(16)]),
  encodesQueries: z.literal(false).optional(),
  sentences: z.literal(true).optional(),
  glossary: hash.optional(),
  icu: text,
});

const manifestSchema = z.looseObject({
  identity: identitySchema,
  encoderSpec: z
    .looseObject({
      spec: text,
      card: cardFields.optional(),
      endpoint: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    })
    .optional(),
  augmentation: z
    .looseObject({
      profile: z.enum(Object.keys(PROFILES) as [ProfileName, ...ProfileName[]]),
      alpha: z.number().min(0).max(1),
    })
    .optional(),
  created: text,
  updated: text,
  state: z.looseObject({
    status: z.enum(['indexing', 'complete']),
    expected: count.nullable(),
    done: count,
    failed: count,
    failures: z.array(z.looseObject({ path: text, code: text, message: text })),
    omissions: z
      .looseObject({
        counts: z.record(z.string(), count),
        named: z.array(z.looseObject({ path: text, reason: text })),
      })
      .optional(),
  }),
  counts: z.looseObject({ documents: count, passages: count }),
  sealed: z
    .looseObject({
      version,
      segments: z.array(
        z.looseObject({ key: z.string().regex(/^[\w-]{1,128}$/, 'names no file'), rows: count }),
      ),
    })
    .nullable(),
  durable: version.optional(),
  recovered: z.looseObject({ lost: version, version, reason: text, at: text }).optional(),
  purging: z.boolean(),
  store: text.optional(),
  copying: z.looseObject({ from: text, version }).optional(),
});

/** What is there whatever the format is. */
function statedFormat(text: string, path: string): Pick<Manifest, 'format' | 'tool'> {
  let value: Partial<Manifest> | null;
  try {
    value = JSON.parse(text) as Partial<Manifest> | null;
  } catch (cause) {
    throw damaged(path, 'it is no JSON', cause);
  }
  const { format, tool } = value ?? {};
  if (typeof format !== 'number' || typeof tool?.version !== 'string')
    throw damaged(path, 'it names no format');
  return { format, tool };
}

function damaged(path: string, reason: string, cause?: unknown): XqgError {
  return new XqgError('XQG_INDEX_DAMAGED', { path, reason }, { cause });
}
