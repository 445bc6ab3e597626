/** How many drawn queries a passage has in each language. */
import { hasDistribution } from '../../../generate/generator.js';
import { defineCondition, isVaried } from '../condition.js';
import { listOf, whole } from '../schema.js';

export const queries = defineCondition({
  key: 'queries',
  /** 0 is the baseline. */
  schema: listOf(whole(0)),
  example: 'queries: [0, 1, 2, 3, 4, 5, 8, 12]',
  title: 'Number of queries',
  note: 'Drawn queries a passage and language. A generator that draws from a distribution shows sampling noise only.',
  curve: {
    title: 'number of queries',
    axis: 'queries',
    caption: (measure, plain) =>
      `What is added to ${measure} by drawn queries a passage and language. Dashed: ${plain}, with its value. Filled: differs from it (randomization p ≤ 0.05, not corrected); hollow: not shown to.`,
    tested: true,
  },
  drawnQueries: (values) => Math.max(...values),
  appliesTo: isVaried,
  points: ({ source }, values, { drawn }) =>
    values
      .filter((value) => value <= drawn)
      .map((value) => ({
        point: value,
        label: `n=${value}`,
        changes: { source: { ...source, queries: value, terms: 'drawn' } },
      })),
  notes: (values, { generator, generatorName, drawn }) => [
    ...(drawn < Math.max(...values)
      ? [
          `${generatorName} has ${drawn} queries a passage and language: larger numbers are left out`,
        ]
      : []),
    ...(hasDistribution(generator)
      ? [
          'the lexicon generator draws keywords from one distribution: more queries mean less sampling noise, not more knowledge',
        ]
      : []),
  ],
});
