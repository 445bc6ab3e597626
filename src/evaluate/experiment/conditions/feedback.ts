/** How far a first pass pulls the question toward its best passage (see search/feedback.ts). */
import { defineCondition, isComparedDense } from '../condition.js';
import { atLeastZero, listOf } from '../schema.js';

export const feedback = defineCondition({
  key: 'feedback',
  schema: listOf(atLeastZero),
  example:
    'feedback: [0, 0.2, 0.5, 1]       # the question pulled toward the best passage of a first pass',
  title: 'Feedback from a first pass',
  note:
    'The question’s vector is pulled toward the best passage of a first pass, by this weight; beside the plain system with the ' +
    'same weight. Where translations of a passage are in the pool they rise with it.',
  comparisons: [{ with: 'plain at the point', label: 'without queries' }],
  appliesTo: isComparedDense,
  points: (_, values) =>
    values.map((value) => ({
      point: value,
      label: `feedback ${value}`,
      changes: { feedback: value },
    })),
});
