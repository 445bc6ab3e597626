/**
 * Trains packs: the two that ship with xqg (`base`, `full`), and packs that add a user's own
 * language to an existing one. Training is deterministic: equal data and versions give equal packs.
 */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XqgError } from '../base/errors.js';
import { openEncoder } from '../encode/open-encoder.js';
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
import { induceLexicon } from './induced-lexicon.js';
import { languageMeans } from './means.js';
import { findRelatives } from './nearest.js';
import { readPairs } from './pairs.js';
import { trainPivot } from './pivot.js';
import { buildTable } from './table.js';
import { encoderTeacher, graphTeacher, type Teacher } from './teachers.js';

const MINILM = 'all-MiniLM-L6-v2';
const USE = 'use-multilingual-v3';
const E5 = 'multilingual-e5-small';
type TeacherName = typeof MINILM | typeof USE | typeof E5;
type PackName = 'base' | 'full';
/** By pack and language. */
export type LexiconTeachers = Readonly<Record<PackName, Readonly<Record<string, TeacherName>>>>;

/** All settings of the training; manifests record them. */
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
    /** The teacher of each language for which a pack has fewer than 60,000 entries. */
    teachers: {
      base: { ar: USE, ko: USE, th: USE, tr: USE },
      full: { th: USE },
    } as LexiconTeachers,
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
  /** Folder of the teacher models. */
  readonly models: string;
  /** Output folder, in which english/, base/ and full/ are written. */
  readonly out: string;
  /** Folder in which the teachers' vectors are cached. */
  readonly cache: string;
  readonly languages: readonly string[];
  readonly version: string;
  /**
   * Tables to train, such as `base/ar`; the pivot and the other tables in `out` are left unchanged.
   * By default everything is trained.
   */
  readonly only?: ReadonlySet<string>;
  /** Default: those of `TRAINING`. */
  readonly lexiconTeachers?: LexiconTeachers;
}

/** Trains the pivot from freely licensed data, then a table per pack and language. */
export async function trainShippedPacks(
  options: ShippedPackOptions,
  say: (message: string) => void,
): Promise<void> {
  const { data, models, cache, only, lexiconTeachers = TRAINING.induction.teachers } = options;
  const teachers = ([MINILM, USE] as const).map((name) => graphTeacher(name, models, cache));
  const used = new Map(teachers.map((teacher) => [teacher.name, teacher]));
  const pivotFile = join(options.out, 'english', 'english.safetensors');
  const pivot =
    only === undefined
      ? await trainPivot({ ...TRAINING.pivot, ...options, policy: POLICIES.base, teachers }, say)
      : readPivot(pivotFile, readManifest(join(options.out, 'base')).pivot.sha256);
  const { sha256 } = writePivot(pivotFile, pivot);
  const relativesFile = join(options.out, 'english', 'relatives.safetensors');
  const relatives = writeRelatives(relativesFile, await findRelatives(pivot, TRAINING.relatives));
  const inducedRows = new Map<string, LexiconRow[]>();
  const induced = async (lang: string, teacherName: TeacherName | undefined) => {
    if (teacherName === undefined) return [];
    const teacher = used.get(teacherName) ?? (await openTeacher(options));
    used.set(teacherName, teacher);
    const key = `${lang} ${teacherName}`;
    const { induction } = TRAINING;
    const rows =
      inducedRows.get(key) ?? (await induceLexicon(lang, data, pivot, teacher, induction));
    inducedRows.set(key, rows);
    return rows;
  };
  for (const name of ['base', 'full'] as const) {
    const folder = join(options.out, name);
    mkdirSync(folder, { recursive: true });
    const previous = only && readManifest(folder).languages;
    const languages: Record<string, LanguageEntry> = {};
    for (const lang of options.languages) {
      if (previous && !only.has(`${name}/${lang}`)) {
        languages[lang] = previous[lang];
        continue;
      }
      const files = { lang, policy: POLICIES[name], ...trainingFiles(data, lang) };
      const rows = await induced(lang, lexiconTeachers[name][lang]);
      languages[lang] = await trainLanguage({ ...files, induced: rows }, pivot, folder, say);
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
        teachers: [...used.values()].map(({ name, license }) => ({ name, license })),
        icu: process.versions.icu,
        node: process.versions.node,
      },
    });
    await addMeans(folder, POLICIES[name], (lang) => trainingFiles(data, lang).bitext);
    writeFileSync(join(folder, 'NOTICE'), noticeOf(name, LICENSES[name], languages));
  }
  for (const teacher of used.values()) await teacher.close?.();
}

/** The neural encoder that ships with xqg, as a teacher. */
async function openTeacher({ cache }: ShippedPackOptions): Promise<Teacher> {
  return encoderTeacher(await openEncoder('e5'), 'MIT', cache);
}

export interface OwnLanguageOptions {
  /** ISO 639-1 code of the language. */
  readonly lang: string;
  readonly lexicon: string;
  readonly bitext: string;
  /** File of word counts; the most frequent form of a term is the one to display. */
  readonly words?: string;
  /** Name or folder of the pack to extend. */
  readonly extend: string;
  /** Output folder; must not contain a pack. */
  readonly out: string;
  readonly license: string;
}

/**
 * Writes a new pack: an existing one with one more language, or with another table for a language
 * that it has.
 * @throws XqgError XQG_PACK_EXISTS when `out` contains a pack
 * @throws XqgError XQG_UNKNOWN_LANGUAGE when `lang` is English or no ISO 639 code
 * @throws XqgError XQG_TRAINING_FILE_MISSING when a training file does not exist
 * @throws XqgError XQG_TRAINING_ROW when a row of a training file is malformed
 * @throws XqgError XQG_TRAINING_EMPTY when no translation could be learned
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
  const base = readManifest(from);
  const pivotFile = join(from, base.pivot.file);
  const pivot = readPivot(pivotFile, base.pivot.sha256);
  mkdirSync(out, { recursive: true });
  copyFileSync(pivotFile, join(out, 'english.safetensors'));
  const relatives = base.relatives && { ...base.relatives, file: 'relatives.safetensors' };
  if (base.relatives && relatives)
    copyFileSync(join(from, base.relatives.file), join(out, relatives.file));
  for (const entry of Object.values(base.languages))
    copyFileSync(join(from, entry.file), join(out, entry.file));
  const entry = await trainLanguage({ ...options, policy: POLICIES.own }, pivot, out, say);
  writeManifest(out, {
    name: `${base.name}+${lang}`,
    version: base.version,
    license: options.license,
    pivot: { ...base.pivot, file: 'english.safetensors' },
    ...(relatives && { relatives }),
    languages: { ...base.languages, [lang]: entry },
    madeBy: {
      training: TRAINING,
      extends: `${base.name} ${base.version}`,
      icu: process.versions.icu,
      node: process.versions.node,
    },
  });
}

/** Computes the mean vectors of a pack's languages and adds them to the pack. */
async function addMeans(
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
  const stemIds = new Map(pivot.stems.map((stem, id) => [stem, id]));
  const pairs = await readPairs({ ...TRAINING.pairs, ...files });
  const links = align(pairs, TRAINING.alignment);
  const table = buildTable(files.lang, pairs, links, (stem) => stemIds.get(stem), TRAINING.table);
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
