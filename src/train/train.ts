/**
 * Trains packs: the two that come with xqg (`base`, `full`), and a user's own language on top of an
 * existing pack. Same data, same versions, same pack: nothing is random.
 */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XqgError } from '../base/errors.js';
import {
  loadPack,
  readPivot,
  writeLanguage,
  writeMeans,
  writePivot,
  writeRelatives,
} from '../pack/format.js';
import {
  type LanguageEntry,
  manifestPath,
  packFolder,
  readManifest,
  writeManifest,
} from '../pack/manifest.js';
import { PIVOT } from '../pack/pack.js';
import type { PivotData } from '../pack/pivot.js';
import { align } from './align.js';
import { type DataPolicy, type LexiconRow, noticeOf, POLICIES, trainingFiles } from './corpora.js';
import { languageMeans } from './means.js';
import { findRelatives } from './nearest.js';
import { readPairs } from './pairs.js';
import { trainPivot } from './pivot.js';
import { buildTable } from './table.js';
import { taughtLexicon } from './taught-lexicon.js';
import { teacherCards } from './teachers.js';

/** Every number of training, recorded in the manifest. */
export const TRAINING = {
  pairs: { longestSentence: 40, longestEntry: 3, lexiconWeight: 2 },
  alignment: { alone: 3, agreeing: 3, empty: 1 },
  table: { linksPerTerm: 8, weakestShare: 0.02, fewestLinks: 0.3 },
  induction: {
    words: 25_000,
    stems: 30_000,
    leastWeight: 0.1,
    neighbors: 10,
    candidates: 50,
    most: 3,
    leastMargin: 0,
    sureMargin: 0.3,
    temperature: 0.1,
    weight: 4,
    /** Languages of the teacher for which a pack has fewer than 60,000 entries. */
    languages: { base: ['ar', 'ko', 'th', 'tr'], full: ['th'] },
  },
  relatives: { stems: 25_000, most: 8, leastAlike: 0.5, leastWeight: 0.25 },
  pivot: { dim: 256, dropped: 1, flattening: 0.1, mostForms: 120_000 },
} as const;

const LICENSES: Readonly<Record<string, string>> = {
  base: 'CC-BY-SA-4.0',
  full: 'GPL-3.0-or-later',
};

export interface ShippedPackOptions {
  /** Folder with lexicon/, bitext/ and words/. */
  readonly data: string;
  /** Folder with the teachers. */
  readonly models: string;
  /** Folder that gets english/, base/ and full/. */
  readonly out: string;
  readonly cache: string;
  readonly languages: readonly string[];
  readonly version: string;
  /**
   * Tables to train, as `base/ar`; the pivot and the other tables stay as they lie in `out`. All
   * are trained if absent.
   */
  readonly only?: ReadonlySet<string>;
}

/** The pivot from freely licensed data, then a table per language and policy. */
export async function trainShippedPacks(
  options: ShippedPackOptions,
  say: (message: string) => void,
): Promise<void> {
  const { data, cache, only } = options;
  const teachers = teacherCards(options.models);
  const multilingual = teachers[teachers.length - 1];
  const pivotFile = join(options.out, 'english', 'english.safetensors');
  const pivot =
    only === undefined
      ? await trainPivot({ ...TRAINING.pivot, ...options, policy: POLICIES.base, teachers }, say)
      : readPivot(pivotFile, readManifest(join(options.out, 'base')).pivot.sha256);
  const { sha256 } = writePivot(pivotFile, pivot);
  const relativesFile = join(options.out, 'english', 'relatives.safetensors');
  const relatives = writeRelatives(relativesFile, await findRelatives(pivot, TRAINING.relatives));
  const lessons = new Map<string, LexiconRow[]>();
  for (const name of ['base', 'full'] as const) {
    const folder = join(options.out, name);
    mkdirSync(folder, { recursive: true });
    const known = only && readManifest(folder).languages;
    const taught: readonly string[] = TRAINING.induction.languages[name];
    const languages: Record<string, LanguageEntry> = {};
    for (const lang of options.languages) {
      if (known && !only.has(`${name}/${lang}`)) {
        languages[lang] = known[lang];
        continue;
      }
      if (taught.includes(lang) && !lessons.has(lang)) {
        const rows = await taughtLexicon(
          lang,
          data,
          pivot,
          multilingual,
          cache,
          TRAINING.induction,
        );
        lessons.set(lang, rows);
      }
      const induced = taught.includes(lang) ? lessons.get(lang) : [];
      const files = { lang, policy: POLICIES[name], ...trainingFiles(data, lang), induced };
      languages[lang] = await trainLanguage(files, pivot, folder, say);
    }
    writeManifest(folder, {
      name,
      version: options.version,
      license: LICENSES[name],
      pivot: { file: manifestPath(folder, pivotFile), sha256, ...sizeOf(pivot) },
      relatives: { file: manifestPath(folder, relativesFile), ...relatives },
      languages,
      madeBy: {
        training: TRAINING,
        teachers: teachers.map((card) => ({ name: card.name, license: card.licence })),
        icu: process.versions.icu,
        node: process.versions.node,
      },
    });
    await addMeans(folder, POLICIES[name], (lang) => trainingFiles(data, lang).bitext);
    writeFileSync(join(folder, 'NOTICE'), noticeOf(name, LICENSES[name], languages));
  }
}

export interface OwnLanguageOptions {
  /** ISO 639-1 code of the language. */
  readonly lang: string;
  readonly lexicon: string;
  readonly bitext: string;
  /** Word counts of the language (optional): they choose the written forms that people see. */
  readonly words?: string;
  /** Name or folder of the pack that is extended. */
  readonly extend: string;
  /** Folder that gets the new pack; must not hold one. */
  readonly out: string;
  readonly license: string;
}

/**
 * A new pack: an existing one and one more language (or a better table for one that it has).
 * @throws XqgError XQG_PACK_EXISTS, XQG_UNKNOWN_LANGUAGE, XQG_TRAINING_FILE_MISSING,
 * XQG_TRAINING_ROW
 */
export async function trainOwnLanguage(
  options: OwnLanguageOptions,
  say: (message: string) => void,
): Promise<void> {
  const { lang, out } = options;
  if (!/^[a-z]{2,3}$/.test(lang) || lang === PIVOT) {
    throw new XqgError('XQG_UNKNOWN_LANGUAGE', {
      language: lang,
      where: '--lang',
      known: `ISO 639 codes other than ${PIVOT}`,
    });
  }
  if (existsSync(join(out, 'manifest.json')))
    throw new XqgError('XQG_PACK_EXISTS', { folder: out });
  const from = packFolder(options.extend);
  const known = readManifest(from);
  const pivotFile = join(from, known.pivot.file);
  const pivot = readPivot(pivotFile, known.pivot.sha256);
  mkdirSync(out, { recursive: true });
  copyFileSync(pivotFile, join(out, 'english.safetensors'));
  const relatives = known.relatives && { ...known.relatives, file: 'relatives.safetensors' };
  if (known.relatives && relatives)
    copyFileSync(join(from, known.relatives.file), join(out, relatives.file));
  for (const entry of Object.values(known.languages))
    copyFileSync(join(from, entry.file), join(out, entry.file));
  const entry = await trainLanguage({ ...options, policy: POLICIES.own }, pivot, out, say);
  writeManifest(out, {
    name: `${known.name}+${lang}`,
    version: known.version,
    license: options.license,
    pivot: { ...known.pivot, file: 'english.safetensors' },
    ...(relatives && { relatives }),
    languages: { ...known.languages, [lang]: entry },
    madeBy: {
      training: TRAINING,
      extends: `${known.name} ${known.version}`,
      icu: process.versions.icu,
      node: process.versions.node,
    },
  });
}

/** Measures the mean vectors of a pack's languages and puts them into it. */
export async function addMeans(
  folder: string,
  policy: DataPolicy,
  bitextOf: (lang: string) => string,
): Promise<void> {
  const { means: _, ...manifest } = readManifest(folder);
  writeManifest(folder, manifest);
  const means = await languageMeans(await loadPack(folder), Object.keys(manifest.languages), {
    policy,
    bitextOf,
  });
  writeManifest(folder, { ...manifest, means: writeMeans(folder, means) });
}

interface LanguageFiles {
  readonly lang: string;
  readonly policy: DataPolicy;
  readonly lexicon: string;
  readonly bitext: string;
  readonly words?: string;
  readonly induced?: readonly LexiconRow[];
}

async function trainLanguage(
  files: LanguageFiles,
  pivot: PivotData,
  folder: string,
  say: (message: string) => void,
): Promise<LanguageEntry> {
  const started = performance.now();
  const numbers = new Map(pivot.stems.map((stem, number) => [stem, number]));
  const pairs = await readPairs({ ...TRAINING.pairs, ...files });
  const links = align(pairs, TRAINING.alignment);
  const table = buildTable(files.lang, pairs, links, (stem) => numbers.get(stem), TRAINING.table);
  if (table.terms.length === 0) throw new XqgError('XQG_TRAINING_EMPTY', { language: files.lang });
  const written = writeLanguage(folder, table);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  say(
    `${files.policy.name} ${files.lang}: ${pairs.entries} entries, ${pairs.sentences} sentences -> ${written.terms} terms, ${written.links} links (${seconds} s)`,
  );
  return { ...written, entries: pairs.entries, sentences: pairs.sentences, sources: pairs.sources };
}

function sizeOf(pivot: PivotData) {
  return { stems: pivot.stems.length, vectors: pivot.vectors.length / pivot.dim, dim: pivot.dim };
}
