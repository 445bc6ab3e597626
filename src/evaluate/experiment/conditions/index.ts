/** All conditions, in the order of reports. A new one is a file here and a line in this list. */
import type { Condition, OpenCondition, Opening } from '../condition.js';
import { alpha } from './alpha.js';
import { centering } from './centering.js';
import { combine } from './combine.js';
import { controls } from './controls.js';
import { distractors } from './distractors.js';
import { expansion } from './expansion.js';
import { feedback } from './feedback.js';
import { filter } from './filter.js';
import { languageMeans } from './language-means.js';
import { languages } from './languages.js';
import { queries } from './queries.js';
import { questionLanguage } from './question-language.js';
import { sentenceWeight } from './sentence-weight.js';

export const CONDITIONS: readonly Condition[] = [
  alpha,
  queries,
  languages,
  combine,
  controls,
  filter,
  languageMeans,
  sentenceWeight,
  centering,
  feedback,
  expansion,
  distractors,
  questionLanguage,
];

/** @throws RangeError where no condition has the key */
export function conditionOf(key: string): Condition {
  const condition = CONDITIONS.find((each) => each.key === key);
  if (condition === undefined) throw new RangeError(`no condition is called ${key}`);
  return condition;
}

/** The conditions that a file has, with what their values name; what they throw is thrown. */
export async function openConditions(
  values: Readonly<Record<string, unknown>>,
  opening: Opening,
): Promise<OpenCondition[]> {
  const opened: OpenCondition[] = [];
  try {
    for (const condition of CONDITIONS) {
      if (values[condition.key] !== undefined)
        opened.push(await condition.open(values[condition.key], opening));
    }
  } catch (error) {
    for (const condition of opened) await condition.close();
    throw error;
  }
  return opened;
}
