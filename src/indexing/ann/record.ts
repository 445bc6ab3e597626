/**
 * `ann/ann.json` beside an index: the graph of near neighbors that was built for its rows, for
 * which weighting, and how much it finds. It stands for the rows in their order: after every change
 * of them it is of no use.
 */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProfileName } from '../../augment/profiles.js';
import type { LanguageWeight } from '../../languages/terms.js';
import type { Manifest, SealedVersion } from '../manifest.js';

export const ANN_FORMAT = 2;
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

/** null where there is none that this version of xqg can read. */
export async function findAnnRecord(dir: string): Promise<AnnRecord | null> {
  try {
    const record = JSON.parse(await readFile(join(dir, ANN_FOLDER, FILE), 'utf8')) as AnnRecord;
    return record.format === ANN_FORMAT ? record : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError)
      return null;
    throw error;
  }
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
  const found = (await findAnnRecord(dir)) !== null;
  await rm(join(dir, ANN_FOLDER), { recursive: true, force: true });
  return found;
}

/** The measured recall nearest to an alpha. */
export function recallNear(record: AnnRecord, alpha: number): AnnRecall {
  return record.recall.reduce((best, each) =>
    Math.abs(each.alpha - alpha) < Math.abs(best.alpha - alpha) ? each : best,
  );
}
