/** How the vectors of a passage's queries become one: their mean, their sum, or the paper's sum. */
import { alphaEffective, PROFILES } from '../../../augment/profiles.js';
import { defineCondition, isVariedDense } from '../condition.js';
import { listOf, oneOf } from '../schema.js';
import { countOf, type Variant } from '../variant.js';

const COMBINATIONS = ['mean', 'sum', 'paper'] as const;

export const combine = defineCondition({
  key: 'combine',
  schema: listOf(oneOf(COMBINATIONS)),
  example: 'combine: [mean, sum, paper]',
  title: 'Sum or mean',
  note:
    'mean: renormalized. sum: the plain sum with the alpha that gives the mean query the same share, not renormalized. ' +
    'paper: the sum over all languages with alpha 0.01, as published; not tuned here.',
  appliesTo: isVariedDense,
  points: (base, values, { generator }) =>
    values.map((combination) => ({
      point: combination,
      label: combination,
      changes: combined(base, combination, generator.languages.length),
    })),
});

/**
 * `mean`: the mean of the queries, renormalized. `sum`: the plain sum of the queries in the
 * language of the question, not renormalized, with the alpha that gives the mean query the same
 * share. `paper`: the sum over all languages with the published alpha. One of them is the base
 * itself.
 */
function combined(
  base: Variant,
  combination: (typeof COMBINATIONS)[number],
  nLanguages: number,
): Partial<Variant> {
  const share = base.alphaEffective ?? base.alpha;
  const n = countOf(base.source);
  if (combination === 'paper') {
    const { alpha } = PROFILES.paper;
    const published = alphaEffective(alpha, n * nLanguages);
    return { profile: 'paper', alpha, alphaEffective: published, languages: 'all' };
  }
  if (combination === 'mean') return { profile: 'unit', alpha: share, alphaEffective: share };
  // Solves a n / ((1 - a) + a n) = share for a.
  const alpha = share / (n * (1 - share) + share);
  const languages = base.languages === 'all' ? 'asker' : base.languages;
  return { profile: 'paper', alpha, alphaEffective: share, languages };
}
