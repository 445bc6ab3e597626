/** Measures a TREC run against qrels: what `xqg evaluate run` does. */
import { basename, resolve } from 'node:path';
import { sourceOf } from './data/data-folder.js';
import { checkPresent } from './data/missing-data.js';
import { loadXorQuestions, readXorPredictions, type XorQuestion } from './data/xor.js';
import { type Measure, measureRun, parseMeasures, type Run } from './measures/metrics.js';
import { readQrelsFile, readRun } from './measures/trec.js';
import { answersWithin, isCounted, tokenRecallName } from './measures/xor/answer-recall.js';
import { FEW_ABBREVIATIONS, sentencesOf } from './measures/xor/punkt.js';
import { loadPunkt } from './measures/xor/punkt-files.js';
import { treebankTokens } from './measures/xor/treebank.js';
import {
  type EvaluationResult,
  madeBy,
  type PerQueryRow,
  type Progress,
  type ResultRow,
} from './report/results.js';

export interface EvaluateRunOptions {
  /** Files in TREC format; qrels may be BEIR's. */
  readonly qrels: string;
  readonly run: string;
  /** E.g. `nDCG@10 MRR@10 R@100 mAP`. */
  readonly measures: string;
  /**
   * Whether passages with the id of their query count: `keep`, as in trec_eval, or `leave-out`, as
   * in BEIR. Default: leave-out with qrels of BEIR, else keep.
   */
  readonly identicalIds?: 'keep' | 'leave-out';
  /** Keep the value of every query. */
  readonly perQuery?: boolean;
  /** What made the result, as the user typed it. */
  readonly command: string;
}

/**
 * Measures `run` over the queries of `qrels`; a query without hits counts 0, and notes say how many
 * there are.
 * @throws XqgError XQG_UNKNOWN_MEASURE, XQG_EVALUATION_FILE, XQG_EVALUATION_LINE
 */
export async function evaluateRun(options: EvaluateRunOptions): Promise<EvaluationResult> {
  const measures: Measure[] = parseMeasures(options.measures);
  const { qrels, isBeir } = await readQrelsFile(options.qrels);
  const all = await readRun(options.run);
  const { identicalIds = isBeir ? 'leave-out' : 'keep' } = options;
  const run = identicalIds === 'keep' ? all : withoutOwnIds(all);
  const { perQuery, means } = measureRun(qrels, run, measures);
  const about = {
    dataset: basename(options.qrels),
    setting: 'run',
    queryLang: 'mixed',
    passageLang: 'mixed',
    system: basename(options.run),
    generator: 'none',
    language: 'given',
  } as const;
  const results: ResultRow[] = measures.map(({ name }, i) => ({
    ...about,
    metric: name,
    value: means[i],
    queries: qrels.size,
  }));
  const values: PerQueryRow[] = [...perQuery].flatMap(([query, row]) =>
    measures.map(({ name }, i) => ({ ...about, metric: name, query, value: row[i] })),
  );
  const missing = [...qrels.keys()].filter((query) => !run.has(query)).length;
  const unjudged = [...run.keys()].filter((query) => !qrels.has(query)).length;
  const notes: string[] = [];
  if (missing > 0)
    notes.push(`${missing} of ${qrels.size} queries of the qrels are not in the run and count 0`);
  if (unjudged > 0)
    notes.push(`${unjudged} queries of the run are not in the qrels and are ignored`);
  const identical = [...qrels.keys()].filter((query) => all.get(query)?.has(query)).length;
  if (identical > 0) {
    const fate =
      identicalIds === 'keep'
        ? 'counts, as in trec_eval (BEIR leaves it out: --ignore-identical-ids)'
        : 'is left out, as BEIR does (--keep-identical-ids counts it)';
    notes.push(
      `${identical} of ${qrels.size} queries found the passage with their own id, which ${fate}`,
    );
  }
  const sources = [await sourceOf(options.qrels), await sourceOf(options.run)];
  return {
    results,
    ...(options.perQuery ? { perQuery: values } : {}),
    notes,
    madeBy: madeBy(options.command, sources, {}),
  };
}

/** Without the passages that have the id of their query. */
function withoutOwnIds(run: Run): Run {
  return new Map(
    [...run].map(([query, scores]) => [
      query,
      scores.has(query) ? new Map([...scores].filter(([id]) => id !== query)) : scores,
    ]),
  );
}

/**
 * Measures predictions for XOR-TyDi's retrieval task: what `xqg evaluate xor` does. Searches
 * nothing: the corpus of 18 million passages is elsewhere.
 */
export interface EvaluateXorOptions {
  /** Questions as JSONL, or a folder that holds the development set's. */
  readonly data: string;
  /** Predictions as a JSON list. */
  readonly predictions: string;
  /**
   * Count as the official script does: a question without a prediction is left out. Default false:
   * it is a miss.
   */
  readonly official?: boolean;
  /**
   * Folder of NLTK's `punkt_tab/english`; absent: sentences are cut with a short list of
   * abbreviations.
   */
  readonly punkt?: string;
  /** Default 2,000 and 5,000 tokens. */
  readonly limits?: readonly number[];
  /** Also whether each question was answered. Default false. */
  readonly perQuery?: boolean;
  /** What made the result, as the user typed it. */
  readonly command: string;
}

/**
 * Rows for each language, in the order of their codes.
 * @throws XqgError XQG_EVALUATION_MISSING, XQG_EVALUATION_FILE, XQG_EVALUATION_LINE
 */
export async function evaluateXor(
  options: EvaluateXorOptions,
  progress: Progress = () => {},
): Promise<EvaluationResult> {
  const { data, predictions, official = false, punkt, limits = [2000, 5000], command } = options;
  checkPresent([{ set: 'xor-tydi', path: resolve(data) }]);
  const { questions, source } = await loadXorQuestions(data);
  const parameters = punkt === undefined ? FEW_ABBREVIATIONS : await loadPunkt(punkt);
  const tokenize = (text: string) => sentencesOf(text, parameters).flatMap(treebankTokens);
  const answered = new Map<string, boolean[]>();
  let unknown = 0;
  let read = 0;
  for await (const { id, contexts } of readXorPredictions(predictions)) {
    const question = questions.get(id);
    if (question === undefined) unknown++;
    else if (isCounted(question))
      answered.set(id, answersWithin(question, contexts, limits, tokenize));
    progress(`${++read} predictions`, Math.min(read, questions.size), questions.size);
  }
  const counted = [...questions.values()].filter(isCounted);
  const missing = counted.filter(({ id }) => !answered.has(id)).length;
  const rows = rowsOf(
    official ? counted.filter(({ id }) => answered.has(id)) : counted,
    answered,
    options,
    limits,
  );
  const notes = [];
  if (official)
    notes.push('counted as the official script does: questions without a prediction are left out');
  if (missing > 0) {
    const fate = official ? 'are left out' : 'count as misses (--official leaves them out)';
    notes.push(`${missing} of ${counted.length} questions have no prediction and ${fate}`);
  }
  if (unknown > 0) notes.push(`${unknown} predictions are for unknown questions and are ignored`);
  if (punkt === undefined) {
    notes.push(
      "sentences were cut with a short list of abbreviations; for figures to publish give NLTK's trained parameters (--punkt)",
    );
  }
  const sources = [source, await sourceOf(predictions)];
  const identities = {
    tokenizer: 'treebank',
    punkt: punkt === undefined ? 'abbreviations' : basename(punkt),
    official,
  };
  return { ...rows, notes, madeBy: madeBy(command, sources, identities) };
}

function rowsOf(
  questions: readonly XorQuestion[],
  answered: ReadonlyMap<string, readonly boolean[]>,
  { predictions, perQuery = false }: EvaluateXorOptions,
  limits: readonly number[],
): Pick<EvaluationResult, 'results' | 'perQuery'> {
  const results: ResultRow[] = [];
  const values: PerQueryRow[] = [];
  for (const queryLang of [...new Set(questions.map(({ lang }) => lang))].sort()) {
    const ofLanguage = questions.filter(({ lang }) => lang === queryLang);
    const about = {
      dataset: 'xor-tydi',
      setting: 'xor',
      queryLang,
      passageLang: 'en',
      system: basename(predictions),
      generator: 'none',
      language: 'given',
    } as const;
    limits.forEach((limit, l) => {
      const metric = tokenRecallName(limit);
      const hits = ofLanguage.map(({ id }) => Number(answered.get(id)?.[l] ?? false));
      const value = hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
      results.push({ ...about, metric, value, queries: hits.length });
      ofLanguage.forEach(({ id }, q) => {
        values.push({ ...about, metric, query: id, value: hits[q] });
      });
    });
  }
  return { results, ...(perQuery ? { perQuery: values } : {}) };
}
