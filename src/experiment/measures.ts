/**
 * The measures that an experiment file names, and where each makes sense: rank distance needs one pool of all languages, and
 * recall by tokens (R@2kt) a data set whose relevance is an answer in a text. Knows no ranking.
 */
import { type Measure, parseMeasures, RANK_DISTANCE } from '../evaluate/metrics.js';
import { tokenLimitOf, tokenRecall } from '../evaluate/xor/token-recall.js';
import type { ExperimentSpec } from './spec.js';

/** The setting whose questions have answers instead of relevant passages. */
export const ANSWER_SETTING = 'xor';

/** As `parseMeasures`, with R@2kt and the like. @throws XqgError XQG_UNKNOWN_MEASURE */
export function parseExperimentMeasures(text: string): Measure[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  if (names.length === 0) return parseMeasures(text);
  return names.flatMap((name) => {
    const limit = tokenLimitOf(name);
    return limit === null ? parseMeasures(name) : [tokenRecall(limit)];
  });
}

/** True if a measure can be taken in a setting. */
export function fits({ name }: Pick<Measure, 'name'>, setting: string): boolean {
  if ((tokenLimitOf(name) !== null) !== (setting === ANSWER_SETTING)) return false;
  return name !== RANK_DISTANCE || setting === 'multi';
}

/** The measures of a file that fit a setting. */
export function measuresIn(setting: string, { measures }: Pick<ExperimentSpec, 'measures'>): Measure[] {
  return parseExperimentMeasures(measures).filter((measure) => fits(measure, setting));
}

/** What tables and figures show in a setting: the primary metric, or the first measure that fits where it does not. */
export function mainMeasure(
  setting: string,
  { measures, primary }: Pick<ExperimentSpec, 'measures' | 'primary'>,
): Measure {
  const [wanted] = parseExperimentMeasures(primary.metric);
  return fits(wanted, setting) ? wanted : measuresIn(setting, { measures })[0];
}

/** The same measure over questions for which something was retrieved, as XOR-Retrieve's script counts. */
export function officialName({ name }: Pick<Measure, 'name'>): string {
  return `${name} (official)`;
}

/** The largest limit in tokens; 0 where no measure counts tokens. */
export function mostTokens({ measures }: Pick<ExperimentSpec, 'measures'>): number {
  return Math.max(0, ...parseExperimentMeasures(measures).map(({ name }) => tokenLimitOf(name) ?? 0));
}
