/** The data sets that an experiment file names, opened. */

import { dirname, resolve } from 'node:path';
import { XqgError } from '../../base/errors.js';
import type { Collection } from '../data/collection.js';
import { checkPresent, dataPath } from '../data/missing-data.js';
import { loadMlqar } from '../data/mlqar.js';
import { loadMiracl, loadMrTydi } from '../data/multilingual-retrieval.js';
import { loadXquad, loadXquadR } from '../data/xquad.js';
import type { Setting } from '../report/results.js';
import { mostTokens } from './measurement.js';
import { parallelSet, type ReportedSet } from './reported-set.js';
import { openBeirFolder, openXor } from './single-pools.js';
import type { DataSpec, ExperimentSpec, TuneSpec } from './spec.js';

export interface ReportedData {
  readonly spec: DataSpec;
  readonly set: ReportedSet;
  /** On settings that are left out. */
  readonly notes: readonly string[];
}

/** @param file the experiment file; paths in it are relative to its folder */
function pathFrom(file: string, path: string): string {
  return dataPath(resolve(dirname(file), path));
}

/**
 * @param file the experiment file
 * @throws XqgError XQG_EVALUATION_MISSING naming all data of the file that is not there
 */
export function checkData(file: string, { data, tune }: ExperimentSpec): void {
  const needed = data.flatMap(({ set, path, corpus, punkt }) => [
    { set, path: pathFrom(file, path) },
    ...[corpus, punkt]
      .filter((each) => each !== undefined)
      .map((each) => ({ set: `a file of ${set}`, path: pathFrom(file, each) })),
  ]);
  const tuning = tune === undefined ? [] : [{ set: tune.on, path: pathFrom(file, tune.path) }];
  checkPresent([...needed, ...tuning]);
}

type Loadable = Pick<DataSpec, 'path' | 'langs' | 'half' | 'unit' | 'split'> & {
  readonly set: Exclude<DataSpec['set'], 'beir' | 'xor-tydi'>;
};

async function loadCollection(file: string, options: Loadable): Promise<Collection> {
  const { set, path, langs, half, unit, split } = options;
  const directory = pathFrom(file, path);
  if (set === 'xquad') return loadXquad({ directory, langs });
  if (set === 'xquad-r') return loadXquadR({ directory, langs });
  if (set === 'miracl') return loadMiracl({ directory, langs, split });
  if (set === 'mr-tydi') return loadMrTydi({ directory, langs, split });
  const collection = await loadMlqar({ directory, langs, half, unit });
  // LAReQA's MLQA-R is of sentences; nothing of paragraphs may be taken for it.
  return unit === 'sentence'
    ? collection
    : { ...collection, name: `${collection.name}/paragraphs` };
}

async function openSet(file: string, each: DataSpec, spec: ExperimentSpec): Promise<ReportedSet> {
  const { set } = each;
  if (set === 'beir') return openBeirFolder(pathFrom(file, each.path), each);
  if (set !== 'xor-tydi') return parallelSet(await loadCollection(file, { ...each, set }));
  return openXor(
    {
      questions: pathFrom(file, each.path),
      corpus: pathFrom(file, each.corpus!),
      punkt: each.punkt && pathFrom(file, each.punkt),
      langs: each.langs,
    },
    mostTokens(spec),
  );
}

/**
 * @param options skipEmpty: a setting without a judged question is left out with a note
 * @throws XqgError XQG_EXPERIMENT_EMPTY where a setting, or every setting, has no judged question,
 * and what the loaders throw
 */
export async function openReported(
  file: string,
  spec: ExperimentSpec,
  { skipEmpty = false }: { readonly skipEmpty?: boolean } = {},
): Promise<ReportedData[]> {
  const opened: ReportedData[] = [];
  for (const each of spec.data) {
    const set = await openSet(file, each, spec);
    const isEmpty = (setting: Setting) =>
      set.pools(setting).every(({ tests }) => tests.length === 0);
    const empty = each.settings.filter(isEmpty);
    const [first] = empty;
    if (first !== undefined && (!skipEmpty || empty.length === each.settings.length))
      throw new XqgError('XQG_EXPERIMENT_EMPTY', { dataset: each.set, setting: first });
    const settings = each.settings.filter((setting) => !isEmpty(setting));
    const notes = empty.map(
      (setting) => `${each.set} has no question for the setting ${setting}, which is left out`,
    );
    opened.push({ spec: { ...each, settings }, set, notes });
  }
  return opened;
}

/**
 * @throws XqgError XQG_EXPERIMENT_TUNED_ON_REPORTED where a question would be both tuned on and
 * reported
 */
export async function openTuning(
  file: string,
  tune: TuneSpec,
  reported: readonly ReportedData[],
): Promise<Collection> {
  const { on, path, langs, half, unit } = tune;
  const collection = await loadCollection(file, { set: on, path, langs, half, unit });
  const { questionIds: ids } = parallelSet(collection);
  for (const { set } of reported) {
    const shared = [...set.questionIds].filter((id) => ids.has(id));
    if (shared.length === 0) continue;
    throw new XqgError('XQG_EXPERIMENT_TUNED_ON_REPORTED', {
      tuning: collection.name,
      reported: set.name,
      count: shared.length,
      question: shared[0],
    });
  }
  return collection;
}
