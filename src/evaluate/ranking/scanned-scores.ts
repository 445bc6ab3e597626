/** The dense scores of a batch of questions over all rows of an engine, scanned at once. */
import { scanQuestions, sumParts } from '../../search/dense/dense-leg.js';
import { exactScore } from '../../search/dense/exact-top-k.js';
import type { Scanner } from '../../search/dense/scanner.js';
import type { SearchEngine } from '../../search/engine.js';
import type { SearchRequest } from '../../search/request.js';
import type { ScannedScores } from './row-ranks.js';

/**
 * In the order of the requests; every score is NaN for a question of which the encoder knows no
 * word.
 */
export async function scannedScores(
  engine: SearchEngine,
  scanner: Scanner,
  requests: readonly SearchRequest[],
): Promise<ScannedScores[]> {
  const questions = await engine.denseQuestions(requests);
  const scanned = await scanQuestions(scanner, questions);
  const n = engine.snapshot.ids.length;
  return scanned.map((ofQuestion, q): ScannedScores => {
    if (ofQuestion === null)
      return { scanned: new Float64Array(n).fill(Number.NaN), error: 0, exact: () => Number.NaN };
    const { vector, parts } = questions[q];
    const { scores, error } = sumParts(ofQuestion, new Float64Array(n));
    return { scanned: scores, error, exact: (row) => exactScore(vector, parts, row) };
  });
}
