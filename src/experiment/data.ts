/** The data that an experiment file names, opened: data sets and distractors. Knows no model. */
import { dirname, resolve } from 'node:path';
import { XqgError } from '../errors/error.js';
import { pairsOf } from '../evaluate/collection.js';
import {
  type Collection,
  type EvaluationPassage,
  testCollectionOf,
} from '../evaluate/datasets/collection.js';
import { loadMlqar } from '../evaluate/datasets/mlqar.js';
import { loadXquad, loadXquadR } from '../evaluate/datasets/xquad.js';
import { lineError, readJsonRows } from '../evaluate/lines.js';
import type { DataSpec, DistractorSpec, ExperimentSpec, TuneSpec } from './spec.js';

export interface ReportedData {
  readonly spec: DataSpec;
  readonly collection: Collection;
}

export interface Distractors {
  readonly name: string;
  readonly passages: readonly EvaluationPassage[];
}

/** @param file the experiment file; paths in it are relative to its folder */
export function pathFrom(file: string, path: string): string {
  return resolve(dirname(file), path);
}

type Loadable = Pick<DataSpec, 'set' | 'path' | 'langs' | 'half' | 'unit'>;

async function load(file: string, { set, path, langs, half, unit }: Loadable): Promise<Collection> {
  const directory = pathFrom(file, path);
  if (set === 'xquad') return loadXquad({ directory, langs });
  if (set === 'xquad-r') return loadXquadR({ directory, langs });
  const collection = await loadMlqar({ directory, langs, half, unit });
  // LAReQA's MLQA-R is of sentences; nothing of paragraphs may be taken for it.
  return unit === 'sentence' ? collection : { ...collection, name: `${collection.name}/paragraphs` };
}

/** @throws XqgError XQG_EXPERIMENT_EMPTY where a setting has no pair of languages, and what the loaders throw */
export async function openReported(file: string, spec: ExperimentSpec): Promise<ReportedData[]> {
  const opened: ReportedData[] = [];
  for (const each of spec.data) {
    const collection = await load(file, each);
    for (const setting of each.settings) {
      const asked = pairsOf([...collection.parts.keys()], [setting]).some(
        ({ queryLang, passageLang }) =>
          testCollectionOf(collection, queryLang, passageLang).queries.length > 0,
      );
      if (!asked) throw new XqgError('XQG_EXPERIMENT_EMPTY', { dataset: each.set, setting });
    }
    opened.push({ spec: each, collection });
  }
  return opened;
}

/** @throws XqgError XQG_EXPERIMENT_TUNED_ON_REPORTED where a question would be both tuned on and reported */
export async function openTuning(
  file: string,
  tune: TuneSpec,
  reported: readonly ReportedData[],
): Promise<Collection> {
  const { on, path, langs, half, unit } = tune;
  const collection = await load(file, { set: on, path, langs, half, unit });
  const ids = questionIds(collection);
  for (const { collection: other } of reported) {
    const shared = [...questionIds(other)].filter((id) => ids.has(id));
    if (shared.length === 0) continue;
    throw new XqgError('XQG_EXPERIMENT_TUNED_ON_REPORTED', {
      tuning: collection.name,
      reported: other.name,
      count: shared.length,
      question: shared[0],
    });
  }
  return collection;
}

function questionIds({ parts }: Collection): Set<string> {
  return new Set([...parts.values()].flatMap(({ questions }) => [...questions.keys()]));
}

/** Further passages; their ids get the name of the distractors before them, so that they meet no id of a data set. */
export async function openDistractors(file: string, spec: DistractorSpec): Promise<Distractors> {
  const found =
    spec.file === undefined
      ? await englishParagraphs(pathFrom(file, spec['mlqa-r']!))
      : await readPassages(pathFrom(file, spec.file));
  return { name: spec.name, passages: found.map((each) => ({ ...each, id: `${spec.name}:${each.id}` })) };
}

async function englishParagraphs(directory: string): Promise<readonly EvaluationPassage[]> {
  const { parts } = await loadMlqar({ directory, langs: ['en'], half: 'all' });
  return parts.get('en')!.passages;
}

async function readPassages(file: string): Promise<EvaluationPassage[]> {
  const passages: EvaluationPassage[] = [];
  const seen = new Set<string>();
  for await (const { number, row } of readJsonRows(file)) {
    const { id, text, lang, title = '' } = row;
    if (
      typeof id !== 'string' ||
      typeof text !== 'string' ||
      typeof lang !== 'string' ||
      typeof title !== 'string'
    )
      throw lineError(file, number, 'no id, text and lang', 'Rows are {"id", "text", "lang", "title"}.');
    if (seen.has(id))
      throw lineError(file, number, `id "${id}" comes a second time`, 'Remove one of the rows.');
    seen.add(id);
    passages.push({ id, text, lang, title });
  }
  return passages;
}
