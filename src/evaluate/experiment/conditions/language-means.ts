/** Whether the mean vector of a language is taken out of its vectors. */
import { defineCondition, isVariedDense } from '../condition.js';
import { listOf, oneOf } from '../schema.js';

export const languageMeans = defineCondition({
  key: 'language-means',
  schema: listOf(oneOf(['none', 'training', 'pool'])),
  example:
    'language-means: [none, pool]     # training: needs an encoder with means of its training text',
  title: 'Language means removed',
  note:
    'training: means of the encoder’s training text. pool: means of the indexed passages, which looks at the whole collection ' +
    '(not at questions) and is a separate condition for that reason.',
  appliesTo: isVariedDense,
  points: ({ source }, values, { means: known }) =>
    values
      .filter((means) => means !== 'training' || known.size > 0)
      .flatMap((means) => [
        { point: means, label: `means ${means}`, changes: { source: { ...source, means } } },
        {
          point: `${means}, alpha 0`,
          label: `means ${means}, alpha 0`,
          changes: { alpha: 0, alphaEffective: 0, source: { ...source, means } },
        },
      ]),
  notes: (values, { encoderName, means }) =>
    values.includes('training') && means.size === 0
      ? [`${encoderName} has no language means of its training text: that point is left out`]
      : [],
});
