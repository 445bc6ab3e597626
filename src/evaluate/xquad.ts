/** Measures the systems on XQuAD: what `xqg evaluate xquad` does. */
import { measureCollection } from './collection.js';
import type { Collection } from './data/collection.js';
import { loadXquad } from './data/xquad.js';
import { detectedLanguages } from './detected-languages.js';
import { parseMeasures } from './measures/metrics.js';
import { type NamedParts, type OpenedParts, openNamedParts } from './parts.js';
import { engineSearchers } from './ranking/engine-searcher.js';
import type { LanguageKnowledge } from './ranking/searcher.js';
import { type EvaluationResult, madeBy, type Progress, type Setting } from './report/results.js';
import { SYSTEMS, type System } from './systems.js';

/** The measures of every data set. */
export const MEASURES = 'MRR accuracy@1 R@10 R@100 nDCG@10';

export interface MeasureOptions {
  /** Default: mono, to-english, from-english. */
  readonly settings?: readonly Setting[];
  /** Default: all. */
  readonly systems?: readonly System[];
  /** Default: both. */
  readonly languages?: readonly LanguageKnowledge[];
  /** Default `MEASURES`. */
  readonly measures?: string;
  /** Also the value of every query. Default false. */
  readonly perQuery?: boolean;
  /** What made the result, as the user typed it. */
  readonly command: string;
}

export interface EvaluateXquadOptions extends MeasureOptions, NamedParts {
  /** Folder of `xquad.<lang>.json`. */
  readonly data: string;
  /** Default: every language that has a file. */
  readonly langs?: readonly string[];
}

/**
 * Measures XQuAD.
 * @throws XqgError XQG_EVALUATION_DATA, XQG_EVALUATION_FILE, XQG_UNKNOWN_MEASURE and what
 * `loadPack` throws
 */
export async function evaluateXquad(
  options: EvaluateXquadOptions,
  progress: Progress = () => {},
): Promise<EvaluationResult> {
  const collection = await loadXquad({ directory: options.data, langs: options.langs });
  const opened = await openNamedParts(options);
  try {
    return await evaluateCollection(collection, opened, options, progress);
  } finally {
    await opened.close();
  }
}

/** Measures any parallel collection with parts that are already open. */
export async function evaluateCollection(
  collection: Collection,
  { parts, identities }: Pick<OpenedParts, 'parts' | 'identities'>,
  options: MeasureOptions,
  progress: Progress,
): Promise<EvaluationResult> {
  const { perQuery = false, languages = ['given', 'detected'] } = options;
  const measured = await measureCollection(
    {
      collection,
      settings: options.settings ?? ['mono', 'to-english', 'from-english'],
      systems: options.systems ?? SYSTEMS,
      languages,
      measures: parseMeasures(options.measures ?? MEASURES),
      open: engineSearchers(parts),
      detect: (text) => detectedLanguages(text, parts.generator),
      generator: parts.generator.identity.name.split('/')[0],
      perQuery,
    },
    progress,
  );
  const unknown = [...collection.parts.keys()].filter(
    (lang) => !parts.generator.languages.includes(lang),
  );
  const notes = [...collection.notes];
  if (!collection.parts.has('en')) notes.push('without English there is only the setting mono');
  if (unknown.length > 0) {
    notes.push(
      `the pack does not know ${unknown.join(', ')}: only shared words and romanized n-grams match`,
    );
  }
  return {
    results: measured.results,
    ...(perQuery ? { perQuery: measured.perQuery } : {}),
    notes,
    madeBy: madeBy(options.command, collection.sources, identities),
  };
}
