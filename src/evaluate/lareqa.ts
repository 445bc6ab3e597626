/**
 * Measures the systems on XQuAD-R and MLQA-R, where a question is asked of sentences: what `xqg
 * evaluate xquad-r` and `mlqa-r` do. Settings and measures are those of LAReQA (arXiv 2004.05484)
 * and of Elmahdy, Lin and Ahmad (arXiv 2408.10536).
 */
import type { RecipeSpec } from '../indexing/recipe.js';
import type { Collection } from './data/collection.js';
import { type Half, loadMlqar } from './data/mlqar.js';
import { loadXquadR } from './data/xquad.js';
import { openParts } from './ranking/engine-searcher.js';
import type { EvaluationResult, Progress, Setting } from './report/results.js';
import { systemsNamed } from './systems.js';
import { evaluateCollection, type MeasureOptions } from './xquad.js';

export const SENTENCE_SETTINGS = ['mono', 'cross', 'multi'] as const satisfies readonly Setting[];
export const SENTENCE_MEASURES = 'mAP mAP@20 R@1 R@10 MRR rank-distance';
const SYSTEMS = ['dense', 'dense+xqg', 'bm25', 'bm25+xqg', 'hybrid', 'hybrid+xqg'];

/**
 * Defaults: SENTENCE_SETTINGS, SENTENCE_MEASURES, each leg with and without generated queries,
 * languages given.
 */
export interface EvaluateSentencesOptions extends MeasureOptions, RecipeSpec {
  /** Folder of `<lang>.json`. */
  readonly data: string;
  /** Default: every language that has a file. */
  readonly langs?: readonly string[];
}

/**
 * @throws XqgError XQG_EVALUATION_DATA, XQG_EVALUATION_FILE, XQG_UNKNOWN_MEASURE and what
 * `openParts` throws
 */
export async function evaluateXquadR(
  options: EvaluateSentencesOptions,
  progress: Progress = () => {},
): Promise<EvaluationResult> {
  const { data: directory, langs } = options;
  return evaluateSentences(await loadXquadR({ directory, langs }), options, progress);
}

/** The same for MLQA-R, or for the half of it that tunes or is reported. */
export async function evaluateMlqaR(
  options: EvaluateSentencesOptions & { readonly half?: Half },
  progress: Progress = () => {},
): Promise<EvaluationResult> {
  const { data: directory, langs, half = 'all' } = options;
  return evaluateSentences(
    await loadMlqar({ directory, langs, half, unit: 'sentence' }),
    options,
    progress,
  );
}

async function evaluateSentences(
  collection: Collection,
  options: EvaluateSentencesOptions,
  progress: Progress,
): Promise<EvaluationResult> {
  const opened = await openParts(options);
  try {
    const {
      settings = SENTENCE_SETTINGS,
      measures = SENTENCE_MEASURES,
      systems = systemsNamed(SYSTEMS),
      languages = ['given'],
    } = options;
    const chosen = { ...options, settings, measures, systems, languages };
    return await evaluateCollection(collection, opened, chosen, progress);
  } finally {
    await opened.close();
  }
}
