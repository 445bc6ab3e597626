/**
 * Streams training text: lexicons, bitext and word counts, filtered by licence tier and source. Knows where rows come from
 * and which may be used for what; knows no model.
 */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { XqgError } from '../errors/error.js';
import { TRAINING_SOURCES } from './sources.js';

/** What a pack may be trained on. */
export interface DataPolicy {
  readonly name: string;
  /** Tiers of lexicon rows (column 4). */
  readonly tiers: ReadonlySet<string>;
  /** Whether sentences of this bitext source may be used; also whether a lexicon row is owed to it, where several sources have the row. */
  allows(source: string): boolean;
}

/** GFDL text, and the text that the demo shows. */
const NEVER = new Set(['gimp-help', 'udhr']);

export const POLICIES: Readonly<Record<'base' | 'full' | 'own', DataPolicy>> = {
  base: { name: 'base', tiers: new Set(['P']), allows: (source) => TRAINING_SOURCES[source]?.free ?? false },
  full: { name: 'full', tiers: new Set(['P', 'G']), allows: (source) => !NEVER.has(source) },
  /** A user's own data: everything in the files. */
  own: { name: 'own', tiers: new Set(['P', 'G', '']), allows: () => true },
};

export interface LexiconRow {
  readonly pivot: string;
  readonly foreign: string;
  /** (0, 2]: how far the sources agree. */
  readonly weight: number;
  readonly sources: readonly string[];
}

export interface SentencePair {
  readonly pivot: string;
  readonly foreign: string;
  readonly source: string;
}

/** Rows `en, xx[, weight[, tier[, sources]]]`, tab-separated, gzipped or plain. */
export async function* readLexicon(path: string, policy: DataPolicy): AsyncGenerator<LexiconRow> {
  for await (const { line, number } of linesOf(path)) {
    const [pivot, foreign, weight = '1', tier = '', sources = ''] = line.split('\t');
    const value = Number(weight);
    if (!pivot || !foreign || !(value > 0)) throw malformed(path, number, 'en<TAB>xx<TAB>weight');
    if (!policy.tiers.has(tier)) continue;
    yield {
      pivot,
      foreign,
      weight: value,
      sources: sources.split(',').filter((name) => policy.allows(name)),
    };
  }
}

/** Rows `en, xx[, source]`, tab-separated, gzipped or plain. */
export async function* readBitext(path: string, policy: DataPolicy): AsyncGenerator<SentencePair> {
  for await (const { line, number } of linesOf(path)) {
    const [pivot, foreign, source = ''] = line.split('\t');
    if (!pivot || !foreign) throw malformed(path, number, 'en<TAB>xx');
    if (policy.allows(source)) yield { pivot, foreign, source };
  }
}

/** Rows `word, count`, tab-separated. */
export async function* readWordCounts(path: string): AsyncGenerator<{ word: string; count: number }> {
  for await (const { line, number } of linesOf(path)) {
    const [word, count] = line.split('\t');
    if (!word || !(Number(count) >= 0)) throw malformed(path, number, 'word<TAB>count');
    yield { word, count: Number(count) };
  }
}

/** The files of one language in a training folder laid out as lexicon/en-XX, bitext/en-XX and words/XX. */
export function trainingFiles(
  folder: string,
  lang: string,
): { lexicon: string; bitext: string; words: string } {
  return {
    lexicon: join(folder, 'lexicon', `en-${lang}.tsv.gz`),
    bitext: join(folder, 'bitext', `en-${lang}.tsv.gz`),
    words: join(folder, 'words', `${lang}.freqwords.tsv.gz`),
  };
}

async function* linesOf(path: string): AsyncGenerator<{ line: string; number: number }> {
  if (!existsSync(path)) throw new XqgError('XQG_TRAINING_FILE_MISSING', { path });
  const raw = createReadStream(path);
  const input = path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line !== '') yield { line, number };
  }
}

function malformed(path: string, line: number, expected: string): XqgError {
  return new XqgError('XQG_TRAINING_ROW', { path, line, expected });
}
