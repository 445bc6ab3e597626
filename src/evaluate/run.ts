/** Measures a TREC run against qrels: what `xqg evaluate run` does. Knows no model. */
import { basename } from 'node:path';
import { sourceOf } from './datasets/files.js';
import { type Measure, measureRun, parseMeasures } from './metrics.js';
import { type EvaluationResult, madeBy, type PerQueryRow, type ResultRow } from './results.js';
import { readQrels, readRun } from './trec.js';

export interface EvaluateRunOptions {
  /** Files in TREC format; qrels may be BEIR's. */
  readonly qrels: string;
  readonly run: string;
  /** E.g. `nDCG@10 MRR@10 R@100 mAP`. */
  readonly measures: string;
  /** Keep the value of every query. */
  readonly perQuery?: boolean;
  /** What made the result, as the user typed it. */
  readonly command: string;
}

/**
 * Measures `run` over the queries of `qrels`; a query without hits counts 0, and notes say how many there are.
 * Throws XQG_UNKNOWN_MEASURE, XQG_EVALUATION_FILE, XQG_EVALUATION_LINE.
 */
export async function evaluateRun(options: EvaluateRunOptions): Promise<EvaluationResult> {
  const measures: Measure[] = parseMeasures(options.measures);
  const [qrels, run] = [await readQrels(options.qrels), await readRun(options.run)];
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
  if (unjudged > 0) notes.push(`${unjudged} queries of the run are not in the qrels and are ignored`);
  const sources = [await sourceOf(options.qrels), await sourceOf(options.run)];
  return {
    results,
    ...(options.perQuery ? { perQuery: values } : {}),
    notes,
    madeBy: madeBy(options.command, sources, {}),
  };
}
