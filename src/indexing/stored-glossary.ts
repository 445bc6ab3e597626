/**
 * The glossary of an index, stored beside its manifest under its hash, so that a search needs no
 * file of the user.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../base/atomic-write.js';
import { XqgError } from '../base/errors.js';
import { readSmallFile } from '../base/small-file.js';
import { type ConceptTerms, Glossary } from '../pack/glossary/glossary.js';
import type { CandidateStore } from '../store/candidate-store.js';

/** In bytes. */
const LARGEST = 128e6;
const NAME = /^glossary-[0-9a-f]{16}\.json$/;

function fileOf(sha256: string): string {
  return `glossary-${sha256.slice(0, 16)}.json`;
}

/**
 * To be written before the manifest names it.
 * @param store where another machine finds it; null: nowhere else
 */
export async function storeGlossary(
  dir: string,
  { sha256, concepts }: Glossary,
  store: CandidateStore | null,
): Promise<void> {
  const text = `${JSON.stringify(concepts.map(({ terms }) => terms))}\n`;
  await writeAtomically(join(dir, fileOf(sha256)), text);
  await store?.write('glossary', text);
}

/** Brings the glossary of a store to a directory that becomes its control folder. */
export async function fetchGlossary(
  dir: string,
  sha256: string,
  store: CandidateStore,
): Promise<void> {
  const text = await store.read('glossary');
  if (text !== null) await writeAtomically(join(dir, fileOf(sha256)), text);
}

/** @throws XqgError XQG_INDEX_DAMAGED */
export async function storedGlossary(dir: string, sha256: string): Promise<Glossary> {
  const path = join(dir, fileOf(sha256));
  let reason = 'it is not the glossary that made the index';
  try {
    const glossary = new Glossary(JSON.parse(await readSmallFile(path, LARGEST)) as ConceptTerms[]);
    if (glossary.sha256 === sha256) return glossary;
  } catch (cause) {
    reason = (cause as Error).message;
  }
  throw new XqgError('XQG_INDEX_DAMAGED', { path, reason });
}

/** Removes what no manifest names any more. @param sha256 of the one that stays, if any */
export async function removeOtherGlossaries(dir: string, sha256: string | null): Promise<void> {
  for (const name of await readdir(dir))
    if (NAME.test(name) && (sha256 === null || name !== fileOf(sha256))) await rm(join(dir, name));
}
