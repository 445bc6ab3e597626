/** How much the best sentence of a passage counts in the dense leg. */
import { defineCondition, isComparedDense } from '../condition.js';
import { listOf, share } from '../schema.js';

export const sentenceWeight = defineCondition({
  key: 'sentence-weight',
  schema: listOf(share),
  example: 'sentence-weight: [0, 0.5, 0.7]   # of the best sentence against the passage as a whole',
  title: 'Weight of the best sentence',
  note:
    'A passage is ranked by its own vector and by that of its best sentence, each sentence encoded alone; the weight is that of ' +
    'the sentence. Beside the plain system with the same weight.',
  comparisons: [{ with: 'plain at the point', label: 'without queries' }],
  showsPlain: true,
  curve: {
    title: 'by the weight of the best sentence',
    axis: 'weight of the best sentence',
    caption: (measure, plain) =>
      `${measure} by the weight of a passage's best sentence; dashed: ${plain}.`,
    tested: false,
  },
  appliesTo: isComparedDense,
  points: (_, values) =>
    values.map((value) => ({
      point: value,
      label: `sentence ${value}`,
      changes: { sentenceWeight: value },
    })),
});
