/** The names of all measures: those of rankings, and R@2kt and the like, which count tokens. */
import { type Measure, namesIn, parseMeasures } from './metrics.js';
import { tokenLimitOf, tokenRecall } from './xor/answer-recall.js';

/** As `parseMeasures`, with R@2kt and the like. @throws XqgError XQG_UNKNOWN_MEASURE */
export function parseExperimentMeasures(text: string): Measure[] {
  const names = namesIn(text);
  if (names.length === 0) return parseMeasures(text);
  return names.flatMap((name) => {
    const limit = tokenLimitOf(name);
    return limit === null ? parseMeasures(name) : [tokenRecall(limit)];
  });
}
