/**
 * The passages and questions of an experiment that an encoder has to have vectors of: to write them
 * for a tool that encodes, and to say which vectors a file of such a tool lacks.
 */
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { XqgError } from '../../base/errors.js';
import { formatCount } from '../../base/numbers.js';
import { FileEncoder } from '../../encode/file/file-encoder.js';
import type { Collection, EvaluationQuery } from '../data/collection.js';
import type { PassageSource } from '../ranking/block.js';
import type { Setting } from '../report/results.js';
import { checkData, openReported, openTuning } from './open-data.js';
import { parallelSet, type ReportedSet } from './reported-set.js';
import type { ExperimentSpec } from './spec.js';
import type { Pairing } from './work.js';

/** A set of passages or of questions. */
interface TextGroup {
  /** For people: `passages of xquad in en`. */
  readonly name: string;
  readonly kind: 'passages' | 'questions';
  readonly lang: string;
}

interface PassageGroup extends TextGroup {
  readonly passages: PassageSource;
}

interface QuestionGroup extends TextGroup {
  readonly queries: readonly EvaluationQuery[];
}

export interface NeededTexts {
  readonly passages: readonly PassageGroup[];
  readonly questions: readonly QuestionGroup[];
}

/** Data that is read in some settings. */
interface UsedSet {
  readonly set: ReportedSet;
  readonly settings: readonly Setting[];
}

/** The texts of the sets, each set of passages and language of questions once. */
export function neededTexts(used: readonly UsedSet[]): NeededTexts {
  const passages = new Map<string, PassageGroup>();
  const questions = new Map<string, Map<string, EvaluationQuery>>();
  const names = new Map<string, { readonly name: string; readonly lang: string }>();
  for (const { set, settings } of used) {
    for (const pool of settings.flatMap((setting) => set.pools(setting))) {
      for (const { name, passages: source } of pool.parts) {
        const langs = [...new Set(source.langs)];
        const lang = langs.length === 1 ? langs[0] : 'mixed';
        const shown = `passages of ${set.name} in ${lang}`;
        passages.set(name, { name: shown, kind: 'passages', lang, passages: source });
      }
      for (const { queryLang: lang, test } of pool.tests) {
        const key = `${set.name}\t${lang}`;
        const known = questions.get(key) ?? new Map<string, EvaluationQuery>();
        for (const query of test.queries) known.set(query.id, query);
        questions.set(key, known);
        names.set(key, { name: `questions of ${set.name} in ${lang}`, lang });
      }
    }
  }
  return {
    passages: [...passages.values()],
    questions: [...questions].map(([key, queries]) => ({
      ...names.get(key)!,
      kind: 'questions',
      queries: [...queries.values()],
    })),
  };
}

/** Ids that are named of a set. */
const NAMED = 3;

/**
 * Checks encoders that only look vectors up, before anything is ranked.
 * @throws XqgError XQG_VECTORS_MISSING naming every set that lacks some
 */
export function checkVectors(texts: NeededTexts, pairings: readonly Pairing[]): void {
  for (const { encoder, generator, variants } of pairings) {
    if (!(encoder instanceof FileEncoder)) continue;
    const isDense = variants.some(({ system }) => system.mode !== 'lexical');
    if (!isDense) continue;
    const lacking = [
      ...texts.passages.map(({ name, passages: { ids, langs } }) => {
        const missing = ids.filter((id, i) => !encoder.hasPassage(id, langs[i]));
        return { name, missing, of: ids.length };
      }),
      ...texts.questions.map(({ name, queries }) => {
        const missing = queries.filter(({ id, lang }) => !encoder.hasQuestion(id, lang));
        return { name, missing: missing.map(({ id }) => id), of: queries.length };
      }),
    ].filter(({ missing }) => missing.length > 0);
    const list = lacking.map(({ name, missing, of }) => {
      const more = missing.length > NAMED ? ', ...' : '';
      const ids = missing.slice(0, NAMED).join(', ');
      return `${formatCount(missing.length)} of ${formatCount(of)} ${name} (${ids}${more})`;
    });
    const augmented = variants.some(
      ({ system }) => system.augment !== 'off' && system.mode !== 'lexical',
    );
    if (augmented && !encoder.hasGenerated)
      list.push(
        `the queries that ${generator.identity.name} generates, all of them (generators: [none] measures without)`,
      );
    if (list.length > 0)
      throw new XqgError('XQG_VECTORS_MISSING', { file: encoder.path, list: list.join('; ') });
  }
}

/** The sets that a run with these data reads. */
export function usedSets(
  reported: readonly { readonly set: ReportedSet; readonly spec: ExperimentSpec['data'][number] }[],
  tuning: Collection | null,
  { tune }: Pick<ExperimentSpec, 'tune'>,
): UsedSet[] {
  return [
    ...reported.map(({ set, spec }) => ({ set, settings: spec.settings })),
    ...(tuning === null || tune === undefined
      ? []
      : [{ set: parallelSet(tuning), settings: [tune.setting] }]),
  ];
}

export interface WrittenTexts {
  /** Within the folder, with how many texts are in each. */
  readonly files: readonly { readonly name: string; readonly texts: number }[];
  /** The manifest, absolute. */
  readonly manifest: string;
}

/**
 * Writes passages and questions as JSONL of {id, title, text, lang}, their ids as lists, and a
 * manifest that names the files of vectors to be made.
 * @throws XqgError those of opening the data
 */
export async function writeTexts(
  file: string,
  spec: ExperimentSpec,
  folder: string,
): Promise<WrittenTexts> {
  checkData(file, spec);
  const reported = await openReported(file, spec);
  const tuning = spec.tune === undefined ? null : await openTuning(file, spec.tune, reported);
  const texts = neededTexts(usedSets(reported, tuning, spec));
  await mkdir(folder, { recursive: true });
  const files: { name: string; texts: number }[] = [];
  const entries = { passages: [] as object[], questions: [] as object[] };
  const all = [
    ...texts.passages.map((group) => ({ ...group, read: () => group.passages.read() })),
    ...texts.questions.map((group) => ({ ...group, read: () => group.queries })),
  ];
  for (const { name, kind, lang, read } of all) {
    const base = name.replace(/ of | in /g, '.').replace(/[^\w.-]+/g, '-');
    const ids: string[] = [];
    const isUnknown = lang === 'mixed' || lang === 'unknown';
    async function* lines() {
      for await (const each of read()) {
        const { id, text, lang: own } = each;
        ids.push(id);
        const title = 'title' in each ? { title: each.title } : {};
        yield `${JSON.stringify({ id, ...title, text, lang: own })}\n`;
      }
    }
    await pipeline(lines, createWriteStream(join(folder, `${base}.jsonl`)));
    await writeFile(join(folder, `${base}.ids.txt`), ids.map((id) => `${id}\n`).join(''));
    files.push({ name: `${base}.jsonl`, texts: ids.length });
    const entry = { vectors: `${base}.npy`, ids: `${base}.ids.txt` };
    entries[kind].push(isUnknown ? entry : { ...entry, lang });
  }
  const manifest = resolve(folder, 'vectors.json');
  // One that was completed stays.
  if (!existsSync(manifest))
    await writeFile(manifest, `${JSON.stringify({ name: spec.name, ...entries }, null, 1)}\n`);
  return { files, manifest };
}
