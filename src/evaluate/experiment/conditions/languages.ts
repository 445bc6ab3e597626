/** Which languages' generated queries count. */
import type { QueryLanguages } from '../../ranking/system-settings.js';
import { defineCondition, isVaried } from '../condition.js';
import { listOf, oneOf } from '../schema.js';

const CHOICES = ['own', 'all', 'others', 'leave-one-out'] as const;

export const languages = defineCondition({
  key: 'languages',
  schema: listOf(oneOf(CHOICES)),
  example: 'languages: [own, all, others, leave-one-out]',
  title: 'Languages of the queries',
  note: 'own: that of the question. all: every language of the generator. others: all but that of the question. without xx: all but one.',
  appliesTo: isVaried,
  points: (_, values, { generator }) =>
    values
      .flatMap((choice) => choicesOf(choice, generator.languages))
      .map(([point, chosen]) => ({ point, label: point, changes: { languages: chosen } })),
});

function choicesOf(
  choice: (typeof CHOICES)[number],
  queryLanguages: readonly string[],
): [string, QueryLanguages][] {
  if (choice === 'own') return [['own', 'asker']];
  if (choice === 'leave-one-out')
    return queryLanguages.map((lang) => [`without ${lang}`, { without: lang }]);
  return [[choice, choice]];
}
