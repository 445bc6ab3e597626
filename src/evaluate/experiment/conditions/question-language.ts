/** Whether systems are told the language of a question or have to detect it, as search does. */

import type { Generator } from '../../../generate/generator.js';
import { detectedLanguages } from '../../detected-languages.js';
import { defineCondition } from '../condition.js';
import { listOf, oneOf } from '../schema.js';
import type { QuestionChange } from '../variant.js';

export const questionLanguage = defineCondition({
  key: 'question-language',
  schema: listOf(oneOf(['given', 'detected'])),
  example: 'question-language: [given, detected]',
  title: 'Question language',
  note: 'given: systems are told the language of the question. detected: they search in every language that it may be in.',
  comparisons: [{ with: 'given', label: 'language given' }],
  showsPlain: true,
  appliesTo: () => true,
  points: (_, values, { generator }) =>
    values.map((value) => ({
      point: value,
      label: `language ${value}`,
      changes: value === 'given' ? {} : { questions: detectedFor(generator) },
    })),
});

/** One for each generator, so that variants share what it detects. */
const changes = new WeakMap<Generator, QuestionChange>();

function detectedFor(generator: Generator): QuestionChange {
  const known = changes.get(generator);
  if (known !== undefined) return known;
  const change: QuestionChange = {
    language: 'detected',
    identity: () => ({ language: 'detected', words: generator.identity }),
    of: (questions) =>
      Promise.all(
        questions.map(async ({ text }) => ({
          languages: await detectedLanguages(text, generator),
        })),
      ),
  };
  changes.set(generator, change);
  return change;
}
