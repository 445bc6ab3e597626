/** Which drawn queries are dropped by their round-trip score (Doc2Query--, arXiv 2301.03266). */
import { z } from 'zod';
import { defineCondition, isVaried } from '../condition.js';
import { listOf } from '../schema.js';

export const filter = defineCondition({
  key: 'filter',
  /** Percentiles of the score below which queries are dropped; 0 drops none. */
  schema: listOf(
    z.number('is not a number').min(0, 'is less than 0').lt(100, 'is not less than 100'),
  ),
  example: 'filter: [0, 25, 50, 75]          # percent of the drawn queries that are dropped',
  title: 'Round-trip filter',
  note: 'Percent of the drawn queries that are dropped, those that find their own passage worst.',
  appliesTo: isVaried,
  points: ({ source }, values, { drawn }) =>
    values.map((dropBelow) => ({
      point: dropBelow,
      label: `filter ${dropBelow} %`,
      changes: { source: { ...source, queries: drawn, terms: 'drawn', dropBelow } },
    })),
});
