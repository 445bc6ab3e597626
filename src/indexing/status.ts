/** What an index holds, what made it and what it takes on disk. Changes nothing. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from './manifest.js';
import { openSnapshot } from './open.js';

export interface IndexStatus {
  readonly manifest: Manifest;
  readonly documents: number;
  readonly passages: number;
  /** Passages by language, most first. */
  readonly languages: readonly LanguageCount[];
  /** Passages by source. */
  readonly sources: Readonly<Record<string, number>>;
  /** Bytes on disk. */
  readonly bytes: { readonly store: number; readonly lexical: number; readonly total: number };
  /** Total bytes divided by passages; 0 without passages. */
  readonly bytesPerPassage: number;
}

export interface LanguageCount {
  readonly lang: string;
  readonly passages: number;
  /** Passages whose language was detected, not given. */
  readonly detected: number;
  /** Mean confidence of the detected ones in [0, 1]; null if there is none. */
  readonly confidence: number | null;
}

/** @throws XqgError XQG_INDEX_MISSING, XQG_INDEX_FORMAT, XQG_INDEX_DAMAGED, XQG_INDEX_ICU */
export async function indexStatus(dir: string): Promise<IndexStatus> {
  const snapshot = await openSnapshot(dir);
  try {
    const languages = new Map<string, { passages: number; detected: number; confidence: number }>();
    const sources = new Map<string, number>();
    let documents = 0;
    for await (const rows of snapshot.scan(['lang', 'langConfidence', 'source', 'ordinal'])) {
      for (const { lang, langConfidence, source, ordinal } of rows) {
        const count = languages.get(lang) ?? { passages: 0, detected: 0, confidence: 0 };
        languages.set(lang, count);
        count.passages++;
        if (langConfidence < 1) {
          count.detected++;
          count.confidence += langConfidence;
        }
        sources.set(source, (sources.get(source) ?? 0) + 1);
        if (ordinal === 0) documents++;
      }
    }
    const passages = snapshot.ids.length;
    const bytes = {
      store: await bytesUnder(join(dir, 'store')),
      lexical: await bytesUnder(join(dir, 'lexical')),
      total: await bytesUnder(dir),
    };
    return {
      manifest: snapshot.manifest,
      documents,
      passages,
      languages: [...languages]
        .map(([lang, count]) => ({
          lang,
          passages: count.passages,
          detected: count.detected,
          confidence: count.detected === 0 ? null : count.confidence / count.detected,
        }))
        .sort((a, b) => b.passages - a.passages || (a.lang < b.lang ? -1 : 1)),
      sources: Object.fromEntries([...sources].sort(([a], [b]) => (a < b ? -1 : 1))),
      bytes,
      bytesPerPassage: passages === 0 ? 0 : bytes.total / passages,
    };
  } finally {
    await snapshot.close();
  }
}

async function bytesUnder(dir: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    // A writer may have deleted it meanwhile.
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}
