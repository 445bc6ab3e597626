/** What an index holds, what made it and what it takes on disk. */
import { join } from 'node:path';
import type { CandidateReader } from '../store/candidate-store.js';
import { quantizedBytes } from '../store/quantize.js';
import { type AnnRecord, findAnnRecord, rowsIdentity } from './ann/record.js';
import { bytesUnder } from './durability/confined.js';
import type { Manifest } from './manifest.js';
import { type OpenedVersion, openVersion } from './open.js';
import { type LanguageCount, PassageCounts } from './passage-counts.js';

export interface IndexStatus {
  readonly manifest: Manifest;
  readonly documents: number;
  readonly passages: number;
  /** Passages by language, most first. */
  readonly languages: readonly LanguageCount[];
  /** Passages by source. */
  readonly sources: Readonly<Record<string, number>>;
  /**
   * Sentences that have vectors, and their bytes divided by passages before any compression; null
   * where sentences are not encoded. A passage of one sentence has none.
   */
  readonly sentences: { readonly count: number; readonly bytesPerPassage: number } | null;
  /** The ANN index beside it, and whether it fits the rows; null if there is none. */
  readonly ann: { readonly record: AnnRecord; readonly fits: boolean } | null;
  /** Bytes on disk; of a store elsewhere on its disks. */
  readonly bytes: { readonly store: number; readonly lexical: number; readonly total: number };
  /** Total bytes divided by passages; 0 without passages. */
  readonly bytesPerPassage: number;
}

/** @throws XqgError XQG_INDEX_MISSING, XQG_INDEX_FORMAT, XQG_INDEX_DAMAGED, XQG_INDEX_ICU */
export async function indexStatus(dir: string): Promise<IndexStatus> {
  const version = await openVersion(dir);
  const { manifest, reader } = version;
  try {
    const counts = new PassageCounts();
    let documents = 0;
    let passages = 0;
    for await (const rows of reader.scan(['lang', 'langConfidence', 'source', 'ordinal'])) {
      for (const row of rows) {
        counts.add(row);
        passages++;
        if (row.ordinal === 0) documents++;
      }
    }
    const sentences = await countSentences(version);
    const record = await findAnnRecord(dir);
    const { sealed } = manifest;
    const fits = sealed !== null && record?.rows === rowsIdentity(sealed);
    const here = await bytesUnder(dir);
    const elsewhere = version.store === null ? 0 : await (reader as CandidateReader).bytes();
    const bytes = {
      store: version.store === null ? await bytesUnder(join(dir, 'store')) : elsewhere,
      lexical: await bytesUnder(join(dir, 'lexical')),
      total: here + elsewhere,
    };
    return {
      manifest,
      documents,
      passages,
      languages: counts.languages(),
      sources: counts.sources(),
      sentences:
        sentences === null
          ? null
          : {
              count: sentences,
              bytesPerPassage:
                passages === 0
                  ? 0
                  : (sentences * quantizedBytes(manifest.identity.encoder.dim, 8)) / passages,
            },
      ann: record === null ? null : { record, fits },
      bytes,
      bytesPerPassage: passages === 0 ? 0 : bytes.total / passages,
    };
  } finally {
    await version.close();
  }
}

async function countSentences({
  manifest,
  reader,
}: Pick<OpenedVersion, 'manifest' | 'reader'>): Promise<number | null> {
  if (manifest.identity.sentences !== true) return null;
  let sentences = 0;
  for await (const counts of reader.sentenceCounts())
    for (const count of counts) sentences += count;
  return sentences;
}
