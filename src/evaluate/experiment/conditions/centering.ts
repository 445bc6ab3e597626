/** Whether dense scores are centered by language (see search/dense/centering.ts). */
import { defineCondition, isComparedDense } from '../condition.js';
import { listOf, oneOf } from '../schema.js';

export const centering = defineCondition({
  key: 'centering',
  schema: listOf(oneOf(['off', 'on'])),
  example: 'centering: [off, on]             # what vectors say about their language taken out',
  title: 'Scores centered by language',
  note:
    'on: the centroid of the question’s language is taken out of the question, and that of each passage’s language out of its ' +
    'score. Centroids are those of general text and of the indexed passages, never of questions. Beside the plain system at the ' +
    'same point.',
  comparisons: [{ with: 'plain at the point', label: 'without queries' }],
  showsPlain: true,
  appliesTo: isComparedDense,
  points: (_, values, { encoder }) =>
    encoder.centroids === undefined
      ? []
      : values.map((value) => ({
          point: value,
          label: `centering ${value}`,
          changes: { centering: value === 'on' },
        })),
  notes: (_, { encoderName, encoder }) =>
    encoder.centroids === undefined
      ? [`${encoderName} comes with no centroids of its languages: its scores are not centered`]
      : [],
});
