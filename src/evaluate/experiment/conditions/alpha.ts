/** How much the generated queries count. */
import { alphaEffective, PROFILES } from '../../../augment/profiles.js';
import { defineCondition, isVariedDense } from '../condition.js';
import { listOf, share } from '../schema.js';
import { countOf } from '../variant.js';

export const alpha = defineCondition({
  key: 'alpha',
  schema: listOf(share),
  example: 'alpha: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]',
  title: 'Alpha',
  note: 'How much the generated queries count; alpha 0 is the passage alone.',
  curve: {
    title: 'alpha',
    axis: 'alpha',
    caption: (measure, plain) =>
      `What is added to ${measure} by alpha, one panel a language, the same scales. Dashed: ${plain}, with its value. Dotted: the alpha that the run uses.`,
    tested: false,
    chosen: (system) => system.alpha,
  },
  appliesTo: isVariedDense,
  points: ({ languages, source, profile }, values, { generator }) => {
    const queries = languages === 'all' ? countOf(source) * generator.languages.length : 1;
    const isSum = PROFILES[profile].variant === 'sum';
    return values.map((value) => ({
      point: value,
      label: `alpha ${value}`,
      changes: { alpha: value, alphaEffective: isSum ? alphaEffective(value, queries) : value },
    }));
  },
});
