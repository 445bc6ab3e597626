/**
 * Whether it is what the queries say that helps, or that they are in the language of the question:
 * a passage is augmented by something else in place of its own queries.
 */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { PROFILES } from '../../../augment/profiles.js';
import { lineError, readJsonRows } from '../../data/lines.js';
import { changesTerms, GeneralText, type QueryControl } from '../../ranking/query-control.js';
import { isTuned, untunedName } from '../../systems.js';
import { defaultsWith } from '../../tune-grid.js';
import { defineCondition, isVaried, type PairingContext, WITHOUT_QUERIES } from '../condition.js';
import { listOf, object, oneOf, text } from '../schema.js';
import type { Variant } from '../variant.js';

const value = z.union(
  [
    oneOf(['own', 'shuffled', 'mean', 'centered']),
    /** A JSONL file of {lang, text}, relative to the experiment file. */
    object({ general: text }),
  ],
  { error: 'is not one of own, shuffled, mean, centered, { general: FILE }' },
);

interface NamedControl {
  readonly name: string;
  /** undefined: the passage's own queries. */
  readonly control: QueryControl | undefined;
}

export const controls = defineCondition<z.infer<typeof value>[], NamedControl[]>({
  key: 'controls',
  schema: listOf(value),
  example: `controls: [own, shuffled, mean, centered]
# - { general: texts.jsonl }       # also: the mean of texts of {lang, text}, without any generation`,
  title: 'Controls',
  note:
    'own: the queries of the passage. shuffled: those of another passage in the same language. mean: the mean of all queries, the same for every passage. ' +
    'centered: the queries of the passage less that mean. general: the mean of texts about no passage. shuffled changes the words of the lexical leg too, ' +
    'the others the dense leg only. Where the system is tuned, each control is, with the same candidates.',
  comparisons: [WITHOUT_QUERIES, { with: 'given', label: 'own queries' }],
  open: (values, { file }) =>
    Promise.all(
      values.map(async (each): Promise<NamedControl> => {
        if (each === 'own') return { name: each, control: undefined };
        if (typeof each === 'string') return { name: each, control: each };
        return { name: 'general', control: await readTexts(resolve(dirname(file), each.general)) };
      }),
    ),
  tunedWith: (system, values) =>
    system.augment === 'off' || system.translate
      ? []
      : values
          .filter(({ control }) => control !== undefined && changes(system, control))
          .map(({ name, control }) => ({ ...system, name: `${system.name}, ${name}`, control })),
  // Query translation reads the same stems of a passage, which may not be shuffled for it.
  appliesTo: (base, selection) => isVaried(base, selection) && !base.system.translate,
  points: (base, values, context) =>
    values
      .filter(({ control }) => changes(base.system, control))
      .map(({ name, control }) => ({
        point: name,
        label: name,
        changes: {
          ...tunedFor(base, name, context),
          source: { ...base.source, ...(control === undefined ? {} : { control }) },
        },
      })),
  notes: (values, { generator }) =>
    values.flatMap(({ control }) => {
      if (!(control instanceof GeneralText)) return [];
      const missing = generator.languages.filter((lang) => !control.texts.has(lang));
      return missing.length === 0
        ? []
        : [`the general text has none in ${missing.join(', ')}: passages stay as they are there`];
    }),
});

/** A lexical leg has no vectors to change. */
function changes({ mode }: Variant['system'], control: QueryControl | undefined): boolean {
  return mode !== 'lexical' || control === undefined || changesTerms(control);
}

/** What was chosen for the control of a tuned system; nothing where the system is not tuned. */
function tunedFor(base: Variant, name: string, { tuned }: PairingContext): Partial<Variant> {
  const settings = isTuned(base.system)
    ? tuned?.get(`${untunedName(base.system)}, ${name}`)
    : undefined;
  if (settings === undefined) return {};
  const defaults = defaultsWith(base.system, settings, base.defaults);
  if (PROFILES[base.profile].variant === 'sum') return { defaults };
  const { alpha } = settings;
  return { alpha, alphaEffective: base.alphaEffective === null ? null : alpha, defaults };
}

async function readTexts(file: string): Promise<GeneralText> {
  const texts = new Map<string, string[]>();
  for await (const { number, row } of readJsonRows(file)) {
    const { lang, text: content } = row;
    if (typeof lang !== 'string' || typeof content !== 'string' || content.trim() === '')
      throw lineError(file, number, 'no lang and text', 'Rows are {"lang", "text"}.');
    const ofLanguage = texts.get(lang) ?? [];
    texts.set(lang, ofLanguage);
    ofLanguage.push(content);
  }
  return new GeneralText(texts);
}
