/**
 * `ann/ann.json` beside an index: the graph of near neighbors that was built for its rows, for
 * which weighting, and how much it finds. It stands for the rows in their order: after every change
 * of them it is of no use.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PROFILES, type ProfileName } from '../../augment/profiles.js';
import { writeAtomically } from '../../base/atomic-write.js';
import { XqgError } from '../../base/errors.js';
import { sealedJson, unsealedJson } from '../../base/sealed-json.js';
import { readSmallFile } from '../../base/small-file.js';
import type { LanguageWeight } from '../../languages/terms.js';
import type { Manifest, SealedVersion } from '../manifest.js';

/** 3: checksums of this file and of each row. */
export const ANN_FORMAT = 3;
const ANN_FOLDER = 'ann';
const FILE = 'ann.json';
/** Name of the graph in the folder of a record's files. */
export const GRAPH_FILE = 'graph.usearch';

/** Mean recall of the dense leg against exact search over the measured questions. */
export interface AnnRecall {
  /** Of the search; 0: without generated queries. */
  readonly alpha: number;
  readonly at10: number;
  readonly at100: number;
}

export interface AnnRecord {
  readonly format: number;
  /** Stands for the rows that the graph was built over. */
  readonly rows: string;
  readonly passages: number;
  /** Name of the folder with its files: the graph, and the rows that it names (ann-rows.ts). */
  readonly files: string;
  /** What made the graph. */
  readonly graph: string;
  readonly unitLength: boolean;
  /** The weighting of the rows in the graph. */
  readonly profile: ProfileName;
  readonly alpha: number;
  readonly languages: readonly LanguageWeight[];
  /** Rows that a search looks at in the graph. */
  readonly expansion: number;
  /** Best rows of these, which are scored exactly. */
  readonly candidates: number;
  /** What was asked for, at 10. */
  readonly wantedRecall: number;
  /** With the built alpha first. */
  readonly recall: readonly AnnRecall[];
  /** The same with the built alpha, at 10, by the questions' language. */
  readonly byLanguage: Readonly<Record<string, number>>;
  /** Questions that were asked: generated queries of sampled passages, or their first sentences. */
  readonly questions: { readonly count: number; readonly kind: 'generated' | 'passages' };
  readonly built: string;
  readonly seconds: number;
  /** Of the graph alone. */
  readonly graphBytes: number;
  /** Of all files. */
  readonly bytes: number;
}

/** Names rows in their order. */
export function rowsIdentity(sealed: SealedVersion): string {
  const hash = createHash('sha256');
  for (const { key, rows } of sealed.segments) hash.update(`${key} ${rows}\n`);
  return hash.digest('hex').slice(0, 32);
}

/** The same for an opened version. */
export function rowsOfVersion({
  manifest,
  version,
}: {
  manifest: Manifest;
  version: string;
}): string {
  const { sealed } = manifest;
  return sealed?.version === version ? rowsIdentity(sealed) : `unsealed ${version}`;
}

/** What a record says, as far as it may come from a stranger: its folder, and rows that exist. */
const fields = z.looseObject({
  rows: z.string(),
  passages: z.int().nonnegative(),
  files: z.string().regex(/^[\w-]{1,100}$/, 'names no folder'),
  unitLength: z.boolean(),
  profile: z.enum(Object.keys(PROFILES) as [ProfileName, ...ProfileName[]]),
  alpha: z.number(),
  languages: z.array(z.looseObject({ lang: z.string(), weight: z.number() })),
  expansion: z.int().positive(),
  candidates: z.int().positive(),
  wantedRecall: z.number(),
  recall: z.array(z.looseObject({ alpha: z.number(), at10: z.number(), at100: z.number() })).min(1),
  byLanguage: z.record(z.string(), z.number()),
  questions: z.looseObject({ count: z.number(), kind: z.enum(['generated', 'passages']) }),
  graphBytes: z.int().nonnegative(),
  bytes: z.number(),
});
/** In bytes. */
const LARGEST = 1e6;

/**
 * null where there is none that this version of xqg can read.
 * @throws XqgError XQG_ANN_DAMAGED
 */
export async function findAnnRecord(dir: string): Promise<AnnRecord | null> {
  const path = annRecordPath(dir);
  try {
    const text = await readSmallFile(path, LARGEST);
    if ((JSON.parse(text) as Partial<AnnRecord> | null)?.format !== ANN_FORMAT) return null;
    const record = unsealedJson(text);
    const { error } = fields.safeParse(record);
    if (error === undefined) return record as unknown as AnnRecord;
    const [{ path: at, message }] = error.issues;
    throw new Error(`${at.join('.')} ${message}`);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new XqgError('XQG_ANN_DAMAGED', { path, reason: message }, { cause });
  }
}

export async function writeAnnRecord(dir: string, record: AnnRecord): Promise<void> {
  await writeAtomically(annRecordPath(dir), sealedJson(record));
}

export function annRecordPath(dir: string): string {
  return join(dir, ANN_FOLDER, FILE);
}

/** Where the files of a record lie. */
export function annFolder(dir: string, { files }: Pick<AnnRecord, 'files'>): string {
  return join(dir, ANN_FOLDER, files);
}

/** @returns false if there was none */
export async function dropAnn(dir: string): Promise<boolean> {
  const found = existsSync(annRecordPath(dir));
  await rm(join(dir, ANN_FOLDER), { recursive: true, force: true });
  return found;
}

/** The measured recall nearest to an alpha. */
export function recallNear(record: AnnRecord, alpha: number): AnnRecall {
  return record.recall.reduce((best, each) =>
    Math.abs(each.alpha - alpha) < Math.abs(best.alpha - alpha) ? each : best,
  );
}
